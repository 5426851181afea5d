"""Counting the phase items (rules 6): the members of each cohort at `e`, and how they stood on other days.

Items that are counted on the same day share one query. It joins every standing that began by then,
not only the one that covers the day, so that the same members are seen at the baseline and a week
earlier as well; filters pick the row that covers each day.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import BooleanField, Count, ExpressionWrapper, FilteredRelation, Max, Q, QuerySet
from django.db.models.functions import Left

from campaigns.models import Campaign, PhaseItem
from ledgers.day import covers, in_scope, of_ledger, of_sub_state, permanent
from ledgers.earlier import Done, covering, done_on
from ledgers.rules import LOST_REASONS, PAUSED_REASON
from ledgers.summary import Table, by_village, is_unplaced, total_of
from registry.ages import born_by
from registry.models import STAFF_KINDS, Membership, Place, Resident, ResidentTag, Status
from reports.rules import PACE_DAYS, Window

TablesOn = Callable[[date], Table]
DoneOn = Callable[[Campaign, Iterable[date]], dict[str, dict[date, Done]]]
WEEK = timedelta(days=PACE_DAYS)


@dataclass(slots=True)
class ItemCounts:
    """An item's counts at `e` for one place; what each means is said in rules 6.

    `later` cannot be done by the deadline, for the interval ends after it: on `later_on` for the last
    of them. `winnable` of the remaining are 可动员 (rules 3). The cohort of `coverage` is the goal, so
    it stays 0 here, and its dropout figures are those at `e`.
    """

    cohort: int = 0
    done: int = 0
    baseline: int = 0
    week_ago: int = 0
    open_week_ago: int = 0
    later: int = 0
    later_on: date | None = None
    winnable: int = 0
    # Of a dose item: members without any dose; the rest of the remaining have one and lack a later one.
    undosed: int = 0
    dropout_base: int = 0
    dropout_lost: int = 0

    def __iadd__(self, other: ItemCounts) -> ItemCounts:
        for name in _SUMMED:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.later_on = max(filter(None, (self.later_on, other.later_on)), default=None)
        return self


_SUMMED = (
    "cohort", "done", "baseline", "week_ago", "open_week_ago", "later", "winnable", "undosed",
    "dropout_base", "dropout_lost",
)  # fmt: skip

# For each item, by village code and under the code of the campaign's place for the whole.
CountsOf = dict[int, dict[str, ItemCounts]]


def window_of(item: PhaseItem) -> Window:
    return Window(item.start_on, item.deadline_on, item.measure, item.goal_rate)


def count_items(
    campaign: Campaign, items: Iterable[PhaseItem], on: date, tables: TablesOn, done: DoneOn = done_on
) -> CountsOf:
    """Count phase items at `e`, the earlier of `on` and each deadline, for every village and the whole.

    `tables` gives the ledger by place of a day, for the items that are measured by coverage, and `done` what
    `ledgers.earlier.done_on` says of earlier days, where it need not be counted. One query
    for all age cohorts of a day, one per tag, one for the key groups. Villages of nobody are left out.
    """
    counted: CountsOf = {}
    batches: dict[tuple[date, str], list[PhaseItem]] = defaultdict(list)
    for item in items:
        cohort = "age" if item.cohort in ("age", "goal") else f"{item.cohort} {item.tag}"
        batches[min(on, item.deadline_on), cohort].append(item)
    for (counted_on, _), batch in batches.items():
        counted.update(_count_batch(campaign, batch, counted_on))
    for item in (item for item in items if item.measure == "coverage"):
        _add_coverage(campaign, item, min(on, item.deadline_on), tables, done, counted[item.pk])
    return counted


def _count_batch(campaign: Campaign, items: Sequence[PhaseItem], on: date) -> CountsOf:
    """Count items of one kind of cohort that share their day."""
    counted: CountsOf = {item.pk: defaultdict(ItemCounts) for item in items}
    ages = {item.pk: _age_bounds(campaign, item, on) for item in items}
    # Items share the bounds that are the same day, whichever side of it they ask for.
    flags = {_flag_name(last): _flag(Q(birth_on__lte=last)) for bounds in ages.values() for last in bounds.values()}
    wanted = {pk: [(_flag_name(last), side == "from") for side, last in ages[pk].items()] for pk in ages}
    aggregates = {name: found for item in items for name, found in _aggregates(campaign, item, on).items()}
    village = Left("place_id", Place.Level.VILLAGE)
    people = _joined(_members(campaign, items[0], on).annotate(village=village, **flags), campaign, on)
    keys = ["village", *flags, *(["status"] if items[0].cohort == PhaseItem.Cohort.KEY_GROUPS else [])]
    for row in people.order_by().values(*keys).annotate(**aggregates):
        for item in items:
            if all(row[name] == value for name, value in wanted[item.pk]):
                counts = _counts_of(campaign, item, on, row)
                for place in _places_of(campaign, row):
                    counted[item.pk][place] += counts
    return {pk: dict(places) for pk, places in counted.items()}


def _members(campaign: Campaign, item: PhaseItem, on: date) -> QuerySet[Resident]:
    """Everybody who may be in the item's cohort; ages are flags of the rows, so that items share a query."""
    outside = item.cohort == PhaseItem.Cohort.KEY_GROUPS
    return in_scope(Resident.objects.filter(_cohort(campaign, item)), campaign, on, outside=outside)


