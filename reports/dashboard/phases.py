"""阶段进度: the phase items as rows of one timeline, and the sentence that says which need help."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from campaigns.models import PhaseItem
from reports.dashboard.timeline import Axis, Span, Tick, axis_of, span_of
from reports.phases import PhaseLine
from reports.rules import Progress

DAY = timedelta(days=1)


@dataclass(frozen=True)
class PhaseRow:
    """One phase item with its progress (rules 6) and where it stands on the timeline."""

    now: PhaseLine
    span: Span
    # The list of who remains; "" where no single list holds them.
    url: str
    on: date

    @property
    def item(self) -> PhaseItem:
        return self.now.item

    @property
    def progress(self) -> Progress:
        return self.now.progress

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
        return [row for row in self.rows if row.progress.status == "missed" and not row.item.is_soft]

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
    def next_deadline(self) -> date | None:
        return self._next[0].item.deadline_on if self._next else None

    @property
    def next_count(self) -> int:
        return len(self._next)

    @property
    def next_remaining(self) -> int:
        return sum(row.progress.remaining or 0 for row in self._next)


def phases_of(items: Sequence[tuple[PhaseLine, str]], on: date) -> Phases:
    """Lay (item, address of its list) on one axis, in the order of the plan."""
    if not items:
        return Phases([], [], None)
    axis = axis_of([(now.item.start_on, now.item.deadline_on) for now, _ in items])
    rows = [PhaseRow(now, _span(axis, now, on), url, on) for now, url in items]
    return Phases(rows, axis.months(), axis.at(on + DAY) if axis.start <= on < axis.end else None)


def _span(axis: Axis, now: PhaseLine, on: date) -> Span:
    return span_of(axis, now.item.start_on, now.item.deadline_on, done_share(now), on)


def done_share(now: PhaseLine) -> Fraction:
    """Return done as a share of what is required; nothing required is all done, an unknown goal nothing."""
    required = now.progress.required
    if required is None:
        return Fraction(0)
    return Fraction(now.progress.done, required) if required else Fraction(1)
