"""Stored figures: a day counted once and kept until its facts change (design: Figures).

A day's figures are the total, every village, group, unit, age band and tag, and every phase item for the whole
and each village. They are read (`reports.figures`) only while fresh; a stale day is counted again on request.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import F, Min, Q
from django.utils import timezone

from campaigns.models import Campaign, PhaseItem
from ledgers.earlier import Done, done_on
from ledgers.summary import Table, by_place
from registry.models import Place
from reports.ahead import EARLIER
from reports.day_counts import count_day, count_places
from reports.figure_rows import Row, plain_counts, row_of
from reports.keeping import Stamp, Stored, keep
from reports.models import FactsClock, Figure, PhaseFigure
from reports.phase_counts import CountsOf, ItemCounts, count_items

By = Figure.By


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


def computed_at(campaign: Campaign, on: date) -> datetime | None:
    """Return when the oldest stored row of the day was counted; None when none is stored."""
    return Figure.objects.filter(campaign=campaign, on=on).aggregate(oldest=Min("computed_at"))["oldest"]


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
        rows = Figure.objects.filter(campaign=self._campaign, on=on, by=By.PLACE).values_list("key", "counts")
        return {key: row_of(counts) for key, counts in rows if len(key) == Place.Level.VILLAGE}


def _window(item: PhaseItem) -> list[str]:
    """What the counts of an item depend on besides the facts: changed dates make them out of date at once."""
    return [item.start_on.isoformat(), item.deadline_on.isoformat()]
