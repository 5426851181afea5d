"""Phases as a timeline: where each window begins and ends on one axis, in shares of its length."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

# A label stands behind its bar, unless the bar ends this far to the right.
LABEL_FITS_UNTIL = Fraction(17, 20)


@dataclass(frozen=True)
class Tick:
    on: date
    at: Fraction


@dataclass(frozen=True)
class Axis:
    """The days that the timeline shows: `start` inclusive, `end` the day after its last."""

    start: date
    end: date

    def at(self, day: date) -> Fraction:
        """Return where `day` begins, as a share of the axis, held within it."""
        share = Fraction((day - self.start).days, (self.end - self.start).days)
        return min(max(share, Fraction(0)), Fraction(1))

    def months(self) -> list[Tick]:
        """Return the first days of months on the axis, its first day included."""
        ticks = [Tick(self.start, Fraction(0))]
        day = _next_month(self.start)
        while day < self.end:
            ticks.append(Tick(day, self.at(day)))
            day = _next_month(day)
        return ticks


@dataclass(frozen=True)
class Span:
    """A window on the axis; all but `label_first` are shares of the axis."""

    x: Fraction
    width: Fraction
    fill: Fraction
    end: Fraction
    # The label stands before the bar where behind it there is no room.
    label_first: bool
    # Share of the window that has passed at the end of the day asked.
    elapsed: Fraction


def axis_of(windows: list[tuple[date, date]]) -> Axis:
    """Span the axis from the earliest start to the latest deadline, both inclusive; needs one window."""
    return Axis(min(start for start, _ in windows), max(deadline for _, deadline in windows) + timedelta(days=1))


def span_of(axis: Axis, start: date, deadline: date, done: Fraction, on: date) -> Span:
    """Place a window on the axis; `done` is the share of the required number, filled up to at most 1."""
    x, end = axis.at(start), axis.at(deadline + timedelta(days=1))
    days = (deadline - start).days + 1
    passed = min(max((on - start).days + 1, 0), days)
    return Span(
        x=x,
        width=end - x,
        fill=(end - x) * min(max(done, Fraction(0)), Fraction(1)),
        end=end,
        label_first=end > LABEL_FITS_UNTIL and x > Fraction(1, 8),
        elapsed=Fraction(passed, days),
    )


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)
