"""Units and who of their people is missing: the top of the list on the dashboard, the whole on its own page."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django.urls import reverse

from ledgers.summary import Counts
from registry.models import Department, Unit
from reports.dashboard.links import Lists

# The dashboard names so many units; the rest stands behind its link.
TOP = 8
# A page of units; who looks for another one narrows by 主管部门 or asks for all that are missing.
PAGE = 500


@dataclass(frozen=True)
class UnitRow:
    """One unit with the counts of its members, wherever they live, 非本辖区 included (rules 1)."""

    pk: int
    name: str
    trade: str
    department: str
    is_key: bool
    counts: Counts
    url: str
    lists: Lists
    # How its counts differ from an earlier day; null where they are not kept of it.
    moved: Counts | None = None


@dataclass(frozen=True)
class Units:
    """The key units by their 职工 and 临聘: how many have nobody missing, and the furthest behind (rules 6)."""

    rows: list[UnitRow]
    total: int
    open: int
    missing: int

    @property
    def cleared(self) -> int:
        return self.total - self.open


@dataclass(frozen=True)
class UnitList:
    """The units of one reader: `shown` is what the page lists of them."""

    rows: list[UnitRow]
    shown: list[UnitRow]
    chosen: int

    @property
    def total(self) -> int:
        return len(self.rows)

    @property
    def open(self) -> int:
        return sum(row.counts.unvaccinated > 0 for row in self.rows)

    @property
    def cleared(self) -> int:
        return self.total - self.open

    @property
    def missing(self) -> int:
        return sum(row.counts.unvaccinated for row in self.rows)

    @property
    def overdue(self) -> int:
        return sum(row.counts.overdue for row in self.rows)

    @property
    def more(self) -> bool:
        return self.chosen > len(self.shown)


def unit_rows(
    units: Sequence[Unit],
    counts: Mapping[int, Counts],
    key_trades: set[int],
    lists: Lists,
    then: Mapping[int, Counts] | None = None,
) -> list[UnitRow]:
    """Make a row of each unit, the most people missing first; `then` are the counts of an earlier day, where kept."""
    rows = [
        UnitRow(
            pk=unit.pk,
            name=unit.name,
            trade=unit.trade.name if unit.trade else "",
            department=_name(department_of(unit)),
            is_key=unit.trade_id in key_trades,
            counts=counts.get(unit.pk) or Counts(),
            url=reverse("unit", args=[unit.pk]),
            lists=lists.inside(unit=str(unit.pk)),
            moved=(counts.get(unit.pk) or Counts()) - (then.get(unit.pk) or Counts()) if then else None,
        )
        for unit in units
    ]
    return sorted(rows, key=lambda row: (-row.counts.unvaccinated, -row.counts.overdue, row.name))


def units_of(keys: Sequence[int], counts: Mapping[int, Counts], load: Callable[[list[int]], list[UnitRow]]) -> Units:
    """Sum the key units (their ids) up; only those furthest behind are loaded and named."""
    missing = {pk: counts[pk].unvaccinated for pk in keys if pk in counts and counts[pk].unvaccinated}
    furthest = sorted(missing, key=lambda pk: (-missing[pk], pk))[:TOP]
    return Units(load(furthest) if furthest else [], len(keys), len(missing), sum(missing.values()))


def unit_list(rows: Sequence[UnitRow], show: str) -> UnitList:
    """Choose what to list: `missing` (the default), `key` units, or `all`."""
    chosen = [row for row in rows if CHOICES.get(show, CHOICES["missing"])[1](row)]
    return UnitList(list(rows), chosen[:PAGE], len(chosen))


CHOICES = {
    "missing": ("有应种未种", lambda row: row.counts.unvaccinated > 0),
    "key": ("重点单位", lambda row: row.is_key),
    "all": ("全部", lambda row: True),
}


def department_of(unit: Unit) -> Department | None:
    """Return who answers for the unit: its own department, else its trade's."""
    return unit.department or (unit.trade.department if unit.trade else None)


def _name(department: Department | None) -> str:
    return department.name if department else ""
