"""What the card says of a member in one sentence: the doses on record, and what comes next. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from ledgers.trust import CONFIRMED, SAID, SEEN, trust_of
from ledgers.why import day, nth

_TRUST_WORDS = {CONFIRMED: "花名册已核", SEEN: "看过凭证", SAID: "自述"}
_SHOWN = 2


class Shot(NamedTuple):
    """A live dose: its day, its product's name ("" unknown) and its source."""

    given_on: date
    product: str
    source: str


def doses_sentence(shots: Sequence[Shot], counted: int) -> str:
    """Name the last two doses in date order; numbers only where each of them counted (rules 2)."""
    numbered = len(shots) == counted
    parts = []
    for position, shot in list(enumerate(shots, 1))[-_SHOWN:]:
        number = f"{nth(position)} " if numbered else "打过一针 "
        parts.append(
            f"{number}{day(shot.given_on)}（{shot.product or '疫苗不明'}，{_TRUST_WORDS[trust_of(shot.source)]}）"
        )
    return f"{'；'.join(parts)}。" if parts else ""


def statement_sentence(month: date, given_on: date | None) -> str:
    when = day(given_on) if given_on else f"{month.year}年{month.month}月"
    return f"自述 {when} 已种，还没看到凭证。"


def next_sentence(sub_state: str | None, coming: str, next_from: date | None, next_by: date | None) -> str:
    """Say when the next dose may or should be given; "" for whom no day is known."""
    if sub_state == "waiting" and next_from:
        return f"{day(next_from)} 起可打{coming}。"
    if sub_state == "due" and next_by:
        return f"{coming}现在可以打，最迟 {day(next_by)}。"
    if sub_state == "overdue" and next_by:
        return f"{coming}最迟应在 {day(next_by)} 打，直接补，不用重打第一针。"
    return ""
