"""The only door to what an account may see and do: default deny, scope as prefixes of place codes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from registry.accounts import SYSTEM
from registry.models import Membership, Resident, Role, RoleGrant, Unit, User
from registry.querysets import within
from registry.rights import PER_ACCOUNT, roles_with

View = Callable[..., HttpResponse]


@dataclass(frozen=True)
class Scope:
    """What an account's grants add up to, read anew at each request."""

    roles: frozenset[str] = frozenset()
    # Place prefixes per role, such as {"cadre": ("500233003215",)}.
    places: dict[str, tuple[str, ...]] = field(default_factory=dict)
    unit_ids: tuple[int, ...] = ()
    department_ids: tuple[int, ...] = ()
    may_approve: bool = False
    may_give_codes: bool = False

    def prefixes(self, *roles: str) -> tuple[str, ...]:
        """Place prefixes of the given roles, without those that lie inside another."""
        found = sorted({prefix for role in roles for prefix in self.places.get(role, ())})
        return tuple(p for p in found if not any(p != q and p.startswith(q) for q in found))


def scope_of(user: User) -> Scope:
    """Add up an account's grants in one query; nobody and disabled accounts get an empty scope."""
    if not user.is_authenticated or not user.is_active:
        return Scope()
    cached = getattr(user, "_scope", None)
    if cached is None:
        # Grids are fetched only where a grant has one.
        grants = user.grants.select_related("place").prefetch_related("grid__places")
        cached = user._scope = _add_up(list(grants))
    return cached


def with_scopes(users: QuerySet[User]) -> list[User]:
    """Return the accounts with their scopes loaded; three queries, whatever their number."""
    grants = RoleGrant.objects.select_related("place").prefetch_related("grid__places")
    found = list(users.prefetch_related(Prefetch("grants", grants)))
    for user in found:
        user._scope = _add_up(list(user.grants.all())) if user.is_active else Scope()
    return found


def _add_up(grants: list[RoleGrant]) -> Scope:
    places: dict[str, tuple[str, ...]] = {}
    for grant in grants:
        places[grant.role] = (*places.get(grant.role, ()), *_prefixes(grant))
    return Scope(
        roles=frozenset(grant.role for grant in grants),
        places=places,
        unit_ids=tuple(grant.unit_id for grant in grants if grant.unit_id),
        department_ids=tuple(grant.department_id for grant in grants if grant.department_id),
        may_approve=any(grant.may_approve or grant.role == Role.STAFF for grant in grants),
        may_give_codes=any(grant.may_give_codes for grant in grants),
    )


def _prefixes(grant: RoleGrant) -> tuple[str, ...]:
    """A grid worker sees the groups of the grid instead of its village; a grid without groups shows nothing."""
    if grant.grid:
        return tuple(sorted(link.place_id for link in grant.grid.places.all()))
    return (grant.place.prefix,) if grant.place else ()


def may(user: User, right: str) -> bool:
    """Whether one of the account's roles has the right, scope aside; its own page is anybody's who logged in."""
    if right == "own":
        return user.is_authenticated and user.is_active
    scope = scope_of(user)
    roles = scope.roles & roles_with(right)
    if right in PER_ACCOUNT:
        per_account, carries = PER_ACCOUNT[right]
        roles = roles if getattr(scope, carries) else roles - per_account
    return bool(roles)


def requires(right: str) -> Callable[[View], View]:
    """Declare the right a view needs; a known person without it gets "not allowed"."""
    roles_with(right)

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not may(request.user, right):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        guarded.right = right
        return guarded

    return decorate


def public(view: View) -> View:
    """Declare a view open to everybody, logged in or not."""
    guarded = login_not_required(view)
    guarded.right = "public"
    return guarded


# Roles that see people by where they live.
PLACE_ROLES = (Role.CADRE, Role.STAFF, Role.LEADER)


def residents_in_scope(scope: Scope) -> Q:
    """Condition on residents for what the scope counts as its own; an empty scope sees nobody."""
    condition = Q(pk__in=())
    for prefix in scope.prefixes(*PLACE_ROLES):
        condition |= within(prefix)
    if scope.unit_ids or scope.department_ids:
        condition |= Q(pk__in=_members(scope))
    return condition


def _members(scope: Scope) -> Any:
    units = Unit.objects.filter(
        Q(pk__in=scope.unit_ids)
        | Q(department_id__in=scope.department_ids)
        # A unit without a department of its own is its trade's department's.
        | Q(department_id__isnull=True, trade__department_id__in=scope.department_ids)
    )
    return Membership.objects.filter(unit__in=units, left_on__isnull=True).values("resident_id")


def get_resident_for(user: User, pk: int) -> Resident:
    """Return a resident the account may read; a stranger gets "not found" exactly as for a missing row.

    The registered village reads its people too (rules 1), read-only.
    """
    scope = scope_of(user)
    condition = residents_in_scope(scope)
    for prefix in scope.prefixes(Role.CADRE):
        condition |= within(prefix, "registered_village_id")
    resident = Resident.objects.filter(pk=pk).filter(condition).select_related("place", "household").first()
    if resident is None:
        raise Http404
    return resident


def get_own_resident_for(user: User, pk: int) -> Resident:
    """Return a resident the account answers for and may change; others are "not found" or "not allowed"."""
    resident = get_resident_for(user, pk)
    if not Resident.objects.filter(pk=pk).filter(residents_in_scope(scope_of(user))).exists():
        raise PermissionDenied
    return resident


# access.md: staff keep the accounts "of the roles above" theirs; only a sysadmin makes staff and leaders.
KEPT_BY_STAFF = (Role.CADRE, Role.UNIT, Role.DEPARTMENT, Role.CLINIC)


def roles_given_by(user: User) -> tuple[str, ...]:
    """Return the roles the account may give to others."""
    roles = scope_of(user).roles
    if Role.SYSADMIN in roles:
        return tuple(Role.values)
    return KEPT_BY_STAFF if Role.STAFF in roles else ()


def places_given_by(user: User) -> tuple[str, ...]:
    """Return the prefixes inside which the account gives scopes; "" is everywhere."""
    scope = scope_of(user)
    return ("",) if Role.SYSADMIN in scope.roles else scope.prefixes(Role.STAFF)


def grants_given_by(user: User) -> QuerySet[RoleGrant]:
    """Return the grants the account may give and take; staff only inside their own street."""
    scope = scope_of(user)
    if Role.SYSADMIN in scope.roles:
        return RoleGrant.objects.all()
    condition = Q(role=Role.DEPARTMENT) if Role.STAFF in scope.roles else Q(pk__in=())
    for prefix in scope.prefixes(Role.STAFF):
        condition |= Q(role__in=KEPT_BY_STAFF) & (within(prefix) | within(prefix, "unit__place_id"))
    return RoleGrant.objects.filter(condition)


def accounts_kept_by(user: User) -> QuerySet[User]:
    """Return the accounts the account keeps: all for a sysadmin; for staff those it could have made whole."""
    people = User.objects.exclude(username=SYSTEM)
    if Role.SYSADMIN in scope_of(user).roles:
        return people
    others = RoleGrant.objects.exclude(pk__in=grants_given_by(user).values("pk"))
    return people.filter(Exists(_grants_of_row())).exclude(pk__in=others.values("user_id"))


def _grants_of_row() -> QuerySet[RoleGrant]:
    return RoleGrant.objects.filter(user=OuterRef("pk"))


def get_account_for(user: User, pk: int) -> User:
    """Return an account the account keeps; any other is "not found"."""
    return get_object_or_404(accounts_kept_by(user), pk=pk)
