"""The fields of the household card → what was told: one parser for the page, for JavaScript and for the phone's tray.

Fields: key, at, outcome, spoke_with, note, rest ("same": whoever is left is as before), and for each
member m<pk>-kind, m<pk>-<detail>, m<pk>-seen-<field>. A member with a `seen` field must be answered for.
"""

from __future__ import annotations

import re
import uuid
from collections import defaultdict
from datetime import date, datetime, timedelta
from typing import Any

from django.http import QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from ledgers.models import Visit, VisitAnswer
from ledgers.survey.told import Answer, Told, VisitRefused, day_of
from registry import clock
from registry.models import Household

Kind = VisitAnswer.Kind
_FIELD = re.compile(r"m(\d{1,12})-(seen-)?([a-z_]{1,20})")
_GONE = (Kind.MOVED_OUT.value, Kind.DECEASED.value, Kind.NOT_HERE.value)
# Outcomes with which every member is answered for.
_SPOKEN = (Visit.Outcome.VISITED, Visit.Outcome.PHONED)
_LONGEST = 200


def told_from(data: QueryDict, household: Household) -> Told:
    """Read a filled-in card. Raises VisitRefused with the sentence that says what is missing.

    Days such as 明天 are counted from the day on which the card was filled in.
    """
    at = _moment(data.get("at", ""))
    outcome = data.get("outcome", "")
    if outcome not in Visit.Outcome.values:
        raise VisitRefused("选一下这次入户的结果。")
    said, seen = _by_member(data)
    answers = []
    left = 0
    for member in sorted({*said, *seen}):
        answer = _answer(member, said[member], seen[member], clock.day_of(at))
        if answer is None and data.get("rest") == "same" and seen[member]:
            answer = Answer(member, Kind.SAME.value)
        # A seen status marks a member to be answered for; nobody talked to a household that was not met.
        if answer is None and seen[member] and outcome in _SPOKEN:
            left += 1
        elif answer is not None and (outcome in _SPOKEN or answer.kind != Kind.SAME):
            answers.append(answer)
    if left:
        raise VisitRefused(f"还有 {left} 人没有登记，什么也没有写入；没有变化的点“同上次”。")
    return Told(_key(data), at, outcome, data.get("spoke_with", ""), data.get("note", ""), tuple(answers))


def _key(data: QueryDict) -> uuid.UUID:
    try:
        return uuid.UUID(data.get("key", ""))
    except ValueError as error:
        raise VisitRefused("这张表少了编号，重新打开这一户再登记。") from error


def _moment(text: str) -> datetime:
    """Read the moment the phone says; what is unreadable or lies ahead is now."""
    now = timezone.now()
    try:
        at = parse_datetime(text) or now
    except ValueError:
        at = now
    return min(at if timezone.is_aware(at) else timezone.make_aware(at), now)


def _by_member(data: QueryDict) -> tuple[dict[int, dict[str, str]], dict[int, dict[str, str]]]:
    said: dict[int, dict[str, str]] = defaultdict(dict)
    seen: dict[int, dict[str, str]] = defaultdict(dict)
    for name, value in data.items():
        match = _FIELD.fullmatch(name)
        if match:
            (seen if match[2] else said)[int(match[1])][match[3]] = str(value).strip()[:_LONGEST]
    return said, seen


def _answer(member: int, said: dict[str, str], seen: dict[str, str], day: date) -> Answer | None:
    kind = said.get("kind", "")
    if kind == "changed":
        raise VisitRefused("有人点了“有变化”还没有选是什么变化，什么也没有写入。")
    if kind == "dose" and said.get("proof") == "verbal":
        kind = Kind.STATEMENT.value
    if kind == "gone":
        kind = said.get("gone", "")
        if kind not in _GONE:
            raise VisitRefused("选一下是搬走、去世，还是不是这户的人，什么也没有写入。")
    reader = _READERS.get(kind)
    if reader is None:
        return None
    settled, diagnosis = said.get("settled") == "1", said.get("diagnosis", "") if kind == Kind.EXEMPTION else ""
    return Answer(member, kind, reader(said, day), dict(seen), settled, diagnosis)


def _day(said: dict[str, str], choice: str, typed: str, day: date) -> str:
    """The day of a choice such as 明天 ("1"), counted from `day`; of 另选 the one typed; "" for none."""
    picked = said.get(choice, "")
    if re.fullmatch(r"-?\d{1,2}", picked):
        return (day + timedelta(days=int(picked))).isoformat()
    found = day_of(said.get(typed))
    return found.isoformat() if found else ""


def _dose(said: dict[str, str], day: date) -> dict[str, Any]:
    detail = {
        "given_on": _day(said, "when", "given_on", day),
        "product": said.get("product", ""),
        "proof": said.get("proof", ""),
    }
    number = said.get("number", "")
    return detail | ({"stated_number": int(number)} if re.fullmatch(r"[1-9]", number) else {})


def _statement(said: dict[str, str], day: date) -> dict[str, Any]:
    return {
        "given_on": _day(said, "when", "given_on", day),
        "month": said.get("month", ""),
        "product": said.get("product", ""),
    }


def _reason(said: dict[str, str], day: date) -> dict[str, Any]:
    # Only 医生现场暂缓 has a day here; what stands in a field of another answer is not meant.
    on = said.get("ask_on", "") if said.get("code") == "3" else ""
    return {"code": said.get("code", ""), "note": said.get("reason_note", ""), "on": on}


def _exemption(said: dict[str, str], day: date) -> dict[str, Any]:
    return {
        "kind": said.get("claim", ""),
        "reason": said.get("ground", ""),
        "institution": said.get("institution", ""),
        "start_on": said.get("start_on", ""),
        "end_on": said.get("end_on", ""),
    }


def _away(said: dict[str, str], day: date) -> dict[str, Any]:
    elsewhere = said.get("elsewhere") == "1"
    month = said.get("elsewhere_month", "") if elsewhere else ""
    return {"to": said.get("to", ""), "since": said.get("since", ""), "elsewhere": elsewhere, "month": month}


def _gone(said: dict[str, str], day: date) -> dict[str, Any]:
    return {"on": said.get("gone_on", ""), "certain": said.get("certain") == "1"}


_READERS = {
    Kind.SAME.value: lambda said, day: {},
    Kind.DOSE.value: _dose,
    Kind.STATEMENT.value: _statement,
    Kind.PROMISE.value: lambda said, day: {"on": _day(said, "promise", "on", day)},
    Kind.REASON.value: _reason,
    Kind.EXEMPTION.value: _exemption,
    Kind.AWAY.value: _away,
    Kind.MOVED_OUT.value: _gone,
    Kind.DECEASED.value: _gone,
    Kind.NOT_HERE.value: lambda said, day: {},
}
