"""The only door to questions of 请核一核 and drawn households by key (access.md)."""

from __future__ import annotations

from django.http import Http404

from ledgers.models import Doubt, Revisit
from registry.models import User


def get_doubt_for(user: User, pk: int) -> Doubt:
    """Return a question the account may answer; any other is "not found"."""
    found = Doubt.objects.visible_to(user).filter(pk=pk).select_related("campaign__place").first()
    if found is None:
        raise Http404
    return found


def get_revisit_for(user: User, pk: int) -> Revisit:
    """Return a drawn household whose outcome the account may note; any other is "not found"."""
    found = Revisit.objects.visible_to(user).filter(pk=pk).select_related("campaign__place").first()
    if found is None:
        raise Http404
    return found
