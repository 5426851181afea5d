"""What a change of the plan does to coverage and phases (registered with campaigns.rehearsal); nothing is written."""

from __future__ import annotations

from collections import Counter
from copy import copy
from functools import cache, partial

from campaigns.models import Campaign, PhaseItem
from campaigns.plan_files import PhaseRow
from campaigns.rehearsal import Asked, Line, Section, rehearsal
from campaigns.targets import target_lines
from ledgers.plan_changes.moves import PLACES, Moves, moves_of
from ledgers.summary import Counts, by_place, total_of
from registry.chips import CHIPS
from registry.jobs import Progress
from registry.models import Trade
from registry.templatetags.wuyang import number, percent
from reports.phase_counts import count_items
from reports.phases import PhaseLine, judge
from reports.plan_phases import shift, shifts_of
from reports.rules import Coverage, Demands, coverage

_PHASE_FIELDS = (
    "name", "cohort", "measure", "start_on", "deadline_on", "from_age", "to_age", "age_on", "tag", "dose_number",
    "goal_rate", "is_soft", "article",
)  # fmt: skip


@rehearsal(order=20)
def coverage_section(asked: Asked, progress: Progress) -> list[Section]:
    """Goal, coverage and dropout of the campaign's whole place, the lines that change (rules 5)."""
    if not asked.is_about_figures:
        return []
    before, after = _coverages(asked, progress)
    pairs = [
        ("目标任务数", number(before.goal), number(after.goal)),
        ("打过第一针", number(before.first_dose), number(after.first_dose)),
        ("已完成接种", number(before.full), number(after.full)),
        ("第一针还差", number(before.first_gap), number(after.first_gap)),
        ("全程还差", number(before.full_gap), number(after.full_gap)),
        ("第一针接种率", percent(before.first_rate), percent(after.first_rate)),
        ("全程接种率", percent(before.full_rate), percent(after.full_rate)),
        ("脱失率（超期口径）", percent(before.dropout_rate), percent(after.dropout_rate)),
        ("脱失率是否在限值内", _within(before), _within(after)),
        ("考核的接种率", _judged(asked.before, before), _judged(asked.after, after)),
    ]
    lines = [Line(name, old, new) for name, old, new in pairs if old != new]
    if not lines:
        return []
    gap = number(_gap(asked.after, after))
    return [Section("目标和接种率（常住口径）", f"改后按考核口径还差 {gap} 人。", lines)]


def _coverages(asked: Asked, progress: Progress) -> tuple[Coverage, Coverage]:
    counts = total_of(by_place(asked.campaign, asked.on)).permanent
    after = _moved(counts, moves_of(asked, progress))
    _, whole = target_lines(asked.campaign)
    return tuple(
        coverage(
            Demands(plan.campaign.goal_rate, plan.campaign.dropout_limit, plan.campaign.judged_by),
            in_scope=found.in_scope, first_dose=found.first_dose, full=found.full, exempt=found.exempt,
            dropout_base=found.dropout_base, dropout_lost=found.dropout_lost,
            census_base=whole.census_base, assigned_goal=whole.assigned,
        )
        for plan, found in ((asked.before, counts), (asked.after, after))
    )  # fmt: skip


def _moved(counts: Counts, moves: Moves) -> Counts:
    """The counts after the moves; who comes into scope or leaves it changes their sum."""
    after = copy(counts)
    for (old, new), people in moves.permanent.items():
        for where, sign in ((old, -1), (new, 1)):
            if where in PLACES:
                setattr(after, where, getattr(after, where) + sign * people)
    after.in_scope = sum(getattr(after, name) for name in PLACES)
    after.dropout_base += moves.in_base
    return after


def _within(found: Coverage) -> str:
    return CHIPS["within_limit" if found.dropout_met else "over_limit"].word


def _gap(plan: object, found: Coverage) -> int | None:
    return found.first_gap if plan.campaign.judged_by == "first" else found.full_gap


