"""Households of rosters without 户号: 户主/本人 opens one and the rows below belong to it; else 户主姓名 and group.

Whoever neither tells stays 待并户. Only rosters of residents are written household by household.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ledgers.households.numbering import HEADS
from ledgers.rosters.people import HouseholdState
from ledgers.rosters.rows import Row

if TYPE_CHECKING:
    from ledgers.rosters.known import Known


class Doors:
    """The household that the rows at hand stand in, from one 户主 to the next."""

    def __init__(self, known: Known):
        self._known = known
        self._open: HouseholdState | None = None
        self._place = ""
        # Households whose 户主 has turned up: a second one of that name heads another.
        self._headed: set[int] = set()

    def take(self, row: Row) -> None:
        """Note that a row has come: a 户主 ends the household before, even one who is not taken."""
        if row.relation in HEADS:
            self._open = None

    def household_of(
        self, row: Row, village: str, place: str, own: HouseholdState | None = None
    ) -> HouseholdState | None:
        """Return the household of a row without 户号 at `place`, None for 待并户; `own`: of the person on record."""
        if row.relation in HEADS:
            self._open, self._place = own or self._opened(village, place, row.name), place
            self._headed.add(id(self._open))
            return self._open
        if place != self._place:
            self._open = None
        if self._open is not None and row.head in ("", self._open.head):
            return self._open
        if own is not None or not row.head:
            return own
        found = self._known.households_of_head(village, place, row.head)
        return (found[0] if len(found) == 1 else None) if found else self._known.new_household(village, place, row.head)

    def _opened(self, village: str, place: str, name: str) -> HouseholdState:
        """Return the household that waits for its 户主, whom rows before have named; else a new one."""
        found = [one for one in self._known.households_of_head(village, place, name) if id(one) not in self._headed]
        return found[0] if len(found) == 1 else self._known.new_household(village, place, name)
