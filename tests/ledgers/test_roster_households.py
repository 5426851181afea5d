"""Rosters without 户号: 户主/本人 opens a household, else 户主姓名 and group, else 待并户."""

import pytest

from ledgers.models import RosterImport
from ledgers.rosters import actions
from registry.accounts import system_user
from registry.models import Household, Resident
from tests.ledgers import make
from tests.ledgers.importing import TODAY, ZHUHE, bring, campaign, counts
from tests.sheets import identity_number

__all__ = ["campaign"]

HEADINGS = ["姓名", "身份证号", "村", "组", "与户主关系"]
WITH_HEAD = [*HEADINGS, "户主姓名"]


def number(order: int) -> str:
    return identity_number("19730615", 900 + order)


def rows(*lines: str, first: int = 1) -> list[list[str]]:
    """`冉启华 3组 户主` is a row of 朱河社区; its number follows from its place in the list, counted from `first`."""
    found = []
    for order, line in enumerate(lines, first):
        name, group, relation, *head = [cell.replace("-", "") for cell in line.split()]
        found.append([name, number(order), "朱河社区", group, relation, *head])
    return found


def families() -> list[list[str]]:
    """The members of each household in the order of the file; those without a household last, under None."""
    people = Resident.objects.order_by("household_id", "pk").values_list("household_id", "name")
    found: dict[int | None, list[str]] = {}
    for household, name in people:
        found.setdefault(household, []).append(name)
    alone = found.pop(None, None)
    return [*found.values(), *([alone] if alone else [])]


def test_head_opens_a_household_until_the_next_head(campaign):
    bring(
        campaign, HEADINGS, *rows("冉启华 3组 户主", "谭桂英 3组 妻", "冉军 3组 -", "秦大明 3组 本人", "秦小燕 3组 女")
    )
    assert families() == [["冉启华", "谭桂英", "冉军"], ["秦大明", "秦小燕"]]
    assert list(Household.objects.order_by("pk").values_list("head", "sequence", "place__name")) == [
        ("冉启华", 1, "3组"),
        ("秦大明", 2, "3组"),
    ]


def test_household_ends_with_its_group(campaign):
    bring(campaign, HEADINGS, *rows("冉启华 3组 户主", "谭桂英 4组 妻", "冉军 3组 子"))
    assert families() == [["冉启华"], ["谭桂英", "冉军"]]
    assert Resident.objects.filter(household=None).count() == 2


def test_head_named_elsewhere_finds_the_household_in_the_group(campaign):
    lines = (
        "冉军 3组 子 冉启华",
        "冉英 3组 女 冉启华",
        "冉启华 3组 户主 冉启华",
        "秦大明 3组 户主 秦大明",
        "谭桂英 3组 妻 冉启华",
    )
    bring(campaign, WITH_HEAD, *rows(*lines))
    assert families() == [["冉军", "冉英", "冉启华", "谭桂英"], ["秦大明"]]


def test_same_heads_name_in_two_groups_is_two_households(campaign):
    bring(campaign, WITH_HEAD, *rows("冉军 3组 子 冉启华", "冉英 4组 女 冉启华"))
    assert families() == [["冉军"], ["冉英"]]


def test_two_heads_of_one_name_are_told_apart_by_the_rows_below(campaign):
    lines = ("冉启华 3组 户主 -", "冉军 3组 子 -", "冉启华 3组 户主 -", "冉英 3组 女 -")
    bring(campaign, HEADINGS, *[row[:5] for row in rows(*lines)])
    assert families() == [["冉启华", "冉军"], ["冉启华", "冉英"]]


def test_person_of_whom_nothing_tells_waits(campaign):
    bring(campaign, HEADINGS, *rows("冉军 3组 子", "冉英 3组 -"))
    assert families() == [["冉军", "冉英"]]
    assert not Household.objects.exists()


def test_rows_below_a_rejected_head_join_nobody_else(campaign):
    lines = rows("冉启华 3组 户主", "秦大明 3组 户主", "秦小燕 3组 女")
    lines[1][1] = "5.12223E+17"
    bring(campaign, HEADINGS, *lines)
    assert families() == [["冉启华"], ["秦小燕"]]
    assert Resident.objects.get(name="秦小燕").household is None


