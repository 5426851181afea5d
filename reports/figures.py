"""Stored figures: a day counted once and kept until its facts change (design: Figures).

A day's figures are the total, every village, group, unit, age band and tag, and every phase item for
the whole and each village. They are read only while fresh; a stale day is counted again on request.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import F, Min, Q, QuerySet
from django.db.models.functions import Length
from django.utils import timezone

from campaigns.models import Campaign, PhaseItem
from ledgers.earlier import Done, done_on
from ledgers.summary import (
    Table,
    by_place,
    is_unplaced,
)
from registry.models import Place
from registry.querysets import within
from reports.ahead import EARLIER
from reports.day_counts import count_day, count_places
from reports.figure_rows import Row, item_counts, plain_counts, row_of
from reports.keeping import Stamp, Stored, keep
from reports.models import FactsClock, Figure, PhaseFigure
from reports.phase_counts import CountsOf, ItemCounts, count_items
from reports.phases import PhaseLine, goals_of, judge

TOTAL = "total"
By = Figure.By


# Reading.


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


def computed_at(campaign: Campaign, on: date) -> datetime | None:
    """Return when the oldest stored row of the day was counted; None when none is stored."""
    return Figure.objects.filter(campaign=campaign, on=on).aggregate(oldest=Min("computed_at"))["oldest"]


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


# Facts that change while they are counted leave stale rows behind: how often a page starts again.
_TRIES = 3


def ensure(campaign: Campaign, on: date) -> datetime | None:
    """Count and keep the day's figures unless they are stored and fresh; return when the oldest was counted."""
    for _ in range(_TRIES):
        day = _kept(campaign, [on]).get(on)
        if day is not None and day.is_fresh:
            return day.counted_at
        store(campaign, on)
    return computed_at(campaign, on)


def ensure_days(campaign: Campaign, on: date, others: Iterable[date]) -> None:
    """Count and keep `on`, and of the days it is compared with the places; one query where all are fresh."""
    others = list(others)
    kept = _kept(campaign, [on, *others])
    if on not in kept or not kept[on].is_fresh:
        ensure(campaign, on)
    for day in others:
        if day not in kept or not kept[day].has_fresh_places:
            store(campaign, day, of_places=True)


# What is kept of a day that another one is compared with: a page of it counts the rest.
_PLACES = (By.TOTAL, By.PLACE)


def is_fresh(campaign: Campaign, on: date) -> bool:
    """Tell whether all of a day is kept and fresh."""
    day = _kept(campaign, [on]).get(on)
    return day is not None and day.is_fresh


class _Kept(NamedTuple):
    """What is kept of a day, and when the oldest of it was counted."""

    counted_at: datetime
    has_fresh_places: bool
    is_fresh: bool


def _kept(campaign: Campaign, days: Iterable[date]) -> dict[date, _Kept]:
    """Return what is kept of these days, told by few rows of them: each goes stale with any other.

    The total is there with the places, age bands are there only where all is.
    """
    figures = Figure.objects.filter(campaign=campaign, on__in=days, by__in=(By.TOTAL, By.AGE))
    found: dict[date, list[tuple[str, bool, datetime]]] = defaultdict(list)
    for on, *row in figures.values_list("on", "by", "is_stale", "computed_at"):
        found[on].append(tuple(row))
    return {on: _kept_of(rows) for on, rows in found.items()}


def _kept_of(rows: list[tuple[str, bool, datetime]]) -> _Kept:
    totals = [is_stale for by, is_stale, _ in rows if by == By.TOTAL]
    ages = [is_stale for by, is_stale, _ in rows if by == By.AGE]
    places = bool(totals) and not any(totals)
    return _Kept(min(at for *_, at in rows), places, places and bool(ages) and not any(ages))


def ensure_phases(campaign: Campaign, on: date) -> list[PhaseItem]:
    """Return the campaign's items; count and keep those that are not stored and fresh for their day and window."""
    items = list(campaign.phase_items.all())
    for _ in range(_TRIES):
        missing = missing_phases(campaign, on, items)
        if not missing:
            break
        store_phases(campaign, on, missing)
    return items


def missing_phases(campaign: Campaign, on: date, items: Iterable[PhaseItem] | None = None) -> list[PhaseItem]:
    """Return those of the items, all of them unless some are given, that are not stored and fresh."""
    asked = {item: min(on, item.deadline_on) for item in (campaign.phase_items.all() if items is None else items)}
    stored = PhaseFigure.objects.filter(
        item__campaign=campaign, place_id=campaign.place_id, on__in=set(asked.values()), is_stale=False
    )
    windows = {(item, day): counts.get("window") for item, day, counts in stored.values_list("item_id", "on", "counts")}
    return [item for item, day in asked.items() if windows.get((item.pk, day)) != _window(item)]


# Storing.


def recompute(campaign: Campaign, on: date) -> Stored:
    """Count everything of a day anew and keep it: ledgers, coverage and phases. Safe to run twice."""
    figures = store(campaign, on)
    phases = store_phases(campaign, on, list(campaign.phase_items.all()))
    return Stored(figures.figures + phases.figures, figures.changed + phases.changed, figures.drifted + phases.drifted)


def store(campaign: Campaign, on: date, *, of_places: bool = False) -> Stored:
    """Count the day's ledgers by place, unit, age band and tag from the facts, and keep them; or of places alone."""
    clock = _clock(campaign)
    counted = count_places(campaign, on) if of_places else count_day(campaign, on)
    with transaction.atomic():
        stamp = _stamp(campaign, clock)
        stored = Figure.objects.filter(campaign=campaign, on=on, **({"by__in": _PLACES} if of_places else {}))
        return keep(stored, counted, ("by", "key"), stamp, lambda by, key: {"campaign_id": campaign.pk, "on": on})


