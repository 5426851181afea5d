"""Doses and statements of rows beside those on record: merged, given way to, asked about (interfaces, Rosters)."""

from datetime import date

import pytest

from ledgers.models import Conflict, Dose, Standing, Statement
from registry.models import (
    Phone,
)
from tests.ledgers.importing import (
    ANNA,
    LONG,
    bring,
    campaign,
    codes,
    counts,
    doses,
)

__all__ = ["campaign"]


def test_number_with_another_name_waits_and_the_dose_with_it(campaign):
    bring(campaign, LONG, ["甄安", ANNA, "1", "2021-07-10", "北京生物"])
    decided = bring(campaign, [*LONG, "联系电话"], ["完全不同", ANNA, "2", "2021-08-10", "北京生物", "13800000009"])
    assert counts(decided) == {"rows": 1, "unchanged": 1, "conflicts": 1}
    assert doses(ANNA, "live", "waiting") == [("07-10", 1, "bibp", "live"), ("08-10", 2, "bibp", "waiting")]
    assert not Phone.objects.exists()
    assert Standing.objects.get().counted == 1


def test_same_sounding_name_is_a_warning_and_the_dose_counts(campaign):
    bring(campaign, LONG, ["肖强", ANNA, "1", "2021-07-10", "北京生物"])
    decided = bring(campaign, LONG, ["萧强", ANNA, "2", "2021-08-10", "北京生物"])
    assert counts(decided)["doses_created"] == 1
    assert not Conflict.objects.exists()


def test_same_dose_again_merges_and_fills_in(campaign):
    bring(campaign, LONG, ["甄安", ANNA, "1", "2021-07-10", ""])
    decided = bring(campaign, [*LONG, "批号"], ["甄安", ANNA, "1", "2021-07-10", "北京生物", "B77"])
    assert counts(decided) == {"rows": 1, "updated": 1}
    assert doses(ANNA, "live", "corrected") == [("07-10", 1, "", "corrected"), ("07-10", 1, "bibp", "live")]
    assert Dose.objects.get(state="live").lot == "B77"
    assert Standing.objects.get().platform.key == "inactivated"


def test_differing_number_on_the_same_day_is_no_conflict_and_the_first_stays(campaign):
    bring(campaign, LONG, ["甄安", ANNA, "1", "2021-07-10", "北京生物"])
    decided = bring(campaign, LONG, ["甄安", ANNA, "2", "2021-07-10", "北京生物"])
    assert counts(decided) == {"rows": 1, "unchanged": 1}
    assert doses(ANNA) == [("07-10", 1, "bibp", "live")]


@pytest.mark.parametrize(
    ("first", "second", "live", "other"),
    [
        ("roster", "clinic", "07-12", ("07-10", "superseded")),
        ("clinic", "roster", "07-10", ("07-12", "superseded")),
        ("certificate", "roster", "07-12", ("07-10", "superseded")),
        ("certificate", "health_code", "07-10", ("07-12", "waiting")),
        ("roster", "roster", "07-10", ("07-12", "waiting")),
    ],
)
def test_same_number_on_another_day_goes_by_the_standing_of_the_source(campaign, first, second, live, other):
    bring(campaign, LONG, ["甄安", ANNA, "1", "2021-07-10", "北京生物"], source=first)
    decided = bring(campaign, LONG, ["甄安", ANNA, "1", "2021-07-12", "北京生物"], source=second)
    assert codes(decided) == [(2, "dose_conflict")]
    assert [day for day, *_ in doses(ANNA)] == [live]
    assert [(day, state) for day, _, _, state in doses(ANNA, "superseded", "waiting")] == [other]
    assert decided.counts["conflicts"] == (1 if other[1] == "waiting" else 0)
    again = bring(campaign, [*LONG, "备注"], ["甄安", ANNA, "1", "2021-07-12", "北京生物", ""], source=second)
    assert again.counts["doses_created"] == 0
    assert Dose.objects.count() == 2


def test_a_record_that_lost_wins_when_a_source_of_higher_standing_has_it_as_well(campaign):
    first, second = [["甄安", ANNA, "1", day, "北京生物"] for day in ("2021-07-10", "2021-07-12")]
    bring(campaign, LONG, first, source="roster")
    bring(campaign, LONG, second, source="certificate")
    assert doses(ANNA) == [("07-10", 1, "bibp", "live")]
    decided = bring(campaign, LONG, second, source="clinic")
    assert (counts(decided), codes(decided)) == ({"rows": 1, "updated": 1, "doses_created": 1}, [(2, "dose_conflict")])
    assert doses(ANNA) == [("07-12", 1, "bibp", "live")]
    assert counts(bring(campaign, LONG, first, source="roster")) == {"rows": 1, "unchanged": 1}
    assert [state for *_, state in doses(ANNA, "superseded")] == ["superseded", "superseded"]


