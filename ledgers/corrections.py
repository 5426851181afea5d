"""Corrections by hand: of a person's facts and of doses. The old value is never lost (rules: history).

Each is one entry with its reason, in one transaction with what it changes, the standings that follow,
and its trace in the trail.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from campaigns.models import Campaign, Product
from ledgers import standings
from ledgers.models import Dose, Statement
from ledgers.signals import facts_changed
from registry import audit
from registry.models import Entry, Phone, Resident, ResidentChange, Source, User
from registry.names import name_key, pinyin_of

# What a form may change of a resident, by the model's own names.
CORRECTABLE = (
    "name", "sex", "place_id", "residency", "status", "status_on", "relation", "address", "registered_address",
    "guardian", "caretaker", "remarks",
)  # fmt: skip


class CorrectionRefused(Exception):
    """A correction that cannot be; its text is the sentence for the page."""


@dataclass(frozen=True)
class DoseFacts:
    """What a form says of a dose."""

    given_on: date
    product: Product | None
    stated_number: int | None = None
    lot: str = ""
    site: str = ""


@transaction.atomic
def correct_resident(
    resident: Resident,
    changes: dict[str, Any],
    *,
    phones: tuple[tuple[str, str], ...] | None = None,
    reason: str,
    by: User,
    address: str = "",
) -> list[str]:
    """Set the fields that differ and return their names; `phones` are all that shall remain (None: untouched).

    Writes a dated row of history for each change and tells every campaign, for places and status
    decide whose figures count the person.
    """
    resident = Resident.objects.select_for_update().get(pk=resident.pk)
    old_place = resident.place_id
    entry = _entry(by, Source.CERTIFICATE, f"更正资料：{reason}")
    rows = _set_fields(resident, changes, entry) + _set_phones(resident, phones, entry)
    if not rows:
        entry.delete()
        return []
    ResidentChange.objects.bulk_create(rows)
    detail = {"原因": reason} | {row.field: [row.old, row.new] for row in rows if row.field != "phone"}
    audit.record("resident.correct", by=by, subject=f"resident {resident.pk}", detail=detail, address=address)
    for campaign in Campaign.objects.filter(is_active=True):
        facts_changed.send(Resident, campaign=campaign, places={old_place, resident.place_id}, since=None)
    return [row.field for row in rows]


def _set_fields(resident: Resident, changes: dict[str, Any], entry: Entry) -> list[ResidentChange]:
    rows = []
    for field in CORRECTABLE:
        old = getattr(resident, field)
        if field not in changes or changes[field] == old:
            continue
        setattr(resident, field, changes[field])
        rows.append(
            ResidentChange(resident=resident, field=field, old=_text(old), new=_text(changes[field]), entry=entry)
        )
    if "status" in changes:
        resident.status_stated = True
    resident.name_key = name_key(resident.name)
    resident.pinyin, resident.initials = pinyin_of(resident.name)
    if rows:
        resident.save(update_fields=[*(row.field for row in rows), "status_stated", "name_key", "pinyin", "initials"])
    return rows


def _set_phones(resident: Resident, phones: tuple[tuple[str, str], ...] | None, entry: Entry) -> list[ResidentChange]:
    if phones is None:
        return []
    known = dict(resident.phones.values_list("number", "pk"))
    wanted = dict(phones)
    gone, new = known.keys() - wanted.keys(), wanted.keys() - known.keys()
    if not gone and not new:
        return []
    Phone.objects.filter(pk__in=[known[number] for number in gone]).delete()
    Phone.objects.bulk_create(
        Phone(resident=resident, number=number, last4=number[-4:], whose=wanted[number]) for number in sorted(new)
    )
    old, now = "、".join(sorted(known)), "、".join(sorted(wanted))
    return [ResidentChange(resident=resident, field="phone", old=old, new=now, entry=entry)]


def _text(value: object) -> str:
    return "" if value is None else value.isoformat() if isinstance(value, date) else str(value)


@transaction.atomic
def add_dose(
    resident: Resident,
    campaign: Campaign,
    facts: DoseFacts,
    *,
    source: str,
    today: date,
    by: User,
    address: str = "",
) -> Dose:
    """Record a dose proven by a certificate or the health code; closes the statements it proves (rules 2)."""
    _check(resident, campaign, facts, today)
    entry = _entry(by, source, "补录接种记录")
    dose = _make(resident, campaign, facts, source, entry)
    _close_statements(dose, entry)
    detail = {"接种日期": facts.given_on.isoformat(), "来源": source}
    return _settle(dose, "dose.add", detail, by, address)


@transaction.atomic
def correct_dose(dose: Dose, facts: DoseFacts, *, reason: str, today: date, by: User, address: str = "") -> Dose:
    """Put a corrected record in the place of a dose; the old one stays, ended by this entry."""
    dose = _live(dose)
    entry = _entry(by, dose.source, f"更正接种记录：{reason}")
    _end(dose, Dose.State.CORRECTED, entry)
    _check(dose.resident, dose.campaign, facts, today)
    corrected = _make(dose.resident, dose.campaign, facts, dose.source, entry)
    detail = {"原因": reason, "接种日期": [dose.given_on.isoformat(), facts.given_on.isoformat()]}
    return _settle(corrected, "dose.correct", detail, by, address)


@transaction.atomic
def remove_dose(dose: Dose, *, reason: str, by: User, address: str = "") -> None:
    """Take a wrong record out of the count; it stays in the history with who and why."""
    dose = _live(dose)
    _end(dose, Dose.State.REMOVED, _entry(by, dose.source, f"删除接种记录：{reason}"))
    _settle(dose, "dose.remove", {"原因": reason, "接种日期": dose.given_on.isoformat()}, by, address)


def _entry(by: User, source: str, label: str) -> Entry:
    return Entry.objects.create(at=timezone.now(), by=by, source=source, label=label[:200])


def _live(dose: Dose) -> Dose:
    """Lock the record; somebody may have ended it since the page was opened."""
    locked = Dose.objects.select_for_update().select_related("resident", "campaign").get(pk=dose.pk)
    if locked.state != Dose.State.LIVE:
        raise CorrectionRefused("这条接种记录已经不在用了，刷新页面看现在的记录。")
    return locked


def _check(resident: Resident, campaign: Campaign, facts: DoseFacts, today: date) -> None:
    if facts.given_on > today:
        raise CorrectionRefused("接种日期在今天以后，请核对凭证上的日期。")
    if facts.given_on < campaign.first_use_on:
        raise CorrectionRefused("接种日期早于疫苗首次使用日，请核对凭证上的日期。")
    if facts.given_on < resident.birth_on:
        raise CorrectionRefused("接种日期早于出生日期，请核对是不是同一个人的凭证。")
    same_day = Dose.objects.filter(resident=resident, campaign=campaign, given_on=facts.given_on, state=Dose.State.LIVE)
    if same_day.exists():
        raise CorrectionRefused("这一天已经有一针记录，一天只能有一针；要改就更正那一条。")


def _make(resident: Resident, campaign: Campaign, facts: DoseFacts, source: str, entry: Entry) -> Dose:
    return Dose.objects.create(
        resident=resident,
        campaign=campaign,
        given_on=facts.given_on,
        product=facts.product,
        stated_number=facts.stated_number,
        lot=facts.lot,
        site=facts.site,
        source=source,
        entry=entry,
    )


def _end(dose: Dose, state: str, entry: Entry) -> None:
    dose.state, dose.ended_entry = state, entry
    dose.save(update_fields=["state", "ended_entry"])


def _close_statements(dose: Dose, entry: Entry) -> None:
    """A dose of the stated number or in the month named closes a statement (interfaces)."""
    said = Statement.objects.filter(resident=dose.resident, campaign=dose.campaign, closed_entry__isnull=True)
    same_month = said.filter(month__year=dose.given_on.year, month__month=dose.given_on.month)
    proven = same_month | said.filter(stated_number=dose.stated_number) if dose.stated_number else same_month
    proven.update(closed_entry=entry)


def _settle(dose: Dose, action: str, detail: dict[str, Any], by: User, address: str) -> Dose:
    rebuilt = standings.rebuild(dose.campaign, [dose.resident_id])
    standings.announce(dose.campaign, [dose.resident_id], rebuilt.since or dose.given_on)
    audit.record(action, by=by, subject=f"resident {dose.resident_id}", detail=detail, address=address)
    return dose
