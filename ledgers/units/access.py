"""The only door to units, memberships and declarations of 清零 by key (access.md)."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404

from ledgers.models import Zeroing
from registry.access import scope_of
from registry.models import Membership, Place, Role, Unit, User
from registry.querysets import within_any


def units_kept_by(user: User) -> QuerySet[Unit]:
    """Return the units whose members the account keeps: a contact's own, for staff those of the street."""
    scope = scope_of(user)
    return Unit.objects.filter(Q(pk__in=scope.unit_ids) | within_any(scope.prefixes(Role.STAFF)))


def get_unit_to_keep(user: User, pk: int) -> Unit:
    """Return a unit whose members the account keeps; any other is "not found"."""
    unit = units_kept_by(user).filter(pk=pk).select_related("place", "trade").first()
    if unit is None:
        raise Http404
    return unit


def get_membership_to_keep(user: User, pk: int) -> Membership:
    """Return an open membership of a unit the account keeps; any other is "not found"."""
    found = Membership.objects.filter(pk=pk, left_on__isnull=True, unit__in=units_kept_by(user))
    membership = found.select_related("unit", "resident").first()
    if membership is None:
        raise Http404
    return membership


def villages_declared_by(user: User) -> QuerySet[Place]:
    """Return the villages for which the account declares 清零: those it has whole, not a grid worker's."""
    prefixes = scope_of(user).prefixes(Role.CADRE)
    whole = [prefix for prefix in prefixes if len(prefix) <= Place.Level.VILLAGE]
    return Place.objects.villages().within_any(whole).order_by("code")


def units_declared_by(user: User) -> QuerySet[Unit]:
    return Unit.objects.filter(pk__in=scope_of(user).unit_ids).order_by("name")


def zeroings_verified_by(user: User) -> QuerySet[Zeroing]:
    """Return the declarations of the account's street."""
    prefixes = scope_of(user).prefixes(Role.STAFF)
    return Zeroing.objects.filter(within_any(prefixes, "unit__place_id") | within_any(prefixes, "village_id"))


def get_zeroing_to_verify(user: User, pk: int) -> Zeroing:
    """Return a declaration of the account's street; any other is "not found"."""
    found = zeroings_verified_by(user).filter(pk=pk).select_related("campaign", "unit", "village").first()
    if found is None:
        raise Http404
    return found


def lapsed_of(user: User) -> Zeroing | None:
    """Return a lapsed declaration of the account's own unit or village with none after it, the latest first."""
    own = Zeroing.objects.filter(Q(unit__in=units_declared_by(user)) | Q(village__in=villages_declared_by(user)))
    later = Zeroing.objects.filter(
        Q(unit=OuterRef("unit")) | Q(village=OuterRef("village")),
        campaign=OuterRef("campaign"),
        declared_at__gt=OuterRef("declared_at"),
    )
    lapsed = own.filter(state=Zeroing.State.LAPSED, campaign__is_active=True).exclude(Exists(later))
    return lapsed.select_related("because").first()
