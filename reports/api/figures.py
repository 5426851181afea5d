"""The documents others read: the rows of `ledger_summary` and the items of `phase_progress`, from stored figures.

Counted by the same functions as the commands; a day that is not fresh is counted first (`reports.storing`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from campaigns.models import Campaign, Target
from campaigns.targets import TargetLine, goal_of, target_lines
from campaigns.thresholds import threshold
from ledgers.summary import Populations, Table, is_unplaced, total_of
from registry.models import Place
from reports.figures import pages_rows, phases_at, rows_at, total_at
from reports.ledger_rows import LedgerRow, lay_out_plain, lay_out_units, lay_out_villages
from reports.models import Figure
from reports.small_cells import hide_small
from reports.storing import computed_at

By = Figure.By
VILLAGE, UNIT, AGE, TAG = "village", "unit", "age", "tag"
# So many days are read in one query.
BLOCK = 31


@dataclass(frozen=True)
class Reach:
    """Whose figures are asked for: a campaign, and the places in it as prefixes of their codes."""

    campaign: Campaign
    prefixes: tuple[str, ...]
    # The one place that they are; None where there are several, which have no total of their own.
    place: Place | None

    @property
    def is_whole(self) -> bool:
        return any(self.campaign.place.prefix.startswith(prefix) for prefix in self.prefixes)

    def holds(self, code: str) -> bool:
        return any(code.startswith(prefix) for prefix in self.prefixes)


def reach_of(campaign: Campaign, places: Sequence[Place]) -> Reach | None:
    """Cut places down to the campaign's; None where they lie outside it."""
    whole = campaign.place
    if any(whole.prefix.startswith(place.prefix) for place in places):
        return Reach(campaign, (whole.prefix,), whole)
    inside = [place for place in places if place.code.startswith(whole.prefix)]
    if not inside:
        return None
    return Reach(campaign, tuple(place.prefix for place in inside), inside[0] if len(inside) == 1 else None)


def summary(reach: Reach, on: date, by: str, residency: str) -> dict[str, Any]:
    """Return the document of `ledger_summary --json` with when its figures were counted, small cells hidden.

    Of less than the campaign's whole place there are rows by village only; the caller has seen to that.
    """
    rows, total = _villages(reach, on, residency) if by == VILLAGE else _others(reach.campaign, on, by, residency)
    shown, sum_of_all = [row.as_json() for row in rows], total.as_json()
    hide_small(shown, sum_of_all, add_up=by != TAG, least=_least(reach.campaign))
    return {
        "as_of": on.isoformat(),
        "by": by,
        "residency": residency,
        "rows": shown,
        "total": sum_of_all,
        "computed_at": _moment(computed_at(reach.campaign, on)),
    }


def phases(campaign: Campaign, on: date, village: str) -> dict[str, Any]:
    """Return the document of `phase_progress --json` for a village, or ("") the whole."""
    lines = phases_at(campaign, on, village)
    items = [line.as_json() for line in lines]
    return {"as_of": on.isoformat(), "village": village or None, "items": items}


def daily(
    reach: Reach, first: date, last: date, residency: str, *, with_small: bool = False
) -> Iterator[tuple[date, LedgerRow, dict[str, Any]]]:
    """Yield day, row and its figures for each place and day, both days inclusive: villages, 待归类, the total.

    Reads a month at a time; the total is left out where the reach is of several places. `with_small` keeps
    small cells, for readers who see them on our own pages.
    """
    targets = _targets(reach)
    for days in _blocks(first, last):
        tables = _tables(reach, days)
        for day in days:
            rows, total = _rows(reach, targets, tables[day], residency)
            shown = [row.as_json() for row in rows]
            whole = total.as_json() | {"key": reach.place.code} if reach.place else None
            if not with_small:
                hide_small(shown, whole, add_up=True, least=_least(reach.campaign))
            yield from ((day, row, figures) for row, figures in zip(rows, shown, strict=True))
            if whole is not None and len(reach.prefixes[0]) < Place.Level.VILLAGE:
                yield day, total, whole


def _least(campaign: Campaign) -> int:
    """How many exempt people there must be for their number to be given outside the office."""
    return threshold(campaign.thresholds, "small_cell")


def _blocks(first: date, last: date) -> Iterator[list[date]]:
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    for start in range(0, len(days), BLOCK):
        yield days[start : start + BLOCK]


def _villages(reach: Reach, on: date, residency: str) -> tuple[list[LedgerRow], LedgerRow]:
    return _rows(reach, _targets(reach), _tables(reach, [on])[on], residency)


def _rows(
    reach: Reach, targets: tuple[list[TargetLine], TargetLine], table: Table, residency: str
) -> tuple[list[LedgerRow], LedgerRow]:
    rows, total = lay_out_villages(reach.campaign, targets, table, residency)
    # Of villages there is nobody in 待归类: that is their street's.
    holds_unplaced = all(len(prefix) < Place.Level.VILLAGE for prefix in reach.prefixes)
    return (rows if holds_unplaced else rows[:-1]), total


def _tables(reach: Reach, days: list[date]) -> dict[date, Table]:
    """The counts of each day by village code, "" for 待归类; three queries where all days are fresh."""
    tables: dict[date, Table] = {day: {} for day in days}
    for (day, by, key), row in pages_rows(reach.campaign, days[0], days[1:]).items():
        if by == By.PLACE and reach.holds(key):
            code = "" if is_unplaced(key) else key
            found = tables[day].setdefault(code, Populations())
            found += row.counts
    return tables


def _targets(reach: Reach) -> tuple[list[TargetLine], TargetLine]:
    """The target lines inside the reach, and the line of all of it together."""
    lines, whole = target_lines(reach.campaign)
    if reach.is_whole:
        return lines, whole
    inside = [line for line in lines if reach.holds(line.place.code)]
    if len(inside) == 1 and inside[0].place == reach.place:
        return inside, inside[0]
    bases = [line.census_base for line in inside]
    base = None if None in bases else sum(bases)
    said = Target.objects.filter(campaign=reach.campaign, place=reach.place) if reach.place else Target.objects.none()
    assigned = said.values_list("goal", flat=True).first()
    place = reach.place or reach.campaign.place
    return inside, TargetLine(place, base, assigned, goal_of(reach.campaign, census_base=base, assigned=assigned))


def _others(campaign: Campaign, on: date, by: str, residency: str) -> tuple[list[LedgerRow], LedgerRow]:
    stored = {key: row.counts for key, row in rows_at(campaign, on, by).items()}
    if by == UNIT:
        return lay_out_units(campaign, {int(key) if key else None: row for key, row in stored.items()}, residency)
    if by == TAG:
        return lay_out_plain(campaign, dict(sorted(stored.items())), total_at(campaign, on).counts, residency)
    bands = campaign.age_bands.order_by("from_age").values_list("key", flat=True)
    table = {key: stored.get(key, Populations()) for key in bands}
    return lay_out_plain(campaign, table, total_of(table), residency)


def _moment(at: datetime | None) -> str | None:
    return at.isoformat(timespec="seconds") if at else None
