"""Who is missing for 清零, set-based: the condition that `ledgers.units.rules.is_missing` says in words of SQL."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import FilteredRelation, Q, QuerySet

from campaigns.models import Campaign
from ledgers.day import in_scope, of_ledger, of_sub_state, with_day
from registry.models import Membership, Place, Resident, Unit
from registry.querysets import within, within_any


def missing(campaign: Campaign, on: date) -> Q:
    """Condition on a queryset made by `ledgers.day.with_day`: stands in the way of 清零."""
    condition = of_ledger("unvaccinated")
    if campaign.judged_by == "full":
        condition |= of_sub_state("due", on) | of_sub_state("overdue", on)
    return condition


def missing_of_unit(unit: Unit, campaign: Campaign, on: date) -> QuerySet[Resident]:
    """Return the unit's members who are missing, wherever they live (rules 1)."""
    members = Membership.objects.filter(unit=unit, left_on__isnull=True)
    return _of(Resident.objects.filter(pk__in=members.values("resident_id")), campaign, on, outside=True)


def missing_of_village(village: Place, campaign: Campaign, on: date) -> QuerySet[Resident]:
    """Return the people of the village's ledgers who are missing (全口径)."""
    return _of(Resident.objects.filter(within(village.prefix)), campaign, on, outside=False)


def _of(people: QuerySet[Resident], campaign: Campaign, on: date, *, outside: bool) -> QuerySet[Resident]:
    found = with_day(in_scope(people, campaign, on, outside=outside), campaign, on)
    return found.filter(missing(campaign, on)).order_by("place_id", "pk")


def missing_members(units: Iterable[int], campaign: Campaign, on: date) -> QuerySet[Resident]:
    """Return who is missing of any of the units, once per unit, joined as `membership`."""
    joined = Q(memberships__left_on__isnull=True, memberships__unit__in=list(units))
    people = Resident.objects.annotate(membership=FilteredRelation("memberships", condition=joined))
    # Narrows the outer join to members.
    return _of(people.filter(membership__isnull=False), campaign, on, outside=True)


def missing_villagers(villages: Iterable[str], campaign: Campaign, on: date) -> QuerySet[Resident]:
    """Return who is missing of any of the villages (codes)."""
    return _of(Resident.objects.filter(within_any(villages)), campaign, on, outside=False)