def cohort_of(campaign: Campaign, item: PhaseItem, on: date) -> Q:
    """Condition on people in scope at `on`: in the item's cohort, the exempt aside (rules 6)."""
    condition = _cohort(campaign, item)
    for side, last in _age_bounds(campaign, item, on).items():
        condition &= Q(birth_on__lte=last) if side == "from" else Q(birth_on__gt=last)
    return condition


def left_of(item: PhaseItem, on: date) -> Q:
    """Condition on a queryset made by `ledgers.day.with_day`: what the item asks for is not done at `on`."""
    if item.measure == PhaseItem.Measure.UP_TO_DATE:
        return of_sub_state("due", on) | of_sub_state("overdue", on)
    # The exempt have no dose either, and are in no cohort.
    lacking = Q(standing__counted__lt=item.dose_number or 1, standing__completed_on__isnull=True)
    return of_ledger("unvaccinated") | lacking


def done_of(item: PhaseItem, on: date) -> Q:
    """Condition on a queryset made by `ledgers.day.with_day`: what the item asks for is done at `on` (rules 6)."""
    completed = of_ledger("completed")
    if item.measure == PhaseItem.Measure.UP_TO_DATE:
        return completed | of_sub_state("waiting", on) | of_sub_state("excused", on)
    if item.measure == PhaseItem.Measure.COVERAGE:
        return completed if item.campaign.judged_by == "full" else completed | of_ledger("incomplete")
    return completed | Q(standing__counted__gte=item.dose_number)


def _cohort(campaign: Campaign, item: PhaseItem) -> Q:
    """Condition: in the cohort by everything but age."""
    if item.cohort == PhaseItem.Cohort.KEY_GROUPS:
        staff = Membership.objects.filter(
            left_on__isnull=True,
            kind__in=STAFF_KINDS,
            unit__trade__in=campaign.trades_that_are_key,
        )
        tagged = ResidentTag.objects.filter(tag__name__in=campaign.key_tags)
        keys = staff.order_by().values("resident_id").union(tagged.order_by().values("resident_id"))
        return Q(pk__in=keys)
    if item.cohort == PhaseItem.Cohort.TAG:
        return permanent() & Q(pk__in=ResidentTag.objects.filter(tag__name=item.tag).values("resident_id"))
    return permanent()


