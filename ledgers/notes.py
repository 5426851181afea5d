"""What is said of a person at the door or on the phone, noted once for every page that asks.

Each function takes the entry of the act (a visit, a call), runs inside its transaction, keeps the old
value in the history (ResidentChange) and tells the floors above. Doses go through
`corrections.add_dose`, exemptions through `exemptions.claim`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.utils import timezone

from campaigns.closing import require_open
from campaigns.models import Campaign, Product
from ledgers.models import Reason, Statement
from ledgers.rosters.by_hand import take_by_hand
from ledgers.rules import PAUSED_REASON, REASONS
from ledgers.signals import facts_changed
from registry import clock
from registry.models import Entry, Resident, ResidentChange, Source, Status, User

PROMISED_REASON, OTHER_REASON = "7", "10"
# The codes whose day means something: 约定接种日, and the day to ask again.
DATED_REASONS = (PROMISED_REASON, PAUSED_REASON)
# History fields of a Reason, which has no history of its own, by its attributes.
_REASON_FIELDS = {"code": "reason", "note": "reason_note", "promised_on": "promised_on"}


class NoteRefused(Exception):
    """What was said cannot be noted; the message is one Chinese sentence."""


def new_entry(by: User, source: str, label: str) -> Entry:
    """Make the entry of an act that is happening now."""
    return Entry.objects.create(at=timezone.now(), by=by, source=source, label=label[:200])


def note_reason(
    resident: Resident,
    campaign: Campaign,
    *,
    code: str = "",
    note: str = "",
    promised_on: date | None = None,
    entry: Entry,
) -> Reason:
    """Set why somebody is not vaccinated, and the day promised or to ask again on (rules 3).

    `code` "" keeps the code and sets only the day. A code that knows no day keeps none from before.
    Raises NoteRefused for an unknown code, for 3 and 7 without their day, for 10 without a note.
    """
    require_open(campaign)
    if code:
        _check_reason(code, note, promised_on)
    resident = _locked(resident)
    known = Reason.objects.filter(resident=resident, campaign=campaign).first()
    reason = known or Reason(resident=resident, campaign=campaign)
    wanted: dict[str, Any] = {"code": code, "note": note[:200]} if code else {}
    wanted["promised_on"] = promised_on
    changes = []
    for name, value in wanted.items():
        changes += _change(resident, _REASON_FIELDS[name], getattr(reason, name), value, entry)
        setattr(reason, name, value)
    if known is None or changes:
        # Who said so last: what differs is shown with their name.
        reason.entry = entry
        reason.save()
        ResidentChange.objects.bulk_create(changes)
        # A reason stands for every day on which the person is unvaccinated.
        _tell([campaign], {resident.place_id})
    return reason


def _check_reason(code: str, note: str, promised_on: date | None) -> None:
    if code not in REASONS:
        raise NoteRefused("没有这个未种原因，从列表里选一个。")
    if code == PROMISED_REASON and promised_on is None:
        raise NoteRefused("写明约定哪一天接种。")
    if code == PAUSED_REASON and promised_on is None:
        raise NoteRefused("写明医生让哪一天以后再问。")
    if code == OTHER_REASON and not note.strip():
        raise NoteRefused("选“其他”要写一句是什么原因。")


def note_statement(
    resident: Resident,
    campaign: Campaign,
    *,
    month: date,
    given_on: date | None = None,
    product: Product | None = None,
    stated_number: int | None = None,
    entry: Entry,
) -> Statement | None:
    """Keep what somebody says of a dose, never counted (rules 2); `month` is any day of the month named.

    None where a dose on record or the same statement says as much already. Raises NoteRefused for a
    month that lies ahead or before the vaccines' first use.
    """
    month = month.replace(day=1)
    latest = given_on or month
    if latest > clock.today():
        raise NoteRefused("自述的日期在今天以后，请再问一遍。")
    if latest < campaign.first_use_on.replace(day=1):
        raise NoteRefused("自述的日期早于疫苗首次使用日，请再问一遍。")
    take_by_hand(
        resident, campaign, source=Source.VERBAL, entry=entry, given_on=given_on, month=month,
        product=product, stated_number=stated_number,
    )  # fmt: skip
    return Statement.objects.filter(resident=resident, campaign=campaign, entry=entry).order_by("-pk").first()


def note_away(resident: Resident, *, to: str, since: date | None, entry: Entry) -> list[str]:
    """Note where somebody lives meanwhile; "" and None take it back (回来了). Returns the changed fields.

    The 人口类型 stays: whose figures count a person is changed by a correction, never by being away.
    """
    return change_resident(resident, {"away_to": to.strip()[:80], "away_since": since}, entry)


def note_moved_out(resident: Resident, *, on: date, entry: Entry) -> list[str]:
    """已迁出 from `on` on, that day included. Returns the changed fields."""
    return _gone(resident, Status.MOVED_OUT, on, entry)


def note_deceased(resident: Resident, *, on: date, entry: Entry) -> list[str]:
    """已故 from `on` on, that day included; the page has asked twice. Returns the changed fields."""
    return _gone(resident, Status.DECEASED, on, entry)


def _gone(resident: Resident, status: str, on: date, entry: Entry) -> list[str]:
    if on > clock.today():
        raise NoteRefused("日期在今天以后，到时候再登记。")
    if on < resident.birth_on:
        raise NoteRefused("日期早于出生日期，请核对。")
    return change_resident(resident, {"status": status, "status_on": on, "status_stated": True}, entry)


def change_resident(resident: Resident, changes: dict[str, Any], entry: Entry) -> list[str]:
    """Set the fields that differ, each with a row of history; return their names and tell every campaign.

    For fields without words derived from them: a name goes through `corrections.correct_resident`.
    """
    locked = _locked(resident)
    places = {locked.place_id}
    rows = []
    for field, value in changes.items():
        rows += _change(locked, field, getattr(locked, field), value, entry)
        setattr(locked, field, value)
        # What the caller holds says the same.
        setattr(resident, field, value)
    if not rows:
        return []
    fields = [row.field for row in rows]
    locked.save(update_fields=fields)
    ResidentChange.objects.bulk_create(rows)
    _tell(running_campaigns(), places | {locked.place_id})
    return fields


def running_campaigns() -> Iterable[Campaign]:
    """The campaigns that count people: a changed place or status concerns them all."""
    return Campaign.objects.filter(is_active=True)


def _locked(resident: Resident) -> Resident:
    return Resident.objects.select_for_update(of=("self",)).get(pk=resident.pk)


def _change(resident: Resident, field: str, old: Any, new: Any, entry: Entry) -> list[ResidentChange]:
    if old == new:
        return []
    return [ResidentChange(resident=resident, field=field, old=as_text(old), new=as_text(new), entry=entry)]


def as_text(value: Any) -> str:
    """A value as the history keeps it: ISO days, keys, "" for none."""
    return "" if value is None else value.isoformat() if isinstance(value, date) else str(value)


def _tell(campaigns: Iterable[Campaign], places: set[str]) -> None:
    for campaign in campaigns:
        facts_changed.send(Resident, campaign=campaign, places=places, since=None)
