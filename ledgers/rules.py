"""Who stands in which ledger (rules 1 to 4): pure functions over plain values, every day given."""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, NamedTuple

MARKS = (
    "too_early",
    "short_interval",
    "extra",
    "mixed_platform",
    "product_unknown",
    "product_age",
    "dose_missing",
)
# Only these sources state a dose's number with proof of the doses before it (rules 2).
PROVING_SOURCES = frozenset({"clinic", "roster"})
# From which level on an institution may certify a disease or an allergy (plan 六(二)1).
CERTIFYING_LEVEL = 2

Ledger = Literal["completed", "incomplete", "exempt", "unvaccinated"]
SubState = Literal["excused", "waiting", "due", "overdue"]


@dataclass(frozen=True, slots=True)
class PlatformRule:
    """A row of the table of rules 2. `due` holds one entry per later dose, counted from the first one."""

    key: str
    doses: int
    gap: timedelta = timedelta(0)
    # From dose 2 on: a span of days, or a number of calendar months.
    due: tuple[timedelta | int, ...] = ()
    too_early_days: int = 0
    short_interval_days: int = 0
    is_unknown: bool = False


class DoseFact(NamedTuple):
    """A live dose as the rules see it. `platform` None: no known product; `stated` None: none that proves anything."""

    given_on: date
    platform: str | None
    stated: int | None = None
    # Not approved at the person's age on that day.
    too_young: bool = False


class Stand(NamedTuple):
    """How a person stands from `since` (inclusive) until `until` (exclusive, None = open).

    `dose_days` are the days of the counted doses of the speaking series, None where a stated number
    counted for a dose that is not on record. The next dose's dates are None once completed.
    """

    since: date
    until: date | None
    platform: str
    counted: int
    needed: int
    first_on: date
    completed_on: date | None
    next_from: date | None
    next_by: date | None
    # Due-by date of dose 2, given or not; None for a series of one dose (rules 5, dropout).
    second_due_on: date | None
    marks: tuple[str, ...]
    # The next dose depends on an unknown or mixed product: 先核实疫苗 (rules 4).
    needs_product: bool
    dose_days: tuple[date | None, ...]


class VaccineTable:
    """The platforms of a campaign in the table's order, and the row that takes unknown products."""

    def __init__(self, platforms: Sequence[PlatformRule]):
        self.platforms = {rule.key: rule for rule in platforms}
        self.order = {rule.key: position for position, rule in enumerate(platforms)}
        # A plan with one platform needs no unknown row: that row then takes unknown products.
        self.fallback = next((rule.key for rule in platforms if rule.is_unknown), platforms[0].key)


