"""The next door: households in walking order."""

from __future__ import annotations

from django.db.models import Q

from registry.models import Household
from registry.querysets import HouseholdQuerySet


def next_on_walk(household: Household, among: HouseholdQuerySet) -> Household | None:
    """Return the household after this one on the walk through its village; those listed apart are passed by.

    Where a place ends, its village's next place begins; None at the end of the village.
    """
    behind = Q(place_id__gt=household.place_id) | Q(place_id=household.place_id, sequence__gt=household.sequence or 0)
    doors = among.filter(behind, village_id=household.village_id).exclude(state__in=Household.APART)
    return doors.exclude(pk=household.pk).select_related("place").walking().first()
