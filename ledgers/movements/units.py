"""Members of units on a day as known at a moment: what `ledgers.summary.unit_tables` counts, put back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import date, datetime

from campaigns.models import Campaign
from ledgers.movements.known import Knowledge, Late, Point, late_since
from ledgers.summary import Populations, Table, unit_tables
from registry.models import Membership, PastMembership
from registry.models.past import VERSIONED_MEMBERSHIP
from registry.versions import Changed, changed_rows

# Resident and unit, once per membership.
_Members = list[tuple[int, int]]


def units_at(campaign: Campaign, on: date, known_at: datetime | None = None, *, late: Late | None = None) -> Table:
    """Count members by unit id at `on`, 非本辖区 included, as known at `known_at` (None: now).

    One query for now; for a moment the same, less what those who changed, joined or left since add now, plus what
    they added then. `late`, of the same moment or an earlier one, spares reading who that is.
    """
    # Nobody asks here for people of no unit.
    counted = unit_tables(campaign, on, Populations())[0]
    counted.pop(None, None)
    if known_at is None:
        return counted
    changed = _changed_since(known_at)
    late = (late or late_since(campaign, known_at)).with_more(_owners(changed))
    table: Table = defaultdict(Populations, counted)
    for residents, known in late.batches():
        now, then = _members(residents, changed)
        for unit, row in _counted(known, Point(on), now):
            table[unit] = table[unit] - row
        for unit, row in _counted(known, Point(on, known_at), then):
            table[unit] += row
    return {unit: row for unit, row in table.items() if row.all.in_scope}


def memberships_at(
    units: Collection[int], late: Collection[int], moments: Collection[datetime]
) -> dict[datetime | None, dict[int, set[int]]]:
    """Return by moment, and under None as known now, which of `units` the people of `late` belong to.

    Whoever joined or left since one of the moments, or was merged, is among them. Four queries a moment.
    """
    changes = {moment: _changed_since(moment) for moment in moments}
    whose = set(late).union(*map(_owners, changes.values()))
    found: dict[datetime | None, dict[int, set[int]]] = {None: {}}
    for moment, changed in changes.items():
        now, then = _members(whose, changed)
        found[None], found[moment] = _by_resident(now, units), _by_resident(then, units)
    return found


def _changed_since(moment: datetime) -> Changed:
    return changed_rows(Membership.objects.all(), PastMembership.objects.all(), moment, VERSIONED_MEMBERSHIP)


def _owners(changed: Changed) -> set[int]:
    """Whose memberships they were at the moment, and whose they are now: merging two records moves them."""
    now = Membership.objects.filter(pk__among=changed.keys).values_list("resident_id", flat=True)
    return {*now, *(row[0] for row in changed.rows)}


def _by_resident(members: _Members, units: Collection[int]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    for who, unit in members:
        if unit in units:
            found[who].add(unit)
    return dict(found)


def _members(residents: Collection[int], changed: Changed) -> tuple[_Members, _Members]:
    """The open memberships of some people as known now, and as known at the moment since which `changed` tells."""
    whose = set(residents)
    rows = Membership.objects.filter(left_on__isnull=True, resident__pk__among=whose)
    now = list(rows.values_list("pk", "resident_id", "unit_id"))
    same = [(who, unit) for key, who, unit in now if key not in changed.keys]
    other = [(who, unit) for who, unit, left_on in changed.rows if who in whose and left_on is None]
    return [(who, unit) for _, who, unit in now], same + other


def _counted(known: Knowledge, point: Point, members: _Members) -> Iterator[tuple[int, Populations]]:
    """What each membership adds to its unit; who is in no ledger at the point adds nothing."""
    for who, unit in members:
        if found := known.counts(who, point, outside=True):
            yield unit, found[1]
