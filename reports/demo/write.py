"""Writing the invented street into the database, in bulk and in the caller's transaction."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from campaigns.models import Campaign, Institution, Product, Target
from ledgers.households.numbering import number_households
from ledgers.models import Dose, Exemption, Reason, Statement
from registry import bulk
from registry.accounts import system_user
from registry.models import (
    Entry,
    Household,
    IdentityDocument,
    Membership,
    Phone,
    Place,
    Resident,
    ResidentChange,
    ResidentTag,
    Source,
    Tag,
    Trade,
    Unit,
    User,
)
from registry.names import name_key, pinyin_of
from reports.demo.people import Person
from reports.demo.story import Story
from reports.demo.street import DEMO_DAY, STREET, VILLAGES, kind_of

# The label of the first entry: by it a database is known to hold the demonstration and nothing real.
LABEL = "演示数据：人口底册（虚构）"
_REGISTERED_ON = date(2021, 7, 16)
_RESIDENT = (
    "id", "name", "name_key", "pinyin", "initials", "sex", "birth_on", "place_id", "registered_village_id",
    "household_id", "relation", "residency", "status", "status_on", "status_stated", "address", "registered_address",
    "guardian", "caretaker", "remarks", "entry_id",
)  # fmt: skip
_DOSE = (
    "resident_id", "campaign_id", "given_on", "product_id", "stated_number", "lot", "site", "product_text", "source",
    "state", "entry_id",
)  # fmt: skip


def write_places(story: Story, campaign: Campaign) -> None:
    """Villages with their groups and census bases; codes and names are domain 3.2's."""
    villages = [
        Place(
            code=v.code,
            name=v.name,
            level=Place.Level.VILLAGE,
            kind=kind_of(v.name),
            linked_leader=v.leader,
            district_group=v.district_group,
        )
        for v in VILLAGES
    ]
    groups = [
        Place(code=f"{v.code}{number:03d}", name=f"{number}组", level=Place.Level.GROUP)
        for v in VILLAGES
        for number in range(1, v.groups + 1)
    ]
    Place.objects.bulk_create(villages + groups)
    Target.objects.bulk_create(
        Target(campaign=campaign, place_id=v.code, census_base=max(1, round(v.census_base * story.scale)))
        for v in VILLAGES
    )


def write_units(story: Story) -> None:
    entry = _entry(system_user(), "演示数据：单位名册（虚构）", _REGISTERED_ON)
    trades = dict(Trade.objects.values_list("name", "id"))
    departments = dict(Trade.objects.values_list("name", "department_id"))
    Unit.objects.bulk_create(
        Unit(
            name=unit.name,
            place_id=unit.place,
            trade_id=trades.get(unit.trade),
            department_id=departments.get(unit.trade),
            contact=unit.contact,
            phone=unit.phone,
            staff_count=unit.staff_count,
            entry=entry,
        )
        for unit in story.units
    )


def write_people(story: Story) -> list[int]:
    """Residents with all that hangs on them in the registry; returns their keys, in the story's order."""
    entry = _entry(system_user(), LABEL, _REGISTERED_ON)
    household_keys = bulk.reserve_ids(Household, len(story.households))
    households = {id(household): key for household, key in zip(story.households, household_keys, strict=True)}
    bulk.insert(
        Household,
        ("id", "village_id", "place_id", "number", "head", "entry_id"),
        ((households[id(h)], h.village, h.village, h.number, h.head, entry.pk) for h in story.households),
    )
    keys = list(bulk.reserve_ids(Resident, len(story.people)))
    pairs = list(zip(keys, story.people, strict=True))
    bulk.insert(Resident, _RESIDENT, (_resident(key, person, households, entry.pk) for key, person in pairs))
    number_households({household.village for household in story.households})
    bulk.insert(
        IdentityDocument,
        ("resident_id", "kind", "number"),
        ((key, IdentityDocument.RESIDENT, person.number) for key, person in pairs),
    )
    phones = ((key, number, number[-4:], whose) for key, person in pairs for number, whose in person.phones)
    bulk.insert(Phone, ("resident_id", "number", "last4", "whose"), phones)
    _write_tags(pairs)
    _write_memberships(pairs, entry)
    gone = ((key, "status", "active", person.status, entry.pk) for key, person in pairs if person.status_on)
    bulk.insert(ResidentChange, ("resident_id", "field", "old", "new", "entry_id"), gone)
    return keys


