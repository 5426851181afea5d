"""The only door to campaigns, phase items and targets by key (access.md)."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import Http404

from campaigns.choice import campaign_for
from campaigns.models import Campaign, PhaseItem
from registry.access import may, scope_of
from registry.commands import Refusal
from registry.models import Place, Role, User


def get_campaign_for(user: User, key: str | None) -> Campaign | None:
    """Return the campaign a page means, or None while no plan is loaded; an unknown key is "not found"."""
    try:
        return campaign_for(key)
    except Refusal:
        if key:
            raise Http404 from None
        return None


def may_change(user: User, campaign: Campaign) -> bool:
    """Whether the account may change the campaign: staff over the campaign's whole place."""
    own = scope_of(user).prefixes(Role.STAFF)
    return may(user, "plan.edit") and any(campaign.place.prefix.startswith(prefix) for prefix in own)


def get_phase_item_to_change(user: User, pk: int) -> PhaseItem:
    """Return a phase item the account may change; another street's plan is known, hence "not allowed"."""
    item = PhaseItem.objects.select_related("campaign__place").filter(pk=pk).first()
    if item is None:
        raise Http404
    if not may_change(user, item.campaign):
        raise PermissionDenied
    return item


def get_target_place_to_change(user: User, campaign: Campaign | None, code: str) -> Place:
    """Return a village of the campaign's place, or that place itself, whose target the account may change."""
    if campaign is None:
        raise Http404
    inside = Place.objects.inside(campaign.place.prefix).filter(level__lte=Place.Level.VILLAGE)
    place = inside.filter(code=code).first()
    if place is None:
        raise Http404
    if not may_change(user, campaign):
        raise PermissionDenied
    return place
