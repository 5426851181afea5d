"""Rows beside the registry, one small roster for each sentence of `interfaces` (Rosters: what real files do)."""

from datetime import date

import pytest

from ledgers.models import Conflict, Dose, Exemption, Reason, Standing
from registry.models import (
    Household,
    IdentityDocument,
    Membership,
    Phone,
    Place,
    Resident,
    ResidentChange,
    ResidentTag,
    Unit,
)
from tests.ledgers.importing import (
    ANNA,
    BERT,
    LONG,
    QINGLING,
    TODAY,
    WIDE,
    ZHUHE,
    bring,
    campaign,
    codes,
    counts,
    doses,
    who,
)

__all__ = ["campaign"]

PEOPLE = ["姓名", "身份证号", "村", "组", "人口类型", "联系电话", "现住址"]


def person(*cells: str, heading: tuple[str, ...] = ()) -> tuple[list, list]:
    return [*PEOPLE, *heading], ["甄安", ANNA, "朱河社区", "3组", "户籍常住", "13800000001", "朱河街1号", *cells]


def test_new_person_with_everything_the_row_says(campaign):
    decided = bring(campaign, *person("党员、出国", "12", "甄老", heading=("标签", "户号", "户主")))
    anna = who(ANNA)
    assert counts(decided) == {"rows": 1, "created": 1}
    assert (anna.name, anna.place_id, anna.residency, anna.sex) == ("甄安", ZHUHE + "003", "local", anna.sex)
    assert (anna.birth_on, anna.initials) == (date(1973, 6, 15), "za")
    assert list(Phone.objects.values_list("number", "last4")) == [("13800000001", "0001")]
    assert sorted(ResidentTag.objects.values_list("tag__name", flat=True)) == ["党员", "出国"]
    assert list(Household.objects.values_list("village_id", "number", "head")) == [(ZHUHE, "12", "甄老")]


def test_same_file_again_changes_nothing_and_says_so(campaign):
    rows = person()
    bring(campaign, *rows)
    Phone.objects.all().delete()
    again = bring(campaign, *rows)
    assert counts(again) == {"rows": 1, "unchanged": 1}
    assert again.repeats is not None
    assert Phone.objects.count() == 0


def test_same_rows_in_another_file_change_nothing(campaign):
    heading, row = person("x", heading=("备注",))
    bring(campaign, heading, row)
    assert counts(bring(campaign, heading[:-1], row[:-1])) == {"rows": 1, "unchanged": 1}
    assert not ResidentChange.objects.exists()


def test_empty_fields_are_filled(campaign):
    bring(campaign, ["姓名", "身份证号"], ["甄安", ANNA])
    decided = bring(campaign, *person())
    anna = who(ANNA)
    assert counts(decided) == {"rows": 1, "updated": 1}
    assert (anna.place_id, anna.residency, anna.address) == (ZHUHE + "003", "local", "朱河街1号")


def test_phones_and_tags_are_added_never_replaced(campaign):
    bring(campaign, *person("党员", heading=("标签",)))
    bring(campaign, ["姓名", "身份证号", "联系电话", "标签"], ["甄安", ANNA, "13900000002", "出国"])
    assert sorted(Phone.objects.values_list("number", flat=True)) == ["13800000001", "13900000002"]
    assert sorted(ResidentTag.objects.values_list("tag__name", flat=True)) == ["党员", "出国"]


@pytest.mark.parametrize(
    ("heading", "value", "field"),
    [("村", "青岭村", "place_id"), ("人口类型", "户籍外出", "residency"), ("状态", "迁出", "status")],
)
def test_another_village_residency_or_status_waits(campaign, heading, value, field):
    bring(campaign, *person("在册", heading=("状态",)))
    before = Resident.objects.values().get()
    decided = bring(campaign, ["姓名", "身份证号", heading], ["甄安", ANNA, value])
    assert counts(decided) == {"rows": 1, "unchanged": 1, "conflicts": 1}
    assert "field_conflict" in [code for _, code in codes(decided)]
    assert Resident.objects.values().get() == before
    assert Conflict.objects.get().field == field


def test_the_same_question_is_asked_once_and_still_waits(campaign):
    bring(campaign, *person())
    bring(campaign, ["姓名", "身份证号", "人口类型"], ["甄安", ANNA, "流动"])
    again = bring(campaign, ["身份证号", "姓名", "人口类型"], [ANNA, "甄安", "流动"])
    assert counts(again) == {"rows": 1, "unchanged": 1, "conflicts": 1}
    assert Conflict.objects.count() == 1


