"""Households of rosters without 户号: 户主/本人 opens one and the rows below belong to it; else 户主姓名 and group.

Whoever neither tells stays 待并户. Only rosters of residents are written household by household.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
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

    @staticmethod
    def heads_in(rows: Iterable[Row]) -> Iterator[tuple[str, Row]]:
        """Yield (户主, row) of the rows without 户号 that name one, or are one."""
        for row in rows:
            head = row.name if row.relation in HEADS else row.head
            if head and not row.household:
                yield head, row

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
            self._open.is_headed = True
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
        """Return the household that waits for its 户主, whom members have named; else a new one.

        A second 户主 of that name heads another.
        """
        found = [one for one in self._known.households_of_head(village, place, name) if not one.is_headed]
        return found[0] if len(found) == 1 else self._known.new_household(village, place, name)
