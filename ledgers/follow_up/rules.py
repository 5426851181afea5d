"""Whom nobody calls today, and why (rules 3, 4): pure, every day is given."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from ledgers.rules import PAUSED_REASON

# A household in mourning is left alone for so many days from the death on.
MOURNING_DAYS = 30
# Who said no is asked again after so many days: vaccination is voluntary (rules 3).
REFUSAL_RESTS_DAYS = 14
# A contact counts as followed by a dose up to so many days later, that day included.
EFFECT_DAYS = 14
# Reason codes (rules 3).
REFUSED, PROMISED, SAYS_DONE = "4", "7", "52"


@dataclass(frozen=True, slots=True)
class Said:
    """What a person last said, as far as it decides whether to call: reason code, its day, and when it was noted."""

    code: str = ""
    promised_on: date | None = None
    noted_on: date | None = None
    # Asked to be called again on this day.
    again_on: date | None = None


def is_silent(said: Said, on: date) -> bool:
    """医生现场暂缓: nobody asks before its day; a pause without a day silences nobody (rules 3)."""
    return said.code == PAUSED_REASON and said.promised_on is not None and on < said.promised_on


def rests(said: Said, on: date) -> bool:
    """Tell whether the person is left alone today: an appointment or a call ahead, or lately refused."""
    return is_silent(said, on) or _is_ahead(said.promised_on, on) or _is_ahead(said.again_on, on) or _refused(said, on)


def _is_ahead(day: date | None, on: date) -> bool:
    return day is not None and on < day


def _refused(said: Said, on: date) -> bool:
    if not said.code.startswith(REFUSED) or said.noted_on is None:
        return False
    return on < said.noted_on + timedelta(days=REFUSAL_RESTS_DAYS)


def mourns(died_on: date | None, on: date) -> bool:
    """Tell whether a death in the household keeps everybody from calling; the thirtieth day after it is free again."""
    return died_on is not None and on < died_on + timedelta(days=MOURNING_DAYS)


def came_of(contact_on: date, dosed_on: date | None, on: date) -> str:
    """Tell what came of a contact by `on`: done within fourteen days, open while they run, else none.

    `dosed_on` is the first dose from the day of the contact on, None where there is none by `on`.
    """
    last = contact_on + timedelta(days=EFFECT_DAYS)
    if dosed_on is not None and dosed_on <= last:
        return "done"
    return "open" if on < last and dosed_on is None else "none"
