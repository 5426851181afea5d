"""The only door to campaigns, phase items and targets by key (access.md)."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import Http404

from campaigns.choice import choose_for
from campaigns.models import Campaign, PhaseItem, PlanChange
from registry.access import may, scope_of
from registry.models import Place, Role, User


def get_campaign_for(user: User, key: str | None) -> Campaign | None:
    """Return the campaign a page means, or None while no plan is loaded; an unknown key is "not found".

    So is a campaign that is still being set up, but for those who may change it.
    """
    campaign = choose_for(user, key)
    # Also without a key: a form names the campaign of its page in a field of its own.
    is_strange = campaign is not None and campaign.is_draft and not may_change(user, campaign)
    if is_strange or (key and campaign is None):
        raise Http404
    return campaign


def may_change(user: User, campaign: Campaign) -> bool:
    """Whether the account may change the campaign: staff over the campaign's whole place."""
    own = scope_of(user).prefixes(Role.STAFF)
    return may(user, "plan.edit") and any(campaign.place.prefix.startswith(prefix) for prefix in own)


def campaigns_for(user: User) -> list[Campaign]:
    """Return the campaigns an account may read about: those that run first, drafts for who may change them alone."""
    found = Campaign.objects.select_related("place").order_by("-is_active", "-is_draft", "-is_default", "-start_on")
    return [campaign for campaign in found if not campaign.is_draft or may_change(user, campaign)]


def get_campaign_to_change(user: User, key: str) -> Campaign:
    """Return a campaign the account may change; another street's is known, hence "not allowed", but for its drafts."""
    campaign = Campaign.objects.select_related("place").filter(key=key).first()
    if campaign is None:
        raise Http404
    if not may_change(user, campaign):
        raise Http404 if campaign.is_draft else PermissionDenied
    return campaign


def places_to_plan_for(user: User) -> list[Place]:
    """Return the streets for which the account may set up a campaign."""
    found = Place.objects.none()
    for prefix in scope_of(user).prefixes(Role.STAFF):
        found = found | Place.objects.inside(prefix).filter(level=Place.Level.STREET)
    return list(found.order_by("code")) if may(user, "plan.edit") else []


def get_plan_change_to_decide(user: User, pk: int) -> PlanChange:
    """Return a change of a plan that the account may decide about, rehearsed or not; any other is "not found"."""
    change = PlanChange.objects.select_related("campaign__place", "by", "applied_by", "job").filter(pk=pk).first()
    if change is None or not may_change(user, change.campaign):
        raise Http404
    return change


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
