"""What pages and files read of the stored figures: of days, places, units and phases (design: Figures).

Each reads fresh rows only; `reports.storing` counts a day that is not.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.functions import Length

from campaigns.models import Campaign, PhaseItem
from ledgers.summary import (
    is_unplaced,
)
from registry.models import Place
from registry.querysets import within
from reports.figure_rows import Row, item_counts, row_of
from reports.models import Figure, PhaseFigure
from reports.phase_counts import ItemCounts
from reports.phases import PhaseLine, goals_of, judge
from reports.storing import ensure, ensure_days, ensure_phases

TOTAL = "total"
By = Figure.By


def places_at(campaign: Campaign, on: date, prefix: str, depth: int) -> dict[str, Row]:
    """Return the rows of the places of `depth` digits inside `prefix`, and their sum under TOTAL.

    Villages (12) of the campaign's place: "" holds its 待归类. Groups (15) of a village: the village's
    own code holds the people of no group. The day is counted first if it is not fresh.
    """
    ensure(campaign, on)
    level = Place.Level.VILLAGE if depth == Place.Level.VILLAGE else Place.Level.GROUP
    # Told apart by the database: a village has many groups, and each row is read from its JSON.
    rows = _figures(campaign, on, By.PLACE).annotate(digits=Length("key")).filter(within(prefix, "key"), digits=level)
    found: dict[str, Row] = {TOTAL: Row()}
    for key, counts in rows.values_list("key", "counts"):
        found["" if is_unplaced(key) else key.removesuffix("000") if depth == 15 else key] = row_of(counts)
    for key, row in list(found.items()):
        if key != TOTAL:
            found[TOTAL] += row
    return found


def pages_rows(campaign: Campaign, on: date, others: Iterable[date]) -> dict[tuple[date, str, str], Row]:
    """Return what a page of progress reads, by (day, by, key), in two queries where all days are fresh.

    The total, villages, 待归类, and of days that are kept whole age bands and the staff of units.
    """
    days = [on, *others]
    ensure_days(campaign, on, days[1:])
    villages = Q(by=By.TOTAL) | Q(by=By.PLACE, digits=Place.Level.VILLAGE)
    wanted = Figure.objects.filter(campaign=campaign, on__in=days).annotate(digits=Length("key"))
    wanted = wanted.filter(villages | Q(by__in=(By.AGE, By.STAFF), is_stale=False))
    return {(day, by, key): row_of(counts) for day, by, key, counts in wanted.values_list("on", "by", "key", "counts")}


def total_at(campaign: Campaign, on: date) -> Row:
    """Return the total of the campaign's place, counting the day first if it is not fresh."""
    ensure(campaign, on)
    return kept_total(campaign, on)


def kept_total(campaign: Campaign, on: date) -> Row:
    """Return the same of a day that has been ensured."""
    return row_of(_figures(campaign, on, By.TOTAL).values_list("counts", flat=True).get())


def rows_at(campaign: Campaign, on: date, by: str) -> dict[str, Row]:
    """Return the rows by unit id as text ("" for people of none), age band or tag, counting first if not fresh."""
    ensure(campaign, on)
    return {key: row_of(counts) for key, counts in _figures(campaign, on, by).values_list("key", "counts")}


def kept_rows(campaign: Campaign, on: date, by: str) -> dict[str, Row]:
    """Return the same of a day that is kept and fresh, and nothing of another: counts nothing anew."""
    rows = _figures(campaign, on, by).filter(is_stale=False).values_list("key", "counts")
    return {key: row_of(counts) for key, counts in rows}


def trend(campaign: Campaign, days: Iterable[date], place: str = "") -> dict[date, Row]:
    """Return the fresh stored rows of these days, of a village or ("") of the whole; counts nothing anew.

    Days that are missing are refreshed by the workers, and the page says how many are.
    """
    key = {"by": By.PLACE, "key": place} if place else {"by": By.TOTAL, "key": ""}
    rows = Figure.objects.filter(campaign=campaign, on__in=list(days), is_stale=False, **key).order_by("on")
    return {on: row_of(counts) for on, counts in rows.values_list("on", "counts")}


