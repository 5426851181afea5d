"""末班车, the ceiling of full coverage, dropout some days on, and bases to look at: the rules alone."""

from datetime import date
from fractions import Fraction

import pytest

from reports.rules import (
    Course,
    LastStart,
    ceiling,
    doubt_of_base,
    dropout_ahead,
    last_starts,
    still_startable_from,
)

END = date(2021, 10, 31)
EARLY = date(2020, 7, 22)
INACTIVATED = Course("inactivated", "灭活", 2, 21, ((0, date.min), (18, EARLY)))
ADENOVIRUS = Course("adenovirus", "腺病毒", 1, 0, ((18, EARLY),))
RECOMBINANT = Course("recombinant", "重组蛋白", 3, 28, ((18, EARLY),))
PLAN = (INACTIVATED, ADENOVIRUS, RECOMBINANT)


def day(text: str) -> date:
    return date.fromisoformat(f"2021-{text}")


@pytest.mark.parametrize(("course", "last"), [(INACTIVATED, "10-10"), (ADENOVIRUS, "10-31"), (RECOMBINANT, "09-05")])
def test_the_last_first_dose_leaves_time_for_all_doses(course, last):
    assert course.last_start_on(END) == day(last)


def test_of_three_doses_the_second_may_come_later_than_the_first():
    assert [RECOMBINANT.last_next_on(missing, END) for missing in (3, 2, 1)] == [day("09-05"), day("10-03"), END]


@pytest.mark.parametrize(("on", "age"), [("08-16", 0), ("10-10", 0), ("10-11", 18), ("10-31", 18), ("11-01", None)])
def test_who_can_still_begin_depends_on_age(on, age):
    assert still_startable_from(PLAN, day(on), END) == age


def test_an_age_approved_after_the_last_day_cannot_begin():
    late = Course("inactivated", "灭活", 2, 21, ((12, day("10-11")), (18, EARLY)))
    in_time = Course("inactivated", "灭活", 2, 21, ((12, day("10-10")), (18, EARLY)))
    assert (late.youngest(END), in_time.youngest(END)) == (18, 12)


def test_last_days_by_age_are_told_youngest_first():
    assert last_starts(PLAN, 12, END) == [LastStart(12, 17, day("10-10")), LastStart(18, None, END)]
    # One platform for every age: one step.
    assert last_starts((INACTIVATED,), 60, END) == [LastStart(60, None, day("10-10"))]
    assert last_starts((Course("none", "", 1, 0, ()),), 12, END) == []


def test_the_ceiling_adds_up_who_can_be_completed():
    assert ceiling(full=13_912, finishing=5_000, starting=6_000) == 24_912


def test_dropout_ahead_counts_who_comes_into_the_base_and_who_is_lost():
    ahead = dropout_ahead(base=100, lost=6, soon=4, second_due_soon=20)
    assert (ahead.if_all, ahead.if_none) == (Fraction(6, 120), Fraction(10, 120))
    assert dropout_ahead(base=0, lost=0, soon=0, second_due_soon=0).if_all is None


@pytest.mark.parametrize(
    ("in_scope", "first_dose", "base", "doubt"),
    [
        (110, 90, 100, ""),  # a tenth is not more than a tenth
        (111, 90, 100, "differs"),
        (89, 80, 100, "differs"),
        (105, 101, 100, "over"),
        (105, 100, 100, ""),  # 100 % does not pass 100 %
        (500, 400, None, ""),
    ],
)
def test_a_base_is_doubted_past_100_percent_or_a_tenth(in_scope, first_dose, base, doubt):
    assert doubt_of_base(in_scope, first_dose, base) == doubt