def test_status_that_nobody_stated_is_taken_without_a_question(campaign):
    bring(campaign, *person())
    decided = bring(campaign, ["姓名", "身份证号", "状态"], ["甄安", ANNA, "死亡"])
    anna = who(ANNA)
    assert counts(decided) == {"rows": 1, "updated": 1}
    assert codes(decided) == [(2, "start_assumed")]
    assert (anna.status, anna.status_on) == ("deceased", TODAY)


def test_newer_address_group_and_household_replace_and_stay_in_the_history(campaign):
    bring(campaign, *person("12", heading=("户号",)))
    heading, row = person("13", heading=("户号",))
    row[3], row[6] = "四组", "新街2号"
    assert counts(bring(campaign, heading, row)) == {"rows": 1, "updated": 1}
    anna = who(ANNA)
    assert (anna.place_id, anna.address, anna.household.number) == (ZHUHE + "004", "新街2号", "13")
    changes = {change.field: (change.old, change.new) for change in ResidentChange.objects.all()}
    assert changes["place_id"] == (ZHUHE + "003", ZHUHE + "004")
    assert changes["address"] == ("朱河街1号", "新街2号")


def test_household_number_without_a_village_names_nothing(campaign):
    bring(campaign, ["姓名", "身份证号", "户号"], ["甄安", ANNA, "12"])
    assert who(ANNA).household is None
    assert not Household.objects.exists()


def test_same_household_number_in_two_villages_is_two_households(campaign):
    bring(
        campaign,
        ["姓名", "身份证号", "村", "户号"],
        ["甄安", ANNA, "朱河社区", "12"],
        ["白贝", BERT, "青岭村", "12"],
    )
    assert Household.objects.count() == 2


@pytest.mark.parametrize(
    "words", ["朱河", "朱河村", "朱河社区", "朱河居委会", ZHUHE, "乌杨街道朱河社区", "忠县乌杨街道朱河社区"]
)
def test_villages_are_known_by_their_words_and_code(campaign, words):
    bring(campaign, ["姓名", "身份证号", "村"], ["甄安", ANNA, words])
    assert who(ANNA).place_id == ZHUHE


@pytest.mark.parametrize(
    ("words", "code"), [("3组", "003"), ("三组", "003"), ("3社", "003"), ("第十二村民小组", "012")]
)
def test_groups_are_known_by_their_number(campaign, words, code):
    bring(campaign, ["姓名", "身份证号", "村", "组"], ["甄安", ANNA, "朱河社区", words])
    assert who(ANNA).place_id == ZHUHE + code


@pytest.mark.parametrize("words", ["朱河社区三组", "朱河社区（三组）", "忠县乌杨街道朱河社区第3村民小组"])
def test_a_village_cell_may_carry_the_group(campaign, words):
    bring(campaign, ["姓名", "身份证号", "村"], ["甄安", ANNA, words])
    assert who(ANNA).place_id == ZHUHE + "003"


def test_groups_without_a_number_are_numbered_from_900(campaign):
    heading = ["姓名", "身份证号", "村", "组"]
    bring(campaign, heading, ["甄安", ANNA, "朱河社区", "石坝院子"], ["白贝", BERT, "朱河社区", "河边"])
    assert [who(ANNA).place_id, who(BERT).place_id] == [ZHUHE + "900", ZHUHE + "901"]
    assert Place.objects.get(pk=ZHUHE + "900").name == "石坝院子"


def test_a_village_code_that_was_a_number_is_known(campaign):
    bring(campaign, ["姓名", "身份证号", "村（社区）代码"], ["甄安", ANNA, f"{ZHUHE}.0"])
    assert who(ANNA).place_id == ZHUHE


def test_unknown_village_waits_in_unplaced(campaign):
    decided = bring(campaign, ["姓名", "身份证号", "村"], ["甄安", ANNA, "别处村"], ["白贝", BERT, ""])
    assert counts(decided) == {"rows": 2, "created": 2, "unassigned": 2}
    assert codes(decided) == [(2, "village_unknown")]
    assert who(ANNA).place_id == campaign.place_id


def test_default_village_is_for_rows_that_name_none(campaign):
    heading = ["姓名", "身份证号", "村"]
    bring(campaign, heading, ["甄安", ANNA, ""], ["白贝", BERT, "青岭村"], village=ZHUHE)
    assert [who(ANNA).place_id, who(BERT).place_id] == [ZHUHE, QINGLING]


def test_dose_roster_places_the_unplaced_and_moves_nobody(campaign):
    bring(campaign, ["姓名", "身份证号", "村"], ["甄安", ANNA, ""], ["白贝", BERT, "青岭村"])
    bring(campaign, [*LONG, "村"], ["甄安", ANNA, "1", "2021-07-10", "北京生物", "朱河社区"],
          ["白贝", BERT, "1", "2021-07-10", "北京生物", "朱河社区"])  # fmt: skip
    assert [who(ANNA).place_id, who(BERT).place_id] == [ZHUHE, QINGLING]


