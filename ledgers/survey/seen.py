"""What somebody else changed between the card being opened and the answer arriving (issue 3, without signal)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone

from campaigns.models import Campaign
from ledgers.models import Reason
from ledgers.notes import as_text
from ledgers.rules import REASONS
from ledgers.survey.answers import fields_of
from ledgers.survey.told import Answer
from registry.models import Entry, Resident, ResidentChange, Status, User

# The fields that a card shows and an answer may change.
OF_RESIDENT = ("away_to", "away_since", "status", "household_id")
OF_REASON = {"reason": "code", "promised_on": "promised_on"}
FIELDS = (*OF_REASON, *OF_RESIDENT)
WORDS = {
    "reason": "未种原因", "promised_on": "约好的日期", "away_to": "外出地", "away_since": "外出时间", "status": "状态",
    "household_id": "是不是这户的人",
}  # fmt: skip


@dataclass(frozen=True)
class Now:
    """How the fields of one person stand now, as text, and who set each last (absent: nobody knows)."""

    values: dict[str, str]
    entries: dict[str, Entry]


def values_of(resident: Resident, reason: Reason | None) -> dict[str, str]:
    """Return the fields as a card shows them, as text."""
    said = {name: as_text(getattr(reason, column)) if reason else "" for name, column in OF_REASON.items()}
    return said | {name: as_text(getattr(resident, name)) for name in OF_RESIDENT}


def now_of(residents: Iterable[Resident], campaign: Campaign) -> dict[int, Now]:
    """Read how the fields of these people stand; two queries."""
    residents = list(residents)
    reasons = Reason.objects.filter(resident__in=residents, campaign=campaign).select_related("entry__by")
    said = {reason.resident_id: reason for reason in reasons}
    entries: dict[int, dict[str, Entry]] = {resident.pk: {} for resident in residents}
    for pk, reason in said.items():
        entries[pk] |= dict.fromkeys(OF_REASON, reason.entry)
    changes = ResidentChange.objects.filter(resident__in=residents, field__in=FIELDS).select_related("entry__by")
    for change in changes.order_by("pk"):
        entries[change.resident_id][change.field] = change.entry
    return {one.pk: Now(values_of(one, said.get(one.pk)), entries[one.pk]) for one in residents}


def differences(answer: Answer, now: Now, by: User) -> list[dict[str, Any]]:
    """Return the fields that somebody else set to a third value since the card was opened; [] lets it be written."""
    if answer.settled:
        return []
    found = []
    for field, mine in fields_of(answer).items():
        theirs, entry = now.values[field], now.entries.get(field)
        meanwhile = field in answer.seen and theirs not in (answer.seen[field], mine)
        if meanwhile and (entry is None or entry.by_id != by.pk):
            found.append(
                {
                    "field": field,
                    "mine": mine,
                    "theirs": theirs,
                    "by": str(entry.by) if entry else "",
                    "at": timezone.localtime(entry.at).isoformat(timespec="minutes") if entry else "",
                }
            )
    return found


def in_words(field: str, value: str) -> str:
    """A value of a field as a cadre reads it."""
    if not value:
        return "没有"
    if field in ("promised_on", "away_since"):
        day = date.fromisoformat(value)
        return f"{day.month}月{day.day}日"
    if field == "reason":
        return REASONS.get(value, value)
    if field == "status":
        return Status(value).label
    return "是这户的人" if field == "household_id" else value
