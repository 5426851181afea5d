"""The only door to a village's measures: its cadres and staff write them, whoever reads its figures reads them."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import Http404

from campaigns.models import Campaign, Measure
from registry.access import PLACE_ROLES, may, scope_of
from registry.models import Place, Role, User


def get_village_for(user: User, campaign: Campaign | None, code: str) -> Place:
    """Return a village of the campaign's place whose measures the account reads; any other is "not found"."""
    found = Place.objects.villages().filter(code=code).first() if campaign else None
    if found is None or not code.startswith(campaign.place.prefix) or not _covers(user, code, *PLACE_ROLES):
        raise Http404
    return found


def may_write(user: User, village: Place) -> bool:
    """Tell whether the account writes the village's measures: a cadre who has it whole, and staff."""
    return may(user, "measure.edit") and _covers(user, village.code, Role.CADRE, Role.STAFF)


def get_village_to_write(user: User, campaign: Campaign | None, code: str) -> Place:
    """Return a village whose measures the account writes; one it only reads is "not allowed"."""
    village = get_village_for(user, campaign, code)
    if not may_write(user, village):
        raise PermissionDenied
    return village


def get_measure_to_write(user: User, pk: int) -> Measure:
    """Return the standing wording of a measure that the account may change."""
    found = Measure.objects.filter(pk=pk, next__isnull=True).select_related("campaign__place", "village").first()
    if found is None:
        raise Http404
    get_village_to_write(user, found.campaign, found.village_id)
    return found


def _covers(user: User, code: str, *roles: str) -> bool:
    return any(code.startswith(prefix) for prefix in scope_of(user).prefixes(*roles))
