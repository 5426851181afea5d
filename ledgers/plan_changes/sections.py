"""What a change of the plan does to people, in sentences with figures (registered with campaigns.rehearsal)."""

from __future__ import annotations

from collections import Counter
from datetime import date

from django.db.models import Count

from campaigns.models import Campaign
from campaigns.rehearsal import Asked, Line, Section, rehearsal, weighs
from ledgers.day import in_scope, with_day
from ledgers.day import overdue_soon as people_overdue_soon
from ledgers.models import Exemption
from ledgers.plan_changes.moves import OUT, Moves, moves_of, touched_by
from ledgers.rules import approval_refusal
from ledgers.summary import Counts, by_place, total_of
from registry.jobs import Progress
from registry.models import Resident
from registry.querysets import within

WORDS = {
    "completed": "已完成接种", "incomplete": "未完成全程接种", "exempt": "禁忌缓种", "unvaccinated": "应种未种",
    "waiting": "间隔未到", "due": "到期可种", "overdue": "超期未种", "excused": "暂缓中", OUT: "不在接种对象里",
}  # fmt: skip
SUB_STATES = ("waiting", "due", "overdue", "excused")
# The rows of the table, the groups of 未完成全程 below it.
ROWS = ("completed", "incomplete", *SUB_STATES, "exempt", "unvaccinated")


@weighs
def rows_to_look_at(asked: Asked) -> int:
    """Doses whose people are decided anew; else the people whom the figures count."""
    if asked.is_about_vaccines:
        return touched_by(asked).count()
    return Resident.objects.filter(within(asked.campaign.place.prefix)).count() if asked.is_about_figures else 0


@rehearsal(order=10)
def people(asked: Asked, progress: Progress) -> list[Section]:
    """Who comes to stand in another ledger or group that day."""
    ages = asked.before.campaign.min_age != asked.after.campaign.min_age
    if not asked.is_about_vaccines and not ages:
        return []
    moves = moves_of(asked, progress)
    counts = total_of(by_place(asked.campaign, asked.on)).all
    section = Section("台账（全口径）", moves_in_words(moves), _lines(counts, moves.all), moves.moved)
    return [section]


def moves_in_words(moves: Moves) -> str:
    """这项改动会移动 214 人：190 人由未完成全程接种转为已完成接种，…"""
    if not moves.moved:
        return "这项改动不移动任何人。" + _other_days(moves)
    parts = [
        f"{number:,} 人由{WORDS[old]}转为{WORDS[new]}"
        for (old, new), number in sorted(_by_ledger(moves.all).items(), key=lambda pair: (-pair[1], pair[0]))
    ]
    return f"这项改动会移动 {moves.moved:,} 人：{'，'.join(parts)}。{_other_days(moves)}"


def _other_days(moves: Moves) -> str:
    return f"另有 {moves.other_days:,} 人的最早可种日或最迟应种日跟着改。" if moves.other_days else ""


def _by_ledger(moves: Counter[tuple[str, str]]) -> Counter[tuple[str, str]]:
    """Name a group inside 未完成全程 only where somebody moves from one to another of them."""
    found: Counter[tuple[str, str]] = Counter()
    for (old, new), number in moves.items():
        inside = old in SUB_STATES and new in SUB_STATES
        found[(old, new) if inside else (_ledger(old), _ledger(new))] += number
    return found


def _ledger(where: str) -> str:
    return "incomplete" if where in SUB_STATES else where


def _lines(counts: Counts, moves: Counter[tuple[str, str]]) -> list[Line]:
    gained: Counter[str] = Counter()
    for (old, new), number in moves.items():
        for where, sign in ((old, -1), (new, 1)):
            gained[where] += sign * number
            if where in SUB_STATES:
                gained["incomplete"] += sign * number
    rows = [(name, getattr(counts, name)) for name in ROWS]
    # The groups inside 未完成全程 are told apart from the ledgers, which add up without them.
    return [
        Line(f"其中{WORDS[name]}" if name in SUB_STATES else WORDS[name], f"{now:,}", f"{now + gained[name]:,}")
        for name, now in rows
        if now or gained[name]
    ]


@rehearsal(order=40)
def claims_with_enough(asked: Asked, progress: Progress) -> list[Section]:
    """Claims that wait and whose certificate comes to suffice, or not to, with an institution's level (rules 3)."""
    if asked.part != "institution":
        return []
    before, after = (
        next((row.level for row in plan.institutions if row.name == asked.key), None)
        for plan in (asked.before, asked.after)
    )
    waiting = Exemption.objects.filter(
        campaign=asked.campaign, institution__name=asked.key, state=Exemption.State.CLAIMED
    ).values_list("kind", "reason", "end_on")
    enough = [sum(_suffices(level, *claim) for claim in waiting) for level in (before, after)]
    if not waiting or enough[0] == enough[1]:
        return [Section("禁忌缓种申请", "没有待审核的申请因此改变；已经通过的不受影响。")]
    sentence = f"这家机构开的证明，待审核的 {len(waiting):,} 份里，佐证够的由 {enough[0]:,} 份变为 {enough[1]:,} 份。"
    return [Section("禁忌缓种申请", f"{sentence}已经通过的不受影响。")]


def _suffices(level: int | None, kind: str, reason: str, end_on: date | None) -> bool:
    return approval_refusal(kind=kind, reason=reason, level=level, end_on=end_on) is None


SOON = "overdue_soon_days"


@rehearsal(order=50)
def overdue_soon(asked: Asked, progress: Progress) -> list[Section]:
    """How many people are pointed out before their due-by date, with the number of days as it is and as it would be."""
    days = [plan.campaign.thresholds.get(SOON) for plan in (asked.before, asked.after)]
    if days[0] == days[1]:
        return []
    before, after = (_soon(asked.campaign, asked.on, number) for number in days)
    sentence = f"“{days[1]}天内将超期”的人由 {before:,} 人变为 {after:,} 人；没有人换台账。"
    return [Section("快要超期的提醒", sentence)]


def _soon(campaign: Campaign, on: date, days: int | None) -> int:
    """Count who is overdue within so many days (glossary: 7天内将超期)."""
    if not days:
        return 0
    people = with_day(in_scope(Resident.objects.all(), campaign, on), campaign, on)
    return people.order_by().aggregate(number=Count("pk", filter=people_overdue_soon(on, days)))["number"]
