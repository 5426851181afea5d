"""Members of units between two days: 期初 + 转入 − 转出 = 期末 wherever they live, 非本辖区 included (rules 1, 4).

Units taken together count a head once, each unit counts its own. As in `units`, who had joined by a moment is
known and who has left since is not, so whoever has left is left out of both ends.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import QuerySet

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
from ledgers.summary import Populations, Table, by_unit_of, members_of, of_units, with_membership
from registry.models import Membership, Resident

# By resident: the units and when each membership came to be known.
_Joined = dict[int, list[tuple[int, datetime]]]


@dataclass
class Members:
    """Whoever belongs to one of `units` now; `late` are those who changed, or joined, since the earlier moment."""

    campaign: Campaign
    units: frozenset[int]
    late: Late
    joined: _Joined

    def counts_at(self, point: Point) -> Populations:
        """Count them together, each once; one query, and what the late add now put back."""
        total = of_units(self.campaign, point.on, self.units)
        for units, now, then in self._put_back(point):
            if now:
                total -= now
            if then and _is_member(units, point.known_at):
                total += then
        return total

    def by_unit_at(self, point: Point) -> Table:
        """Count the members of each unit; who belongs to two counts in both."""
        table: Table = defaultdict(Populations, by_unit_of(self.campaign, point.on, self.units))
        for units, now, then in self._put_back(point):
            for unit, joined_at in units:
                if now:
                    table[unit] = table[unit] - now
                if then and _is_member([(unit, joined_at)], point.known_at):
                    table[unit] += then
        return dict(table)

    def _put_back(self, point: Point) -> Iterator[tuple[list[tuple[int, datetime]], Populations | None, ...]]:
        """Yield of each late person their units and what they add to counts now and added then."""
        for residents, known in self.late.batches() if point.known_at else ():
            for resident in residents:
                ends = (known.counts(resident, one, outside=True) for one in (Point(point.on), point))
                yield self.joined[resident], *(end and end[1] for end in ends)

    def doses_at(self, point: Point) -> DoseTable:
        """Count them by counted doses, each once, by finest place, as `between.doses_at` does."""
        table = dosed_now(
            in_scope(members_of(self.units), self.campaign, point.on, outside=True), self.campaign, point.on
        )
        for residents, known in self.late.batches() if point.known_at else ():
            for resident in residents:
                add_dosed(table, known.state(resident, Point(point.on), outside=True), -1)
                if _is_member(self.joined[resident], point.known_at):
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
            for unit in self.joined[resident]:
                own = _as_member(path, [unit], opening, closing)
                if differs(own):
                    table[unit[0]].append(_mover(own, 1))
        return table

    def _late_paths(self, opening: Point, closing: Point) -> Iterator[tuple[int, Path]]:
        for resident, path in paths_of(self.campaign, opening, closing, self.late, outside=True):
            own = _as_member(path, self.joined[resident], opening, closing)
            if differs(own):
                yield resident, own


def members_between(campaign: Campaign, opening: Point, closing: Point, units: Iterable[int]) -> Members:
    """Find out who belongs to these units and who of them is late; at most ten queries, whatever their number."""
    keys = frozenset(units)
    late = late_between(campaign, opening, closing)
    moment = min((point.known_at for point in (opening, closing) if point.known_at), default=None)
    joined = _joined(Membership.objects.filter(entry__at__gt=moment), keys) if moment else {}
    late = Late(campaign, late.changed | joined.keys())
    of = _joined(Membership.objects.filter(resident__pk__among=late.changed), keys) if late.changed else {}
    return Members(campaign, keys, Late(campaign, set(of)), of)


def _joined(memberships: QuerySet[Membership], units: frozenset[int]) -> _Joined:
    found: _Joined = defaultdict(list)
    rows = memberships.filter(left_on__isnull=True, unit__pk__among=set(units))
    for resident, unit, joined_at in rows.values_list("resident_id", "unit_id", "entry__at"):
        found[resident].append((unit, joined_at))
    return dict(found)


def _is_member(units: list[tuple[int, datetime]], moment: datetime | None) -> bool:
    return moment is None or any(joined_at <= moment for _, joined_at in units)


def _as_member(path: Path, units: list[tuple[int, datetime]], opening: Point, closing: Point) -> Path:
    """The same way seen by these units: in none of their ledgers before the membership was known."""

    def seen(state: State, moment: datetime | None) -> State:
        return state if _is_member(units, moment) else state._replace(ledger=NOWHERE, status=NOT_A_MEMBER)

    return path._replace(opening=seen(path.opening, opening.known_at), closing=seen(path.closing, closing.known_at))


# In place of the status of somebody on record whose membership nobody knew yet.
NOT_A_MEMBER = "no member"


def _mover(path: Path, number: int) -> Mover:
    joined = NOT_A_MEMBER in (path.opening.status, path.closing.status)
    return Mover(path, "joined" if joined else reason_of(path), number)