def _judged(plan: object, found: Coverage) -> str:
    met = found.first_met if plan.campaign.judged_by == "first" else found.full_met
    name = Campaign.JudgedBy(plan.campaign.judged_by).label
    return f"{name}：{'算不出' if met is None else '达到' if met else '没有达到'}"


@rehearsal(order=30)
def phase_section(asked: Asked, progress: Progress) -> list[Section]:
    """The phase items whose figures or state change that day (rules 6)."""
    if not asked.is_about_figures:
        return []
    before, after = (_judged_items(asked, progress, is_after=is_after) for is_after in (False, True))
    lines = [
        Line(_name(before.get(key), after.get(key)), _state(before.get(key)), _state(after.get(key)))
        for key in dict.fromkeys([*before, *after])
        if _state(before.get(key)) != _state(after.get(key))
    ]
    if not lines:
        return []
    return [Section("阶段任务", f"{len(lines)} 项阶段任务的人数或进度跟着改。", lines)]


def _judged_items(asked: Asked, progress: Progress, *, is_after: bool) -> dict[str, PhaseLine]:
    """Judge the items of one of the two plans, in memory: copies of the rows with the plan's values."""
    plan = asked.after if is_after else asked.before
    campaign = _campaign_of(asked) if is_after else asked.campaign
    known = {item.key: item for item in PhaseItem.objects.filter(campaign=asked.campaign)}
    items = []
    for position, row in enumerate(plan.phases):
        if not _is_concerned(asked, row):
            continue
        # A new item has no key in the database yet; its own place in the plan serves as one.
        item = copy(known.get(row.key)) or PhaseItem(pk=-1 - position, key=row.key)
        item.campaign = campaign
        for name in _PHASE_FIELDS:
            setattr(item, name, getattr(row, name))
        items.append(item)
    counted = count_items(campaign, items, asked.on, cache(partial(by_place, campaign)))
    # Counted by the standings on record, which another vaccine table decides anew.
    shifts = shifts_of(asked, items, progress) if is_after and asked.is_about_vaccines else {}
    _, whole = target_lines(campaign)
    found = {}
    for item in items:
        counts = counted[item.pk].get(campaign.place_id)
        if counts is not None:
            shift(counts, shifts.get(item.pk, Counter()))
            found[item.key] = judge(campaign, item, counts, whole.goal, asked.on)
    return found


def _is_concerned(asked: Asked, row: PhaseRow) -> bool:
    """Whether the change can touch the item at all: counting the others would take time and say nothing."""
    if asked.is_about_vaccines:
        return True
    if asked.part == "phase":
        return row.key == asked.key
    before, after = asked.before.campaign, asked.after.campaign
    if before.min_age != after.min_age:
        return True
    if row.cohort == PhaseItem.Cohort.KEY_GROUPS:
        return before.key_tags != after.key_tags or asked.before.trades != asked.after.trades
    return row.cohort == PhaseItem.Cohort.GOAL


def _campaign_of(asked: Asked) -> Campaign:
    """The campaign with the values of the changed plan, not saved."""
    campaign, row = copy(asked.campaign), asked.after.campaign
    for name in ("min_age", "goal_rate", "dropout_limit", "judged_by", "key_tags"):
        setattr(campaign, name, getattr(row, name))
    names = [trade.name for trade in asked.after.trades if trade.is_key]
    campaign.rehearsed_trades = Trade.objects.filter(name__in=names)
    return campaign


def _name(before: PhaseLine | None, after: PhaseLine | None) -> str:
    found = after or before
    return found.item.name if found else ""


def _state(line: PhaseLine | None) -> str:
    if line is None:
        return "—"
    found = line.progress
    said = f"{CHIPS[found.status].word}，目标人群 {number(found.cohort)} 人，还差 {number(found.remaining)} 人"
    return f"{said}，{line.item.start_on:%m-%d} 至 {line.item.deadline_on:%m-%d}"
