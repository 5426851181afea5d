"""The figures of a daily report as plain JSON: all that its files say, so that they can be made again from it.

Counted once at the cut-off moment; names, goals and limits are written down with them, for they may change later.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from campaigns.models import Campaign
from campaigns.targets import TargetLine, target_lines
from campaigns.thresholds import threshold
from ledgers.movements.known import Point, late_since
from ledgers.movements.said import said_at
from ledgers.movements.units import units_at
from ledgers.reasons import Said
from ledgers.summary import COUNT_NAMES, Counts, Table
from ledgers.tallies import Tallies, Tally, fold, largest_series, tallies
from registry.clock import moment_of
from registry.models import Unit
from reports.briefing.bands import bands_of
from reports.briefing.new import Splits, base_of, split
from reports.briefing.pressure import pressure_of
from reports.briefing.table import DOSES
from reports.dashboard.pages import where_is
from reports.dashboard.units import department_of
from reports.figures import phases_at
from reports.models import Issue
from reports.phases import PhaseLine
from reports.rates import json_pace

Plain = dict[str, Any]


@dataclass(frozen=True)
class Counted:
    """What was counted at the cut-off: by village and age band, by unit, and what was said of people."""

    cells: Tallies
    units: Table
    said: Said

    @property
    def villages(self) -> dict[str, Tally]:
        return fold(self.cells, 0)

    @property
    def ages(self) -> dict[str, Tally]:
        return fold(self.cells, 1)

    @property
    def total(self) -> Tally:
        found = Tally()
        for cell in self.cells.values():
            found += cell
        return found


def count(campaign: Campaign, on: date, known_at: datetime) -> Counted:
    """Count a day for its report from the facts as known at the cut-off; a constant number of queries.

    The phases and the 督办 are taken as they stand when counted.
    """
    late = late_since(campaign, known_at)
    cells = tallies(campaign, on, known_at, late=late)
    said = Said()
    for place in said_at(campaign, on, known_at, late=late).values():
        said.reasons.update(place.reasons)
        said.paused += place.paused
        said.claimants += place.claimants
    return Counted(cells, units_at(campaign, on, known_at, late=late), said)


def figures_of(campaign: Campaign, on: date, cut_off_at: datetime, previous: Issue | None) -> Plain:
    """Count the day and write down everything that its report says; `previous` is what new persons are counted from."""
    counted = count(campaign, on, cut_off_at)
    base = base_of(campaign, on, cut_off_at, previous)
    lines, whole = target_lines(campaign)
    villages = counted.villages
    names = {line.place.code: line.place.name for line in lines} | {"": "待归类"}
    splits = split(campaign, Point(on, cut_off_at), base, villages, names)
    ages = list(campaign.age_bands.order_by("from_age").values_list("key", flat=True))
    bands = bands_of(ages)
    by_band = {key: {name: counted.cells.get((key, name), Tally()) for name in ages} for key in villages}
    rows = [_row(line, villages, by_band, bands, splits) for line in lines]
    unplaced = TargetLine(campaign.place, None, None, None)
    total = _tally(counted.total) | _target(whole) | {"key": campaign.place_id, "name": "合计", "leader": ""}
    return {
        "campaign": _campaign(campaign),
        "where": where_is(campaign.place),
        "on": on.isoformat(),
        "cut_off": moment_of(cut_off_at).isoformat(timespec="minutes"),
        "numbers": min(largest_series(campaign), len(DOSES)),
        "bands": bands,
        "since": base.as_json(),
        "villages": rows,
        "unplaced": _row(unplaced, villages, by_band, bands, splits, "") if "" in villages else None,
        "total": total | {"bands": _bands(counted.ages, bands), "new": splits.total()},
        "causes": splits.causes,
        "ages": [_plain(counted.ages.get(key, Tally()).counts.permanent) | {"key": key} for key in ages],
        "units": _units(campaign, counted.units),
        "said": _said(counted.said),
        "phases": [_phase(line) for line in phases_at(campaign, on)],
        "pressure": pressure_of(campaign, on),
    }


def canonical(figures: Plain) -> str:
    """Return the one text of which the hash is taken."""
    return json.dumps(figures, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def hash_of(figures: Plain) -> str:
    return hashlib.sha256(canonical(figures).encode()).hexdigest()


def _campaign(campaign: Campaign) -> Plain:
    return {
        "key": campaign.key,
        "name": campaign.name,
        "place": campaign.place.name,
        "min_age": campaign.min_age,
        "goal_rate": str(campaign.goal_rate),
        "dropout_limit": str(campaign.dropout_limit),
        "judged_by": campaign.judged_by,
        "census_heading": campaign.census_heading,
        # Counts of exempt people below it are not named outside the street office.
        "small_cell": threshold(campaign.thresholds, "small_cell"),
        "end_on": campaign.end_on.isoformat(),
    }


def _row(
    line: TargetLine,
    villages: dict[str, Tally],
    by_band: dict[str, dict[str, Tally]],
    bands: list[Plain],
    splits: Splits,
    key: str | None = None,
) -> Plain:
    code = line.place.code if key is None else key
    said = {
        "key": code,
        "name": line.place.name if code else "待归类",
        "leader": line.place.linked_leader if code else "",
        "district": line.place.district_group if code else "",
    }
    found = _tally(villages.get(code, Tally())) | _target(line) | said
    return found | {"bands": _bands(by_band.get(code, {}), bands), "new": splits.of(code)}


def _tally(tally: Tally) -> Plain:
    dosed = [tally.dosed[number] for number in sorted(tally.dosed)]
    return {
        "all": _plain(tally.counts.all),
        "permanent": _plain(tally.counts.permanent),
        "dosed": dosed,
        "contraindicated": tally.contraindicated,
    }


def _target(line: TargetLine) -> Plain:
    return {"base": line.census_base, "goal": line.goal}


def _bands(cells: dict[str, Tally], bands: list[Plain]) -> dict[str, list[int]]:
    """In scope, with a first dose and completed, of permanent residents of each shown band."""
    found = {}
    for band in bands:
        counts = Counts()
        for key in band["of"]:
            counts += cells.get(key, Tally()).counts.permanent
        found[band["key"]] = [counts.in_scope, counts.first_dose, counts.full]
    return found


def _said(said: Said) -> Plain:
    return {"reasons": dict(sorted(said.reasons.items())), "paused": said.paused, "claimants": said.claimants}


def _plain(counts: Counts) -> Plain:
    """Zeros are left out."""
    return {name: value for name in COUNT_NAMES if (value := getattr(counts, name))}


def _units(campaign: Campaign, table: Table) -> list[Plain]:
    """The units with members, the most people missing first; those of key trades are named so."""
    key_trades = set(campaign.key_trades.values_list("pk", flat=True))
    units = Unit.objects.inside(campaign.place.prefix).select_related("trade__department", "department", "place")
    rows = [_unit(unit, table[unit.pk].all, key_trades) for unit in units if unit.pk in table]
    return sorted(rows, key=lambda row: (-row["counts"].get("unvaccinated", 0), row["name"], row["village"]))


def _unit(unit: Unit, counts: Counts, key_trades: set[int]) -> Plain:
    department = department_of(unit)
    return {
        "name": unit.name,
        "village": unit.place.name if unit.place else "",
        "trade": unit.trade.name if unit.trade else "",
        "department": department.name if department else "",
        "is_key": unit.trade_id in key_trades,
        "counts": _plain(counts),
    }


def _phase(line: PhaseLine) -> Plain:
    item, found = line.item, line.progress
    return {
        "name": item.name,
        "deadline": item.deadline_on.isoformat(),
        "is_soft": item.is_soft,
        "status": found.status,
        "cohort": found.cohort,
        "done": found.done,
        "remaining": found.remaining,
        "required_pace": json_pace(found.required_pace),
        "pace": json_pace(found.pace),
        "forecast": found.forecast.isoformat() if found.forecast else None,
    }
