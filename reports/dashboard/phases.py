"""阶段进度: the phase items as rows of one timeline, and the sentence that says which need help."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction

from campaigns.models import PhaseItem
from reports.dashboard.headline import difference
from reports.dashboard.links import Lists
from reports.dashboard.timeline import Axis, Span, Tick, axis_of, span_of
from reports.lists.asked import EVERYBODY, PERMANENT, WINNABLE
from reports.phases import PhaseLine
from reports.rules import Progress

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Left:
    """A list of people who remain of a phase item, in one ledger."""

    name: str
    count: int
    url: str


@dataclass(frozen=True)
class PhaseRow:
    """One phase item with its progress (rules 6) and where it stands on the timeline."""

    now: PhaseLine
    span: Span
    # The lists of who remains: together they hold them all; none where a goal is no list of people.
    left: list[Left]
    # All of them in one list; "" where a goal is no list of people.
    left_url: str
    # Who is done.
    done_url: str
    # Who of those who remain can be won.
    winnable_url: str
    on: date

    @property
    def item(self) -> PhaseItem:
        return self.now.item

    @property
    def progress(self) -> Progress:
        return self.now.progress

    @property
    def done_moved(self) -> int | None:
        """Return how many more are done than on the day it is compared with; null where that is not kept."""
        return self.progress.done - self.now.then.done if self.now.then else None

    @property
    def remaining_moved(self) -> int | None:
        then, now = self.now.then, self.progress.remaining
        return None if then is None or then.remaining is None or now is None else now - then.remaining

    @property
    def rate_moved(self) -> Fraction | None:
        return difference(self.progress.rate, self.now.then.rate) if self.now.then else None

    @property
    def is_overall(self) -> bool:
        """Whether the goal of the whole campaign judges it (rules 5)."""
        return self.item.measure == PhaseItem.Measure.COVERAGE

    @property
    def upcoming(self) -> bool:
        return self.progress.status == "upcoming"

    @property
    def over(self) -> bool:
        return self.on > self.item.deadline_on

    @property
    def done_share(self) -> Fraction:
        return done_share(self.now)

    @property
    def tick(self) -> Fraction | None:
        """Return where the bar would stand on schedule; none before the window."""
        return None if self.upcoming else self.span.elapsed

    @property
    def too_slow(self) -> bool:
        """Whether the last seven days fell short of what each day needs; not yet a question before the window."""
        pace, required = self.progress.pace, self.progress.required_pace
        return not self.upcoming and pace is not None and required is not None and pace < required

    @property
    def late(self) -> int:
        """Return days from the deadline to the forecast; negative: before it. Only with a forecast."""
        forecast = self.progress.forecast
        return (forecast - self.item.deadline_on).days if forecast else 0

    @property
    def early(self) -> int:
        return -self.late


@dataclass(frozen=True)
class Phases:
    rows: list[PhaseRow]
    months: list[Tick]
    # Where the end of the day asked stands; null outside the axis.
    today_at: Fraction | None

    @property
    def upcoming(self) -> int:
        return sum(row.upcoming for row in self.rows)

    @property
    def missed(self) -> list[PhaseRow]:
        """Return the items past their deadline; without a goal nobody can say how many were missed (rules 5)."""
        missed = [row for row in self.rows if row.progress.status == "missed" and not row.item.is_soft]
        return [row for row in missed if row.progress.remaining is not None]

    @property
    def missed_remaining(self) -> int:
        return sum(row.progress.remaining or 0 for row in self.missed)

    @property
    def slow(self) -> PhaseRow | None:
        """Return the running item whose pace falls shortest of what it needs."""
        slow = [row for row in self.rows if row.too_slow and not row.over]
        return min(slow, key=lambda row: row.progress.pace / row.progress.required_pace, default=None)

    @property
    def _next(self) -> list[PhaseRow]:
        running = [row for row in self.rows if not row.upcoming and not row.over and row.progress.remaining]
        nearest = min((row.item.deadline_on for row in running), default=None)
        return [row for row in running if row.item.deadline_on == nearest]

    @property
    def without_goal(self) -> list[PhaseRow]:
        """Return the running items of which nobody can say how many remain (rules 5)."""
        return [row for row in self.rows if not row.upcoming and not row.over and row.progress.remaining is None]

    @property
    def next_deadline(self) -> date | None:
        return self._next[0].item.deadline_on if self._next else None

    @property
    def next_count(self) -> int:
        return len(self._next)

    @property
    def next_remaining(self) -> int:
        return sum(row.progress.remaining or 0 for row in self._next)


def phases_of(items: Sequence[PhaseLine], lists: Lists, on: date) -> Phases:
    """Lay the items on one axis, in the order of the plan, each with the lists of who remains."""
    if not items:
        return Phases([], [], None)
    axis = axis_of([(now.item.start_on, now.item.deadline_on) for now in items])
    rows = [phase_row(now, axis, lists, on) for now in items]
    return Phases(rows, axis.months(), axis.at(on + DAY) if axis.start <= on < axis.end else None)


def phase_row(now: PhaseLine, axis: Axis, lists: Lists, on: date) -> PhaseRow:
    """Make the row of an item of one place, with the lists of its people there."""
    # The figures are those of the deadline once it has passed (rules 6), and so are the lists.
    then = replace(lists, on=min(on, now.item.deadline_on))
    left, done = _left(now, then), then.of(EVERYBODY, phase=now.item.key, done="1")
    return PhaseRow(now, _span(axis, now, on), left, _left_url(now, left, then), done, _winnable(now.item, then), on)


def _left(now: PhaseLine, lists: Lists) -> list[Left]:
    """Who remains, ledger by ledger; nobody is named where part of the cohort would do (a goal below 1)."""
    item, remaining = now.item, now.progress.remaining
    if not remaining or item.measure == PhaseItem.Measure.COVERAGE or item.goal_rate != 1:
        return []
    lists = lists.inside(phase=item.key)
    if item.measure == PhaseItem.Measure.UP_TO_DATE:
        return [Left("到期和超期", remaining, lists.incomplete)]
    undosed = now.counts.undosed
    parts = [Left("一针未打", undosed, lists.unvaccinated), Left("打过前一针", remaining - undosed, lists.incomplete)]
    return [part for part in parts if part.count]


def _left_url(now: PhaseLine, left: list[Left], lists: Lists) -> str:
    if not left:
        return ""
    return left[0].url if len(left) == 1 else lists.of(EVERYBODY, phase=now.item.key)


def _winnable(item: PhaseItem, lists: Lists) -> str:
    """Who of those who remain can be won: of a goal and of first doses they are all in 台账三."""
    if item.measure == PhaseItem.Measure.COVERAGE:
        return lists.of("unvaccinated", residency=PERMANENT, reason=WINNABLE)
    if item.measure == PhaseItem.Measure.UP_TO_DATE:
        return lists.of("incomplete", phase=item.key, reason=WINNABLE)
    ledger = "unvaccinated" if item.dose_number == 1 else EVERYBODY
    return lists.of(ledger, phase=item.key, reason=WINNABLE)


def _span(axis: Axis, now: PhaseLine, on: date) -> Span:
    return span_of(axis, now.item.start_on, now.item.deadline_on, done_share(now), on)


def done_share(now: PhaseLine) -> Fraction:
    """Return done as a share of what is required; nothing required is all done, an unknown goal nothing."""
    required = now.progress.required
    if required is None:
        return Fraction(0)
    return Fraction(now.progress.done, required) if required else Fraction(1)
