"""Narrowing of rosters and conflicts by who asks (access.md)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from registry.access import residents_in_scope, scope_of
from registry.models import Place, Resident, Role, User
from registry.querysets import within_any


class RosterQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> RosterQuerySet:
        """Rosters of the street for its staff; nobody else imports."""
        return self.filter(campaign__place__in=_places(user, Role.STAFF))


class ConflictQuerySet(models.QuerySet):
    def open(self) -> ConflictQuerySet:
        return self.filter(decision="")

    def visible_to(self, user: User) -> ConflictQuerySet:
        """Conflicts about residents of the account's scope, and those that would bring one into its village."""
        scope = scope_of(user)
        own = Resident.objects.filter(residents_in_scope(scope))
        prefixes = scope.prefixes(Role.STAFF, Role.CADRE)
        return self.filter(Q(resident__in=own) | (Q(field="place_id") & within_any(prefixes, "incoming")))


def _places(user: User, *roles: str) -> models.QuerySet:
    return Place.objects.within_any(scope_of(user).prefixes(*roles))