def _age_bounds(campaign: Campaign, item: PhaseItem, on: date) -> dict[str, date]:
    """Last birth dates: members were born by that of `from` and after that of `until`."""
    if item.cohort not in (PhaseItem.Cohort.AGE, PhaseItem.Cohort.GOAL):
        return {}
    age_on = item.age_on or on
    bounds = {}
    if (item.from_age or 0) > campaign.min_age or item.age_on:
        bounds["from"] = born_by(item.from_age or campaign.min_age, age_on)
    if item.to_age is not None:
        bounds["until"] = born_by(item.to_age + 1, age_on)
    return bounds


def _flag_name(last: date) -> str:
    return f"by_{last:%Y%m%d}"


def _joined(people: QuerySet[Resident], campaign: Campaign, on: date) -> QuerySet[Resident]:
    """Join every standing that began by `on`, the excuses of that day and of a week before, and the reason.

    A person has as many rows as standings, exactly one of which covers `on`; one row without any.
    """
    begun = Q(standings__campaign=campaign, standings__since__lte=on)
    return people.annotate(
        row=FilteredRelation("standings", condition=begun),
        excuse=FilteredRelation("excuses", condition=covers("excuses", campaign, on)),
        week_excuse=FilteredRelation("excuses", condition=covers("excuses", campaign, on - WEEK)),
        reason=FilteredRelation("reasons", condition=Q(reasons__campaign=campaign)),
    )


def _covering(on: date) -> Q:
    return covering("row", on)


def _undosed() -> Q:
    return Q(row__isnull=True, excuse__isnull=True)


def _open(on: date, excuse: str) -> Q:
    """Due or overdue at `on`: `next_from` is null for the completed."""
    return _covering(on) & Q(row__next_from__lte=on) & Q(**{f"{excuse}__isnull": True})


def _aggregates(campaign: Campaign, item: PhaseItem, on: date) -> dict[str, Any]:
    """The counts that an item needs, named by what they count, so that items of the same day share them."""
    found = {"cohort": Count("pk", filter=_covering(on) | _undosed()), "dosed": Count("pk", filter=_covering(on))}
    if item.measure == PhaseItem.Measure.UP_TO_DATE:
        return found | {
            "open": Count("pk", filter=_open(on, "excuse")),
            "open_week_ago": Count("pk", filter=_open(on - WEEK, "week_excuse")),
            "winnable_open": Count("pk", filter=_open(on, "excuse") & _winnable(on)),
        }
    number = _number(campaign, item)
    found[f"winnable_{number}"] = Count("pk", filter=_left(item, number, on) & _winnable(on))
    if number > 1:
        late = _covering(on) & _not_done(number) & Q(row__next_from__gt=item.deadline_on)
        found[f"later_{number}_{item.deadline_on:%Y%m%d}"] = Count("pk", filter=late)
        found[f"last_{number}_{item.deadline_on:%Y%m%d}"] = Max("row__next_from", filter=late)
    for day in _days(item, on) if item.measure == PhaseItem.Measure.DOSE else ():
        found[_done_on(number, day)] = Count("pk", filter=_covering(day) & ~_not_done(number))
    return found


def _number(campaign: Campaign, item: PhaseItem) -> int:
    """The dose that makes a member done; for a campaign judged by full courses, all of them."""
    if item.measure == PhaseItem.Measure.COVERAGE:
        return 1 if campaign.judged_by == "first" else _ALL_DOSES
    return item.dose_number


_ALL_DOSES = 99


def _not_done(number: int) -> Q:
    return Q(row__counted__lt=number, row__completed_on__isnull=True)


def _left(item: PhaseItem, number: int, on: date) -> Q:
    """Not done and not waiting, excused or exempt: for coverage and a first dose, the unvaccinated alone."""
    if number == 1 or item.measure == PhaseItem.Measure.COVERAGE:
        return _undosed()
    return _undosed() | (_open(on, "excuse") & _not_done(number))


