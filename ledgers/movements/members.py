"""Members of units between two days: 期初 + 转入 − 转出 = 期末 wherever they live, 非本辖区 included (rules 1, 4).

Units taken together count a head once, each unit counts its own. Who belonged to a unit is known at each moment as
in `units`: who joins, leaves or is merged later stands at both ends as it was known then.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from campaigns.models import Campaign
from ledgers.day import in_scope
from ledgers.movements.between import (
    DoseTable,
    Mover,
    add_dosed,
    differs,
    dosed_now,
    late_between,
    moved_by_day,
    moved_by_day_and,
    paths_of,
    reason_of,
)
from ledgers.movements.known import Late, Point
from ledgers.movements.rules import NOWHERE, Path, State
from ledgers.movements.units import memberships_at
from ledgers.summary import Populations, Table, by_unit_of, members_of, of_units, with_membership
from registry.models import Resident

# The units of a resident, none where there are none.
_Own = Mapping[int, set[int]]
_NONE: frozenset[int] = frozenset()
# In place of the status of somebody in a ledger who belongs to no unit asked about.
NOT_A_MEMBER = "no member"


@dataclass
class Members:
    """Whoever belongs to one of `units`; `late` are those who changed, joined or left since the earlier moment.

    `own` tells the units of each of the late as known at the moments of both ends and, under None, now.
    """

    campaign: Campaign
    units: frozenset[int]
    late: Late
    own: Mapping[datetime | None, _Own]

    def counts_at(self, point: Point) -> Populations:
        """Count them together, each once; one query, and what the late add now put back."""
        total = of_units(self.campaign, point.on, self.units)
        for resident, now, then in self._put_back(point):
            if now and self._units(resident, None):
                total -= now
            if then and self._units(resident, point.known_at):
                total += then
        return total

    def by_unit_at(self, point: Point) -> Table:
        """Count the members of each unit; who belongs to two counts in both."""
        table: Table = defaultdict(Populations, by_unit_of(self.campaign, point.on, self.units))
        for resident, now, then in self._put_back(point):
            for unit in self._units(resident, None) if now else ():
                table[unit] = table[unit] - now
            for unit in self._units(resident, point.known_at) if then else ():
                table[unit] += then
        return {unit: row for unit, row in table.items() if row.all.in_scope}

    def _units(self, resident: int, moment: datetime | None) -> Collection[int]:
        return self.own[moment].get(resident, _NONE)

    def _put_back(self, point: Point) -> Iterator[tuple[int, Populations | None, Populations | None]]:
        """Yield each late person with what they add to counts now and added then."""
        for residents, known in self.late.batches() if point.known_at else ():
            for resident in residents:
                ends = (known.counts(resident, one, outside=True) for one in (Point(point.on), point))
                yield resident, *(end and end[1] for end in ends)

    def doses_at(self, point: Point) -> DoseTable:
        """Count them by counted doses, each once, by finest place, as `between.doses_at` does."""
        table = dosed_now(
            in_scope(members_of(self.units), self.campaign, point.on, outside=True), self.campaign, point.on
        )
        for residents, known in self.late.batches() if point.known_at else ():
            for resident in residents:
                if self._units(resident, None):
                    add_dosed(table, known.state(resident, Point(point.on), outside=True), -1)
                if self._units(resident, point.known_at):
                    add_dosed(table, known.state(resident, point, outside=True), 1)
        return dict(table)

    def movements(self, opening: Point, closing: Point) -> list[Mover]:
        """Return how many of them went which way, each once."""
        people = members_of(self.units)
        found = list(moved_by_day(self.campaign, opening, closing, people, self.late.changed, by_person=False,
                                  outside=True))  # fmt: skip
        paths = Counter(path for _, path in self._late_paths(opening, closing))
        return found + [_mover(path, number) for path, number in paths.items()]

    def movers(self, opening: Point, closing: Point, among: Collection[int] | None = None) -> Iterator[Mover]:
        """Yield the same person by person; with `among`, of these people alone."""
        people, late = members_of(self.units), self.late
        yield from moved_by_day(self.campaign, opening, closing, people, late.changed, by_person=True, among=among,
                                outside=True)  # fmt: skip
        own = self if among is None else replace(self, late=late.among(among))
        for resident, path in own._late_paths(opening, closing):
            yield _mover(path, 1)._replace(resident=resident)

    def movements_by_unit(self, opening: Point, closing: Point) -> dict[int, list[Mover]]:
        """Return how many members of each unit went which way; who belongs to two goes in both."""
        table: dict[int, list[Mover]] = defaultdict(list)
        people = with_membership(Resident.objects.all(), self.units)
        key, late = "membership__unit_id", self.late.changed
        for unit, mover in moved_by_day_and(key, self.campaign, opening, closing, people, late):
            table[unit].append(mover)
        for resident, path in paths_of(self.campaign, opening, closing, self.late, outside=True):
            ends = [set(self._units(resident, point.known_at)) for point in (opening, closing)]
            for unit in ends[0] | ends[1]:
                own = _as_member(path, *(unit in units for units in ends))
                if differs(own):
                    table[unit].append(_mover(own, 1))
        return table

    def _late_paths(self, opening: Point, closing: Point) -> Iterator[tuple[int, Path]]:
        for resident, path in paths_of(self.campaign, opening, closing, self.late, outside=True):
            own = _as_member(path, *(bool(self._units(resident, point.known_at)) for point in (opening, closing)))
            if differs(own):
                yield resident, own


def members_between(campaign: Campaign, opening: Point, closing: Point, units: Iterable[int]) -> Members:
    """Find out who belongs to these units and who of them is late; a constant number of queries, whatever they are."""
    keys = frozenset(units)
    late = late_between(campaign, opening, closing)
    moments = sorted({point.known_at for point in (opening, closing) if point.known_at})
    own = memberships_at(keys, late.changed, moments)
    return Members(campaign, keys, Late(campaign, {who for found in own.values() for who in found}), own)


def _as_member(path: Path, *belongs: bool) -> Path:
    """The same way seen by units to which the person belongs at the opening, at the closing, or at both."""

    def seen(state: State, is_member: bool) -> State:
        if is_member or state.ledger == NOWHERE:
            return state
        return state._replace(ledger=NOWHERE, status=NOT_A_MEMBER)

    return path._replace(opening=seen(path.opening, belongs[0]), closing=seen(path.closing, belongs[1]))


def _mover(path: Path, number: int) -> Mover:
    if path.opening.status == NOT_A_MEMBER:
        return Mover(path, "joined", number)
    return Mover(path, "left" if path.closing.status == NOT_A_MEMBER else reason_of(path), number)
