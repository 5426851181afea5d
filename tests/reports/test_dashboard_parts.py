"""The plain parts of the dashboard: timeline, tints, speed, and how many must catch up."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from campaigns.models import Campaign, PhaseItem
from reports.dashboard.headline import catch_up, speed_of
from reports.dashboard.links import Lists
from reports.dashboard.phases import Phases, phases_of
from reports.dashboard.remainder import _note
from reports.dashboard.timeline import axis_of, span_of
from reports.dashboard.tints import tints_for
from reports.phase_counts import ItemCounts
from reports.phases import judge
from reports.rules import Window


def overall(*, goal: int | None, done: int, on: date) -> Phases:
    """The campaign's own item, judged at `on`."""
    campaign = Campaign(judged_by="first", dropout_limit=Decimal("0.05"))
    item = PhaseItem(
        campaign=campaign, key="overall", measure="coverage", cohort="goal", goal_rate=Decimal(1),
        start_on=PLAN.start_on, deadline_on=PLAN.deadline_on,
    )  # fmt: skip
    return phases_of([judge(campaign, item, ItemCounts(done=done), goal, on)], Lists(on), on)


def test_a_phase_without_a_goal_is_not_among_those_missed_after_its_deadline():
    after = date(2021, 11, 1)
    assert [len(overall(goal=goal, done=90, on=after).missed) for goal in (100, None, 90)] == [1, 0, 0]
    assert overall(goal=100, done=90, on=after).missed_remaining == 10


PLAN = Window(date(2021, 7, 1), date(2021, 10, 31), "coverage")


@pytest.mark.parametrize(
    ("lost", "base", "needed"),
    [
        (706, 11206, 146),  # 560 of 11,206 are below 5 %, 561 are not
        (5, 100, 1),  # exactly 5 % is not below
        (4, 100, 0),
        (1, 3, 1),
        (0, 0, 0),
    ],
)
def test_catch_up_brings_the_rate_strictly_below_the_limit(lost, base, needed):
    assert catch_up(lost, base, Fraction("0.05")) == needed


def test_speed_names_the_persons_short_on_the_deadline():
    # 70 of 602 in seven days is 10 a day; 76 days bring 760. At 5 a day they bring 380, and 222 are missing.
    fast = speed_of(goal=1000, done=398, week_ago=328, on=date(2021, 8, 16), window=PLAN)
    slow = speed_of(goal=1000, done=398, week_ago=363, on=date(2021, 8, 16), window=PLAN)
    assert (fast.short, fast.forecast, fast.late) == (0, date(2021, 10, 16), -15)
    assert (slow.short, slow.too_slow) == (222, True)


def test_speed_without_movement_or_goal_foresees_nothing():
    still = speed_of(goal=10, done=4, week_ago=4, on=date(2021, 8, 16), window=PLAN)
    none = speed_of(goal=None, done=4, week_ago=1, on=date(2021, 8, 16), window=PLAN)
    assert (still.forecast, still.short) == (None, 6)
    assert (none.required, none.forecast, none.short) == (None, None, None)


def test_speed_after_the_deadline_names_who_is_missing():
    late = speed_of(goal=10, done=4, week_ago=1, on=date(2021, 11, 5), window=PLAN)
    assert (late.required, late.forecast, late.short) == (None, None, 6)


def test_window_fills_by_what_is_done_and_its_tick_stands_where_it_should_be():
    axis = axis_of([(date(2021, 7, 1), date(2021, 10, 31))])
    span = span_of(axis, date(2021, 8, 1), date(2021, 8, 20), Fraction(1, 2), date(2021, 8, 15))
    assert (span.x, span.width, span.fill) == (Fraction(31, 123), Fraction(20, 123), Fraction(10, 123))
    assert span.elapsed == Fraction(15, 20)


def test_months_of_the_axis_begin_with_its_own_first_day():
    axis = axis_of([(date(2021, 7, 16), date(2021, 9, 10))])
    assert [tick.on for tick in axis.months()] == [date(2021, 7, 16), date(2021, 8, 1), date(2021, 9, 1)]


def test_tints_cut_a_column_at_its_quarters():
    tints = tints_for([Decimal(n) for n in (34, 42, 50, 58, 66, 74, 82, 90)], high_is_bad=False)
    assert tints.edges == (Decimal(50), Decimal(66), Decimal(82))
    assert [tints.step(Decimal(n)) for n in (34, 50, 66, 90)] == [1, 2, 3, 4]
    assert tints.words()[0] == (1, "不到 50")


def test_tints_of_what_should_be_low_turn_round():
    tints = tints_for([1, 2, 3, 4], high_is_bad=True)
    assert [tints.step(n) for n in (4, 3, 2, 1, None)] == [1, 2, 3, 4, 0]


def test_too_few_or_equal_values_bear_no_tint():
    assert tints_for([1, 2, None], high_is_bad=True) is None
    assert tints_for([5, 5, 5, 5], high_is_bad=True) is None


def test_note_of_a_reason_adds_up_to_its_figure():
    reasons = {"41": 410, "44": 79, "49": 96, "4": 5}
    assert _note(reasons, "4", ("41", "42", "44")) == "怕不良反应 410，家属不同意 79，其他或没有细分 101"
    assert _note({"51": 3, "52": 4}, "5", ("51", "52")) == "外出未种 3，自述在外已种 4"
    assert _note({"6": 5}, "6", ("61",)) == ""
