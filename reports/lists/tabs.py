"""The counts on the four tabs: they add up to the people on record, in the population the heading names."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count

from ledgers.day import of_ledger, of_sub_state
from registry.chips import CHIPS
from reports.lists.asked import LEDGERS, SUB_STATES, sorts_of
from reports.lists.people import Question, in_reach

WORDS = {
    "completed": "已完成接种",
    "incomplete": "未完成全程接种",
    "unvaccinated": "应种未种",
    "exempt": "禁忌缓种",
}
TITLES = {
    "completed": "台账一",
    "incomplete": "台账二",
    "unvaccinated": "台账三",
    "exempt": "禁忌缓种登记",
}

DEFINITIONS = {
    "completed": "已完成接种：按截至日以前的接种记录，规定针次已经打完。",
    "incomplete": "未完成全程接种：打过至少一针，规定针次还没有打完。",
    "unvaccinated": "应种未种：达到最低年龄、没有接种记录、也没有审核通过的禁忌缓种。",
    "exempt": "禁忌缓种：没有接种记录，禁忌或缓种已经审核通过并在有效期内。",
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

    @property
    def in_scope(self) -> int:
        return sum(tab.count for tab in self.tabs)

    def count(self, ledger: str) -> int:
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
    return Tabs(tabs, sub_states, computed_at)


def _counted(question: Question) -> tuple[dict[str, int], dict[str, int], datetime | None]:
    people = in_reach(question.unfiltered())
    on = question.asked.on
    counts = people.aggregate(
        **{ledger: Count("pk", filter=of_ledger(ledger)) for ledger in LEDGERS},
        **{sub: Count("pk", filter=of_sub_state(sub, on)) for sub in SUB_STATES},
    )
    return {key: counts[key] for key in LEDGERS}, {key: counts[key] for key in SUB_STATES}, None


def _kept(question: Question, ledger: str) -> str:
    """The address of another tab: the same people, without what only this ledger knows."""
    asked = question.asked
    sort = asked.sort if asked.sort in sorts_of(ledger) else "place"
    return asked.query(sub="", reason="", sort=sort)
