"""The only door to evidence and to the details of a claim (access.md): diagnoses for approver and claimant."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest

from ledgers.day import active
from ledgers.models import Evidence, Exemption
from ledgers.person_access import get_exemption_for
from registry.access import get_own_resident_for, residents_in_scope, scope_of
from registry.models import Resident, User
from registry.person_access import get_person_for


def own_exemptions(user: User, on: date) -> QuerySet[Exemption]:
    """Return the exemptions of the people the account answers for, those who moved out or died left aside."""
    people = Resident.objects.filter(residents_in_scope(scope_of(user)), active(on, outside=True))
    return Exemption.objects.filter(resident__in=people)


def get_own_exemption_for(request: HttpRequest, pk: int) -> Exemption:
    """Return an exemption of somebody the account answers for; who only reads the person is "not allowed"."""
    exemption = get_exemption_for(request, pk)
    get_own_resident_for(request.user, exemption.resident_id)
    return exemption


def decides(user: User, exemption: Exemption) -> bool:
    """Whether the account decides claims where this person lives."""
    return Exemption.objects.visible_to(user).filter(pk=exemption.pk).exists()


def sees_details(user: User, exemption: Exemption) -> bool:
    """Whether the account is told diagnosis and institution: who claimed, and who decides (access.md)."""
    return exemption.entry.by_id == user.pk or decides(user, exemption)


def get_docket_for(request: HttpRequest, pk: int) -> Exemption:
    """Return an exemption whose docket the account may print: its claimant's, or one it decides on."""
    found = Exemption.objects.visible_to(request.user).filter(pk=pk).first() or get_exemption_for(request, pk)
    if not sees_details(request.user, found):
        raise PermissionDenied
    return found


def pieces_shown_to(user: User, exemption: Exemption) -> list[Evidence]:
    """Return the pieces that the account may open: all for claimant and approver, else those it sent itself."""
    found = exemption.evidence.filter(removed_entry__isnull=True).select_related("entry__by")
    if not sees_details(user, exemption):
        found = found.filter(Q(entry__by=user))
    return list(found)


def get_evidence_for(request: HttpRequest, pk: int) -> Evidence:
    """Return a piece the account may open; a stranger's is "not found", a known person's "not allowed"."""
    piece = _standing(pk)
    if piece.dose_id:
        # A vaccination certificate says no more than the dose itself.
        get_person_for(request, piece.dose.resident_id)
    elif not decides(request.user, piece.exemption):
        get_person_for(request, piece.exemption.resident_id)
        if request.user.pk not in (piece.exemption.entry.by_id, piece.entry.by_id):
            raise PermissionDenied
    return piece


def get_evidence_to_take_back(request: HttpRequest, pk: int) -> Evidence:
    """Return a piece of an exemption that the account sent itself; another's is "not allowed"."""
    piece = _standing(pk)
    if piece.exemption_id is None:
        raise Http404
    get_own_exemption_for(request, piece.exemption_id)
    if piece.entry.by_id != request.user.pk:
        raise PermissionDenied
    return piece


def _standing(pk: int) -> Evidence:
    found = Evidence.objects.filter(pk=pk, removed_entry__isnull=True)
    piece = found.select_related("entry", "dose", "exemption__entry").first()
    if piece is None:
        raise Http404
    return piece
