"""The page of the movements of units: their members together, each head once, and unit by unit."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from campaigns.models import Campaign
from ledgers.movements.between import DoseTable, Mover
from ledgers.movements.folding import INSIDE, Line, one_row, statement
from ledgers.movements.members import Members, members_between
from ledgers.movements.signing import last_signed
from ledgers.summary import Populations, Table
from registry.models import Place, Unit
from reports.dashboard.links import Lists
from reports.movements.area import Area, UnitArea
from reports.movements.asked import Between
from reports.movements.page import Page, PlaceRow

# A page of units, those in which most people moved first.
MOST = 500


class UnitsPage(Page):
    """Everything between two days of the members of some units, from the same questions whatever their number."""

    is_of_units = True
    is_whole = False
    agrees = None
    districts = ()

    @cached_property
    def members(self) -> Members:
        return members_between(self.campaign, *self.points, self.area.keys)

    @cached_property
    def openings(self) -> Table:
        return {"": self.members.counts_at(self.points[0])}

    @cached_property
    def found(self) -> list[Mover]:
        return self.members.movements(*self.points)

    def movers(self, among: list[int] | None = None) -> Iterator[Mover]:
        return self.members.movers(*self.points, among=among)

    @property
    def _dosed(self) -> DoseTable:
        return self.members.doses_at(self.points[0])

    def _lists(self, lists: Lists) -> Lists | None:
        return None if self.area.has_rows else lists.inside(unit=str(self.area.units[0].pk))

    @cached_property
    def rows_shown(self) -> list[PlaceRow]:
        """The rows with somebody in the ledger at either end, most moved first; the sums are those of all."""
        rows = [row for row in self.rows if row.opening or row.into or row.out]
        return sorted(rows, key=lambda row: (-(row.into + row.out), -row.closing, row.name))[:MOST]

    @property
    def rows_hidden(self) -> int:
        return len(self.area.units) - len(self.rows_shown)

    @cached_property
    def rows(self) -> list[PlaceRow]:
        """The chosen ledger unit by unit; units of nobody are left out. Who belongs to two is in both."""
        if not self.area.has_rows:
            return []
        openings, found = self.members.by_unit_at(self.points[0]), self.members.movements_by_unit(*self.points)
        keys = openings.keys() | found.keys()
        return [
            self._unit(unit, self._line(openings.get(unit.pk, Populations()), found.get(unit.pk, [])))
            for unit in self.area.units
            if unit.pk in keys
        ]

    def _line(self, opening: Populations, found: list[Mover]) -> Line:
        rows = statement({"": opening}, found, one_row, permanent=self.asked.is_permanent)
        return rows[INSIDE][self.asked.ledger]

    def _unit(self, unit: Unit, line: Line) -> PlaceRow:
        key = str(unit.pk)
        into, out = (self._people(side=side, unit=key) for side in ("into", "out"))
        url = f"?{self.asked.query(unit=key)}"
        return PlaceRow(unit.name, line.opening, line.into.total(), line.out.total(), line.closing, url, into, out)


def page_of(campaign: Campaign, asked: Between, area: Area | UnitArea) -> Page:
    """Return the page; its counts are made when they are looked at."""
    kind = UnitsPage if isinstance(area, UnitArea) else Page
    village = area.place.code[: Place.Level.VILLAGE] if area.place.level >= Place.Level.VILLAGE else ""
    return kind(campaign, asked, area, last_signed(campaign, {asked.opening, asked.closing}, village))
