"""What the rows of a page show: fetched for the fifty people at once, one query for each kind of fact."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils import timezone

from campaigns.models import Campaign
from ledgers.day import with_day
from ledgers.households.caretakers import accounts_of_default_caretakers
from ledgers.models import Contact, Dose, Exemption, Reason
from ledgers.rules import REASONS, approval_refusal, is_in_force, sub_state_of
from ledgers.why import nth
from registry.ages import age_on
from registry.chips import CHIPS
from registry.models import IdentityDocument, Membership, Phone, Place, Residency, Resident, ResidentTag
from reports.lists.people import Question

COLUMNS = (
    "pk", "name", "sex", "birth_on", "place_id", "residency", "status", "caretaker", "address",
    "registered_address", "household__number",
    "household__head", "household__caretaker__name", "household__caretaker__phone",
    "standing__platform__name", "standing__counted",
    "standing__needed", "standing__completed_on", "standing__next_from", "standing__next_by",
    "standing__needs_product", "excuse__since",
)  # fmt: skip


_RESIDENCY = dict(Residency.choices)


@dataclass(slots=True)
class Row:
    """One person of a list, masked: age, the last two of the number, the last four of the phone (access.md)."""

    pk: int
    name: str
    sex: str
    age: int
    village: str
    group: str
    residency: str
    caretaker: str
    household: str
    ledger: str
    number: str = ""
    phone: str = ""
    groups: list[str] = field(default_factory=list)
    platform: str = ""
    counted: int = 0
    needed: int = 0
    completed_on: date | None = None
    next_from: date | None = None
    next_by: date | None = None
    sub_state: str = ""
    overdue_days: int = 0
    needs_product: bool = False
    first_on: date | None = None
    last_on: date | None = None
    product: str = ""
    reason: str = ""
    promised_on: date | None = None
    exemption: str = ""
    ground: str = ""
    end_on: date | None = None
    has_evidence: bool = False
    # Shown by lists only: link, and the masked values with their buttons.
    url: str = ""
    number_cell: str = ""
    phone_cell: str = ""
    # Shown by exports only.
    serial: int = 0
    address: str = ""
    registered_address: str = ""
    manufacturer: str = ""
    site: str = ""
    second_on: date | None = None
    third_on: date | None = None
    told_on: date | None = None
    told_how: str = ""
    told_by: str = ""
    # Of the caretaker's account; "" where only a roster names one.
    caretaker_phone: str = ""
    by_hand: str = ""
    # Filled in only where a second person let the numbers go (`reports.exports.full`).
    number_full: str = ""
    phone_full: str = ""

    @property
    def number_masked(self) -> str:
        return f"****{self.number}" if self.number else ""

    @property
    def phone_masked(self) -> str:
        return f"****{self.phone}" if self.phone else ""

    @property
    def groups_words(self) -> str:
        return "、".join(self.groups)

    @property
    def coming(self) -> str:
        return nth(self.counted + 1)

    @property
    def overdue_days_or_none(self) -> int | None:
        return self.overdue_days or None

    @property
    def evidence(self) -> str:
        return ("有佐证" if self.has_evidence else "待佐证") if self.exemption else ""

    @property
    def check(self) -> str:
        return "先核实疫苗" if self.needs_product else ""

    @property
    def ledger_words(self) -> str:
        return CHIPS[self.ledger].word

    @property
    def chip(self) -> str:
        """What stands for the person among people of all ledgers."""
        return self.sub_state or self.ledger

    @property
    def overdue_words(self) -> str:
        return f"超期 {self.overdue_days} 天"


def rows_of(question: Question, ids: list[int]) -> list[Row]:
    """Return the rows of these residents in their order; a constant number of queries."""
    if not ids:
        return []
    on, campaign = question.asked.on, question.campaign
    people = with_day(Resident.objects.filter(pk__among=set(ids)), campaign, on).values(*COLUMNS)
    found = {person["pk"]: person for person in people}
    names = _place_names(found.values())
    rows = [_row(found[pk], names, on) for pk in ids if pk in found]
    by_pk = {row.pk: row for row in rows}
    _add_contacts(by_pk)
    _add_groups(by_pk)
    if question.asked.ledger not in ("unvaccinated", "exempt"):
        _add_doses(by_pk, campaign, on)
    if question.asked.ledger in ("incomplete", "unvaccinated"):
        _add_caretakers([row for row in rows if not row.caretaker], found)
    if question.asked.ledger not in ("completed", "incomplete"):
        _add_reasons(by_pk, campaign)
        _add_exemptions(by_pk, campaign, on)
    return rows


def phones_of(ids: list[int]) -> dict[int, str]:
    """Return each resident's first phone in full, for the paper list of a cadre only; the caller audits."""
    phones = Phone.objects.filter(resident__pk__among=ids).order_by("resident_id", "-pk")
    return dict(phones.values_list("resident_id", "number"))


def _row(person: dict[str, Any], names: dict[str, str], on: date) -> Row:
    code = person["place_id"]
    next_by = person["standing__next_by"]
    row = Row(
        pk=person["pk"],
        name=person["name"],
        sex={"M": "男", "F": "女"}.get(person["sex"], ""),
        age=age_on(person["birth_on"], on),
        village="" if code[9:12] == "000" else names.get(code[:12], ""),
        group=names.get(code, "") if len(code) == Place.Level.GROUP else "",
        residency="非本辖区" if person["status"] == "outside" else _RESIDENCY[person["residency"]],
        # Whoever is named for the household, before what a roster says.
        caretaker=person["household__caretaker__name"] or person["caretaker"],
        caretaker_phone=person["household__caretaker__phone"] or "",
        address=person["address"],
        registered_address=person["registered_address"],
        household=person["household__head"] or person["household__number"] or "",
        ledger=_ledger(person),
        platform=person["standing__platform__name"] or "",
        counted=person["standing__counted"] or 0,
        needed=person["standing__needed"] or 0,
        completed_on=person["standing__completed_on"],
        next_from=person["standing__next_from"],
        next_by=next_by,
        needs_product=bool(person["standing__needs_product"]),
    )
    if next_by is not None:
        stand = _Next(person["standing__next_from"], next_by)
        row.sub_state = sub_state_of(stand, on, excused=person["excuse__since"] is not None) or ""
        row.overdue_days = (on - next_by).days if row.sub_state == "overdue" else 0
    return row