def add_months(day: date, months: int) -> date:
    """Add calendar months; from the 31st they end on the last day of a shorter month (rules 2)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def is_approved(approvals: Sequence[tuple[int, date]], age: int, on: date) -> bool:
    """Tell whether a product was approved at `age` on `on`; without approvals nothing is checked (rules 2)."""
    return not approvals or any(age >= from_age and on >= since for from_age, since in approvals)


def timeline(doses: Iterable[DoseFact], table: VaccineTable) -> tuple[Stand, ...]:
    """Decide how a person stood from each dose day on (rules 2): one row per day, none without doses.

    A row knows only the doses up to its day, so any day is answered by the row that covers it.
    """
    return _judge(sorted(doses, key=_given_on), table)[0]


def dose_marks(doses: Iterable[DoseFact], table: VaccineTable) -> tuple[tuple[str, ...], ...]:
    """Return the marks of each dose, in the order of their days, with all doses known (rules 2)."""
    ordered = sorted(doses, key=_given_on)
    series, platforms = _judge(ordered, table)[1:]
    marks: list[set[str]] = [set() for _ in ordered]
    for one in series:
        for index, mark in one.marks:
            marks[index].add(mark)
    for index, dose in enumerate(ordered):
        marks[index].update(_own_marks(dose))
        if len(platforms) > 1 and dose.platform:
            marks[index].add("mixed_platform")
    return tuple(_in_order(found) for found in marks)


def _judge(doses: list[DoseFact], table: VaccineTable) -> tuple[tuple[Stand, ...], list[_Series], set[str]]:
    """Walk the doses once; return the rows, the series that count at the end, and their platforms."""
    keys = {dose.platform or table.fallback for dose in doses}
    series = {key: _Series(table.platforms[key]) for key in keys}
    known: set[str] = set()
    own_marks: set[str] = set()
    rows: list[Stand] = []
    active: list[_Series] = []
    last = len(doses) - 1
    for index, dose in enumerate(doses):
        if dose.platform is None or dose.too_young:
            own_marks.update(_own_marks(dose))
        if dose.platform is None:
            # It may belong to any series, so each takes it; those without a known dose do not speak yet.
            for one in series.values():
                one.add(index, dose)
        else:
            known.add(dose.platform)
            series[dose.platform].add(index, dose)
        active = [series[key] for key in known] or [series[table.fallback]]
        until = doses[index + 1].given_on if index < last else None
        if until != dose.given_on:
            rows.append(_stand(dose.given_on, until, active, table, own_marks))
    return tuple(rows), active, known


class _Series:
    """The doses of one platform, counted one after the other."""

    __slots__ = ("completed_on", "count", "days", "first_on", "last_counted_on", "last_on", "made_up", "marks",
                 "on_record", "rule")  # fmt: skip

    def __init__(self, rule: PlatformRule):
        self.rule = rule
        self.count = self.on_record = self.made_up = 0
        self.first_on = self.last_on = self.last_counted_on = self.completed_on = None
        self.days: list[date | None] = []
        self.marks: list[tuple[int, str]] = []

    def add(self, index: int, dose: DoseFact) -> None:
        """Take the next dose in date order: it counts, or it is kept and marked."""
        rule, day, earlier = self.rule, dose.given_on, self.on_record
        self.on_record = earlier + 1
        self.last_on = day
        if self.count >= rule.doses:
            self.marks.append((index, "extra"))
            return
        if self.last_counted_on is None:
            self.first_on = day
        else:
            interval = (day - self.last_counted_on).days
            if interval < rule.too_early_days:
                self.marks.append((index, "too_early"))
                return
            if interval < rule.short_interval_days:
                self.marks.append((index, "short_interval"))
        self.last_counted_on = day
        if dose.stated and dose.stated - 1 > earlier + self.made_up:
            self._count_missing(index, dose.stated - 1 - earlier - self.made_up)
        self.days.append(day)
        self.count += 1
        if self.count == rule.doses:
            self.completed_on = day

    def _count_missing(self, index: int, missing: int) -> None:
        """A stated number proves the doses before it, at most up to the series' number."""
        self.marks.append((index, "dose_missing"))
        self.made_up += missing
        counted = min(missing, self.rule.doses - self.count - 1)
        self.count += counted
        self.days.extend([None] * counted)

    def due_on(self, number: int) -> date:
        """Due-by date of dose `number` (2 or more), from the earliest counted dose on record."""
        span = self.rule.due[number - 2]
        return self.first_on + span if isinstance(span, timedelta) else add_months(self.first_on, span)


def _stand(since: date, until: date | None, active: list[_Series], table: VaccineTable, own: set[str]) -> Stand:
    mixed = len(active) > 1
    one = _speaking(active, table) if mixed else active[0]
    rule = one.rule
    next_from = next_by = None
    if one.completed_on is None:
        next_from = one.last_on + rule.gap
        next_by = max(one.due_on(one.count + 1), next_from)
    marks: tuple[str, ...] = ()
    if mixed or own or one.marks:
        found = {mark for series in active for _, mark in series.marks} | own
        marks = _in_order(found | {"mixed_platform"} if mixed else found)
    return Stand(
        since,
        until,
        rule.key,
        one.count,
        rule.doses,
        one.first_on,
        one.completed_on,
        next_from,
        next_by,
        one.due_on(2) if rule.doses > 1 else None,
        marks,
        one.completed_on is None and (mixed or "product_unknown" in own) and len(table.platforms) > 1,
        tuple(one.days),
    )


def _speaking(active: list[_Series], table: VaccineTable) -> _Series:
    """The series completed first; with none completed, the one with the most counted doses (rules 2)."""
    completed = [one for one in active if one.completed_on]
    if completed:
        return min(completed, key=lambda one: (one.completed_on, one.first_on, table.order[one.rule.key]))
    return min(active, key=lambda one: (-one.count, one.first_on, table.order[one.rule.key]))


def _own_marks(dose: DoseFact) -> list[str]:
    """Marks that a dose bears whatever else is on record."""
    marks = ["product_unknown"] if dose.platform is None else []
    return [*marks, "product_age"] if dose.too_young else marks


def _in_order(found: set[str]) -> tuple[str, ...]:
    return tuple(mark for mark in MARKS if mark in found)


