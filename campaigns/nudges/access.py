"""The only door to 督办单 by key: who reads, answers and judges them, and to whom one may be sent (access.md)."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404

from campaigns.models import Campaign, Nudge
from campaigns.models.nudges import NudgeQuerySet
from registry.access import may, scope_of
from registry.models import Place, Role, Unit, User
from registry.querysets import overseen_by, within_any

SENDERS = (Role.STAFF, Role.LEADER)


def nudges_visible_to(user: User) -> NudgeQuerySet:
    """Return the sheets of the account's street or linked villages, of its own village, of its unit, and of the
    units that its department oversees.

    A grid worker has part of a village, and answers for none (as with 清零).
    """
    prefixes = scope_of(user).prefixes(*SENDERS)
    sent = within_any(prefixes, "village_id") | within_any(prefixes, "unit__place_id")
    overseen = overseen_by(scope_of(user).department_ids, "unit__") & Q(unit__isnull=False)
    return Nudge.objects.filter(sent | _received(user) | overseen)


def nudges_answered_by(user: User) -> NudgeQuerySet:
    """Return the sheets that the account's own village or unit has to answer."""
    return Nudge.objects.filter(_received(user))


def _received(user: User) -> Q:
    scope = scope_of(user)
    # A prefix of fifteen digits holds no village's code of twelve.
    return within_any(scope.prefixes(Role.CADRE), "village_id") | Q(unit_id__in=scope.unit_ids)


def get_nudge_for(user: User, pk: int) -> Nudge:
    """Return a sheet the account may read; any other is "not found"."""
    found = nudges_visible_to(user).filter(pk=pk)
    nudge = found.select_related("campaign__place", "village", "unit", "phase", "sent_by").first()
    if nudge is None:
        raise Http404
    return nudge


def may_answer(user: User, nudge: Nudge) -> bool:
    return may(user, "nudge.answer") and nudges_answered_by(user).filter(pk=nudge.pk).exists()


def may_judge(user: User, nudge: Nudge) -> bool:
    """Tell whether the account may strike the sheet off or return it: its sender, and staff of the street."""
    if not may(user, "nudge.send"):
        return False
    place = nudge.village_id or nudge.unit.place_id
    own = any(place.startswith(prefix) for prefix in scope_of(user).prefixes(Role.STAFF))
    return own or nudge.sent_by_id == user.pk


def get_nudge_to_answer(user: User, pk: int) -> Nudge:
    """Return a sheet to the account's own village or unit; one it only reads is "not allowed"."""
    nudge = get_nudge_for(user, pk)
    if not may_answer(user, nudge):
        raise PermissionDenied
    return nudge


def get_nudge_to_judge(user: User, pk: int) -> Nudge:
    """Return a sheet that the account may strike off or return; one it only reads is "not allowed"."""
    nudge = get_nudge_for(user, pk)
    if not may_judge(user, nudge):
        raise PermissionDenied
    return nudge


def villages_nudged_by(user: User, campaign: Campaign) -> QuerySet[Place]:
    """Return the villages of the campaign's place that the account may send a sheet to."""
    own = Place.objects.villages().within_any(scope_of(user).prefixes(*SENDERS))
    return own.inside(campaign.place.prefix)


def units_nudged_by(user: User, campaign: Campaign) -> QuerySet[Unit]:
    """Return the units of the campaign's place that the account may send a sheet to."""
    own = Unit.objects.within_any(scope_of(user).prefixes(*SENDERS))
    return own.inside(campaign.place.prefix).order_by("name")
