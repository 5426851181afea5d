"""Narrowing of rosters, conflicts and exemption claims to what an account may see (access.md)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from registry.access import Scope, may, scope_of
from registry.models import Membership, Role, User
from registry.querysets import within, within_any


class RosterQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> RosterQuerySet:
        """Staff see all rosters of their street's campaigns, the clinic those it sent itself."""
        scope = scope_of(user)
        condition = Q(pk__in=())
        for prefix in scope.prefixes(Role.STAFF):
            condition |= within(prefix, "campaign__place_id")
        if Role.CLINIC in scope.roles:
            condition |= Q(uploaded_by=user)
        return self.filter(condition)


class ExemptionQuerySet(models.QuerySet):
    def waiting(self) -> ExemptionQuerySet:
        """Claims that nobody has decided, of campaigns that run: an ended one decides none."""
        return self.filter(state="claimed", campaign__is_active=True)

    def visible_to(self, user: User) -> ExemptionQuerySet:
        """Exemptions of the people for whom the account may decide: of its street, for staff and approvers."""
        condition = Q(pk__in=())
        if may(user, "exemption.decide"):
            for prefix in scope_of(user).prefixes(Role.STAFF, Role.CLINIC):
                condition |= within(prefix, "resident__place_id")
        return self.filter(condition)


class DoubtQuerySet(models.QuerySet):
    """Questions of 请核一核, and households drawn to be visited again."""

    def visible_to(self, user: User) -> DoubtQuerySet:
        """Those of the campaigns whose whole place the account has as staff; others see none."""
        prefixes = scope_of(user).prefixes(Role.STAFF)
        return self.filter(within_any(prefixes, "campaign__place_id"))


class ConflictQuerySet(models.QuerySet):
    def open(self) -> ConflictQuerySet:
        """Questions that still wait: a record of higher standing may have settled one between two doses.

        A question about anything else has no dose. A dose of a campaign that has ended waits for nobody.
        """
        waiting = Q(dose__state="waiting", dose__campaign__is_active=True)
        return self.filter(Q(dose__isnull=True) | waiting, decision="")

    def visible_to(self, user: User) -> ConflictQuerySet:
        """Conflicts that the account can know about: each goes to whoever can decide it (access.md)."""
        return self.filter(_known_to(scope_of(user)))


def _known_to(scope: Scope) -> Q:
    """Name, birth and household to the village, doses to the clinic, two villages to both, all to staff."""
    condition = Q(pk__in=())
    for prefix in scope.prefixes(Role.STAFF):
        condition |= within(prefix, "resident__place_id")
    for prefix in scope.prefixes(Role.CLINIC):
        condition |= Q(kind="dose_conflict") & within(prefix, "resident__place_id")
    about_the_village = ~Q(kind="dose_conflict") & ~Q(field="unit")
    for prefix in scope.prefixes(Role.CADRE):
        condition |= about_the_village & within(prefix, "resident__place_id")
        condition |= Q(field="place_id", payload__value__startswith=prefix)
    if scope.unit_ids:
        members = Membership.objects.filter(unit_id__in=scope.unit_ids, left_on__isnull=True)
        condition |= Q(field="unit", resident_id__in=members.values("resident_id"))
    return condition
