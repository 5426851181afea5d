from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest

from reports.rates import json_pace, json_rate, percent, rounded
from reports.rules import Demands, PhaseCounts, Window, base_of, coverage, goal_of, is_dropout_met, progress

DEMANDS = Demands(goal_rate=Decimal("0.90800"), dropout_limit=Decimal("0.05000"), judged_by="first")
COUNTS = {"in_scope": 158, "first_dose": 67, "full": 19, "exempt": 6, "dropout_base": 19, "dropout_lost": 3}


def day(text):
    return date.fromisoformat(f"2021-{text}")


@pytest.mark.parametrize(
    ("base", "assigned", "goal"),
    [(156, None, 142), (1305, None, 1185), (250, None, 227), (1000, None, 908), (1000, 700, 700), (None, 700, 700)],
)
def test_the_goal_is_the_assigned_number_or_the_share_rounded_up(base, assigned, goal):
    assert goal_of(base, assigned, Decimal("0.90800")) == goal


def test_the_goal_of_a_large_base_is_exact():
    # In binary floating point 0.908 × 1,000,000,000 is not a whole number.
    assert goal_of(1_000_000_000, None, Decimal("0.90800")) == 908_000_000


def test_there_is_no_goal_without_a_base():
    assert goal_of(None, None, Decimal("0.908")) is None


def test_a_larger_base_is_the_sum_and_null_when_one_is_missing():
    assert base_of([156, 142]) == 298
    assert base_of([156, None]) is None
    assert base_of([]) is None


def test_coverage_of_a_village():
    found = coverage(DEMANDS, census_base=156, **COUNTS)

    assert (found.goal, found.first_gap, found.full_gap) == (142, 75, 123)
    assert (found.first_rate, found.full_rate) == (Fraction(67, 156), Fraction(19, 156))
    assert (found.first_rate_registry, found.full_rate_registry) == (Fraction(67, 158), Fraction(19, 158))
    assert (found.first_met, found.full_met) == (False, False)
    assert (found.dropout_rate, found.dropout_rate_who) == (Fraction(3, 19), Fraction(48, 67))
    assert found.first_rate_not_exempt == Fraction(67, 150)


def test_coverage_may_pass_one_and_the_gap_is_never_below_zero():
    found = coverage(DEMANDS, census_base=50, **COUNTS)

    assert (found.first_rate, found.first_gap, found.first_met) == (Fraction(67, 50), 0, True)


def test_coverage_without_a_base_has_no_goal_and_no_rate():
    found = coverage(DEMANDS, census_base=None, **COUNTS)

    assert (found.goal, found.first_gap, found.first_rate, found.first_met) == (None, None, None, None)
    assert found.first_rate_registry == Fraction(67, 158)


def test_a_rate_shown_as_met_is_not_always_met():
    found = coverage(DEMANDS, census_base=25000, **COUNTS | {"first_dose": 22699})

    assert (percent(found.first_rate), found.first_met) == ("90.80%", False)


@pytest.mark.parametrize(
    ("lost", "base", "met"), [(4, 100, True), (5, 100, False), (0, 0, True), (49999, 1_000_000, True)]
)
def test_the_dropout_limit_is_met_strictly_below_it(lost, base, met):
    assert is_dropout_met(lost, base, Decimal("0.05")) is met


@pytest.mark.parametrize(
    ("number", "places", "shown"),
    [
        (Fraction(1, 8), 2, "0.13"),
        (Fraction(-1, 8), 2, "-0.13"),
        (Fraction(90805, 100000), 4, "0.9081"),
        (Fraction(2, 3), 6, "0.666667"),
        (Fraction(0), 2, "0.00"),
        (Fraction(5), 2, "5.00"),
    ],
)
def test_rounding_goes_half_up(number, places, shown):
    assert str(rounded(number, places)) == shown


def test_rates_and_paces_of_json_are_numbers_or_null():
    assert (json_rate(Fraction(3, 19)), json_rate(None)) == (0.157895, None)
    assert (json_pace(Fraction(34, 7)), json_pace(None)) == (4.86, None)
    assert (percent(Fraction(67, 156)), percent(None)) == ("42.95%", "—")


ADULTS = Window(start_on=day("07-16"), deadline_on=day("08-31"), measure="dose")
DONE = PhaseCounts(cohort=1145, done=847, baseline=600, week_ago=814)


