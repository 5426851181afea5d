"""Every village's phase items judged at once, from stored figures (rules 6)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date

from campaigns.models import Campaign, PhaseItem
from reports.figure_rows import item_counts
from reports.figures import judge_with, kept_phases
from reports.phase_counts import ItemCounts
from reports.phases import PhaseLine
from reports.storing import ensure_phases

# By the key of the item and the code of the place; the campaign's own code stands for the whole.
ByPlace = dict[tuple[int, str], PhaseLine]


def phases_by_place(
    campaign: Campaign,
    on: date,
    goals: Mapping[str, int | None],
    items: Iterable[PhaseItem] | None = None,
    then: date | None = None,
) -> ByPlace:
    """Judge phase items (None: all) at `on` for every village and the whole, counting first what is not fresh.

    `goals` by place code are the cohorts of coverage items. One query for the figures, whatever the number of
    places and items.
    """
    chosen = {item.pk: item for item in (campaign.phase_items.all() if items is None else items)}
    if not chosen:
        return {}
    ensure_phases(campaign, on)
    counts: dict[str, dict[tuple[int, date], ItemCounts]] = defaultdict(dict)
    rows = kept_phases(chosen.values(), on, then).values_list("item_id", "place_id", "on", "counts")
    for item, place, day, plain in rows:
        counts[place][item, day] = item_counts(plain)
    return {
        (pk, place): judge_with(campaign, item, kept, goals.get(place), on, then)
        for place, kept in counts.items()
        for pk, item in chosen.items()
    }
