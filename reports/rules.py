"""What the counts add up to (rules 5 and 6): coverage, dropout, the state of a phase. Pure and exact."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Literal

PACE_DAYS = 7

Status = Literal["upcoming", "on_track", "at_risk", "behind", "met", "missed"]


@dataclass(frozen=True, slots=True)
class Demands:
    """What a campaign asks for (plan 四)."""

    goal_rate: Decimal
    dropout_limit: Decimal
    judged_by: Literal["first", "full"]


@dataclass(frozen=True, slots=True)
class Coverage:
    """Coverage and dropout of a place, unit, age band or tag at a day (rules 5). Rates are exact, null as None."""

    census_base: int | None
    goal: int | None
    first_dose: int
    full: int
    first_gap: int | None
    full_gap: int | None
    first_rate: Fraction | None
    full_rate: Fraction | None
    first_rate_registry: Fraction | None
    full_rate_registry: Fraction | None
    first_met: bool | None
    full_met: bool | None
    dropout_base: int
    dropout_lost: int
    dropout_rate: Fraction | None
    dropout_rate_who: Fraction | None
    dropout_met: bool
    # First doses over the census base less the exempt: the rate among people who are not exempt.
    first_rate_not_exempt: Fraction | None


def coverage(
    demands: Demands,
    *,
    in_scope: int,
    first_dose: int,
    full: int,
    exempt: int,
    dropout_base: int,
    dropout_lost: int,
    census_base: int | None,
    assigned_goal: int | None = None,
) -> Coverage:
    """Work out coverage and dropout from counts of permanent residents in scope (rules 5)."""
    goal = goal_of(census_base, assigned_goal, demands.goal_rate)
    dropout_rate = share(dropout_lost, dropout_base)
    return Coverage(
        census_base=census_base,
        goal=goal,
        first_dose=first_dose,
        full=full,
        first_gap=None if goal is None else max(0, goal - first_dose),
        full_gap=None if goal is None else max(0, goal - full),
        first_rate=share(first_dose, census_base),
        full_rate=share(full, census_base),
        first_rate_registry=share(first_dose, in_scope),
        full_rate_registry=share(full, in_scope),
        first_met=None if goal is None else first_dose >= goal,
        full_met=None if goal is None else full >= goal,
        dropout_base=dropout_base,
        dropout_lost=dropout_lost,
        dropout_rate=dropout_rate,
        dropout_rate_who=share(first_dose - full, first_dose),
        dropout_met=is_dropout_met(dropout_lost, dropout_base, demands.dropout_limit),
        first_rate_not_exempt=None if census_base is None else share(first_dose, census_base - exempt),
    )


def goal_of(census_base: int | None, assigned: int | None, goal_rate: Decimal) -> int | None:
    """The assigned task number, else the share of the base rounded up to persons, exactly (rules 5)."""
    if assigned is not None:
        return assigned
    return None if census_base is None else math.ceil(goal_rate * census_base)


def base_of(bases: list[int | None]) -> int | None:
    """A larger place's base: the sum of its villages', None when any has none, or when there are none."""
    return None if not bases or None in bases else sum(base for base in bases if base is not None)


def share(part: int, whole: int | None) -> Fraction | None:
    """Return part ÷ whole, None without a whole; never clipped."""
    return Fraction(part, whole) if whole is not None and whole > 0 else None


def is_dropout_met(lost: int, base: int, limit: Decimal) -> bool:
    """The limit is met strictly below it, or when nobody's second dose was due yet (rules 5)."""
    return base == 0 or lost < limit * base


@dataclass(frozen=True, slots=True)
class Window:
    """A phase item as far as its state depends on it (rules 6)."""

    start_on: date
    deadline_on: date
    measure: Literal["dose", "up_to_date", "coverage"]
    goal_rate: Decimal = Decimal(1)

    @property
    def baseline_on(self) -> date:
        return self.start_on - timedelta(days=1)

    @property
    def days(self) -> int:
        return (self.deadline_on - self.start_on).days + 1

    def counted_on(self, on: date) -> date:
        """The day `e` at which the figures are taken: the earlier of the day asked and the deadline."""
        return min(on, self.deadline_on)


@dataclass(frozen=True, slots=True)
class PhaseCounts:
    """Counts of a cohort at `e`; `cohort` is None for a coverage item of a place without a goal."""

    cohort: int | None
    done: int
    # Of the same members, done at the day before the window, and at e - 7.
    baseline: int = 0
    week_ago: int = 0
    # For `up_to_date`: of the same members, due or overdue at e - 7.
    open_week_ago: int = 0
    # For `coverage`: whether the dropout limit is met at e.
    is_dropout_met: bool = True


@dataclass(frozen=True, slots=True)
class Progress:
    """The state of a phase item at a day; paces are exact persons a day, None as rules 6 says."""

    cohort: int | None
    done: int
    required: int | None
    remaining: int | None
    rate: Fraction | None
    status: Status
    required_pace: Fraction | None
    pace: Fraction | None
    forecast: date | None


def progress(window: Window, counts: PhaseCounts, on: date) -> Progress:
    """Judge a phase item at `on` (rules 6)."""
    required = None if counts.cohort is None else math.ceil(window.goal_rate * counts.cohort)
    remaining = None if required is None else max(0, required - counts.done)
    pace = None if window.measure == "up_to_date" else Fraction(counts.done - counts.week_ago, PACE_DAYS)
    forecast = _forecast(window.counted_on(on), remaining, pace)
    return Progress(
        cohort=counts.cohort,
        done=counts.done,
        required=required,
        remaining=remaining,
        rate=share(counts.done, counts.cohort),
        status=_status(window, counts, on, required, remaining, forecast),
        required_pace=_required_pace(window, on, remaining),
        pace=pace,
        forecast=forecast,
    )


def _status(
    window: Window,
    counts: PhaseCounts,
    on: date,
    required: int | None,
    remaining: int | None,
    forecast: date | None,
) -> Status:
    if on < window.start_on:
        return "upcoming"
    if remaining == 0 and (window.measure != "coverage" or counts.is_dropout_met):
        return "met"
    if on > window.deadline_on:
        return "missed"
    if window.measure == "up_to_date":
        return "on_track" if remaining is not None and remaining <= counts.open_week_ago else "behind"
    if required is not None and _is_behind(window, counts, on, required):
        return "behind"
    return "at_risk" if forecast is None or forecast > window.deadline_on else "on_track"


def _is_behind(window: Window, counts: PhaseCounts, on: date, required: int) -> bool:
    """Fewer done since the baseline than an even pace over the window would have done by `on`, that day included."""
    passed = (on - window.start_on).days + 1
    return (counts.done - counts.baseline) * window.days < (required - counts.baseline) * passed


def _required_pace(window: Window, on: date, remaining: int | None) -> Fraction | None:
    if on > window.deadline_on or remaining is None:
        return None
    left = (window.deadline_on - max(on, window.start_on)).days + 1
    return Fraction(remaining, left)


def _forecast(counted_on: date, remaining: int | None, pace: Fraction | None) -> date | None:
    if not remaining or pace is None or pace <= 0:
        return None
    days = math.ceil(remaining / pace)
    # Beyond what a calendar holds there is no day to name.
    return counted_on + timedelta(days=days) if days <= (date.max - counted_on).days else None
