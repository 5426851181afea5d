"""Counting a day from the facts: every row that is stored of it, by what it is of and its key."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any

from campaigns.models import Campaign
from ledgers.earlier import done_on
from ledgers.reasons import said_by_place
from ledgers.summary import by_age, by_place_with, by_tag, is_unplaced, unit_tables
from registry.models import Place
from reports.ahead import EARLIER, Ahead, conditions, earlier_days
from reports.figure_rows import Row, plain
from reports.models import Figure

By = Figure.By
Plain = dict[tuple[str, str], dict[str, Any]]


def count_day(campaign: Campaign, on: date) -> Plain:
    """Count all that is stored of a day, by (by, key)."""
    places = _place_rows(campaign, on)
    for code, days in done_on(campaign, earlier_days(on)).items():
        earlier = {number: days[day] for number, day in zip(EARLIER, earlier_days(on), strict=True)}
        places.setdefault(code, Row()).earlier = earlier
    rows = _add_up(places)
    units, staff = unit_tables(campaign, on, rows[By.TOTAL, ""].counts)
    for by, table in (
        (By.UNIT, units),
        (By.STAFF, staff),
        (By.AGE, by_age(campaign, on)),
        (By.TAG, by_tag(campaign, on)),
    ):
        for name, counts in table.items():
            rows[by, "" if name is None else str(name)] = Row(counts)
    return _plain_rows(rows)


def count_places(campaign: Campaign, on: date) -> Plain:
    """Count of a day the total and the places alone, without what was earlier."""
    return _plain_rows(_add_up(_place_rows(campaign, on)))


def _plain_rows(rows: dict[tuple[str, str], Row]) -> Plain:
    return {(str(by), key): plain(row) for (by, key), row in rows.items()}


def _add_up(places: dict[str, Row]) -> dict[tuple[str, str], Row]:
    """Add finest places up to the total, the villages and the groups."""
    larger: dict[str, Row] = defaultdict(Row)
    groups: dict[str, Row] = {}
    for code, found in places.items():
        if is_unplaced(code):
            larger[code] += found
        else:
            larger[code[: Place.Level.VILLAGE]] += found
            # No other place goes into the row of a group, nor into that of a village's people of no group.
            groups[code.ljust(Place.Level.GROUP, "0")] = found
    total = Row()
    for found in larger.values():
        total += found
    return {(By.TOTAL, ""): total} | {(By.PLACE, code): row for code, row in (larger | groups).items()}


def _place_rows(campaign: Campaign, on: date) -> dict[str, Row]:
    """Count what is stored of places, by finest place code."""
    places, ahead = by_place_with(campaign, on, conditions(campaign, on))
    rows = {code: Row(counts) for code, counts in places.items()}
    for code, met in ahead.items():
        rows[code].ahead = Ahead(**met)
    for code, said in said_by_place(campaign, on).items():
        rows.setdefault(code, Row()).said = said
    return rows