def test_same_file_again_changes_nothing(campaign):
    lines = rows("冉启华 3组 户主", "谭桂英 3组 妻", "秦大明 4组 户主", "秦小燕 4组 女")
    bring(campaign, HEADINGS, *lines)
    assert counts(bring(campaign, HEADINGS, *lines)) == {"rows": 4, "unchanged": 4}
    lines = [[*row, head] for row, head in zip(lines, ("冉启华", "冉启华", "秦大明", "秦大明"), strict=True)]
    bring(campaign, WITH_HEAD, *lines)
    assert Household.objects.count() == 2


def test_later_roster_finds_the_household_on_record_by_its_head(campaign):
    bring(campaign, HEADINGS, *rows("冉启华 3组 户主", "谭桂英 3组 妻", "秦大明 4组 户主"))
    bring(campaign, WITH_HEAD, *rows("秦小燕 4组 女 秦大明", "冉军 3组 子 冉启华", "冉英 4组 女 冉启华", first=4))
    assert families() == [["冉启华", "谭桂英", "冉军"], ["秦大明", "秦小燕"], ["冉英"]]


def test_head_of_a_later_roster_joins_those_who_named_him(campaign):
    bring(campaign, WITH_HEAD, *rows("冉军 3组 子 冉启华"))
    bring(campaign, HEADINGS, *rows("冉启华 3组 户主", "谭桂英 3组 妻", first=2))
    assert families() == [["冉军", "冉启华", "谭桂英"]]


def test_second_head_of_a_name_opens_a_household_of_his_own(campaign):
    bring(campaign, HEADINGS, *rows("冉启华 3组 户主"))
    bring(campaign, HEADINGS, *rows("冉启华 3组 户主", first=2))
    assert families() == [["冉启华"], ["冉启华"]]


def test_people_on_record_without_a_household_are_filled_in(campaign):
    lines = rows("冉启华 3组 -", "谭桂英 3组 -")
    bring(campaign, HEADINGS, *lines)
    lines[0][4], lines[1][4] = "户主", "妻"
    assert counts(bring(campaign, HEADINGS, *lines)) == {"rows": 2, "updated": 2}
    assert families() == [["冉启华", "谭桂英"]]


def test_nobody_is_taken_out_of_a_household(campaign):
    with_number = [*HEADINGS, "户号"]
    first, second = rows("冉启华 3组 户主", "谭桂英 3组 妻")
    bring(campaign, with_number, [*first, "0007"], [*second, "0008"])
    bring(campaign, HEADINGS, first, second)
    assert families() == [["冉启华"], ["谭桂英"]]
    assert sorted(Household.objects.values_list("number", flat=True)) == ["0007", "0008"]


def test_undo_of_the_import_takes_its_households_along(campaign):
    kept = rows("冉启华 3组 -", "谭桂英 3组 -")
    bring(campaign, HEADINGS, *kept)
    kept[0][4] = "户主"
    bring(campaign, HEADINGS, *kept)
    actions.undo(RosterImport.objects.latest("pk"), by=system_user())
    assert families() == [["冉启华", "谭桂英"]]
    assert not Household.objects.exists()


def test_rows_without_a_village_have_no_household(campaign):
    bring(campaign, HEADINGS, *[[*row[:2], "", *row[3:]] for row in rows("冉启华 3组 户主", "谭桂英 3组 妻")])
    assert not Household.objects.exists()


@pytest.mark.parametrize("count", [10, 400])
def test_rows_ask_the_database_no_more_for_many_households(db, settings, django_assert_max_num_queries, count):
    settings.TODAY = TODAY
    of = make.campaign()
    make.village(ZHUHE, "朱河社区", of=of)
    lines = [
        [
            f"村民{order}",
            identity_number(f"19{50 + order // 90}0615", 900 + order % 90),
            "朱河社区",
            "3组",
            "户主",
            f"村民{order}",
        ]
        for order in range(count)
    ]
    with django_assert_max_num_queries(75):
        bring(of, WITH_HEAD, *lines)
    assert Household.objects.count() == count