def store_phases(campaign: Campaign, on: date, items: list[PhaseItem]) -> Stored:
    """Count these phase items at the earlier of `on` and their deadline, and keep them for each place."""
    clock = _clock(campaign)
    tables = _Tables(campaign)
    counted = _phase_rows(campaign, items, on, count_items(campaign, items, on, tables, tables.done_on))
    days = {item.pk: min(on, item.deadline_on) for item in items}
    wanted = Q(pk__in=())
    for item_id, day in days.items():
        wanted |= Q(item_id=item_id, on=day)
    with transaction.atomic():
        stamp = _stamp(campaign, clock)
        stored = PhaseFigure.objects.filter(wanted)
        return keep(stored, counted, ("item_id", "place_id"), stamp, lambda item, place: {"on": days[item]})


def mark_stale(campaign: Campaign, places: Iterable[str] | None, since: date | None) -> None:
    """Mark stored figures stale from `since` on (None: every day), for these places (None: for all).

    The total, units, age bands and tags hold people of any place, so they always go with them.
    """
    FactsClock.objects.get_or_create(campaign=campaign)
    FactsClock.objects.filter(campaign=campaign).update(changes=F("changes") + 1)
    figures = Figure.objects.filter(campaign=campaign, is_stale=False)
    phases = PhaseFigure.objects.filter(item__campaign=campaign, is_stale=False)
    if since is not None:
        figures, phases = figures.filter(on__gte=since), phases.filter(on__gte=since)
    if places is not None:
        touched = {key for place in places for key in (place, place[:12], place.ljust(15, "0"))}
        figures = figures.filter(~Q(by=By.PLACE) | Q(key__in=touched))
        phases = phases.filter(place_id__in=touched | {campaign.place_id})
    figures.update(is_stale=True)
    phases.update(is_stale=True)


def _clock(campaign: Campaign) -> int:
    """The number of changes announced so far, read before anything is counted."""
    return FactsClock.objects.get_or_create(campaign=campaign)[0].changes


def _stamp(campaign: Campaign, clock: int) -> Stamp:
    """Stamp what was counted: stale where facts changed meanwhile. Waits for a change that is about to commit.

    Whoever has stamped keeps others from writing the campaign's figures until the transaction ends.
    """
    moved = FactsClock.objects.select_for_update().get(campaign=campaign).changes != clock
    return Stamp(timezone.now(), moved)


def _phase_rows(
    campaign: Campaign, items: list[PhaseItem], on: date, counted: CountsOf
) -> dict[tuple[int, str], dict[str, Any]]:
    """Plain rows for the whole and every village; a village of nobody has a row of zeros."""
    villages = Place.objects.villages().inside(campaign.place.prefix).values_list("code", flat=True)
    codes = [campaign.place_id, *villages]
    rows = {}
    for item in items:
        found = counted.get(item.pk, {})
        for code in codes:
            rows[item.pk, code] = plain_counts(found.get(code, ItemCounts())) | {"window": _window(item)}
    return rows


class _Tables:
    """The ledger by place of a day: from fresh stored figures where there are any, else counted and remembered."""

    def __init__(self, campaign: Campaign):
        self._campaign = campaign
        self._counted: dict[date, Table] = {}

    def __call__(self, on: date) -> Table:
        if on not in self._counted:
            self._counted[on] = self._stored(on) if is_fresh(self._campaign, on) else by_place(self._campaign, on)
        return self._counted[on]

    def done_on(self, campaign: Campaign, days: Iterable[date]) -> dict[str, dict[date, Done]]:
        """Say what `ledgers.earlier.done_on` says by village: from stored figures of the days or of later ones.

        Only days of which neither is fresh are counted.
        """
        days = sorted(set(days))
        known = {day: found for day in days if (found := self._known(day)) is not None}
        unknown = [day for day in days if day not in known]
        counted = done_on(campaign, unknown) if unknown else {}
        places: dict[str, dict[date, Done]] = {}
        for code in {*counted, *(code for found in known.values() for code in found)}:
            places[code] = dict.fromkeys(days, Done()) | counted.get(code, {})
            places[code] |= {day: found[code] for day, found in known.items() if code in found}
        return places

    def _known(self, on: date) -> dict[str, Done] | None:
        if is_fresh(self._campaign, on):
            permanent = {code: row.counts.permanent for code, row in self._rows(on).items()}
            return {code: Done(counts.first_dose, counts.full) for code, counts in permanent.items()}
        for days in EARLIER:
            later = on + timedelta(days=days)
            if is_fresh(self._campaign, later):
                return {code: row.before(days) for code, row in self._rows(later).items()}
        return None

    def _stored(self, on: date) -> Table:
        return {code: row.counts for code, row in self._rows(on).items()}

    def _rows(self, on: date) -> dict[str, Row]:
        rows = _figures(self._campaign, on, By.PLACE).values_list("key", "counts")
        return {key: row_of(counts) for key, counts in rows if len(key) == Place.Level.VILLAGE}


def _figures(campaign: Campaign, on: date, by: str) -> Any:
    return Figure.objects.filter(campaign=campaign, on=on, by=by).order_by("key")


def _window(item: PhaseItem) -> list[str]:
    """What the counts of an item depend on besides the facts: changed dates make them out of date at once."""
    return [item.start_on.isoformat(), item.deadline_on.isoformat()]
