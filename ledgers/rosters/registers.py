"""Rosters of villages and of units: rows about places and employers instead of people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from campaigns.models import Target
from ledgers.models import RosterImport
from ledgers.rosters.directory import departments, tidy, trades
from ledgers.rosters.rows import PlaceCell, Row, UnitCell
from registry.models import Place, Unit

if TYPE_CHECKING:
    from ledgers.rosters.plan import Plan

PLACE_FIELDS = ("name", "kind", "linked_leader", "district_group", "phone")
UNIT_FIELDS = ("place_id", "trade_id", "department_id", "contact", "phone", "staff_count")
TARGET_FIELDS = ("census_base", "goal")


class Record:
    """A place, unit or target: its values, and what was on record of those that the import changes."""

    __slots__ = ("is_new", "key", "old", "values")

    def __init__(self, key: Any, values: dict[str, Any], *, is_new: bool):
        self.key, self.values, self.is_new = key, values, is_new
        self.old: dict[str, Any] = {}

    def set(self, values: dict[str, Any]) -> bool:
        """Take the values that a row gives; what it leaves empty stands. Return whether anything changed."""
        news = False
        for field, value in values.items():
            if value not in ("", None) and value != self.values.get(field):
                self.old.setdefault(field, self.values.get(field))
                self.values[field] = value
                news = True
        return news


class Registers:
    """What a roster of villages or units changes. The newer roster replaces: it is the office's own list."""

    def __init__(self, plan: Plan):
        self._plan = plan
        self.places: dict[str, Record] = {}
        self.targets: dict[str, Record] = {}
        self.units: list[Record] = []
        self.new_trades: list[str] = []
        if plan.kind == RosterImport.Kind.VILLAGES:
            self._load_places()
        else:
            self._load_units()

    def take(self, row: Row) -> str:
        """Take a row; return "created", "updated" or "unchanged"."""
        if row.place is not None:
            return self._take_place(row.place)
        return self._take_unit(row, row.work_unit)

    def _load_places(self) -> None:
        columns = ("code", *PLACE_FIELDS)
        for code, *values in Place.objects.villages().values_list(*columns):
            self.places[code] = Record(code, dict(zip(PLACE_FIELDS, values, strict=True)), is_new=False)
        targets = Target.objects.filter(campaign=self._plan.campaign).values_list("place_id", "id", *TARGET_FIELDS)
        for place, key, *values in targets:
            self.targets[place] = Record(key, dict(zip(TARGET_FIELDS, values, strict=True)), is_new=False)

    def _load_units(self) -> None:
        self._trades, self._departments = trades(), departments()
        self._units: dict[str, list[Record]] = {}
        for key, name, *values in Unit.objects.order_by("id").values_list("id", "name", *UNIT_FIELDS):
            record = Record(key, dict(zip(UNIT_FIELDS, values, strict=True)), is_new=False)
            self._units.setdefault(tidy(name), []).append(record)
            self.units.append(record)

    def _take_place(self, cell: PlaceCell) -> str:
        known = self.places.get(cell.code)
        record = known or Record(cell.code, dict.fromkeys(PLACE_FIELDS, ""), is_new=True)
        self.places[cell.code] = record
        news = record.set({field: getattr(cell, field) for field in PLACE_FIELDS})
        figures = {field: getattr(cell, field) for field in TARGET_FIELDS}
        if any(value is not None for value in figures.values()):
            target = self.targets.setdefault(cell.code, Record(None, dict.fromkeys(TARGET_FIELDS), is_new=True))
            news |= target.set(figures)
        return "created" if known is None else "updated" if news else "unchanged"

    def _take_unit(self, row: Row, cell: UnitCell) -> str:
        village = self._village(row, cell)
        known = self._known_unit(cell, village)
        values = {
            "trade_id": self._trade(cell.trade),
            "department_id": self._department(row, cell.department),
            "contact": cell.contact[:60],
            "phone": cell.phone[:40],
            "staff_count": cell.staff_count,
        }
        if known is not None:
            # A unit that stood in no village yet is placed; one that has a village stays there.
            if village and known.values["place_id"] == self._plan.directory.street:
                values["place_id"] = village
            return "updated" if known.set(values) else "unchanged"
        place = village or self._plan.directory.street
        record = Record(
            None, {**dict.fromkeys(UNIT_FIELDS), "contact": "", "phone": "", "place_id": place}, is_new=True
        )
        record.values["name"] = cell.name[:120]
        record.set(values)
        self._units.setdefault(tidy(cell.name), []).append(record)
        self.units.append(record)
        return "created"

    def _village(self, row: Row, cell: UnitCell) -> str:
        if not cell.village:
            return self._plan.village
        village = self._plan.directory.place_of(cell.village)[0]
        if not village:
            heading = self._plan.heading("village", "所在村社区")
            self._plan.warn(row, heading, "village_unknown", f"村（社区）名册里没有“{cell.village}”。")
        return village

    def _known_unit(self, cell: UnitCell, village: str) -> Record | None:
        """Find a unit by name: the one in its village, else the only one where either side names no village."""
        found = self._units.get(tidy(cell.name), [])
        street = self._plan.directory.street
        for record in found:
            if record.values["place_id"][:12] == (village or street):
                return record
        if len(found) == 1 and (not village or found[0].values["place_id"] == street):
            return found[0]
        return None

    def _trade(self, words: str) -> Any:
        """Return the trade's key, or its name where it is new: another trade than the plan's is never key."""
        if not words:
            return None
        key = tidy(words)
        if key not in self._trades:
            self.new_trades.append(words.strip()[:60])
            self._trades[key] = words.strip()[:60]
        return self._trades[key]

    def _department(self, row: Row, words: str) -> int | None:
        if not words:
            return None
        found = self._departments.get(tidy(words))
        if found is None:
            heading = self._plan.heading("department", "主管部门")
            self._plan.warn(row, heading, "value_unreadable", f"部门名册里没有“{words}”，未采用。")
        return found
