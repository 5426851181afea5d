"""The only door to places and households of 入户: strangers find nothing, readers change nothing (access.md)."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404

from registry.access import PLACE_ROLES, scope_of
from registry.models import Household, Place, Role, User
from registry.querysets import within_any

KEEPERS = (Role.CADRE, Role.STAFF)


def prefixes_of(user: User) -> tuple[str, ...]:
    """Return the prefixes of the places whose households the account sees."""
    return scope_of(user).prefixes(*PLACE_ROLES)


def households_of(user: User) -> QuerySet[Household]:
    """Return the standing households the account sees."""
    return Household.objects.standing().within_any(prefixes_of(user))


def get_household_for(user: User, pk: int) -> Household:
    """Return a standing household the account sees; any other is "not found"."""
    household = households_of(user).filter(pk=pk).select_related("place", "village", "caretaker").first()
    if household is None:
        raise Http404
    return household


def get_household_to_change(user: User, pk: int) -> Household:
    """Return a household the account answers for; one it only reads is "not allowed"."""
    household = get_household_for(user, pk)
    if not may_change(user, household.place_id):
        raise PermissionDenied
    return household


def may_change(user: User, place: str) -> bool:
    return any(place.startswith(prefix) for prefix in scope_of(user).prefixes(*KEEPERS))


def villages_walked_by(user: User) -> QuerySet[Place]:
    """Return the villages in which the account sees households, by code; a grid worker's whole village by name."""
    condition = Q(pk__in=())
    for prefix in prefixes_of(user):
        condition |= within_any([prefix[: Place.Level.VILLAGE]], "code")
    return Place.objects.villages().filter(condition).order_by("code")


def get_village_for(user: User, code: str) -> Place:
    village = villages_walked_by(user).filter(code=code).first()
    if village is None:
        raise Http404
    return village


def places_of(user: User, village: Place) -> QuerySet[Place]:
    """Return the groups of a village that the account sees, and the village itself where it sees all of it."""
    return Place.objects.inside(village.prefix).within_any(prefixes_of(user)).order_by("code")


def get_place_for(user: User, code: str) -> Place:
    """Return a group, or a village, all of which the account sees."""
    place = Place.objects.filter(code=code, level__gte=Place.Level.VILLAGE).within_any(prefixes_of(user)).first()
    if place is None:
        raise Http404
    return place


def places_given_by(user: User, village: str) -> QuerySet[Place]:
    """Return the places of a village (code) into which the account may put a household."""
    return Place.objects.inside(village).within_any(scope_of(user).prefixes(*KEEPERS)).order_by("code")