def _given_on(dose: DoseFact) -> date:
    return dose.given_on


def stand_on(stands: Sequence[Stand], on: date) -> Stand | None:
    """Return the row that covers `on`; None before the first dose."""
    return next((stand for stand in reversed(stands) if stand.since <= on), None)


def is_active(status: str, status_on: date | None, on: date) -> bool:
    """Tell whether a person is active at `on`; moved out and deceased leave from their date on (rules 1)."""
    if status == "active":
        return True
    return status_on is not None and on < status_on


def is_permanent(residency: str, *, is_placed: bool) -> bool:
    """Tell whether the census counts the person (常住口径, rules 1)."""
    return residency in ("local", "incoming") or (residency == "unknown" and is_placed)


def ledger_of(stand: Stand | None, *, excused: bool) -> Ledger:
    """Name the one ledger of a person in scope (rules 4); `excused`: an exemption is in force that day."""
    if stand is not None and stand.completed_on is not None:
        return "completed"
    if stand is not None:
        return "incomplete"
    return "exempt" if excused else "unvaccinated"


def sub_state_of(stand: Stand | None, on: date, *, excused: bool) -> SubState | None:
    """Name the group inside `incomplete` (rules 4); None for every other ledger."""
    if stand is None or stand.next_from is None or stand.next_by is None:
        return None
    if excused:
        return "excused"
    if on < stand.next_from:
        return "waiting"
    return "due" if on <= stand.next_by else "overdue"


def in_dropout_base(stand: Stand | None, on: date, *, excused: bool) -> bool:
    """Tell whether dose 2 should have been given before `on` (rules 5); the excused are left out.

    Who has completed is no longer `excused`, whatever exemption runs.
    """
    if stand is None or stand.second_due_on is None or on <= stand.second_due_on:
        return False
    return stand.completed_on is not None or not excused


def excuse_periods(exemptions: Iterable[tuple[date, date | None]]) -> tuple[tuple[date, date | None], ...]:
    """Merge approved exemptions (start, last day or None) into disjoint (since, until exclusive or None) (rules 3)."""
    merged: list[tuple[date, date | None]] = []
    for start, end in sorted(exemptions, key=lambda period: period[0]):
        until = None if end is None else end + timedelta(days=1)
        if merged and (merged[-1][1] is None or start <= merged[-1][1]):
            since, before = merged.pop()
            start, until = since, None if before is None or until is None else max(before, until)
        merged.append((start, until))
    return tuple(merged)


def is_in_force(state: str, start_on: date, end_on: date | None, on: date) -> bool:
    """Tell whether an exemption is in force at `on`: approved, begun, and lasting or not past its end (rules 3)."""
    return state == "approved" and start_on <= on and (end_on is None or on <= end_on)


def approval_refusal(*, kind: str, reason: str, level: int | None, end_on: date | None) -> str | None:
    """Return why an exemption cannot be approved, None if it can be (rules 3, plan 六(二)1).

    `level` is that of the certifying institution, None where none is named or its level is unknown.
    """
    if kind == "deferral" and end_on is None:
        return "缓种须写明缓种至哪一天。"
    if reason in ("disease", "allergy") and (level is None or level < CERTIFYING_LEVEL):
        return "疾病或过敏须有二级及以上医疗机构的诊断证明。"
    return None


# 未种原因 (rules 3). Two digits refine the first one.
REASONS = {
    "1": "禁忌待佐证",
    "2": "缓种待佐证",
    "3": "医生现场暂缓",
    "4": "不愿意",
    "41": "怕不良反应",
    "42": "有基础病不放心",
    "43": "备孕或哺乳",
    "44": "家属不同意",
    "49": "不愿意（其他）",
    "5": "外出",
    "51": "外出未种",
    "52": "自述在外已种",
    "6": "联系不上",
    "61": "查无此人或空挂",
    "7": "已约定",
    "8": "行动不便需上门",
    "9": "待苗或待组织",
    "10": "其他",
}
# With these nobody can be won today: unwilling, away, out of reach.
LOST_REASONS = ("4", "5", "6")
PAUSED_REASON = "3"


def can_be_won(code: str, ask_again_on: date | None, on: date) -> bool:
    """Tell whether the reason leaves a person open to be won (可动员, rules 3); "" means no reason is known."""
    if code.startswith(LOST_REASONS):
        return False
    return not (code == PAUSED_REASON and ask_again_on is not None and on < ask_again_on)
