"""Every village's phase items judged at once, from stored figures (rules 6)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from django.db.models import Q

from campaigns.models import Campaign, PhaseItem
from reports.figure_rows import item_counts
from reports.figures import ensure_phases
from reports.models import PhaseFigure
from reports.phases import PhaseLine, judge

# By the key of the item and the code of the place; the campaign's own code stands for the whole.
ByPlace = dict[tuple[int, str], PhaseLine]


def phases_by_place(
    campaign: Campaign, on: date, goals: Mapping[str, int | None], items: Iterable[PhaseItem] | None = None
) -> ByPlace:
    """Judge phase items (None: all) at `on` for every village and the whole, counting first what is not fresh.

    `goals` by place code are the cohorts of coverage items. One query for the figures, whatever the number of
    places and items.
    """
    chosen = {item.pk: item for item in (campaign.phase_items.all() if items is None else items)}
    if not chosen:
        return {}
    ensure_phases(campaign, on)
    wanted = Q(pk__in=())
    for item in chosen.values():
        wanted |= Q(item=item, on=min(on, item.deadline_on))
    stored = PhaseFigure.objects.filter(wanted).values_list("item_id", "place_id", "counts")
    return {
        (item, place): judge(campaign, chosen[item], item_counts(counts), goals.get(place), on)
        for item, place, counts in stored
    }
