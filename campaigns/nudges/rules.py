"""When a 督办单 is late, and what its first sentence says. Pure: no Django, no clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


def days_late(due_on: date, on: date) -> int:
    """Return by how many days `on` lies after the due day; 0 up to and including it."""
    return max((on - due_on).days, 0)


@dataclass(frozen=True)
class Situation:
    """The figures of a village or unit that a 督办单 speaks of; null where there is none to tell.

    `remaining` are people missing: to the goal, or of the phase item; `winnable` of those not done are
    可动员 (rules 3); `overdue` are past their last day. With a phase item: its name, deadline and pace.
    """

    remaining: int | None = None
    winnable: int | None = None
    overdue: int | None = None
    phase: str = ""
    deadline_on: date | None = None
    status: str = ""
    # Persons a day to reach the deadline, rounded up; null after it.
    required_pace: int | None = None
    # What `remaining` counts where no phase item is named, such as 离目标任务数.
    what: str = ""

    def as_json(self) -> dict[str, int]:
        """What the sheet keeps of the day it was sent: numbers alone."""
        found = {"remaining": self.remaining, "winnable": self.winnable, "overdue": self.overdue}
        return {name: value for name, value in found.items() if value is not None}


def first_sentence(place: str, situation: Situation, on: date) -> str:
    """Write the first sentence of a sheet from the figures; "" where there is nothing to say."""
    parts = [_remaining(situation), _winnable(situation), _overdue(situation)]
    said = "，".join(part for part in parts if part)
    return f"截至{_day(on)}，{place}{said}。{_pace(situation)}" if said else ""


def _remaining(situation: Situation) -> str:
    if situation.remaining is None:
        return ""
    if situation.phase:
        until = f"（{_day(situation.deadline_on)}截止）" if situation.deadline_on else ""
        return f"“{situation.phase}”{until}还差 {situation.remaining:,} 人{_status(situation)}"
    return f"{situation.what}还差 {situation.remaining:,} 人"


def _status(situation: Situation) -> str:
    return f"，{situation.status}" if situation.status else ""


def _winnable(situation: Situation) -> str:
    # Of nobody there is nobody to win.
    return f"其中可动员 {situation.winnable:,} 人" if situation.remaining and situation.winnable is not None else ""


def _overdue(situation: Situation) -> str:
    return f"超期未种 {situation.overdue:,} 人" if situation.overdue else ""


def _pace(situation: Situation) -> str:
    return f"每天需完成 {situation.required_pace:,} 人。" if situation.required_pace else ""


def _day(on: date) -> str:
    return f"{on.month}月{on.day}日"
