"""Corrections by hand: of a person's facts and of doses. The old value is never lost (rules: history).

Each is one entry with its reason, in one transaction with what it changes, the standings that follow,
and its trace in the trail.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction

from campaigns.models import Campaign, Product
from ledgers import standings
from ledgers.models import Dose
from ledgers.notes import as_text, new_entry
from ledgers.rosters.by_hand import take_by_hand
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
    entry = new_entry(by, Source.CERTIFICATE, f"更正资料：{reason}")
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
            ResidentChange(resident=resident, field=field, old=as_text(old), new=as_text(changes[field]), entry=entry)
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
    entry: Entry | None = None,
) -> Dose:
    """Record a dose proven by a certificate or the health code, by the rules of rosters (rules 2).

    It closes the statements it proves; what contradicts a record of equal or higher standing waits for
    whoever can know, and is returned `waiting`. `entry` is the act it belongs to, a new one by default.
    """
    _check_day(resident, campaign, facts, today)
    entry = entry or new_entry(by, source, "补录接种记录")
    told = {"given_on": facts.given_on, "product": facts.product, "stated_number": facts.stated_number}
    take_by_hand(resident, campaign, source=source, entry=entry, lot=facts.lot, site=facts.site, **told)
    dose = Dose.objects.filter(resident=resident, given_on=facts.given_on, entry=entry, ended_entry=None).first()
    if dose is None:
        raise CorrectionRefused("这一天已经有一针记录，一天只能有一针；要改就更正那一条。")
    detail = {"接种日期": facts.given_on.isoformat(), "来源": source}
    audit.record("dose.add", by=by, subject=f"resident {resident.pk}", detail=detail, address=address)
    return dose


@transaction.atomic
def correct_dose(dose: Dose, facts: DoseFacts, *, reason: str, today: date, by: User, address: str = "") -> Dose:
    """Put a corrected record in the place of a dose; the old one stays, ended by this entry."""
    dose = _live(dose)
    entry = new_entry(by, dose.source, f"更正接种记录：{reason}")
    _end(dose, Dose.State.CORRECTED, entry)
    _check(dose.resident, dose.campaign, facts, today)
    corrected = _make(dose.resident, dose.campaign, facts, dose.source, entry)
    detail = {"原因": reason, "接种日期": [dose.given_on.isoformat(), facts.given_on.isoformat()]}
    return _settle(corrected, "dose.correct", detail, by, address)


@transaction.atomic
def remove_dose(dose: Dose, *, reason: str, by: User, address: str = "") -> None:
    """Take a wrong record out of the count; it stays in the history with who and why."""
    dose = _live(dose)
    _end(dose, Dose.State.REMOVED, new_entry(by, dose.source, f"删除接种记录：{reason}"))
    _settle(dose, "dose.remove", {"原因": reason, "接种日期": dose.given_on.isoformat()}, by, address)


def _live(dose: Dose) -> Dose:
    """Lock the record; somebody may have ended it since the page was opened."""
    locked = Dose.objects.select_for_update().select_related("resident", "campaign").get(pk=dose.pk)
    if locked.state != Dose.State.LIVE:
        raise CorrectionRefused("这条接种记录已经不在用了，刷新页面看现在的记录。")
    return locked


def _check_day(resident: Resident, campaign: Campaign, facts: DoseFacts, today: date) -> None:
    if facts.given_on > today:
        raise CorrectionRefused("接种日期在今天以后，请核对凭证上的日期。")
    if facts.given_on < campaign.first_use_on:
        raise CorrectionRefused("接种日期早于疫苗首次使用日，请核对凭证上的日期。")
    if facts.given_on < resident.birth_on:
        raise CorrectionRefused("接种日期早于出生日期，请核对是不是同一个人的凭证。")


def _check(resident: Resident, campaign: Campaign, facts: DoseFacts, today: date) -> None:
    _check_day(resident, campaign, facts, today)
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


def _settle(dose: Dose, action: str, detail: dict[str, Any], by: User, address: str) -> Dose:
    rebuilt = standings.rebuild(dose.campaign, [dose.resident_id])
    standings.announce(dose.campaign, [dose.resident_id], rebuilt.since or dose.given_on)
    audit.record(action, by=by, subject=f"resident {dose.resident_id}", detail=detail, address=address)
    return dose
