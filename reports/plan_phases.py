"""By how much a change of the vaccine table moves the counts of phase items, worked out in memory (rules 6).

`reports.phase_counts` counts the items as the table is. Here the people whom the change touches are looked
at on the same days in the same cohorts, by both of their timelines, and the differences are added.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from campaigns.models import Campaign, PhaseItem
from campaigns.rehearsal import Asked
from ledgers.day import in_scope, permanent, with_day
from ledgers.plan_changes.moves import Both, timelines
from ledgers.rules import Stand, in_dropout_base, stand_on, sub_state_of
from registry.jobs import Progress
from registry.models import Resident
from reports.phase_counts import WEEK, ItemCounts, cohort_of, window_of

Counted = Callable[[Stand | None, bool], bool]
Measure = PhaseItem.Measure


@dataclass(frozen=True)
class _Look:
    """One count of an item: on which day who of whom is counted in it, by the stand of that day and the excuse."""

    name: str
    on: date
    members: Callable[[QuerySet[Resident]], QuerySet[Resident]]
    counts: Counted


def shifts_of(asked: Asked, items: Iterable[PhaseItem], progress: Progress) -> dict[int, Counter[str]]:
    """Return for each item, by its key in the database, how much each of its counts gains for the whole place."""
    looks = {item.pk: list(_looks(asked.campaign, item, min(asked.on, item.deadline_on))) for item in items}
    found: dict[int, Counter[str]] = defaultdict(Counter)
    for block in timelines(asked, progress, "计算阶段任务"):
        changed = {resident: both for resident, both in block.items() if both[0] != both[1]}
        for pk, several in looks.items():
            for look in several if changed else ():
                found[pk][look.name] += _gain(asked.campaign, look, changed)
    return found


def shift(counts: ItemCounts, gained: Counter[str]) -> None:
    for name, number in gained.items():
        setattr(counts, name, getattr(counts, name) + number)


def _gain(campaign: Campaign, look: _Look, changed: dict[int, Both]) -> int:
    people = with_day(look.members(Resident.objects.filter(pk__among=set(changed))), campaign, look.on)
    gained = 0
    for pk, excuse in people.order_by().values_list("pk", "excuse__resident"):
        before, after = (look.counts(stand_on(stands, look.on), excuse is not None) for stands in changed[pk])
        gained += after - before
    return gained


def _looks(campaign: Campaign, item: PhaseItem, on: date) -> Iterable[_Look]:
    """What `reports.phase_counts` counts of an item at `on`, as far as its progress is judged by it."""
    if item.measure == Measure.COVERAGE:
        yield from _of_coverage(campaign, item, on)
        return

    def members(people: QuerySet[Resident]) -> QuerySet[Resident]:
        outside = item.cohort == PhaseItem.Cohort.KEY_GROUPS
        return in_scope(people, campaign, on, outside=outside).filter(cohort_of(campaign, item, on))

    if item.measure == Measure.UP_TO_DATE:
        yield _Look("cohort", on, members, _is_dosed)
        yield _Look("done", on, members, lambda stand, excused: stand is not None and not _open(on)(stand, excused))
        yield _Look("open_week_ago", on - WEEK, members, _open(on - WEEK))
        return
    yield _Look("cohort", on, members, lambda stand, excused: stand is not None or not excused)
    for name, day in _days(item, on):
        yield _Look(name, day, members, lambda stand, _: _has_dose(stand, item.dose_number))


def _of_coverage(campaign: Campaign, item: PhaseItem, on: date) -> Iterable[_Look]:
    """Coverage is the figure of each day itself, of the permanent residents of that day."""

    def residents(day: date) -> Callable[[QuerySet[Resident]], QuerySet[Resident]]:
        return lambda people: in_scope(people.filter(permanent()), campaign, day)

    counted = _is_dosed if campaign.judged_by == "first" else _is_completed
    for name, day in _days(item, on):
        yield _Look(name, day, residents(day), counted)
    yield _Look("dropout_base", on, residents(on), lambda stand, excused: in_dropout_base(stand, on, excused=excused))
    yield _Look(
        "dropout_lost", on, residents(on),
        lambda stand, excused: sub_state_of(stand, on, excused=excused) == "overdue",
    )  # fmt: skip


def _days(item: PhaseItem, on: date) -> list[tuple[str, date]]:
    """The days that pace and baseline are told from; before its window an item has no baseline yet."""
    baseline_on = window_of(item).baseline_on
    return [("done", on), ("week_ago", on - WEEK), *([("baseline", baseline_on)] if baseline_on < on else [])]


def _is_dosed(stand: Stand | None, excused: bool) -> bool:
    return stand is not None


def _is_completed(stand: Stand | None, excused: bool) -> bool:
    return stand is not None and stand.completed_on is not None


def _has_dose(stand: Stand | None, number: int) -> bool:
    return stand is not None and (stand.counted >= number or stand.completed_on is not None)


def _open(on: date) -> Counted:
    """Due or overdue that day."""
    return lambda stand, excused: sub_state_of(stand, on, excused=excused) in ("due", "overdue")
