"""今天要办: the one reason to knock or call today, and which fifteen doors. Pure: every day is given (screens)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from ledgers.follow_up.rules import Said, rests
from ledgers.rules import PAUSED_REASON
from ledgers.why import day, nth

# How many doors a day has.
MOST = 15
# So many days before its end a deferral is spoken of.
ENDING_DAYS = 14
# A claim that was sent back is worth a card for so long.
SENT_BACK_DAYS = 30

Kind = Literal["promised", "sent_back", "ending", "dose", "never"]
# In the order of urgency: who expects us today, what only we can mend, what ends, what is due, who was never asked.
KINDS: tuple[Kind, ...] = ("promised", "sent_back", "ending", "dose", "never")


NOTHING_SAID = Said()


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of one person not completed; nulls where there is none of it."""

    said: Said = NOTHING_SAID
    # Of the next dose; `coming` is its number.
    coming: int = 1
    next_from: date | None = None
    next_by: date | None = None
    needs_product: bool = False
    # Last day of the deferral in force; `is_excused` also for a lasting contraindication.
    is_excused: bool = False
    deferred_until: date | None = None
    # The day on which a claim, now in nobody's hands, was sent back, and what it lacks.
    sent_back_on: date | None = None
    lacks: str = ""
    # The key of that claim.
    claim: int | None = None
    is_led_by_a_unit: bool = False


@dataclass(frozen=True, slots=True)
class Reason:
    """Why to go there: what stands in bold, what follows it, and how urgent it is (fewer first)."""

    kind: Kind
    words: str
    more: str
    urgency: int
    # The key of the claim that was sent back, null for the other kinds.
    claim: int | None = None

    @property
    def rank(self) -> tuple[int, int]:
        return KINDS.index(self.kind), self.urgency


def reason_of(facts: Facts, on: date) -> Reason | None:
    """Return the one reason to see a person today, None where it is nobody's card.

    Nobody's card are people led by a unit, at rest (an appointment ahead, lately refused, code 3
    before its day), whose vaccine is first to be checked, waiting, and excused but for a deferral's end.
    """
    if facts.is_led_by_a_unit or facts.needs_product or rests(facts.said, on):
        return None
    if facts.is_excused:
        return _ending(facts, on)
    if facts.next_from is not None and on < facts.next_from:
        return None
    return _promised(facts, on) or _sent_back(facts, on) or _dose(facts, on)


def _ending(facts: Facts, on: date) -> Reason | None:
    end = facts.deferred_until
    if end is None or not on <= end <= on + timedelta(days=ENDING_DAYS):
        return None
    left = (end - on).days
    return Reason("ending", f"缓种 {day(end)} 到期", f"还有 {left} 天" if left else "今天是最后一天", left)


def _promised(facts: Facts, on: date) -> Reason | None:
    promised = facts.said.promised_on
    if promised is None:
        return None
    late = (on - promised).days
    if facts.said.code == PAUSED_REASON:
        return Reason("promised", "医生暂缓到期", f"{day(promised)} 起可以再问", late)
    words = "约定今天去接种" if not late else f"约定 {day(promised)} 接种，没有记录"
    return Reason("promised", words, _next_words(facts, on), late)


def _sent_back(facts: Facts, on: date) -> Reason | None:
    if facts.sent_back_on is None or on >= facts.sent_back_on + timedelta(days=SENT_BACK_DAYS):
        return None
    return Reason("sent_back", "禁忌缓种申请被退回", facts.lacks, (on - facts.sent_back_on).days, facts.claim)


def _dose(facts: Facts, on: date) -> Reason | None:
    """The next dose, those with fewest days left first; the first dose has no day by which it is due."""
    if facts.next_by is None:
        return None
    left = (facts.next_by - on).days
    coming, by = nth(facts.coming), day(facts.next_by)
    if left < 0:
        return Reason("dose", f"{coming}已超期 {-left} 天", f"最迟 {by}", left)
    words = f"{coming}还有 {left} 天到期" if left else f"{coming}今天到期"
    return Reason("dose", words, by if left else "", left)


def _next_words(facts: Facts, on: date) -> str:
    found = _dose(facts, on)
    return found.words if found else ""


def never_visited(last_nobody_on: date | None) -> Reason:
    """A household that nobody has visited in this round; `last_nobody_on`: somebody knocked in vain."""
    more = f"上次来家里没人（{day(last_nobody_on)}）" if last_nobody_on else ""
    return Reason("never", "这一轮还没入户", more, 0)


@dataclass(frozen=True, slots=True)
class Door:
    """A household, or a person who has none: where it is on the walk, and every reason to go there."""

    key: tuple[str, int]
    walk: tuple[str, bool, int]
    reasons: Sequence[tuple[Reason, int]]

    @property
    def best(self) -> tuple[Reason, int]:
        """The most urgent reason with the person it is about (0: the household itself)."""
        return min(self.reasons, key=lambda pair: (pair[0].rank, pair[1]))


def doors_of_today(doors: Iterable[Door], *, done: int) -> list[Door]:
    """Choose the most urgent doors, as many as the day still has after those done, in walking order."""
    most_urgent = sorted(doors, key=lambda door: (door.best[0].rank, door.walk, door.key))
    return sorted(most_urgent[: max(0, MOST - done)], key=lambda door: (door.walk, door.key))
