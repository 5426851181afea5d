"""Entries a phone made at the door, as they arrive: each by itself, each once, in any order."""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, QueryDict
from django.urls import reverse

from campaigns.access import get_campaign_for
from campaigns.choice import FIELD
from campaigns.closing import CampaignClosed
from ledgers.field import additions
from ledgers.notes import NoteRefused
from ledgers.survey.access import get_door_for, get_own_answer_for
from ledgers.survey.forms import told_from
from ledgers.survey.record import Recorded, record_visit, settle
from ledgers.survey.seen import WORDS, in_words
from ledgers.survey.told import Difference, VisitRefused
from registry.models import User

MOST_AT_ONCE = 50
_MOST_FIELDS = 2000
# Keys of rows are as large as the databases' integers.
_LARGEST_KEY = 2**63 - 1


class Refused(Exception):
    """A parcel of entries that cannot be read; the message is one Chinese sentence."""


@dataclass(frozen=True)
class Entry:
    """One filled-in card, the choices between two versions: (answer, whether mine), or somebody new.

    `act` is visit, member or household. The household is 0 for a new one, and for its members, who name it
    by the key of the entry that founds it.
    """

    key: str
    household: int
    fields: QueryDict
    choices: tuple[tuple[int, bool], ...] = ()
    act: str = "visit"
    founded: str = ""


def entries_in(body: bytes) -> tuple[int, list[Entry]]:
    """Return the account the phone means and its entries; raises Refused for anything else than such a parcel."""
    try:
        parcel = json.loads(body)
        entries = [_entry(item) for item in parcel["entries"]]
        account = int(parcel["account"])
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError) as error:
        raise Refused("收到的登记读不懂，没有写入任何数据。") from error
    if len(entries) > MOST_AT_ONCE:
        raise Refused(f"一次最多上传 {MOST_AT_ONCE} 户，没有写入任何数据。")
    return account, entries


def _entry(item: dict[str, Any]) -> Entry:
    fields = QueryDict(mutable=True)
    for name, value in item["fields"][:_MOST_FIELDS]:
        fields.appendlist(str(name), str(value))
    choices = tuple((_key(answer), choice == "mine") for answer, choice in item.get("choices", [])[:_MOST_FIELDS])
    act, founded = str(item.get("act", "visit")), str(item.get("founded", ""))[:40]
    household = 0 if act == "household" or founded else _key(item["household"])
    return Entry(fields.get("key", "")[:40], household, fields, choices, act, founded)


def _key(value: Any) -> int:
    if not 0 < int(value) <= _LARGEST_KEY:
        raise ValueError(value)
    return int(value)


def receive(user: User, entry: Entry, *, address: str = "") -> dict[str, Any]:
    """Record one entry; the answer is {"key", "state": received, differs, refused or waiting, …}, in words."""
    try:
        found = _take(user, entry, address)
    except (Http404, PermissionDenied):
        found = _refused("这户不在你的范围里，没有写入任何数据。")
    except (VisitRefused, NoteRefused) as refused:
        found = _refused(str(refused))
    except CampaignClosed as closed:
        found = _refused(closed.sentence)
    return {"key": entry.key, **found}


def _take(user: User, entry: Entry, address: str) -> dict[str, Any]:
    if entry.act == "household":
        return additions.found(user, entry.fields, address=address)
    if entry.act == "member":
        return additions.add(user, entry.fields, household=entry.household, founded=entry.founded, address=address)
    return _choose(user, entry, address) if entry.choices else _record(user, entry, address)


def _refused(sentence: str) -> dict[str, Any]:
    return {"state": "refused", "sentence": sentence}


def _choose(user: User, entry: Entry, address: str) -> dict[str, Any]:
    """Settle what the cadre has chosen; choosing again changes nothing."""
    sentences = [
        settle(get_own_answer_for(user, answer), mine=mine, by=user, address=address) for answer, mine in entry.choices
    ]
    return _refused("；".join(filter(None, sentences))) if any(sentences) else {"state": "received"}


def _record(user: User, entry: Entry, address: str) -> dict[str, Any]:
    door, campaign = get_door_for(user, entry.household), get_campaign_for(user, entry.fields.get(FIELD))
    if campaign is None:
        raise VisitRefused("还没有接种工作，没有写入任何数据。")
    if not door.may_record:
        raise PermissionDenied
    told = told_from(entry.fields, door.household)
    made = record_visit(door.household, campaign, told, by=user, address=address)
    answer = {"receipt": made.receipt, "url": reverse("visit", args=[made.visit.pk])}
    if made.differences:
        return {**answer, "state": "differs", "differences": differences_in_words(made), "sentence": _why_not(made)}
    if made.refused:
        return {**answer, "state": "refused", "sentence": f"其余的已收到。{_why_not(made)}"}
    return {**answer, "state": "received"}


def _why_not(made: Recorded) -> str:
    return "".join(f"{name}：{sentence}" for name, sentence in made.refused)


def differences_in_words(made: Recorded) -> list[dict[str, Any]]:
    """Return for each answer that met another's change both sides in words: who set theirs, and when."""
    by_answer = groupby(made.differences, key=attrgetter("answer"))
    return [_both_sides(answer, list(fields)) for answer, fields in by_answer]


def _both_sides(answer: int, fields: list[Difference]) -> dict[str, Any]:
    first = fields[0]
    return {
        "answer": answer,
        "name": first.name,
        "word": "、".join(WORDS[one.field] for one in fields),
        "mine": "，".join(in_words(one.field, one.mine) for one in fields),
        "theirs": "，".join(in_words(one.field, one.theirs) for one in fields),
        "by": first.by or "别人",
        "at": first.at,
    }
