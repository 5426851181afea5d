"""The only door to 核查名单 and its rows by key (access.md): lists are the staff's, rows whoever's is asked."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import Http404

from ledgers.checklists.asking import rows_answerable_by
from ledgers.models import Checklist, ChecklistRow
from registry.access import scope_of
from registry.models import Role, User
from registry.querysets import within_any


def checklists_of(user: User) -> QuerySet[Checklist]:
    """Return the lists of the account's street, those not yet approved and those undone left out."""
    inside = within_any(scope_of(user).prefixes(Role.STAFF), "campaign__place_id")
    return Checklist.objects.filter(inside, asked_on__isnull=False)


def get_checklist_for(user: User, pk: int) -> Checklist:
    """Return a list of the account's street; any other is "not found"."""
    found = checklists_of(user).filter(pk=pk).select_related("campaign__place", "scope", "roster", "closed_by").first()
    if found is None:
        raise Http404
    return found


def get_row_for(user: User, pk: int) -> ChecklistRow:
    """Return a row the account may answer; any other is "not found"."""
    rows = rows_answerable_by(user).filter(pk=pk)
    row = rows.select_related("checklist__campaign__place", "resident__place", "village").first()
    if row is None:
        raise Http404
    return row
