"""What the pages show of a roster: steps, counts, effects, messages, and the state of its job."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, QuerySet
from django.utils import timezone

from ledgers.models import RosterImport, RosterMessage
from ledgers.rosters.words import CONFLICTS, REFUSALS, UNPLACED, WORDS
from registry.models import Job

State = RosterImport.State
CHIPS = {
    State.READING: ("neutral", "clock"),
    State.PREVIEW: ("info", "half"),
    State.REFUSED: ("over", "wrong"),
    State.WRITING: ("neutral", "clock"),
    State.DONE: ("done", "done"),
    State.DISCARDED: ("neutral", "minus"),
    State.UNDONE: ("attention", "undo"),
}
STEPS = ("选择文件", "识别栏目", "核对影响", "入库")
PEOPLE_KINDS = ("residents", "doses_wide", "doses_long")


@dataclass(frozen=True)
class Step:
    number: int
    name: str
    # done, now or later
    state: str


def steps(roster: RosterImport) -> list[Step]:
    """Return the four steps of an import and where this one stands."""
    now = {State.READING: 2, State.REFUSED: 2, State.PREVIEW: 3, State.WRITING: 4}.get(State(roster.state), 5)
    return [
        Step(number, name, "done" if number < now else "now" if number == now else "later")
        for number, name in enumerate(STEPS, 1)
    ]


@dataclass(frozen=True)
class Waiting:
    """How a roster's job stands: what to say, and how far it is (None while unknown)."""

    job: Job | None
    state: str
    ahead: int
    waited: timedelta
    is_stuck: bool
    percent: int | None


def waiting(roster: RosterImport) -> Waiting:
    """Look at the job behind a roster that is being read or written. One query at most."""
    job = roster.job
    if job is None:
        return Waiting(None, "waiting", 0, timezone.now() - roster.uploaded_at, True, None)
    ahead = 0
    if job.state == Job.State.WAITING:
        ahead = Job.objects.filter(state=Job.State.WAITING, created_at__lt=job.created_at).count()
    percent = min(99, job.done * 100 // job.total) if job.total else None
    return Waiting(job, job.state, ahead, job.quiet_for, job.is_stuck, percent)


@dataclass(frozen=True)
class Change:
    """A figure before and after an import; None where it cannot be told."""

    name: str
    icon: str
    before: Any
    after: Any
    is_rate: bool = False
    is_total: bool = False

    @property
    def difference(self) -> Any:
        return None if self.before is None or self.after is None else self.after - self.before

    @property
    def points(self) -> Any:
        """The difference of two rates in percentage points."""
        return None if self.difference is None else self.difference * 100


_LEDGERS = (
    ("completed", "已完成接种"),
    ("incomplete", "未完成全程接种"),
    ("exempt", "禁忌缓种"),
    ("unvaccinated", "应种未种"),
)
_RATES = (("first_rate", "第一针接种率"), ("full_rate", "全程接种率"), ("dropout_rate", "脱失率"))


def effects_on(roster: RosterImport) -> date | None:
    """Return the day for which the effects were computed; None where the kind moves no ledger."""
    as_of = roster.effects.get("as_of")
    moves = roster.kind in (*PEOPLE_KINDS, "exemptions")
    return date.fromisoformat(as_of) if as_of and moves else None


def ledger_changes(roster: RosterImport) -> list[Change]:
    """Return how the three ledgers and the register move, all residencies (rules 4)."""
    before, after = _sides(roster)
    moved = [Change(name, key, before.get(key, 0), after.get(key, 0)) for key, name in _LEDGERS]
    total = f"{roster.campaign.min_age}岁及以上在册人数"
    return [*moved, Change(total, "", before.get("in_scope", 0), after.get("in_scope", 0), is_total=True)]


def rate_changes(roster: RosterImport) -> list[Change]:
    """Return how coverage and dropout move, permanent residents alone (rules 5)."""
    before, after = _sides(roster)
    rates = [Change(name, "", _exact(before.get(key)), _exact(after.get(key)), is_rate=True) for key, name in _RATES]
    gap = f"{roster.campaign.judged_by}_gap"
    return [*rates, Change("距目标还差", "", before.get(gap), after.get(gap))]


def _sides(roster: RosterImport) -> tuple[dict[str, Any], dict[str, Any]]:
    return roster.effects.get("before") or {}, roster.effects.get("after") or {}


def _exact(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(str(value))


@dataclass(frozen=True)
class Tab:
    key: str
    name: str
    count: int
    # (code, words, count), most frequent first
    codes: list[tuple[str, str, int]]


def tabs(roster: RosterImport) -> list[Tab]:
    """Return the tabs over a roster's messages with their filters. One grouped query."""
    grouped = roster.messages.order_by().values_list("level", "code").annotate(rows=Count("row", distinct=True))
    found = sorted(grouped, key=lambda item: -item[2])
    errors = [(code, WORDS.get(code, code), rows) for level, code, rows in found if level == "error"]
    said = [(code, WORDS.get(code, code), rows) for level, code, rows in found if level == "warning"]
    counts = roster.counts
    conflicts = [item for item in said if item[0] in CONFLICTS]
    unplaced = [item for item in said if item[0] in UNPLACED]
    rest = [item for item in said if item not in conflicts and item not in unplaced]
    return [
        Tab("rejected", "退回", counts.get("rejected", 0), errors),
        Tab("conflicts", "待核实", sum(item[2] for item in conflicts), conflicts),
        Tab("unplaced", "待归类", counts.get("unassigned", 0), unplaced),
        Tab("warnings", "提醒", sum(item[2] for item in rest), rest),
        Tab("unused", "未用到的栏目", len(unused_columns(roster)), []),
    ]


def messages_of(roster: RosterImport, tab: str, code: str) -> QuerySet[RosterMessage]:
    """Return the messages of one tab, in the order of the file's rows; `code` narrows to one reason."""
    found = roster.messages.all()
    if tab == "rejected":
        found = found.filter(level="error")
    elif tab == "conflicts":
        found = found.filter(level="warning", code__in=CONFLICTS)
    elif tab == "unplaced":
        found = found.filter(level="warning", code__in=UNPLACED)
    else:
        found = found.filter(level="warning").exclude(code__in=CONFLICTS + UNPLACED)
    return found.filter(code=code) if code else found


def unused_columns(roster: RosterImport) -> list[str]:
    """Return the headings of columns that nothing is read from."""
    columns = roster.layout.get("columns") or []
    return [column["heading"] for column in columns if not column.get("field") and column.get("heading")]


def accepted(roster: RosterImport) -> int:
    """Return the number of rows that approval writes: all but the rejected ones."""
    counts = roster.counts
    return sum(counts.get(name, 0) for name in ("created", "updated", "unchanged"))


def same_file_before(roster: RosterImport) -> RosterImport | None:
    """Return the latest earlier import of the very same file that was written, if there is one."""
    same = RosterImport.objects.filter(sha256=roster.sha256, campaign=roster.campaign, state=State.DONE)
    return same.filter(pk__lt=roster.pk).select_related("uploaded_by").order_by("-pk").first()


def refusal_title(roster: RosterImport) -> str:
    """Say what is wrong with a refused file: 打不开：朱河社区花名册.xlsx 加了密码."""
    return f"读不了：{roster.name} {REFUSALS.get(roster.refusal_code, '')}".strip()
