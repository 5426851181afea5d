"""What the pages of progress read: stored figures of the day asked, the day before and a week before."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date

from campaigns.models import Campaign
from ledgers.summary import Counts, is_unplaced
from registry.models import Place
from reports.dashboard.trend import Point
from reports.days import DAY
from reports.figure_rows import Row
from reports.figures import (
    TOTAL,
    kept_rows,
    pages_rows,
    phases_at,
    phases_of_several,
    places_at,
    rows_at,
    trend,
    trend_of_several,
)
from reports.models import Figure
from reports.phases import PhaseLine
from reports.refresh import shown_days
from reports.rules import share

By = Figure.By
Rows = dict[str, Row]


@dataclass(frozen=True)
class Book:
    """Stored figures by place code, "" for 待归类 and TOTAL for all of them together; never a stale one."""

    now: Rows
    before: Rows
    # Of the day somebody chose to compare with; empty unless one was.
    since: Rows
    phases: list[PhaseLine]
    points: list[Point] = field(default_factory=list)
    # Days of the trend that are not counted yet.
    missing_days: int = 0
    # By unit id, 职工 and 临聘 wherever they live; by age band, permanent residents.
    staff: Mapping[int, Counts] = field(default_factory=dict)
    # Of the day it is compared with, where units are kept of it; empty otherwise.
    staff_then: Mapping[int, Counts] = field(default_factory=dict)
    ages: Mapping[str, Counts] = field(default_factory=dict)
    ages_then: Mapping[str, Counts] = field(default_factory=dict)


def villages_book(
    campaign: Campaign,
    on: date,
    covers: frozenset[str] | None = None,
    goals: Mapping[str, int | None] | None = None,
    since: date | None = None,
    sums: Mapping[str, list[str]] | None = None,
    goal: int | None = None,
) -> Book:
    """Read the villages of the campaign's place, with its phases and trend; with `covers`, of these villages only.

    Phases and trend of some villages are those of their sums, to the goal of all of them.

    The day and those it is compared with are counted first where they are not fresh. Each of
    `sums` adds the rows of some villages up under a key of its own.
    """
    stored = pages_rows(campaign, on, (on - DAY, *([since] if since else [])))
    days = [_summed(_villages(stored, day, covers), sums or {}) if day else {} for day in (on, on - DAY, since)]
    if covers is not None:
        phases = phases_of_several(campaign, on, covers, goal, since or on - DAY)
        points, missing = _points(campaign, on, covers)
        return Book(*days, phases, points, missing)
    points, missing = _points(campaign, on, "")
    return Book(
        *days,
        phases=phases_at(campaign, on, goals=goals, then=since or on - DAY),
        points=points,
        missing_days=missing,
        staff=_staff(stored, on),
        staff_then=_staff(stored, since or on - DAY),
        ages=_ages(stored, on),
        ages_then=_ages(stored, since or on - DAY),
    )


def village_book(campaign: Campaign, on: date, place: Place, since: date | None = None) -> Book:
    """Read a village with its groups, its phases and its trend; or one group, which no phase is counted for."""
    days = [_groups(campaign, day, place) if day else {} for day in (on, on - DAY, since)]
    then, is_village = since or on - DAY, place.level == Place.Level.VILLAGE
    phases = phases_at(campaign, on, place.code, then=then) if is_village else []
    points, missing = _points(campaign, on, place.code)
    return Book(*days, phases, points, missing)


def groups_book(campaign: Campaign, on: date, groups: Collection[str], since: date | None = None) -> Book:
    """Read some groups and their sum; no phase and no trend is counted for groups. One query more for each village."""
    return Book(*(_own_groups(campaign, day, groups) if day else {} for day in (on, on - DAY, since)), phases=[])


def units_on(campaign: Campaign, on: date) -> dict[int, Counts]:
    """Return the members of each unit, wherever they live; units of nobody are left out."""
    return _units(rows_at(campaign, on, By.UNIT))


def units_then(campaign: Campaign, on: date) -> dict[int, Counts]:
    """Return the same of an earlier day if it is kept and fresh, else nothing: it is compared with, not asked for."""
    return _units(kept_rows(campaign, on, By.UNIT))


def _units(rows: Rows) -> dict[int, Counts]:
    return {int(key): row.counts.all for key, row in rows.items() if key}


def tags_on(campaign: Campaign, on: date) -> dict[str, Counts]:
    """Return the people in scope of each tag (全口径); tags overlap and do not add up."""
    return {key: row.counts.all for key, row in rows_at(campaign, on, By.TAG).items()}


def _villages(stored: Mapping[tuple[date, str, str], Row], on: date, covers: frozenset[str] | None) -> Rows:
    rows = {
        "" if is_unplaced(key) else key: row
        for (day, by, key), row in stored.items()
        if day == on and by == By.PLACE and (covers is None or key in covers)
    }
    # The whole is stored as well; of some villages it is added up.
    return rows | {TOTAL: stored[on, By.TOTAL, ""] if covers is None else _sum(rows)}


def _summed(rows: Rows, sums: Mapping[str, list[str]]) -> Rows:
    return rows | {name: _sum({code: rows[code] for code in codes if code in rows}) for name, codes in sums.items()}


def _staff(stored: Mapping[tuple[date, str, str], Row], on: date) -> dict[int, Counts]:
    return {int(key): row.counts.all for (day, by, key), row in stored.items() if day == on and by == By.STAFF}


def _ages(stored: Mapping[tuple[date, str, str], Row], on: date) -> dict[str, Counts]:
    return {key: row.counts.permanent for (day, by, key), row in stored.items() if day == on and by == By.AGE}


def _groups(campaign: Campaign, on: date, place: Place) -> Rows:
    rows = places_at(campaign, on, place.code[: Place.Level.VILLAGE], Place.Level.GROUP)
    return rows if place.level == Place.Level.VILLAGE else {TOTAL: rows.get(place.code, Row())}


def _own_groups(campaign: Campaign, on: date, groups: Collection[str]) -> Rows:
    villages = sorted({code[: Place.Level.VILLAGE] for code in groups})
    found = (places_at(campaign, on, village, Place.Level.GROUP) for village in villages)
    rows = {code: row for rows in found for code, row in rows.items() if code in groups}
    return rows | {TOTAL: _sum(rows)}


def _sum(rows: Rows) -> Row:
    total = Row()
    for row in rows.values():
        total += row
    return total


def _points(campaign: Campaign, on: date, place: str | frozenset[str]) -> tuple[list[Point], int]:
    days = [day for day in shown_days(campaign, on) if campaign.start_on - DAY <= day <= on]
    stored = trend(campaign, days, place) if isinstance(place, str) else trend_of_several(campaign, days, place)
    points = [_point(day, row.counts.permanent) for day, row in sorted(stored.items())]
    return points, len(days) - len(points)


def _point(on: date, counts: Counts) -> Point:
    return Point(on, counts.first_dose, counts.full, share(counts.dropout_lost, counts.dropout_base))
