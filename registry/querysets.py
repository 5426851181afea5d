"""Narrowing of places, units and residents by where they are and who asks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from registry.models import User


def within(prefix: str, field: str = "place_id") -> Q:
    """Condition: the place code in `field` begins with the digits `prefix`.

    Written as a range, so that any database walks its plain index; codes are digits of at most 15.
    """
    return Q(**{f"{field}__gte": prefix, f"{field}__lte": prefix.ljust(15, "9")})


def within_any(prefixes: Iterable[str], field: str = "place_id") -> Q:
    """Condition: the place code in `field` lies inside one of the prefixes; none of them, no rows."""
    condition = Q(pk__in=())
    for prefix in prefixes:
        condition |= within(prefix, field)
    return condition


def overseen_by(departments: Iterable[int], unit: str = "") -> Q:
    """Condition: who answers for the unit is one of the departments (谁主管谁负责); `unit` is the way to it, such as
    "unit__".
    """
    departments = tuple(departments)
    own, of_trade = f"{unit}department", f"{unit}trade__department"
    return Q(**{f"{own}__in": departments}) | Q(**{f"{own}__isnull": True, f"{of_trade}__in": departments})


class PlaceQuerySet(models.QuerySet):
    def villages(self) -> PlaceQuerySet:
        return self.filter(level=self.model.Level.VILLAGE)

    def inside(self, prefix: str) -> PlaceQuerySet:
        return self.filter(within(prefix, "code"))

    def within_any(self, prefixes: Iterable[str]) -> PlaceQuerySet:
        return self.filter(within_any(prefixes, "code"))


class UnitQuerySet(models.QuerySet):
    def inside(self, prefix: str) -> UnitQuerySet:
        return self.filter(within(prefix))

    def within_any(self, prefixes: Iterable[str]) -> UnitQuerySet:
        return self.filter(within_any(prefixes))


class ResidentQuerySet(models.QuerySet):
    def inside(self, prefix: str) -> ResidentQuerySet:
        """Residents whose responsible place lies inside `prefix` (6, 9, 12 or 15 digits)."""
        return self.filter(within(prefix))

    def visible_to(self, user: User) -> ResidentQuerySet:
        """Residents that the account's own scope counts; nobody sees nobody (access.md)."""
        from registry.access import residents_in_scope, scope_of

        return self.filter(residents_in_scope(scope_of(user)))


class HouseholdQuerySet(models.QuerySet):
    def standing(self) -> HouseholdQuerySet:
        """Households that were not merged into another."""
        return self.filter(merged_into__isnull=True)

    def inside(self, prefix: str) -> HouseholdQuerySet:
        return self.filter(within(prefix))

    def within_any(self, prefixes: Iterable[str]) -> HouseholdQuerySet:
        return self.filter(within_any(prefixes))

    def walking(self) -> HouseholdQuerySet:
        """Order as one walks: group by group, by the number on the walk; the unnumbered last."""
        return self.order_by("place_id", models.F("sequence").asc(nulls_last=True), "pk")
