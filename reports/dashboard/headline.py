"""How fast it goes and what moved since yesterday: the numbers that the sentence at the top is made of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cached_property
from math import ceil

from campaigns.models import Campaign
from ledgers.summary import Counts
from reports.dashboard.lines import Line
from reports.figure_rows import Row
from reports.ledger_rows import coverage_of
from reports.rules import Coverage, PhaseCounts, Window, progress, share


@dataclass(frozen=True)
class Speed:
    """What is needed each day, what was done each day of the last seven, and where that leads (rules 6)."""

    required: Fraction | None
    actual: Fraction | None
    # Day on which the goal is reached at the actual pace; null where nothing moves or nothing remains.
    forecast: date | None
    # Days after the deadline; negative: before it.
    late: int | None
    # Persons missing on the deadline at the actual pace; 0 where it suffices, null without a goal.
    short: int | None
    nothing_remains: bool

    @property
    def too_slow(self) -> bool:
        return self.actual is not None and self.required is not None and self.actual < self.required


def speed_of(*, goal: int | None, done: int, week_ago: int, on: date, window: Window) -> Speed:
    """Say how fast a place goes to its goal, which is null where it has none."""
    state = progress(window, PhaseCounts(cohort=goal, done=done, week_ago=week_ago), on)
    # After the deadline there is nothing left to foresee.
    forecast = state.forecast if on <= window.deadline_on else None
    return Speed(
        required=state.required_pace,
        actual=state.pace,
        forecast=forecast,
        late=(forecast - window.deadline_on).days if forecast else None,
        short=_short(state.remaining, state.pace, (window.deadline_on - on).days),
        nothing_remains=state.remaining == 0,
    )


def _short(remaining: int | None, actual: Fraction | None, days_left: int) -> int | None:
    if remaining is None or actual is None:
        return None
    # Whole numbers: hundreds of villages ask, and what is missing of a person is a person.
    coming = max(actual.numerator, 0) * max(days_left, 0)
    return max(remaining - coming // actual.denominator, 0)


def catch_up(lost: int, base: int, limit: Fraction) -> int:
    """Return how many overdue people must have their dose before the rate is strictly below `limit` (rules 5).

    Whoever catches up stays in the base and leaves the lost.
    """
    allowed = max(ceil(limit * base) - 1, 0)
    return max(lost - allowed, 0)


def difference(now: Fraction | None, then: Fraction | None) -> Fraction | None:
    """Return by how much a rate differs; null where either day has none."""
    return None if now is None or then is None else now - then


@dataclass(frozen=True)
class Change:
    """Differences between the day asked and an earlier one, in persons; never counts of a day's doses (rules 4)."""

    since: date
    now: Line
    # The earlier day itself, for what is worked out from more than a difference.
    then: Row
    campaign: Campaign

    @cached_property
    def all(self) -> Counts:
        return self.now.all - self.then.counts.all

    @cached_property
    def permanent(self) -> Counts:
        return self.now.permanent - self.then.counts.permanent

    @property
    def claimants(self) -> int:
        return self.now.said.claimants - self.then.said.claimants

    @cached_property
    def coverage(self) -> Coverage:
        """The rates of the earlier day, over the base and with the goal of now."""
        cover = self.now.coverage
        return coverage_of(
            self.campaign, self.then.counts.permanent, census_base=cover.census_base, assigned_goal=cover.goal
        )

    @property
    def first_rate_registry(self) -> Fraction | None:
        return self._of_rate("first_rate_registry")

    @property
    def full_rate_registry(self) -> Fraction | None:
        return self._of_rate("full_rate_registry")

    @property
    def first_rate_not_exempt(self) -> Fraction | None:
        return self._of_rate("first_rate_not_exempt")

    @property
    def dropout_rate_who(self) -> Fraction | None:
        return self._of_rate("dropout_rate_who")

    def _of_rate(self, name: str) -> Fraction | None:
        return difference(getattr(self.now.coverage, name), getattr(self.coverage, name))

    # What each of the villages shows, worked out alone: there may be hundreds.

    @property
    def first_dose(self) -> int:
        return self.now.permanent.first_dose - self.then.counts.permanent.first_dose

    @property
    def full(self) -> int:
        return self.now.permanent.full - self.then.counts.permanent.full

    @property
    def first_rate(self) -> Fraction | None:
        """Return by how much the rate over census residents differs, as a share."""
        return share(self.first_dose, self.now.coverage.census_base)

    @property
    def full_rate(self) -> Fraction | None:
        return share(self.full, self.now.coverage.census_base)

    @property
    def dropout_rate(self) -> Fraction | None:
        then = self.then.counts.permanent
        return difference(self.now.coverage.dropout_rate, share(then.dropout_lost, then.dropout_base))

    def gap(self, judged_by: str) -> int | None:
        """Return by how many persons the gap to the goal of now differs; null without a goal."""
        cover, then = self.now.coverage, self.then.counts.permanent
        if cover.goal is None:
            return None
        now, done = (cover.first_gap, then.first_dose) if judged_by == "first" else (cover.full_gap, then.full)
        return now - max(0, cover.goal - done)

    @property
    def dropout_lost(self) -> int:
        return self.now.permanent.dropout_lost - self.then.counts.permanent.dropout_lost

    @property
    def unvaccinated(self) -> int:
        return self.now.all.unvaccinated - self.then.counts.all.unvaccinated

    @property
    def exempt(self) -> int:
        return self.now.all.exempt - self.then.counts.all.exempt
