"""The only door to one person's page and numbers: the scope, or what opens just this person (access.md).

What a floor above knows, such as a claim to decide, opens a person without being imported here:

    @opens_person
    def waits_for_decision(request: HttpRequest, pk: int) -> bool: ...
"""

from __future__ import annotations

from collections.abc import Callable

from django.http import Http404, HttpRequest

from registry.access import get_resident_for, scope_of
from registry.models import Resident, Role
from registry.querysets import within_any

Opener = Callable[[HttpRequest, int], bool]
_openers: list[Opener] = []


def opens_person(opener: Opener) -> Opener:
    """Register what lets an account read one person of its street who is not in its scope."""
    _openers.append(opener)
    return opener


def get_person_for(request: HttpRequest, pk: int) -> Resident:
    """Return a resident whom the account may read; a stranger is "not found" as a missing row is."""
    try:
        return get_resident_for(request.user, pk)
    except Http404:
        if not any(opener(request, pk) for opener in _openers):
            raise
        return _in_street(request, pk)


def _in_street(request: HttpRequest, pk: int) -> Resident:
    prefixes = scope_of(request.user).prefixes(Role.CLINIC, Role.STAFF)
    found = Resident.objects.filter(within_any(prefixes), pk=pk).select_related("place", "household").first()
    if found is None:
        raise Http404
    return found
