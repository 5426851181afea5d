"""Words to send or to print: pure, in the plan's words, with nothing in them that a stranger may not read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from ledgers.why import day


@dataclass(frozen=True, slots=True)
class Told:
    """One person as a message speaks of them; `next_by` is null before the first dose."""

    name: str
    coming: str
    next_by: date | None
    promised_on: date | None = None
    asks_proof: bool = False


def masked_name(name: str) -> str:
    """冉启华 → 冉*华, 冉华 → 冉*: a message may end up in a group."""
    return f"{name[0]}*{name[2:]}" if len(name) > 1 else name


def message(people: Sequence[Told], *, village: str, site: str, caller: str, on: date) -> str:
    """One message for all who are reached on a phone, names masked; "" for nobody.

    The caller leaves out who is first to be checked (先核实疫苗, rules 4).
    """
    if not people:
        return ""
    said = "".join(f"{masked_name(person.name)}{sentence(person, on)}" for person in people)
    bring = f"请带身份证到{site}接种，接种前把身体情况告诉医生。" if _invites(people) else ""
    return f"【{village}】{said}{bring}接种自愿，有疑问找{caller}。"


def _invites(people: Sequence[Told]) -> bool:
    return any(not person.asks_proof for person in people)


def sentence(person: Told, on: date) -> str:
    """What one person is told, to stand behind the name."""
    dose = f"{person.coming}疫苗"
    if person.asks_proof:
        return "说已在外地接种，请把接种凭证或渝康码截图给村里登记。"
    if person.promised_on is not None and person.promised_on >= on:
        return f"约好 {day(person.promised_on)} 接种{dose}，记得前往。"
    if person.next_by is None:
        return "还没有接种第一针疫苗，现在可以接种。"
    if person.next_by < on:
        return f"的{dose}最迟应在 {day(person.next_by)} 前接种，现在补种即可，不用重打第一针。"
    return f"的{dose}可以接种了，最迟应在 {day(person.next_by)} 前接种。"
