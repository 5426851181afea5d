"""The only door to exports and standing releases by key (access.md)."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Concat, Substr
from django.http import Http404

from registry.access import scope_of
from registry.models import Role, RoleGrant, User
from registry.querysets import within_any
from reports.models import Export, StandingRelease

# Who lets exports of its places go.
RELEASERS = (Role.STAFF, Role.LEADER)


def exports_for(user: User) -> QuerySet[Export]:
    """Return the exports of the account's street, newest first."""
    inside = within_any(scope_of(user).prefixes(Role.STAFF))
    return Export.objects.filter(inside).select_related("by", "job", "decided_by").order_by("-at")


def exports_released_by(user: User) -> QuerySet[Export]:
    """Return the exports in full that the account may let go: those wholly inside its places."""
    inside = within_any(scope_of(user).prefixes(*RELEASERS))
    full = Export.objects.filter(inside, is_full=True)
    return full.select_related("by", "job", "decided_by", "place", "campaign__place").order_by("-at")


def get_export_to_release(user: User, pk: int) -> Export:
    """Return a request of the account's places; any other is "not found"."""
    export = exports_released_by(user).filter(pk=pk).first()
    if export is None:
        raise Http404
    return export


def get_export_file(user: User, pk: int) -> Export:
    """Return an export whose file may be fetched: in full only by who asked for it."""
    export = exports_for(user).filter(pk=pk).exclude(file="").first()
    if export is None:
        raise Http404
    if export.is_full and export.by_id != user.pk:
        raise PermissionDenied
    return export


def get_own_request(user: User, pk: int) -> Export:
    """Return a request of the account's own."""
    export = exports_for(user).filter(pk=pk, is_full=True).first()
    if export is None:
        raise Http404
    if export.by_id != user.pk:
        raise PermissionDenied
    return export


def standing_releases_for(user: User) -> QuerySet[StandingRelease]:
    """Return the standing releases inside the account's places, newest first."""
    inside = within_any(scope_of(user).prefixes(*RELEASERS))
    return (
        StandingRelease.objects.filter(inside)
        .select_related("given_by", "withdrawn_by", "place")
        .annotate(is_answered_for=still_answered_for())
    )


def still_answered_for() -> Exists:
    """Condition on standing releases: whoever gave it still is a leader of its place, with an account that works."""
    place = OuterRef("place_id")
    leads = Q(place=place)
    # And those of the village, the street and the county around it.
    for digits in (12, 9, 6):
        leads |= Q(place=Concat(Substr(place, 1, digits), Value("0" * (12 - digits))))
    return Exists(RoleGrant.objects.filter(leads, role=Role.LEADER, user=OuterRef("given_by"), user__is_active=True))


def get_standing_release(user: User, pk: int) -> StandingRelease:
    """Return a standing release inside the account's places; any other is "not found"."""
    given = standing_releases_for(user).filter(pk=pk).first()
    if given is None:
        raise Http404
    return given
