"""The only door to places and units by key on the pages of progress (access.md)."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.http import Http404

from campaigns.models import Campaign
from registry.access import PLACE_ROLES, scope_of
from registry.models import Place, Role, Unit, User
from registry.querysets import overseen_by, within


@dataclass(frozen=True)
class Reach:
    """Which progress an account reads: of the campaign's whole place, or of these places only."""

    whole: bool
    prefixes: tuple[str, ...]

    @property
    def of_groups(self) -> bool:
        """Whether there are groups alone, and no whole village: a grid worker's."""
        return bool(self.prefixes) and all(len(prefix) > Place.Level.VILLAGE for prefix in self.prefixes)

    def covers(self, code: str) -> bool:
        return any(code.startswith(prefix) for prefix in self.prefixes)


def reach_of(user: User, campaign: Campaign) -> Reach:
    """Return what the account's place grants add up to inside the campaign's place; no query beyond the grants."""
    prefixes = scope_of(user).prefixes(*PLACE_ROLES)
    whole = campaign.place.prefix
    if any(whole.startswith(prefix) for prefix in prefixes):
        return Reach(True, (whole,))
    return Reach(False, tuple(prefix for prefix in prefixes if prefix.startswith(whole)))


def get_place_for(user: User, campaign: Campaign, code: str) -> Place:
    """Return a village or group the account reads the progress of; any other is "not found"."""
    place = Place.objects.filter(code=code, level__in=[Place.Level.VILLAGE, Place.Level.GROUP]).first()
    if place is None or not code.startswith(campaign.place.prefix) or not reach_of(user, campaign).covers(code):
        raise Http404
    return place


def units_visible_to(user: User) -> QuerySet[Unit]:
    """Return the units whose people the account answers for or oversees.

    A street or a village sees the units that stand there, a department its own and those of its
    trades without a department of their own, a contact its unit. A cadre has no unit: its scope is
    the people of its village.
    """
    scope = scope_of(user)
    condition = Q(pk__in=scope.unit_ids)
    for prefix in scope.prefixes(Role.STAFF, Role.LEADER):
        condition |= within(prefix)
    if scope.department_ids:
        condition |= overseen_by(scope.department_ids)
    return Unit.objects.filter(condition).select_related("trade__department", "department", "place")


def get_unit_for(user: User, pk: int) -> Unit:
    """Return a unit the account may read; any other is "not found"."""
    unit = units_visible_to(user).filter(pk=pk).first()
    if unit is None:
        raise Http404
    return unit