def _winnable(on: date) -> Q:
    """The reason leaves a person open to be won (`ledgers.rules.can_be_won`); null: no reason is known."""
    lost = Q()
    for first in LOST_REASONS:
        lost |= Q(reason__code__startswith=first)
    # A pause without its day silences nobody: null compares false.
    paused = Q(reason__code=PAUSED_REASON, reason__promised_on__gt=on, reason__promised_on__isnull=False)
    return Q(reason__isnull=True) | ~(lost | paused)


def _days(item: PhaseItem, on: date) -> list[date]:
    """The days a dose item looks at; before its window there is no baseline yet."""
    baseline_on = window_of(item).baseline_on
    return [on, on - WEEK, *([baseline_on] if baseline_on < on else [])]


def _done_on(number: int, day: date) -> str:
    return f"done_{number}_{day:%Y%m%d}"


def _counts_of(campaign: Campaign, item: PhaseItem, on: date, row: dict[str, Any]) -> ItemCounts:
    if item.measure == PhaseItem.Measure.UP_TO_DATE:
        return ItemCounts(
            cohort=row["dosed"],
            done=row["dosed"] - row["open"],
            open_week_ago=row["open_week_ago"],
            winnable=row["winnable_open"],
        )
    number = _number(campaign, item)
    late = f"{number}_{item.deadline_on:%Y%m%d}"
    counts = ItemCounts(
        later=row.get(f"later_{late}", 0), later_on=row.get(f"last_{late}"), winnable=row[f"winnable_{number}"]
    )
    if item.measure == PhaseItem.Measure.DOSE:
        counts.cohort, counts.undosed = row["cohort"], row["cohort"] - row["dosed"]
        counts.done, counts.week_ago = row[_done_on(number, on)], row[_done_on(number, on - WEEK)]
        counts.baseline = row.get(_done_on(number, window_of(item).baseline_on), 0)
    return counts


def _places_of(campaign: Campaign, row: dict[str, Any]) -> list[str]:
    """The whole, and the village; people 非本辖区 are in no village's figures (rules 1)."""
    code = row["village"]
    # Only the key groups hold any: their query asks for the status.
    outside = row.get("status") == Status.OUTSIDE
    return [campaign.place_id] if outside or is_unplaced(code) else [campaign.place_id, code]


def _add_coverage(
    campaign: Campaign, item: PhaseItem, on: date, tables: TablesOn, done: DoneOn, counted: dict[str, ItemCounts]
) -> None:
    """Fill in what coverage has done: the figures of the days themselves, not of one day's members (rules 6)."""
    baseline_on = window_of(item).baseline_on
    measure = "first_dose" if campaign.judged_by == "first" else "full"
    villages = by_village(tables(on))
    for place, row in {**villages, campaign.place_id: total_of(villages)}.items():
        counts = counted.setdefault(place, ItemCounts())
        counts.done = getattr(row.permanent, measure)
        counts.dropout_base, counts.dropout_lost = row.permanent.dropout_base, row.permanent.dropout_lost
    earlier = {"week_ago": on - WEEK} | ({"baseline": baseline_on} if baseline_on < on else {})
    for place, numbers in _covered(campaign, earlier, done).items():
        for name, number in numbers.items():
            setattr(counted.setdefault(place, ItemCounts()), name, number)


def _covered(campaign: Campaign, days: dict[str, date], done: DoneOn) -> dict[str, dict[str, int]]:
    """Count permanent residents that coverage had done on several days at once, by village and for the whole."""
    measure = "first_dose" if campaign.judged_by == "first" else "full"
    found: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(days, 0))
    for code, counts in done(campaign, days.values()).items():
        for place in _places_of(campaign, {"village": code[: Place.Level.VILLAGE]}):
            for name, day in days.items():
                found[place][name] += getattr(counts[day], measure)
    return found


def _flag(condition: Q) -> ExpressionWrapper:
    return ExpressionWrapper(condition, output_field=BooleanField())
