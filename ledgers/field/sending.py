"""Entries a phone made at the door, as they arrive: each by itself, each once, in any order."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from django.http import Http404, QueryDict

from ledgers.field.for_now import VisitRefused, record_visit, told_from
from registry.access import scope_of
from registry.models import Household, Role, User

MOST_AT_ONCE = 50
_MOST_FIELDS = 2000


class Refused(Exception):
    """A parcel of entries that cannot be read; the message is one Chinese sentence."""


@dataclass(frozen=True)
class Entry:
    """One filled-in form of one household. `key` is the phone's own, "" where it has none."""

    key: str
    household: int
    fields: QueryDict


def entries_in(body: bytes) -> tuple[int, list[Entry]]:
    """Return the account the phone means and its entries; raises Refused for anything else than such a parcel."""
    try:
        parcel = json.loads(body)
        entries = [_entry(item) for item in parcel["entries"]]
        account = int(parcel["account"])
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise Refused("收到的登记读不懂，没有写入任何数据。") from error
    if len(entries) > MOST_AT_ONCE:
        raise Refused(f"一次最多上传 {MOST_AT_ONCE} 户，没有写入任何数据。")
    return account, entries


def _entry(item: dict[str, Any]) -> Entry:
    fields = QueryDict(mutable=True)
    for name, value in item["fields"][:_MOST_FIELDS]:
        fields.appendlist(str(name), str(value))
    return Entry(fields.get("key", ""), int(item["household"]), fields)


def receive(user: User, entry: Entry) -> dict[str, Any]:
    """Record one entry; the answer is {"key", "state": received, differs or refused, "receipt", …}."""
    try:
        household = household_of(user, entry.household)
        recorded = record_visit(household, told_from(entry.fields, household), by=user)
    except Http404:
        return {"key": entry.key, "state": "refused", "sentence": "这户不在你的范围里，没有写入任何数据。"}
    except VisitRefused as refused:
        return {"key": entry.key, "state": "refused", "sentence": str(refused)}
    return {"key": entry.key, "state": "received", "receipt": recorded.receipt}


def household_of(user: User, pk: int) -> Household:
    found = Household.objects.within_any(scope_of(user).prefixes(Role.CADRE, Role.STAFF)).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found
