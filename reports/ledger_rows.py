"""The rows of `ledger_summary`: ledgers, coverage and dropout per village, unit, age band or tag (rules 4, 5)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from campaigns.models import Campaign
from campaigns.targets import TargetLine, target_lines
from ledgers.summary import Counts, Populations, Table, by_age, by_place, by_tag, by_unit, by_village, total_of
from registry.models import Unit
from reports.rates import json_rate
from reports.rules import Coverage, Demands, coverage

LEDGER_KEYS = (
    "in_scope", "completed", "incomplete", "waiting", "due", "overdue", "excused", "exempt", "unvaccinated",
)  # fmt: skip
COVERAGE_KEYS = (
    "census_base", "goal", "first_dose", "full", "first_gap", "full_gap", "first_rate", "full_rate",
    "first_rate_registry", "full_rate_registry", "first_met", "full_met", "dropout_base", "dropout_lost",
    "dropout_rate", "dropout_rate_who",
)  # fmt: skip


@dataclass(frozen=True)
class LedgerRow:
    """A row with a key ("" for the people of none), the population that was asked for, and its coverage."""

    key: str
    name: str
    counts: Counts
    coverage: Coverage

    def as_json(self) -> dict[str, Any]:
        """The ROW of interfaces.md: rates as numbers of 6 places or null."""
        row: dict[str, Any] = {"key": self.key, "name": self.name}
        row |= {key: getattr(self.counts, key) for key in LEDGER_KEYS}
        for key in COVERAGE_KEYS:
            value = getattr(self.coverage, key)
            row[key] = json_rate(value) if "rate" in key else value
        return row


def ledger_rows(campaign: Campaign, on: date, by: str, residency: str) -> tuple[list[LedgerRow], LedgerRow]:
    """Count from the facts, never from stored figures; return the rows and their total.

    `by` is village, unit, age or tag; `residency` all or permanent says whom the ledgers count, while
    coverage always counts permanent residents, of units all members (interfaces: ledger_summary).
    """
    return {"village": _village_rows, "unit": _unit_rows, "age": _age_rows, "tag": _tag_rows}[by](
        campaign, on, residency
    )


def demands_of(campaign: Campaign) -> Demands:
    return Demands(campaign.goal_rate, campaign.dropout_limit, campaign.judged_by)


def coverage_of(
    campaign: Campaign, counted: Counts, *, census_base: int | None = None, assigned_goal: int | None = None
) -> Coverage:
    """Coverage of the people counted; census figures are null where no base is given (rules 5)."""
    return coverage(
        demands_of(campaign),
        in_scope=counted.in_scope,
        first_dose=counted.first_dose,
        full=counted.full,
        exempt=counted.exempt,
        dropout_base=counted.dropout_base,
        dropout_lost=counted.dropout_lost,
        census_base=census_base,
        assigned_goal=assigned_goal,
    )


def _village_rows(campaign: Campaign, on: date, residency: str) -> tuple[list[LedgerRow], LedgerRow]:
    return lay_out_villages(campaign, target_lines(campaign), by_village(by_place(campaign, on)), residency)


def lay_out_villages(
    campaign: Campaign, targets: tuple[list[TargetLine], TargetLine], villages: Table, residency: str
) -> tuple[list[LedgerRow], LedgerRow]:
    """Lay counts by village code ("" for 待归类) out as rows, one per target line, and their total."""
    lines, whole = targets
    rows = [
        _row(campaign, line.place.code, line.place.name, villages.get(line.place.code), residency, line)
        for line in lines
    ]
    rows.append(_row(campaign, "", "待归类", villages.get(""), residency))
    return rows, _row(campaign, "", "合计", total_of(villages), residency, whole)


def _row(
    campaign: Campaign, key: str, name: str, found: Populations | None, residency: str, target: Any = None
) -> LedgerRow:
    counts = found or Populations()
    base, goal = (target.census_base, target.assigned) if target else (None, None)
    return LedgerRow(
        key,
        name,
        getattr(counts, residency),
        coverage_of(campaign, counts.permanent, census_base=base, assigned_goal=goal),
    )


def _unit_rows(campaign: Campaign, on: date, residency: str) -> tuple[list[LedgerRow], LedgerRow]:
    return lay_out_units(campaign, by_unit(campaign, on), residency)


def lay_out_units(campaign: Campaign, table: Table, residency: str) -> tuple[list[LedgerRow], LedgerRow]:
    """Lay counts by unit id (None for people of none) out as rows, in the order of their names."""
    units = list(Unit.objects.inside(campaign.place.prefix).order_by("name", "place_id", "pk"))
    keys = unit_keys(units)
    rows = [_unit_row(campaign, keys[unit.pk], unit.name, table.get(unit.pk), residency) for unit in units]
    rows.append(_unit_row(campaign, "", "无单位", table.get(None), residency))
    return rows, _unit_row(campaign, "", "合计", total_of(table), residency)


def unit_keys(units: Iterable[Unit]) -> dict[int, str]:
    """Name each unit; where two bear the name, with the code of its village behind it."""
    units = list(units)
    borne = Counter(unit.name for unit in units)
    return {unit.pk: unit.name if borne[unit.name] == 1 else f"{unit.name}@{unit.place_id[:12]}" for unit in units}


def _unit_row(campaign: Campaign, key: str, name: str, found: Populations | None, residency: str) -> LedgerRow:
    # A unit answers for its members wherever they live: its coverage counts them all.
    counts = found or Populations()
    return LedgerRow(key, name, getattr(counts, residency), coverage_of(campaign, counts.all))


def _age_rows(campaign: Campaign, on: date, residency: str) -> tuple[list[LedgerRow], LedgerRow]:
    table = by_age(campaign, on)
    return lay_out_plain(campaign, table, total_of(table), residency)


def _tag_rows(campaign: Campaign, on: date, residency: str) -> tuple[list[LedgerRow], LedgerRow]:
    """Tags overlap, so the total is everybody in scope and not the sum of the rows."""
    table = dict(sorted(by_tag(campaign, on).items()))
    return lay_out_plain(campaign, table, total_of(by_place(campaign, on)), residency)


def lay_out_plain(
    campaign: Campaign, table: Table, total: Populations, residency: str
) -> tuple[list[LedgerRow], LedgerRow]:
    """Lay counts by age band or tag out as rows in the table's order."""
    rows = [_row(campaign, key, key, found, residency) for key, found in table.items()]
    return rows, _row(campaign, "", "合计", total, residency)
