"""Census bases and task numbers of villages: asking for them and changing them (rules 5)."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

from django.db import transaction

from campaigns.closing import require_not_ended
from campaigns.models import Campaign, Target
from campaigns.signals import plan_changed
from registry import audit
from registry.models import Place, User


@dataclass(frozen=True)
class TargetLine:
    """A village's or the street's figures; `goal` is assigned, or computed from the base, or None."""

    place: Place
    census_base: int | None
    assigned: int | None
    goal: int | None


def goal_of(campaign: Campaign, *, census_base: int | None, assigned: int | None) -> int | None:
    """Return the persons to reach: the assigned number, else the share of the base rounded up (rules 5)."""
    if assigned is not None:
        return assigned
    return None if census_base is None else ceil(campaign.goal_rate * census_base)


def target_lines(campaign: Campaign) -> tuple[list[TargetLine], TargetLine]:
    """Return a line per village of the campaign's place, and the line of the place as a whole.

    The whole has its own assigned number, or the share of the sum of bases; its base is None while
    any village has none (rules 5). Three queries, one of them for the place.
    """
    rows = campaign.targets.values_list("place_id", "census_base", "goal")
    targets = {code: (base, assigned) for code, base, assigned in rows}
    places = list(Place.objects.inside(campaign.place.prefix).filter(level__lte=Place.Level.VILLAGE))
    villages = [_line(campaign, place, targets) for place in places if place.level == Place.Level.VILLAGE]
    bases = [line.census_base for line in villages]
    whole = None if not bases or None in bases else sum(bases)
    _, assigned = targets.get(campaign.place_id, _NOTHING_SAID)
    goal = goal_of(campaign, census_base=whole, assigned=assigned)
    return villages, TargetLine(campaign.place, whole, assigned, goal)


# Census base and assigned number.
_Said = tuple[int | None, int | None]
_NOTHING_SAID: _Said = (None, None)


def _line(campaign: Campaign, place: Place, targets: dict[str, _Said]) -> TargetLine:
    base, assigned = targets.get(place.code, _NOTHING_SAID)
    return TargetLine(place, base, assigned, goal_of(campaign, census_base=base, assigned=assigned))


@transaction.atomic
def set_target(
    campaign: Campaign,
    *,
    place: Place,
    census_base: int | None,
    goal: int | None,
    reason: str,
    by: User,
    address: str = "",
) -> bool:
    """Set a place's base and assigned number, None for none; return whether anything changed."""
    require_not_ended(campaign)
    target, _ = Target.objects.select_for_update().get_or_create(campaign=campaign, place=place)
    new = {"census_base": census_base, "goal": goal}
    detail = {name: [getattr(target, name), value] for name, value in new.items() if getattr(target, name) != value}
    if not detail:
        return False
    Target.objects.filter(pk=target.pk).update(**new)
    subject = f"target {campaign.key} {place.code}"
    audit.record("target.change", by=by, subject=subject, detail={**detail, "reason": reason}, address=address)
    plan_changed.send(sender=Target, campaign=campaign)
    return True
