"""Whom nobody calls, what came of a contact, what a message says: worked by hand."""

from datetime import date

import pytest

from ledgers.follow_up.rules import Said, came_of, is_silent, mourns, rests
from ledgers.follow_up.texts import Told, masked_name, message, sentence

TODAY = date(2021, 8, 16)


def d(text: str) -> date:
    return date.fromisoformat(f"2021-{text}")


@pytest.mark.parametrize(
    ("said", "silent", "resting"),
    [
        (Said(), False, False),
        # 医生现场暂缓: silent until its day; on the day somebody asks.
        (Said("3", d("08-17")), True, True),
        (Said("3", d("08-16")), False, False),
        (Said("3"), False, False),
        # An appointment ahead rests; on its day and after it the person is called again.
        (Said("7", d("08-17")), False, True),
        (Said("7", d("08-16")), False, False),
        (Said("7", d("08-10")), False, False),
        # A no rests fourteen days.
        (Said("41", noted_on=d("08-03")), False, True),
        (Said("41", noted_on=d("08-02")), False, False),
        (Said("51", noted_on=d("08-16")), False, False),
        (Said(again_on=d("08-17")), False, True),
        (Said(again_on=d("08-16")), False, False),
    ],
)
def test_who_is_silent_and_who_rests(said, silent, resting):
    assert (is_silent(said, TODAY), rests(said, TODAY)) == (silent, resting)


@pytest.mark.parametrize(("died_on", "expected"), [(None, False), ("07-17", False), ("07-18", True), ("08-16", True)])
def test_household_mourns_for_thirty_days(died_on, expected):
    assert mourns(died_on and d(died_on), TODAY) is expected


@pytest.mark.parametrize(
    ("contact", "dosed", "expected"),
    [
        ("08-02", "08-02", "done"),
        ("08-02", "08-16", "done"),
        ("08-01", "08-16", "none"),
        ("08-02", None, "none"),
        ("08-03", None, "open"),
    ],
)
def test_contact_is_followed_by_a_dose_within_fourteen_days(contact, dosed, expected):
    assert came_of(d(contact), dosed and d(dosed), TODAY) == expected


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (Told("冉启华", "第二针", d("08-07")), "的第二针疫苗最迟应在 8月7日 前接种，现在补种即可，不用重打第一针。"),
        (Told("冉启华", "第二针", d("08-16")), "的第二针疫苗可以接种了，最迟应在 8月16日 前接种。"),
        (Told("冉启华", "第一针", None), "还没有接种第一针疫苗，现在可以接种。"),
        (Told("冉启华", "第二针", d("08-30"), d("08-18")), "约好 8月18日 接种第二针疫苗，记得前往。"),
        (Told("冉启华", "第二针", d("08-30"), d("08-10")), "的第二针疫苗可以接种了，最迟应在 8月30日 前接种。"),
        (
            Told("冉启华", "第二针", d("08-07"), asks_proof=True),
            "说已在外地接种，请把接种凭证或渝康码截图给村里登记。",
        ),
    ],
)
def test_sentence_says_what_one_person_is_told(told, expected):
    assert sentence(told, TODAY) == expected


def test_message_masks_names_and_fills_in_place_and_days():
    people = [Told("冉启华", "第二针", d("08-07")), Told("谭英", "第三针", d("08-20"))]
    assert message(people, village="白坪村", site="乌杨卫生院", caller="冉红梅", on=TODAY) == (
        "【白坪村】冉*华的第二针疫苗最迟应在 8月7日 前接种，现在补种即可，不用重打第一针。"
        "谭*的第三针疫苗可以接种了，最迟应在 8月20日 前接种。"
        "请带身份证到乌杨卫生院接种，接种前把身体情况告诉医生。接种自愿，有疑问找冉红梅。"
    )


def test_message_to_who_says_to_be_vaccinated_invites_nobody():
    said = message(
        [Told("冉启华", "第一针", None, asks_proof=True)], village="白坪村", site="卫生院", caller="冉红梅", on=TODAY
    )
    assert said == "【白坪村】冉*华说已在外地接种，请把接种凭证或渝康码截图给村里登记。接种自愿，有疑问找冉红梅。"


def test_nobody_to_tell_is_no_message():
    assert message([], village="白坪村", site="卫生院", caller="冉红梅", on=TODAY) == ""


@pytest.mark.parametrize(
    ("name", "expected"), [("冉启华", "冉*华"), ("冉华", "冉*"), ("冉", "冉"), ("欧阳启华", "欧*启华")]
)
def test_name_is_masked(name, expected):
    assert masked_name(name) == expected
