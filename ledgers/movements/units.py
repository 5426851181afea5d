"""Members of units on a day as known at a moment: what `ledgers.summary.unit_tables` counts, put back.

Who had joined by then and how people stood is known; that somebody has left since is not, so whoever has left is
left out of every moment.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date, datetime

from django.db.models import QuerySet

from campaigns.models import Campaign
from ledgers.movements.known import Knowledge, Late, Point, late_since
from ledgers.summary import Populations, Table, unit_tables
from registry.models import Membership

# By resident: unit and when the membership came to be known.
_Members = dict[int, list[tuple[int, datetime]]]


def units_at(campaign: Campaign, on: date, known_at: datetime | None = None, *, late: Late | None = None) -> Table:
    """Count members by unit id at `on`, 非本辖区 included, as known at `known_at` (None: now).

    One query for now; for a moment the same, less what those who changed or joined since add now, plus what they
    added then. `late`, of the same moment or an earlier one, spares reading who that is.
    """
    # Nobody asks here for people of no unit.
    counted = unit_tables(campaign, on, Populations())[0]
    counted.pop(None, None)
    if known_at is None:
        return counted
    table: Table = defaultdict(Populations, counted)
    late = late or late_since(campaign, known_at)
    joined = _members(Membership.objects.filter(entry__at__gt=known_at))
    for residents, known in Late(campaign, late.changed | joined.keys()).batches():
        _put_back(table, known, _members_among(residents), Point(on, known_at))
    return {unit: row for unit, row in table.items() if row.all.in_scope}


def _put_back(table: Table, known: Knowledge, members: _Members, then: Point) -> None:
    now = Point(then.on)
    for resident, units in members.items():
        as_now, as_then = (known.counts(resident, point, outside=True) for point in (now, then))
        for unit, joined_at in units:
            if as_now:
                table[unit] = table[unit] - as_now[1]
            if as_then and joined_at <= then.known_at:
                table[unit] += as_then[1]


def _members_among(residents: Collection[int]) -> _Members:
    return _members(Membership.objects.filter(resident__pk__among=set(residents)))


def _members(memberships: QuerySet[Membership]) -> _Members:
    found: _Members = defaultdict(list)
    rows = memberships.filter(left_on__isnull=True).values_list("resident_id", "unit_id", "entry__at")
    for resident, unit, joined_at in rows:
        found[resident].append((unit, joined_at))
    return found