def trend_of_several(campaign: Campaign, days: Iterable[date], places: Iterable[str]) -> dict[date, Row]:
    """Return the same sums of some villages, of the days of which no row of theirs is stale; counts nothing anew."""
    wanted = Q(by=By.TOTAL) | Q(by=By.PLACE, key__in=set(places))
    rows = Figure.objects.filter(wanted, campaign=campaign, on__in=list(days)).order_by("on")
    found: dict[date, Row] = {}
    stale: set[date] = set()
    for on, by, counts, is_stale in rows.values_list("on", "by", "counts", "is_stale"):
        # The whole's row says that the day is kept: a village of nobody has none.
        found.setdefault(on, Row())
        if by == By.PLACE:
            found[on] += row_of(counts)
            stale |= {on} if is_stale else set()
    return {on: row for on, row in found.items() if on not in stale}


def phases_at(
    campaign: Campaign,
    on: date,
    place: str = "",
    goals: Mapping[str, int | None] | None = None,
    then: date | None = None,
) -> list[PhaseLine]:
    """Return every phase item judged at `on`, for a village or ("") for the whole, counting first if not fresh.

    `goals`, by place code, spares their queries where they are known. With `then` each says how it stood on that
    day, where that is kept: an earlier day is compared with, not counted anew.
    """
    items = ensure_phases(campaign, on)
    code = place or campaign.place_id
    stored = kept_phases(items, on, then).filter(place_id=code).values_list("item_id", "on", "counts")
    counts = {(item, day): item_counts(plain) for item, day, plain in stored}
    goal = (goals_of(campaign) if goals is None else goals).get(code)
    return [judge_with(campaign, item, counts, goal, on, then) for item in items]


def phases_of_several(
    campaign: Campaign, on: date, places: Iterable[str], goal: int | None, then: date | None = None
) -> list[PhaseLine]:
    """Return the same of some villages together: judged by the same rules from the sums of their counts.

    `goal` is that of all of them (rules 5). A day of which a village is missing is compared with by none.
    """
    items, codes = ensure_phases(campaign, on), set(places)
    stored = kept_phases(items, on, then).filter(place_id__in=codes).values_list("item_id", "on", "counts")
    counts: dict[tuple[int, date], ItemCounts] = defaultdict(ItemCounts)
    found: Counter[tuple[int, date]] = Counter()
    for item, day, plain in stored:
        counts[item, day] += item_counts(plain)
        found[item, day] += 1
    whole = {key: sums for key, sums in counts.items() if found[key] == len(codes)}
    return [judge_with(campaign, item, whole, goal, on, then) for item in items]


def kept_phases(items: Iterable[PhaseItem], on: date, then: date | None = None) -> QuerySet[PhaseFigure]:
    """Return what is kept of the items at `on`, and at `then` while fresh; each at its deadline once that is over."""
    wanted = Q(pk__in=())
    for item in items:
        wanted |= Q(item=item, on=min(on, item.deadline_on))
        if then is not None:
            wanted |= Q(item=item, on=min(then, item.deadline_on), is_stale=False)
    return PhaseFigure.objects.filter(wanted)


def judge_with(
    campaign: Campaign,
    item: PhaseItem,
    counts: Mapping[tuple[int, date], ItemCounts],
    goal: int | None,
    on: date,
    then: date | None,
) -> PhaseLine:
    """Judge an item at `on` beside `then`, from the counts by item and day."""
    line = judge(campaign, item, counts.get((item.pk, min(on, item.deadline_on))) or ItemCounts(), goal, on)
    before = counts.get((item.pk, min(then, item.deadline_on))) if then else None
    return replace(line, then=judge(campaign, item, before, goal, then).progress) if before else line


def _figures(campaign: Campaign, on: date, by: str) -> Any:
    return Figure.objects.filter(campaign=campaign, on=on, by=by).order_by("key")
