"""Both ways between a sender's list and the registry: whom it names that we do not know, whom we know that it lacks."""

from __future__ import annotations

from datetime import date

from django.db.models import Exists, OuterRef, QuerySet

from campaigns.models import Campaign
from ledgers.day import ledger
from ledgers.models import Checklist, ChecklistRow
from registry.models import Resident
from registry.querysets import within


def theirs_alone(checklist: Checklist) -> QuerySet[ChecklistRow]:
    """Return the rows that mean nobody on record, or somebody outside the place the list names."""
    rows = checklist.rows.order_by("number")
    if checklist.scope is None:
        return rows.filter(resident__isnull=True)
    # `resident` null passes no comparison of its place, so it is asked for apart.
    inside = rows.filter(within(checklist.scope.prefix, "resident__place_id"))
    return rows.exclude(pk__in=inside.values("pk"))


def ours_alone(checklist: Checklist, campaign: Campaign, on: date) -> QuerySet[Resident]:
    """Return the people of the named place whom the list should hold and does not; nobody where it names none."""
    if checklist.scope is None:
        return Resident.objects.none()
    people = ledger(campaign, on).filter(within(checklist.scope.prefix))
    if checklist.holds != Checklist.Holds.EVERYBODY:
        people = people.filter(ledger=checklist.holds)
    named = ChecklistRow.objects.filter(checklist=checklist, resident=OuterRef("pk"))
    return people.filter(~Exists(named)).order_by("place_id", "pk")