def test_progress_of_an_item_behind_its_window():
    found = progress(ADULTS, DONE, day("08-16"))

    # 247 done since the baseline × 47 days < 545 to do × 32 days passed.
    assert found.status == "behind"
    assert (found.required, found.remaining, found.rate) == (1145, 298, Fraction(847, 1145))
    assert (found.required_pace, found.pace) == (Fraction(298, 16), Fraction(33, 7))
    assert found.forecast == day("10-19")


@pytest.mark.parametrize(
    ("counts", "on", "status"),
    [
        (DONE, "07-15", "upcoming"),
        (replace(DONE, done=1145), "07-15", "upcoming"),
        (replace(DONE, done=1145), "07-16", "met"),
        (replace(DONE, done=1145), "09-10", "met"),
        (DONE, "09-01", "missed"),
        (DONE, "08-31", "behind"),
        # 372 × 47 ≥ 545 × 32: on schedule; at 7 a day the last 173 take until 09-10, at 20 until 08-25.
        (replace(DONE, done=972, week_ago=923), "08-16", "at_risk"),
        (replace(DONE, done=972, week_ago=832), "08-16", "on_track"),
        # 371 × 47 < 545 × 32 by one person.
        (replace(DONE, done=971, week_ago=831), "08-16", "behind"),
        (replace(DONE, done=972, week_ago=972), "08-16", "at_risk"),
        (PhaseCounts(cohort=0, done=0), "08-16", "met"),
    ],
)
def test_the_status_of_a_phase_item(counts, on, status):
    assert progress(ADULTS, counts, day(on)).status == status


def test_required_pace_counts_the_day_and_the_deadline():
    assert progress(ADULTS, DONE, day("07-01")).required_pace == Fraction(298, 47)
    assert progress(ADULTS, DONE, day("08-31")).required_pace == Fraction(298)
    assert progress(ADULTS, DONE, day("09-01")).required_pace is None
    assert progress(ADULTS, replace(DONE, done=1145), day("08-16")).required_pace == 0
    assert progress(ADULTS, replace(DONE, done=1145), day("09-01")).required_pace is None


def test_a_forecast_needs_a_pace_and_something_left():
    assert progress(ADULTS, replace(DONE, week_ago=847), day("08-16")).forecast is None
    assert progress(ADULTS, replace(DONE, week_ago=850), day("08-16")).forecast is None
    assert progress(ADULTS, replace(DONE, done=1145), day("08-16")).forecast is None
    assert progress(ADULTS, replace(DONE, cohort=9_000_000, week_ago=846), day("08-16")).forecast is None


FOLLOW_UP = Window(start_on=day("08-01"), deadline_on=day("08-20"), measure="up_to_date")


@pytest.mark.parametrize(
    ("open_week_ago", "on", "status"),
    [(278, "08-16", "on_track"), (277, "08-16", "behind"), (278, "08-21", "missed"), (278, "07-31", "upcoming")],
)
def test_up_to_date_is_on_track_while_the_call_list_does_not_grow(open_week_ago, on, status):
    found = progress(FOLLOW_UP, PhaseCounts(cohort=847, done=569, open_week_ago=open_week_ago), day(on))

    assert (found.status, found.pace, found.forecast) == (status, None, None)


OVERALL = Window(start_on=day("07-01"), deadline_on=day("10-31"), measure="coverage")


def test_coverage_is_met_only_with_the_dropout_limit():
    counts = PhaseCounts(cohort=100, done=120, baseline=10, week_ago=110)

    assert progress(OVERALL, counts, day("08-16")).status == "met"
    assert progress(OVERALL, replace(counts, is_dropout_met=False), day("08-16")).status == "at_risk"
    assert progress(OVERALL, replace(counts, is_dropout_met=False), day("11-01")).status == "missed"


def test_coverage_without_a_goal_has_no_cohort():
    found = progress(OVERALL, PhaseCounts(cohort=None, done=120, week_ago=110), day("08-16"))

    assert (found.cohort, found.remaining, found.rate, found.required_pace) == (None, None, None, None)
    assert found.status == "at_risk"


def test_a_goal_rate_below_one_is_rounded_up():
    window = replace(ADULTS, goal_rate=Decimal("0.95000"))

    assert progress(window, PhaseCounts(cohort=101, done=90), day("08-16")).required == 96


def test_the_window_counts_both_its_ends():
    assert ADULTS.days == 47
    assert ADULTS.baseline_on == day("07-15")
    assert ADULTS.counted_on(day("09-10")) == day("08-31")
    assert ADULTS.deadline_on - ADULTS.start_on == timedelta(days=46)