def test_unknown_unit_is_a_warning_and_makes_no_unit(campaign):
    decided = bring(campaign, ["姓名", "身份证号", "工作单位"], ["甄安", ANNA, "没有的厂"])
    assert codes(decided) == [(2, "unit_unknown")]
    assert not Unit.objects.exists()


def test_unit_and_school_make_members_of_their_kind(campaign):
    bring(campaign, ["单位名称", "行业类别"], ["乌杨水厂", "水电气暖油"], ["乌杨小学", "教育"])
    heading = ["姓名", "身份证号", "工作单位", "人员类别", "就读学校", "班级"]
    bring(campaign, heading, ["甄安", ANNA, "乌杨水厂", "临聘", "", ""], ["白贝", BERT, "", "", "乌杨小学", "三年级"])
    found = Membership.objects.values_list("unit__name", "kind", "class_name").order_by("kind")
    assert list(found) == [("乌杨小学", "student", "三年级"), ("乌杨水厂", "temporary", "")]


def test_another_unit_waits(campaign):
    bring(campaign, ["单位名称", "行业类别"], ["乌杨水厂", ""], ["乌杨粮站", ""])
    bring(campaign, ["姓名", "身份证号", "工作单位"], ["甄安", ANNA, "乌杨水厂"])
    decided = bring(campaign, ["姓名", "身份证号", "工作单位"], ["甄安", ANNA, "乌杨粮站"])
    assert counts(decided) == {"rows": 1, "unchanged": 1, "conflicts": 1}
    assert Membership.objects.get().unit.name == "乌杨水厂"


def test_person_without_number_is_known_by_name_birth_and_village(campaign):
    heading = ["姓名", "出生日期", "村", "联系电话"]
    bring(campaign, heading, ["白贝", "1950-01-02", "朱河社区", "13800000001"])
    again = bring(campaign, heading, ["白贝", "1950-01-02", "朱河社区", "13900000002"])
    elsewhere = bring(campaign, heading, ["白贝", "1950-01-02", "青岭村", "13900000003"])
    assert (counts(again), counts(elsewhere)) == ({"rows": 1, "updated": 1}, {"rows": 1, "created": 1})


def test_number_fills_in_for_somebody_known_without_one(campaign):
    bring(campaign, ["姓名", "出生日期", "村"], ["甄安", "1973-06-15", "朱河社区"])
    decided = bring(campaign, ["姓名", "身份证号", "村"], ["甄安", ANNA, "朱河社区"])
    assert counts(decided) == {"rows": 1, "updated": 1}
    assert IdentityDocument.objects.get().resident == Resident.objects.get()


def test_two_matches_without_number_wait(campaign):
    heading = ["姓名", "身份证号", "村"]
    bring(campaign, heading, ["甄安", ANNA, "朱河社区"], ["甄安", BERT, "朱河社区"])
    decided = bring(campaign, ["姓名", "出生日期", "村"], ["甄安", "1973-06-15", "朱河社区"])
    assert counts(decided) == {"rows": 1, "unchanged": 1, "conflicts": 1}
    assert codes(decided) == [(2, "duplicate_person")]
    assert Resident.objects.count() == 2


def test_same_person_twice_in_a_file_merges_when_rows_agree(campaign):
    heading, row = person()
    decided = bring(campaign, heading, row, row)
    assert counts(decided) == {"rows": 2, "created": 1, "unchanged": 1}
    assert codes(decided) == [(3, "duplicate_row")]


def test_same_person_twice_in_a_file_with_another_address_is_a_conflict(campaign):
    heading, row = person()
    decided = bring(campaign, heading, row, [*row[:-1], "别的街9号"])
    assert counts(decided) == {"rows": 2, "created": 1, "unchanged": 1, "conflicts": 1}
    assert who(ANNA).address == "朱河街1号"


def test_same_person_in_two_groups_of_a_file_is_asked_about_in_words(campaign):
    heading, first = person()
    decided = bring(campaign, heading, first, [*first[:3], "二组", *first[4:]])
    [question] = [message.message for message, _, _ in decided.plan.messages if message.code == "field_conflict"]
    assert question == "村（社区）与在册不一致（在册：朱河社区3组，本行：朱河社区2组），待核实。"
    assert Conflict.objects.get().payload == {"value": ZHUHE + "002"}


def test_dose_of_another_campaigns_product_belongs_to_that_campaign(campaign):
    from tests.ledgers import make

    flu = make.campaign("influenza-60")
    bring(campaign, LONG, ["甄安", ANNA, "1", "2021-08-10", "四价流感疫苗"])
    assert Dose.objects.get().campaign == flu
    assert Standing.objects.get().campaign == flu