def test_a_record_that_was_filled_in_and_lost_does_not_lose_again(campaign):
    lost = ["甄安", ANNA, "1", "2021-07-10", "北京生物"]
    bring(campaign, LONG, lost)
    bring(campaign, [*LONG, "批号"], [*lost, "B77"])
    bring(campaign, LONG, ["甄安", ANNA, "1", "2021-07-12", "北京生物"], source="clinic")
    again = bring(campaign, LONG, lost)
    assert (counts(again), codes(again)) == ({"rows": 1, "unchanged": 1}, [])
    assert len(doses(ANNA, "superseded")) == 1


def test_another_known_product_on_the_same_day_waits_between_equals(campaign):
    bring(campaign, LONG, ["甄安", ANNA, "1", "2021-07-10", "北京生物"])
    decided = bring(campaign, LONG, ["甄安", ANNA, "1", "2021-07-10", "武汉生物"])
    assert counts(decided) == {"rows": 1, "unchanged": 1, "conflicts": 1}
    assert doses(ANNA, "waiting") == [("07-10", 1, "wibp", "waiting")]


def test_another_product_on_the_day_and_the_same_number_on_another_day_both_give_way(campaign):
    bring(campaign, LONG, ["甄安", ANNA, "2", "2021-07-05", "康希诺"], source="certificate")
    bring(campaign, LONG, ["甄安", ANNA, "2", "2021-07-25", "北京生物"], source="certificate")
    bring(campaign, LONG, ["甄安", ANNA, "2", "2021-07-05", "北京生物"], source="clinic")
    assert doses(ANNA) == [("07-05", 2, "bibp", "live")]
    assert [day for day, *_ in doses(ANNA, "superseded")] == ["07-05", "07-25"]


def test_a_dose_that_loses_is_not_taken_by_another_row_of_its_file(campaign):
    bring(campaign, LONG, ["甄安", ANNA, "1", "2021-07-10", "北京生物"], source="clinic")
    lost = ["甄安", ANNA, "1", "2021-07-12", "北京生物"]
    decided = bring(campaign, LONG, lost, ["甄安", ANNA, "", "2021-07-12", "北京生物"])
    assert counts(decided) == {"rows": 2, "unchanged": 2}
    assert codes(decided) == [(2, "dose_conflict"), (3, "duplicate_row")]
    assert doses(ANNA) == [("07-10", 1, "bibp", "live")]
    assert len(doses(ANNA, "superseded")) == 1


def test_numbers_of_different_platforms_never_conflict(campaign):
    bring(campaign, LONG, ["甄安", ANNA, "1", "2021-06-10", "北京生物"])
    decided = bring(campaign, LONG, ["甄安", ANNA, "1", "2021-07-10", "康希诺"])
    assert counts(decided) == {"rows": 1, "updated": 1, "doses_created": 1}
    assert codes(decided) == [(2, "mixed_platform")]


def test_numbers_against_dates_on_record_are_a_conflict(campaign):
    bring(campaign, LONG, ["甄安", ANNA, "1", "2021-07-10", "北京生物"])
    decided = bring(campaign, LONG, ["甄安", ANNA, "2", "2021-06-10", "北京生物"])
    assert counts(decided) == {"rows": 1, "unchanged": 1, "conflicts": 1}


def test_numbers_against_dates_within_a_file_are_an_error_of_the_later_row(campaign):
    decided = bring(
        campaign, LONG, ["甄安", ANNA, "2", "2021-06-10", "北京生物"], ["甄安", ANNA, "1", "2021-07-10", "北京生物"]
    )
    assert counts(decided) == {"rows": 2, "created": 1, "rejected": 1, "doses_created": 1, "unassigned": 1}
    assert (3, "dose_order") in codes(decided)


def test_word_of_mouth_is_a_statement_and_never_counts(campaign):
    decided = bring(campaign, LONG, ["甄安", ANNA, "1", "2021-07", "北京生物"], source="verbal")
    assert counts(decided) == {"rows": 1, "created": 1, "unassigned": 1}
    assert Statement.objects.get().month == date(2021, 7, 1)
    assert not Dose.objects.exists()


@pytest.mark.parametrize(("number", "day"), [("1", "2021-06-10"), ("2", "2021-07-30")])
def test_statement_is_closed_by_a_dose_of_its_number_or_month(campaign, number, day):
    bring(campaign, LONG, ["甄安", ANNA, "1", "2021-07", "北京生物"], source="verbal")
    bring(campaign, LONG, ["甄安", ANNA, number, day, "北京生物"])
    assert Statement.objects.get().closed_entry is not None


def test_statement_of_a_dose_on_record_is_no_news(campaign):
    bring(campaign, LONG, ["甄安", ANNA, "1", "2021-07-10", "北京生物"])
    decided = bring(campaign, LONG, ["甄安", ANNA, "1", "2021-07", "北京生物"], source="verbal")
    assert counts(decided) == {"rows": 1, "unchanged": 1}
