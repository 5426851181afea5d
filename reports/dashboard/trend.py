"""The trend against the line to the target: points for the chart, rows for the table behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from django.utils.safestring import SafeString

from campaigns.models import PhaseItemChange
from reports.dashboard.top import JUDGED_NAMES
from reports.dashboard.trend_svg import trend_svg
from reports.rules import PACE_DAYS

WEEK = timedelta(days=PACE_DAYS)
PLACES = 10**4


@dataclass(frozen=True)
class Point:
    """The counts of one day, permanent residents."""

    on: date
    first_dose: int
    full: int
    dropout_rate: Fraction | None


@dataclass(frozen=True)
class Trend:
    points: list[Point]
    # Days of the window up to the day asked that are not counted yet.
    missing: int
    start: date
    deadline: date
    goal: int | None
    judged_by: str
    forecast: date | None
    dropout_limit: Fraction
    # Deadlines that were changed, oldest change first: old day, new day, why and who.
    changes: Sequence[PhaseItemChange] = ()

    @property
    def judged_name(self) -> str:
        return JUDGED_NAMES[self.judged_by]

    @property
    def newest_first(self) -> list[Point]:
        """Return the points for the table behind the chart."""
        return self.points[::-1]

    @property
    def pace_now(self) -> Fraction | None:
        """Return the daily mean of the last seven days; null where the day they begin on is not counted."""
        return self._pace(self._last_week, self.points[-1:])

    @property
    def pace_before(self) -> Fraction | None:
        """Return the daily mean of about the week before those, as far back as there is a point."""
        if not self._last_week:
            return None
        limit = self._last_week[0].on - WEEK
        return self._pace([point for point in self.points if point.on <= limit][-1:], self._last_week)

    @property
    def ahead(self) -> int | None:
        """Return how many persons the last point stands above the line from the first point to the goal."""
        if self.goal is None or not self.points:
            return None
        first, last = self.points[0], self.points[-1]
        length = (self.deadline - first.on).days
        if length <= 0 or last.on > self.deadline:
            return None
        rise = Fraction((self.goal - self.done(first)) * (last.on - first.on).days, length)
        return int(self.done(last) - self.done(first) - rise)

    @property
    def below(self) -> int:
        return -(self.ahead or 0)

    @property
    def drawn(self) -> SafeString:
        """Return the chart as the server draws it."""
        return trend_svg(self)

    def chart(self) -> dict[str, Any]:
        """Return what the chart draws, as JSON can hold it: ISO days, counts, rates in per cent."""
        return {
            "days": [point.on.isoformat() for point in self.points],
            "first": [point.first_dose for point in self.points],
            "full": [point.full for point in self.points],
            "dropout": [_percent(point.dropout_rate) for point in self.points],
            "start": self.start.isoformat(),
            "deadline": self.deadline.isoformat(),
            "goal": self.goal,
            "judged": self.judged_by,
            "forecast": self.forecast.isoformat() if self.forecast else None,
            "limit": _percent(self.dropout_limit),
            "changes": [
                {"name": change.item.name, "old": change.old.isoformat(), "new": change.new.isoformat()}
                for change in self.changes
            ],
        }

    def done(self, point: Point) -> int:
        """Return whom the county counts on that day."""
        return point.first_dose if self.judged_by == "first" else point.full

    @property
    def _last_week(self) -> list[Point]:
        """The point seven days before the last, if that day is counted."""
        return [point for point in self.points if point.on == self.points[-1].on - WEEK]

    def _pace(self, start: list[Point], end: list[Point]) -> Fraction | None:
        if not start or not end:
            return None
        return Fraction(self.done(end[0]) - self.done(start[0]), (end[0].on - start[0].on).days)


def _percent(share: Fraction | None) -> float | None:
    """Round for drawing only; the words beside the line are made from the exact number."""
    return None if share is None else round(share * 100 * PLACES) / PLACES
