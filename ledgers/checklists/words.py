"""What stands on pages and in returned sheets for a row of a list. Pure but for the row's own words."""

from __future__ import annotations

from datetime import date

from ledgers.checklists.known import WORDS as KNOWN
from ledgers.models import ChecklistRow
from ledgers.rules import REASONS
from ledgers.why import day, nth

OPEN = "核查中"


def result_of(row: ChecklistRow, known: str) -> str:
    """What has come of a row: the answer, what the registry knows, why nobody is meant, or still open."""
    if row.answer:
        words = row.get_answer_display()
        return f"{words}（{day(row.answer_on)}）" if row.answer_on else words
    if known:
        return KNOWN[known]
    return f"{row.problem}，{OPEN}" if row.problem and row.village_id is None else OPEN


def standing_of(counted: int | None, next_by: date | None, on: date) -> str:
    """How somebody asked about stands: 一针未打, or the next dose and how late it is."""
    if counted is None:
        return "一针未打"
    coming = nth(counted + 1)
    if next_by is None:
        return f"已打 {counted} 针"
    late = (on - next_by).days
    return f"{coming}已超期 {late} 天" if late > 0 else f"{coming}最迟 {day(next_by)}"


def said_before(code: str | None, note: str | None, at: date | None) -> str:
    """上次：外出未种（7月3日）; "" where nothing was said. The person's own words stand without numbers."""
    if not code:
        return ""
    words = REASONS.get(code, code)
    return f"上次：{words}（{day(at)}）" if at else f"上次：{words}"
