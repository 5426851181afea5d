"""How many had a dose on earlier days: what paces and silent villages are told from (rules 5, 6)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from django.db.models import Count, FilteredRelation, Q

from campaigns.models import Campaign
from ledgers.day import active, permanent
from registry.ages import born_by
from registry.models import Resident
from registry.querysets import within


class Done(NamedTuple):
    """Permanent residents with a counted dose, and completed, on one day."""

    first_dose: int = 0
    full: int = 0

    def plus(self, other: Done) -> Done:
        return Done(self.first_dose + other.first_dose, self.full + other.full)


def done_on(campaign: Campaign, days: Iterable[date]) -> dict[str, dict[date, Done]]:
    """Count permanent residents with a first dose and completed on several days at once, by finest place.

    One query, which starts from the people with a standing; they count as `ledgers.day` has them on each day.
    Places where nobody had a dose by the last day are left out.
    """
    days = sorted(set(days))
    begun = Q(standings__campaign=campaign, standings__since__lte=days[-1])
    people = Resident.objects.filter(permanent(), within(campaign.place.prefix))
    people = people.annotate(row=FilteredRelation("standings", condition=begun)).filter(row__isnull=False)
    aggregates = {}
    for number, day in enumerate(days):
        there = covering("row", day) & active(day) & Q(birth_on__lte=born_by(campaign.min_age, day))
        aggregates[f"first_{number}"] = Count("pk", filter=there)
        aggregates[f"full_{number}"] = Count("pk", filter=there & Q(row__completed_on__isnull=False))
    found: dict[str, dict[date, Done]] = defaultdict(dict)
    for row in people.order_by().values("place_id").annotate(**aggregates):
        for number, day in enumerate(days):
            found[row["place_id"]][day] = Done(row[f"first_{number}"], row[f"full_{number}"])
    return dict(found)


def covering(row: str, on: date) -> Q:
    """Condition: the joined standing covers `on`; `since` is null without one, which no day covers."""
    return Q(**{f"{row}__since__lte": on}) & (Q(**{f"{row}__until__isnull": True}) | Q(**{f"{row}__until__gt": on}))
