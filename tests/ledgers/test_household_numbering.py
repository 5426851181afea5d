"""Numbers on the walk: where a household stands, in which order, and that they stay."""

import pytest

from ledgers.households.numbering import label, number_households
from registry.models import Household, Place
from tests.factories import make_resident
from tests.ledgers.households import make_group, make_household
from tests.ledgers.importing import ANNA, BERT, CARL, bring, campaign

__all__ = ["campaign"]

pytestmark = pytest.mark.django_db


@pytest.fixture
def groups(baiping):
    return [make_group(baiping, number) for number in (1, 2, 3)]


def numbers() -> list[tuple[str, int | None]]:
    return list(Household.objects.order_by("pk").values_list("place_id", "sequence"))


def test_household_stands_in_the_group_of_its_head(baiping, groups):
    household = make_household(baiping, head="冉启华")
    make_resident(groups[2], "冉启华", household=household, relation="户主")
    make_resident(groups[0], "谭桂英", household=household, relation="妻")
    make_resident(groups[0], "冉军", household=household, relation="子")
    number_households([baiping.code])
    assert numbers() == [(groups[2].code, 1)]


def test_household_whose_head_is_only_named_stands_where_the_namesake_lives(baiping, groups):
    household = make_household(baiping, head="冉启华")
    make_resident(groups[0], "谭桂英", household=household)
    make_resident(groups[0], "冉军", household=household)
    make_resident(groups[1], "冉启华", household=household)
    number_households([baiping.code])
    assert numbers() == [(groups[1].code, 1)]


def test_household_without_a_head_stands_with_most_of_its_members(baiping, groups):
    household = make_household(baiping, head="某某")
    for group, name in ((groups[0], "冉军"), (groups[1], "冉英"), (groups[1], "冉华")):
        make_resident(group, name, household=household)
    number_households([baiping.code])
    assert numbers() == [(groups[1].code, 1)]


def test_household_without_members_or_groups_is_numbered_in_the_village(baiping, groups):
    make_household(baiping)
    household = make_household(baiping)
    make_resident(baiping, household=household, relation="户主")
    number_households([baiping.code])
    assert numbers() == [(baiping.code, 1), (baiping.code, 2)]


def test_member_living_in_another_village_moves_no_household(baiping, huanggu):
    household = make_household(baiping)
    make_resident(make_group(huanggu, 1), household=household, relation="户主")
    number_households([baiping.code])
    assert numbers() == [(baiping.code, 1)]


def test_numbers_given_stay_and_new_households_take_the_next(baiping, groups):
    kept = make_household(groups[0], 7)
    make_resident(groups[1], household=kept, relation="户主")
    gone = make_household(groups[0], 9)
    Household.objects.filter(pk=gone.pk).update(merged_into=kept)
    for _ in range(2):
        make_resident(groups[0], household=make_household(baiping), relation="本人")
    number_households([baiping.code])
    number_households([baiping.code])
    code = groups[0].code
    assert numbers() == [(code, 7), (code, 9), (code, 10), (code, 11)]


def test_other_villages_are_not_touched(baiping, huanggu):
    make_household(huanggu)
    number_households([baiping.code])
    number_households([])
    assert numbers() == [(huanggu.code, None)]


def test_numbering_asks_the_database_once_however_many(baiping, groups, django_assert_num_queries):
    for count in (1, 3):
        for group in groups[:count]:
            make_resident(group, household=make_household(baiping), relation="户主")
        with django_assert_num_queries(1):
            number_households([baiping.code])
    assert not Household.objects.filter(sequence=None).exists()


def test_label_uses_the_villages_own_word():
    assert label("3组", 17) == "3组-017户"
    assert label("四社", 1203) == "四社-1203户"
    assert label("3组", None) == "3组（未编号）"


def test_import_numbers_its_households(campaign):
    headings = ["姓名", "身份证号", "村", "组", "户号", "户主姓名", "与户主关系"]
    bring(
        campaign,
        headings,
        ["冉启华", ANNA, "朱河社区", "3组", "0007", "冉启华", "户主"],
        ["冉军", BERT, "朱河社区", "1组", "0007", "冉启华", "子"],
        ["谭秀英", CARL, "朱河社区", "3组", "0002", "谭秀英", "户主"],
    )
    code = Place.objects.get(name="3组").code
    assert list(Household.objects.order_by("number").values_list("number", "place_id", "sequence")) == [
        ("0002", code, 2),
        ("0007", code, 1),
    ]