EXEMPT = ["姓名", "身份证号", "类型", "原因", "诊断机构", "机构等级", "诊断日期", "缓种至", "审核结果"]


def test_exemption_with_proof_is_approved_and_again_changes_nothing(campaign):
    row = ["甄安", ANNA, "禁忌", "心脏病", "忠县人民医院", "二级", "2021-07-01", "", "通过"]
    first = bring(campaign, EXEMPT, row)
    again = bring(campaign, [*EXEMPT, "备注"], [*row, ""])
    found = Exemption.objects.get()
    assert (counts(first), counts(again)) == (
        {"rows": 1, "created": 1, "unassigned": 1},
        {"rows": 1, "unchanged": 1},
    )
    assert (found.state, found.reason, found.institution.level) == ("approved", "disease", 2)
    assert list(found.resident.excuses.values_list("since", "until")) == [(date(2021, 7, 1), None)]


@pytest.mark.parametrize(
    ("reason", "level", "state"),
    [("心脏病", "一级", "claimed"), ("过敏", "", "claimed"), ("妊娠", "", "approved"), ("其他", "三甲", "claimed")],
)
def test_approval_asks_what_the_rules_ask(campaign, reason, level, state):
    row = ["甄安", ANNA, "禁忌", reason, "某诊所", level, "2021-07-01", "", "通过"]
    decided = bring(campaign, EXEMPT, row)
    assert Exemption.objects.get().state == state
    assert ((2, "evidence_missing") in codes(decided)) == (state == "claimed")


def test_known_level_of_an_institution_wins(campaign):
    row = ["甄安", ANNA, "禁忌", "心脏病", "某诊所", "一级", "2021-07-01", "", "通过"]
    bring(campaign, EXEMPT, row)
    bring(campaign, EXEMPT, ["白贝", BERT, "禁忌", "心脏病", "某诊所", "三级", "2021-07-01", "", "通过"])
    assert set(Exemption.objects.values_list("state", "institution__level")) == {("claimed", 1)}


def test_reason_of_the_unvaccinated_is_noted_and_makes_no_exemption(campaign):
    heading = ["姓名", "身份证号", "未接种原因", "预计接种时间"]
    bring(campaign, heading, ["甄安", ANNA, "备孕", "2021-09-01"], ["白贝", BERT, "外出务工", ""])
    assert list(Reason.objects.order_by("id").values_list("code", "note", "promised_on")) == [
        ("43", "备孕", date(2021, 9, 1)),
        ("51", "外出务工", None),
    ]
    assert not Exemption.objects.exists()


def test_wide_row_without_doses_is_a_residents_row(campaign):
    decided = bring(campaign, WIDE, ["甄安", ANNA, "朱河社区", "", "", "", ""])
    assert counts(decided) == {"rows": 1, "created": 1}


def test_marks_of_the_timeline_warn_at_their_row(campaign):
    decided = bring(
        campaign, LONG, ["甄安", ANNA, "1", "2021-07-10", "北京生物"], ["甄安", ANNA, "2", "2021-07-18", "北京生物"]
    )
    assert codes(decided) == [(3, "too_early")]


def test_person_twice_in_a_wide_roster_is_written_with_both_rows(campaign):
    decided = bring(
        campaign,
        [*WIDE, "联系电话", "标签"],
        ["甄安", ANNA, "朱河社区", "2021-07-10", "北京生物", "", "", "13800000001", "党员"],
        ["白贝", BERT, "朱河社区", "2021-07-10", "北京生物", "", "", "", ""],
        ["甄安", ANNA, "朱河社区", "2021-07-10", "北京生物", "2021-07-18", "北京生物", "13900000002", "出国"],
    )
    assert counts(decided) == {"rows": 3, "created": 2, "updated": 1, "doses_created": 3}
    assert codes(decided) == [(4, "too_early")]
    assert [day for day, *_ in doses(ANNA)] == ["07-10", "07-18"]
    assert (Phone.objects.count(), ResidentTag.objects.count(), IdentityDocument.objects.count()) == (2, 2, 2)
    assert Standing.objects.filter(resident=who(ANNA)).count() == 2
    assert not ResidentChange.objects.exists()


def test_village_roster_again_with_another_base_updates(campaign):
    heading = ["代码", "名称", "七普12岁及以上常住人口"]
    same = bring(campaign, heading, [ZHUHE, "朱河社区", "100"])
    other = bring(campaign, heading, [ZHUHE, "朱河社区", "120"], ["500233003203", "沿溪村", "90"])
    assert (counts(same), counts(other)) == ({"rows": 1, "unchanged": 1}, {"rows": 2, "created": 1, "updated": 1})
    assert campaign.targets.get(place=ZHUHE).census_base == 120
