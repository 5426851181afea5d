"""The only door to household cards and visits: strangers find nothing, a 户籍村 reads, others record (access.md)."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404

from ledgers.households.access import get_household_for, households_of, may_change
from ledgers.models import Visit, VisitAnswer
from registry.access import scope_of
from registry.models import Household, Resident, Role, User
from registry.querysets import within_any


@dataclass(frozen=True)
class Door:
    """A household as one account may see it; `only` are the residents a 户籍村 sees there, None for all."""

    household: Household
    may_record: bool
    only: list[int] | None = None


def get_door_for(user: User, pk: int) -> Door:
    """Return a household and what of it the account sees; any other is "not found"."""
    try:
        household = get_household_for(user, pk)
    except Http404:
        return _registered_here(user, pk)
    return Door(household, may_change(user, household.place_id))


def _registered_here(user: User, pk: int) -> Door:
    """Members who are registered in one of the account's villages but live with this household (rules 1)."""
    prefixes = scope_of(user).prefixes(Role.CADRE)
    own = Resident.objects.filter(within_any(prefixes, "registered_village_id"), household=pk)
    keys = list(own.values_list("pk", flat=True))
    household = Household.objects.standing().filter(pk=pk).select_related("place", "village").first()
    if not keys or household is None:
        raise Http404
    return Door(household, may_record=False, only=keys)


def get_visit_for(user: User, pk: int) -> Visit:
    """Return a visit of a household the account sees; any other is "not found"."""
    visits = Visit.objects.select_related("household__place", "household__village", "campaign", "by", "entry")
    visit = visits.filter(Q(household__in=households_of(user)), pk=pk).first()
    if visit is None:
        raise Http404
    return visit


def get_own_visit_for(user: User, pk: int) -> Visit:
    """Return a visit the account made; another's is "not allowed"."""
    visit = get_visit_for(user, pk)
    if visit.by_id != user.pk:
        raise PermissionDenied
    return visit


def get_own_answer_for(user: User, pk: int) -> VisitAnswer:
    """Return an answer of a visit the account made; a stranger's is "not found", a colleague's "not allowed"."""
    answer = VisitAnswer.objects.filter(pk=pk).first()
    if answer is None:
        raise Http404
    get_own_visit_for(user, answer.visit_id)
    return answer