def _resident(key: int, person: Person, households: dict[int, int], entry_id: int) -> tuple[Any, ...]:
    place = (person.village or STREET) + (f"{person.group:03d}" if person.group else "")
    household = households[id(person.household)] if person.household else None
    return (
        key, person.name, name_key(person.name), *pinyin_of(person.name), person.sex, person.birth_on, place,
        person.registered_village or None, household, person.relation, person.residency, person.status,
        person.status_on, True, person.address, person.registered_address, person.guardian, person.caretaker, "",
        entry_id,
    )  # fmt: skip


def _write_tags(pairs: list[tuple[int, Person]]) -> None:
    tags = {name: Tag.objects.get_or_create(name=name)[0].pk for name in ("党员", "村组干部", "出国")}
    rows = ((key, tags[name]) for key, person in pairs for name in person.tags)
    bulk.insert(ResidentTag, ("resident_id", "tag_id"), rows)


def _write_memberships(pairs: list[tuple[int, Person]], entry: Entry) -> None:
    units = dict(Unit.objects.values_list("name", "id"))
    rows = (
        (key, units[person.unit], person.membership, person.class_name, entry.pk)
        for key, person in pairs
        if person.unit
    )
    bulk.insert(Membership, ("resident_id", "unit_id", "kind", "class_name", "entry_id"), rows)


def write_doses(story: Story, keys: list[int], campaign: Campaign, accounts: dict[str, User]) -> int:
    """Doses, recorded week by week as the clinic's exports come in; returns how many."""
    products = dict(Product.objects.filter(platform__campaign=campaign).values_list("key", "id"))
    recorders = {"clinic": accounts["jiezhong"], "roster": accounts["zhuanban"]}
    entries: dict[tuple[str, date], int] = {}
    rows = []
    for key, person in zip(keys, story.people, strict=True):
        for dose in person.doses:
            week = min(dose.on + timedelta(days=6 - dose.on.weekday()), DEMO_DAY)
            if (dose.source, week) not in entries:
                words = f"{Source(dose.source).label}（截至{week:%m月%d日}）"
                by = recorders.get(dose.source, accounts["baiping"])
                entries[dose.source, week] = _entry(by, words, week, dose.source).pk
            rows.append(
                (
                    key, campaign.pk, dose.on, products.get(dose.product), dose.number, dose.lot, dose.site, "",
                    dose.source, Dose.State.LIVE, entries[dose.source, week],
                )
            )  # fmt: skip
    bulk.insert(Dose, _DOSE, rows)
    return len(rows)


def write_excuses(story: Story, keys: list[int], campaign: Campaign, accounts: dict[str, User]) -> None:
    """Exemptions with their decisions, reasons of the unvaccinated, and what people said themselves."""
    by, approver = accounts["baiping"], accounts["weisheng"]
    claimed = _entry(by, "禁忌缓种申请", date(2021, 8, 10))
    decided = _entry(approver, "禁忌缓种审核", date(2021, 8, 12))
    surveyed = _entry(by, "入户排查登记", date(2021, 8, 14))
    said = _entry(by, "入户时本人自述", date(2021, 8, 14), Source.VERBAL)
    hospitals = dict(Institution.objects.filter(campaign=campaign).values_list("name", "id"))
    pairs = list(zip(keys, story.people, strict=True))
    Exemption.objects.bulk_create(
        Exemption(
            resident_id=key,
            campaign=campaign,
            kind=person.exemption.kind,
            reason=person.exemption.ground,
            diagnosis=person.exemption.diagnosis,
            institution_id=hospitals.get(person.exemption.institution),
            start_on=person.exemption.start_on,
            end_on=person.exemption.end_on,
            state=person.exemption.state,
            note=person.exemption.note,
            entry=claimed,
            decided_entry=None if person.exemption.state == "claimed" else decided,
        )
        for key, person in pairs
        if person.exemption
    )
    reasons = ((key, campaign.pk, *person.reason, surveyed.pk) for key, person in pairs if person.reason)
    bulk.insert(Reason, ("resident_id", "campaign_id", "code", "note", "promised_on", "entry_id"), reasons)
    Statement.objects.bulk_create(
        Statement(
            resident_id=key,
            campaign=campaign,
            month=person.statement.month,
            given_on=person.statement.given_on,
            stated_number=person.statement.number,
            entry=said,
        )
        for key, person in pairs
        if person.statement
    )


def is_demonstration() -> bool:
    return Entry.objects.filter(label=LABEL).exists()


def _entry(by: User, label: str, on: date, source: str = Source.ROSTER) -> Entry:
    at = timezone.make_aware(datetime.combine(on, time(18)))
    return Entry.objects.create(at=at, by=by, source=source, label=label)
