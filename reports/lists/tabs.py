"""The counts on the four tabs: they add up to the people on record, in the population the heading names."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count

from ledgers.day import of_ledger, of_sub_state
from registry.chips import CHIPS
from registry.models import Place
from reports.lists.asked import EVERYBODY, LEDGERS, SUB_STATES, sorts_of
from reports.lists.people import Question, in_reach, villages_of
from reports.models import Figure
from reports.storing import ensure

WORDS = {
    "completed": "已完成接种",
    "incomplete": "未完成全程接种",
    "unvaccinated": "应种未种",
    "exempt": "禁忌缓种",
    EVERYBODY: "在册人员",
}
TITLES = {
    "completed": "台账一",
    "incomplete": "台账二",
    "unvaccinated": "台账三",
    "exempt": "禁忌缓种登记",
    EVERYBODY: "三本台账和登记",
}

DEFINITIONS = {
    "completed": "已完成接种：按截至日以前的接种记录，规定针次已经打完。",
    "incomplete": "未完成全程接种：打过至少一针，规定针次还没有打完。",
    "unvaccinated": "应种未种：达到最低年龄、没有接种记录、也没有审核通过的禁忌缓种。",
    "exempt": "禁忌缓种：没有接种记录，禁忌或缓种已经审核通过并在有效期内。",
    EVERYBODY: "在册人员：达到最低年龄、没有迁出和去世的人，不论打没打。",
}


@dataclass(frozen=True)
class Tab:
    ledger: str
    word: str
    icon: str
    tone: str
    count: int
    query: str
    here: bool


@dataclass(frozen=True)
class Tabs:
    """The four tabs; `computed_at` is null where they were counted for this very page."""

    tabs: list[Tab]
    sub_states: dict[str, int]
    computed_at: datetime | None
    # The address of the list of them all, and whether it is the one that is open.
    everybody: str
    everybody_here: bool

    @property
    def in_scope(self) -> int:
        return sum(tab.count for tab in self.tabs)

    def count(self, ledger: str) -> int:
        if ledger == EVERYBODY:
            return self.in_scope
        return next(tab.count for tab in self.tabs if tab.ledger == ledger)


def tabs_of(question: Question) -> Tabs:
    """Count the four ledgers of the reader's place or units, filters aside but for place and population."""
    asked = question.asked
    counts, sub_states, computed_at = _counted(question)
    tabs = [
        Tab(
            ledger=ledger,
            word=WORDS[ledger],
            icon=CHIPS[ledger].icon,
            tone=CHIPS[ledger].tone,
            count=counts[ledger],
            query=_kept(question, ledger),
            here=ledger == asked.ledger,
        )
        for ledger in LEDGERS
    ]
    return Tabs(tabs, sub_states, computed_at, _kept(question, EVERYBODY), asked.ledger == EVERYBODY)


def _counted(question: Question) -> tuple[dict[str, int], dict[str, int], datetime | None]:
    """Per ledger and per sub-state: from stored figures for places; members of units are few and counted here."""
    keys = _figure_keys(question)
    counts, computed_at = _stored(question, keys) if keys is not None else (_count_now(question), None)
    sub_states = {key: counts.get(key, 0) for key in SUB_STATES}
    ledgers = {key: counts.get(key, 0) for key in LEDGERS} | {"incomplete": sum(sub_states.values())}
    return ledgers, sub_states, computed_at


def _figure_keys(question: Question) -> list[str] | None:
    """The stored rows that add up to the reader's place: [] for the total, None where there are none."""
    asked = question.asked
    if not question.places:
        return None
    if asked.group or asked.village:
        return [asked.group or asked.village]
    if asked.district:
        # Only villages the reader sees: a 片区 may reach beyond a leader's own.
        seen = [code for code in villages_of(question.campaign, asked.district) if question.covers(code)]
        return seen or None
    if any(question.campaign.place.prefix.startswith(prefix) for prefix in question.places):
        return []
    # A village's prefix is its whole code; a larger place inside the campaign's is counted here.
    return list(question.places) if all(len(prefix) >= Place.Level.VILLAGE for prefix in question.places) else None


def _stored(question: Question, keys: list[str]) -> tuple[dict[str, int], datetime | None]:
    campaign, on = question.campaign, question.asked.on
    ensure(campaign, on)
    rows = Figure.objects.filter(campaign=campaign, on=on)
    rows = rows.filter(by=Figure.By.PLACE, key__in=keys) if keys else rows.filter(by=Figure.By.TOTAL)
    population = "permanent" if question.asked.is_permanent else "all"
    total: Counter[str] = Counter()
    computed: list[datetime] = []
    for counts, computed_at in rows.values_list("counts", "computed_at"):
        total.update(counts[population])
        computed.append(computed_at)
    return total, min(computed, default=None)


def _count_now(question: Question) -> dict[str, int]:
    on = question.asked.on
    return in_reach(question.unfiltered()).aggregate(
        **{ledger: Count("pk", filter=of_ledger(ledger)) for ledger in LEDGERS if ledger != "incomplete"},
        **{sub: Count("pk", filter=of_sub_state(sub, on)) for sub in SUB_STATES},
    )


def _kept(question: Question, ledger: str) -> str:
    """The address of another tab: the same people, without what only this ledger knows."""
    asked = question.asked
    sort = asked.sort if asked.sort in sorts_of(ledger) else "place"
    return asked.query(sub="", reason="", phase="", done="", only="", sort=sort)
