"""What the counts add up to (rules 5 and 6): coverage, dropout, the state of a phase. Pure and exact."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Literal, NamedTuple

PACE_DAYS = 7

Status = Literal["upcoming", "on_track", "at_risk", "behind", "met", "missed"]


@dataclass(frozen=True, slots=True)
class Demands:
    """What a campaign asks for (plan 四)."""

    goal_rate: Decimal
    dropout_limit: Decimal
    judged_by: Literal["first", "full"]


@dataclass(frozen=True)
class Coverage:
    """Coverage and dropout of a place, unit, age band or tag at a day (rules 5).

    Rates are exact, null without what they are a share of; each is worked out when asked for, since a page of
    three hundred villages shows three of seven.
    """

    census_base: int | None
    goal: int | None
    in_scope: int
    first_dose: int
    full: int
    exempt: int
    dropout_base: int
    dropout_lost: int
    dropout_met: bool

    @property
    def first_gap(self) -> int | None:
        return None if self.goal is None else max(0, self.goal - self.first_dose)

    @property
    def full_gap(self) -> int | None:
        return None if self.goal is None else max(0, self.goal - self.full)

    @property
    def first_met(self) -> bool | None:
        return None if self.goal is None else self.first_dose >= self.goal

    @property
    def full_met(self) -> bool | None:
        return None if self.goal is None else self.full >= self.goal

    @cached_property
    def first_rate(self) -> Fraction | None:
        return share(self.first_dose, self.census_base)

    @cached_property
    def full_rate(self) -> Fraction | None:
        return share(self.full, self.census_base)

    @cached_property
    def first_rate_registry(self) -> Fraction | None:
        return share(self.first_dose, self.in_scope)

    @cached_property
    def full_rate_registry(self) -> Fraction | None:
        return share(self.full, self.in_scope)

    @cached_property
    def first_rate_not_exempt(self) -> Fraction | None:
        """First doses over the census base less the exempt: the rate among people who are not exempt."""
        return None if self.census_base is None else share(self.first_dose, self.census_base - self.exempt)

    @cached_property
    def dropout_rate(self) -> Fraction | None:
        return share(self.dropout_lost, self.dropout_base)

    @cached_property
    def dropout_rate_who(self) -> Fraction | None:
        return share(self.first_dose - self.full, self.first_dose)


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
    return Coverage(
        census_base=census_base,
        goal=goal_of(census_base, assigned_goal, demands.goal_rate),
        in_scope=in_scope,
        first_dose=first_dose,
        full=full,
        exempt=exempt,
        dropout_base=dropout_base,
        dropout_lost=dropout_lost,
        dropout_met=is_dropout_met(dropout_lost, dropout_base, demands.dropout_limit),
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
    status: Status
    required_pace: Fraction | None
    pace: Fraction | None
    forecast: date | None

    @property
    def rate(self) -> Fraction | None:
        return share(self.done, self.cohort)


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
    if not remaining or pace is None or pace.numerator <= 0:
        return None
    # remaining ÷ pace rounded up, in whole numbers: hundreds of villages ask.
    days = -(-remaining * pace.denominator // pace.numerator)
    # Beyond what a calendar holds there is no day to name.
    return counted_on + timedelta(days=days) if days <= (date.max - counted_on).days else None


@dataclass(frozen=True, slots=True)
class Course:
    """A platform's full course (rules 2): its doses, the recommended gap, and from which age it is given.

    `approvals` are (from age, from day) of its products; a product of which nothing is checked says (0, date.min).
    """

    key: str
    name: str
    doses: int
    gap_days: int
    approvals: tuple[tuple[int, date], ...]

    def last_next_on(self, missing: int, end_on: date) -> date:
        """Return the last day on which the next of `missing` doses leaves time for them all by `end_on`, inclusive."""
        return end_on - timedelta(days=self.gap_days * (missing - 1))

    def last_start_on(self, end_on: date) -> date:
        """Return 末班车: the last day on which a first dose can still be completed by `end_on`, inclusive."""
        return self.last_next_on(self.doses, end_on)

    def youngest(self, end_on: date) -> int | None:
        """Return the lowest age at which a first dose is allowed by the last day for one; None: at no age."""
        last = self.last_start_on(end_on)
        return min((age for age, since in self.approvals if since <= last), default=None)


def still_startable_from(courses: Iterable[Course], on: date, end_on: date) -> int | None:
    """Return the age from which a first dose given on `on` can still be completed by `end_on`; None: at no age."""
    ages = [course.youngest(end_on) for course in courses if on <= course.last_start_on(end_on)]
    return min((age for age in ages if age is not None), default=None)


class LastStart(NamedTuple):
    """The last day on which people of these ages (both inclusive, null = open) can begin and still be completed."""

    from_age: int
    to_age: int | None
    last_on: date


def last_starts(courses: Sequence[Course], min_age: int, end_on: date) -> list[LastStart]:
    """Return 末班车 by age from `min_age` on, youngest first; ages that nothing is allowed at are left out."""
    allowed = [(max(age, min_age), course.last_start_on(end_on)) for course in courses
               if (age := course.youngest(end_on)) is not None]  # fmt: skip
    steps: list[LastStart] = []
    for age in sorted({age for age, _ in allowed}):
        last_on = max(last for from_age, last in allowed if from_age <= age)
        if steps and steps[-1].last_on == last_on:
            continue
        if steps:
            steps[-1] = steps[-1]._replace(to_age=age - 1)
        steps.append(LastStart(age, None, last_on))
    return steps


def ceiling(full: int, finishing: int, starting: int) -> int:
    """Return the most people who can be completed by the campaign's last day.

    Completed already, incomplete whose missing doses at recommended gaps end by then, and unvaccinated whom a
    platform allowed at their age can still complete. Over the census base it is the ceiling of full coverage.
    """
    return full + finishing + starting


BaseDoubt = Literal["over", "differs", ""]
# The registry and the census may differ by a tenth of the census base before somebody should look.
DIFFERENCE_LIMIT = 10


def doubt_of_base(in_scope: int, first_dose: int, census_base: int | None) -> BaseDoubt:
    """Tell why a census base should be looked at beside the registry's permanent residents; "" where it need not.

    `over`: more people with a dose than the census counts; `differs`: the two differ by more than the limit.
    """
    if census_base is None:
        return ""
    if first_dose > census_base:
        return "over"
    return "differs" if abs(in_scope - census_base) * DIFFERENCE_LIMIT > census_base else ""


@dataclass(frozen=True, slots=True)
class DropoutAhead:
    """The dropout rate some days on: if all come whose time runs out until then, and if none of them does."""

    base: int
    lost_if_all: int
    lost_if_none: int

    @property
    def if_all(self) -> Fraction | None:
        return share(self.lost_if_all, self.base)

    @property
    def if_none(self) -> Fraction | None:
        return share(self.lost_if_none, self.base)


def dropout_ahead(*, base: int, lost: int, soon: int, second_due_soon: int) -> DropoutAhead:
    """Foresee the dropout figures of the day on which who is overdue soon will be overdue.

    `second_due_soon` people come into the base until then, done or not; `soon` are overdue by then unless they come.
    """
    return DropoutAhead(base + second_due_soon, lost, lost + soon)