def _ledger(person: dict[str, Any]) -> str:
    """As `ledgers.day.of_ledger`: a standing counts first, then an excuse."""
    if person["standing__counted"] is not None:
        return "completed" if person["standing__completed_on"] is not None else "incomplete"
    return "exempt" if person["excuse__since"] is not None else "unvaccinated"


@dataclass(frozen=True, slots=True)
class _Next:
    """The two dates that `sub_state_of` looks at."""

    next_from: date
    next_by: date


def _add_caretakers(rows: list[Row], people: dict[int, dict[str, Any]]) -> None:
    """Where nobody is named: whose beat is the finest around the place."""
    if not rows:
        return
    defaults = accounts_of_default_caretakers({people[row.pk]["place_id"] for row in rows})
    for row in rows:
        keeper = defaults.get(people[row.pk]["place_id"])
        if keeper is not None:
            row.caretaker, row.caretaker_phone = str(keeper), keeper.phone


def _place_names(people: Any) -> dict[str, str]:
    codes = {code for person in people for code in (person["place_id"], person["place_id"][:12])}
    return dict(Place.objects.filter(pk__in=codes).values_list("code", "name"))


def _add_contacts(rows: dict[int, Row]) -> None:
    """The last digits only: the rest never leaves the database for a list."""
    numbers = IdentityDocument.objects.filter(resident__pk__among=set(rows)).order_by("resident_id", "pk")
    for pk, number in numbers.values_list("resident_id", "number"):
        rows[pk].number = rows[pk].number or number[-2:]
    phones = Phone.objects.filter(resident__pk__among=set(rows)).order_by("resident_id", "pk")
    for pk, last4 in phones.values_list("resident_id", "last4"):
        rows[pk].phone = rows[pk].phone or last4


def _add_groups(rows: dict[int, Row]) -> None:
    """人群: tags, then the units the person belongs to."""
    tags = ResidentTag.objects.filter(resident__pk__among=set(rows)).order_by("tag__name")
    for pk, name in tags.values_list("resident_id", "tag__name"):
        rows[pk].groups.append(name)
    units = Membership.objects.filter(resident__pk__among=set(rows), left_on__isnull=True).order_by("unit__name")
    for pk, name in units.values_list("resident_id", "unit__name"):
        rows[pk].groups.append(name)


def _add_doses(rows: dict[int, Row], campaign: Campaign, on: date) -> None:
    doses = Dose.objects.filter(
        resident__pk__among=set(rows), campaign=campaign, state=Dose.State.LIVE, given_on__lte=on
    ).order_by("resident_id", "given_on")
    columns = ("resident_id", "given_on", "product__name", "product__manufacturer", "site")
    for pk, given_on, product, manufacturer, site in doses.values_list(*columns):
        row = rows[pk]
        if row.first_on is None:
            row.first_on = given_on
        elif row.second_on is None:
            row.second_on = given_on
        elif row.third_on is None:
            row.third_on = given_on
        row.last_on = given_on
        row.product = row.product or product or ""
        row.manufacturer = row.manufacturer or manufacturer or ""
        row.site = site or row.site


def add_last_contacts(rows: list[Row], campaign: Campaign) -> None:
    """Say who was told last of the next dose, when, how and by whom (the columns 通知 of 台账二); one query."""
    by_pk = {row.pk: row for row in rows}
    contacts = Contact.objects.filter(resident__pk__among=set(by_pk), campaign=campaign).select_related("by")
    for contact in contacts.order_by("at", "pk"):
        row = by_pk[contact.resident_id]
        row.told_on, row.told_how = timezone.localdate(contact.at), contact.get_way_display()
        row.told_by = str(contact.by)


def _add_reasons(rows: dict[int, Row], campaign: Campaign) -> None:
    reasons = Reason.objects.filter(resident__pk__among=set(rows), campaign=campaign)
    for pk, code, promised_on in reasons.values_list("resident_id", "code", "promised_on"):
        rows[pk].reason = REASONS.get(code, code)
        rows[pk].promised_on = promised_on


def _add_exemptions(rows: dict[int, Row], campaign: Campaign, on: date) -> None:
    """The exemption in force on the day speaks; else a claim that waits. Diagnoses stay with who decides."""
    claims: dict[int, list[Exemption]] = defaultdict(list)
    known = Exemption.objects.filter(resident__pk__among=set(rows), campaign=campaign).order_by("start_on")
    for claim in known.exclude(state__in=["rejected", "withdrawn"]).select_related("institution"):
        claims[claim.resident_id].append(claim)
    for pk, found in claims.items():
        in_force = [claim for claim in found if is_in_force(claim.state, claim.start_on, claim.end_on, on)]
        claim = (in_force or found)[-1]
        row = rows[pk]
        row.exemption, row.ground, row.end_on = claim.get_kind_display(), claim.get_reason_display(), claim.end_on
        level = claim.institution.level if claim.institution else None
        refusal = approval_refusal(kind=claim.kind, reason=claim.reason, level=level, end_on=claim.end_on)
        row.has_evidence = refusal is None
