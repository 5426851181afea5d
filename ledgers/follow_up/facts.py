"""What a card says of its people: one query for each kind of fact, however many people there are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from campaigns.models import Campaign
from ledgers.follow_up.cards import Card, Person, by_phone
from ledgers.follow_up.contacts import last_contacts
from ledgers.follow_up.leases import held_by_others, subject_of
from ledgers.follow_up.rules import SAYS_DONE
from ledgers.models import Reason, Statement
from ledgers.rules import REASONS
from ledgers.why import nth
from registry.ages import age_on
from registry.models import Household, Phone, Place, Resident, Sex, Status, Unit, User

_COLUMNS = (
    "pk", "name", "sex", "birth_on", "relation", "place_id", "household_id", "standing__counted", "standing__next_by",
    "standing__needs_product", "standing__platform__name", "lead_unit",
)  # fmt: skip
_SEX = dict(Sex.choices)
# Whose phone is dialed for a member who has none.
_HEADS = ("户主", "本人")


def people_with_facts(
    people: QuerySet[Resident], campaign: Campaign, on: date, *, own_units: Iterable[int] = ()
) -> list[Person]:
    """Return the people of a queryset made by `reachable` with all that cards say of them, unordered.

    `own_units` are the reader's: who is led by one of them is led by the reader.
    """
    rows = list(people.order_by().values(*_COLUMNS))
    found = {row["pk"]: _person(row, on) for row in rows}
    _add_leads(found, {row["pk"]: row["lead_unit"] for row in rows}, own_units)
    _add_reasons(found, campaign)
    _add_contacts(found, campaign)
    _add_own_phones(found)
    return list(found.values())


def _person(row: dict[str, Any], on: date) -> Person:
    next_by = row["standing__next_by"]
    left = (next_by - on).days if next_by else None
    return Person(
        pk=row["pk"],
        name=row["name"],
        sex=_SEX.get(row["sex"], ""),
        age=age_on(row["birth_on"], on),
        relation=row["relation"],
        place_id=row["place_id"],
        household=row["household_id"],
        state="unvaccinated" if left is None else "overdue" if left < 0 else "due",
        coming=nth((row["standing__counted"] or 0) + 1),
        platform=row["standing__platform__name"] or "",
        next_by=next_by,
        days_left=left,
        needs_product=bool(row["standing__needs_product"]),
    )


def _add_leads(found: dict[int, Person], leads: dict[int, int | None], own_units: Iterable[int]) -> None:
    others = {unit for unit in leads.values() if unit} - set(own_units)
    names = dict(Unit.objects.filter(pk__in=others).values_list("pk", "name"))
    for pk, unit in leads.items():
        found[pk].lead = names.get(unit, "")


def _add_reasons(found: dict[int, Person], campaign: Campaign) -> None:
    """The reason noted last; who said to be vaccinated elsewhere, there or in a statement, owes the proof."""
    reasons = Reason.objects.filter(resident__in=found, campaign=campaign)
    for pk, code, promised_on in reasons.values_list("resident_id", "code", "promised_on"):
        person = found[pk]
        person.reason, person.promised_on, person.asks_proof = REASONS.get(code, ""), promised_on, code == SAYS_DONE
    said = Statement.objects.filter(resident__in=found, campaign=campaign, closed_entry__isnull=True)
    for pk in said.values_list("resident_id", flat=True):
        found[pk].asks_proof = True


def _add_contacts(found: dict[int, Person], campaign: Campaign) -> None:
    for pk, contact in last_contacts(found, campaign).items():
        found[pk].last = contact


def _add_own_phones(found: dict[int, Person]) -> None:
    for phone in Phone.objects.filter(resident__in=found).order_by("-pk"):
        found[phone.resident_id].phone = phone


def cards_of(people: list[Person], *, reader: User) -> list[Card]:
    """Group people into cards, in no order; four queries."""
    households = {person.household for person in people if person.household}
    known = Household.objects.in_bulk(households)
    names = dict(Place.objects.filter(pk__in={person.place_id for person in people}).values_list("code", "name"))
    cards = [
        Card(
            subject=subject_of(members[0].pk, members[0].household),
            where=_where(members[0], known.get(members[0].household), names),
            head=known[members[0].household].head if members[0].household else "",
            walk=_walk(members[0], known.get(members[0].household)),
            people=sorted(members, key=_most_urgent_first),
            phone=members[0].phone,
        )
        for members in by_phone(people, _family_phones(households)).values()
    ]
    leases = held_by_others((card.subject for card in cards), reader=reader, now=timezone.now())
    for card in cards:
        card.lease = leases.get(card.subject)
    return cards


def _family_phones(households: set[int]) -> dict[int, list[Phone]]:
    """Phones of each household, the head's first, in the order in which they came on record."""
    phones = Phone.objects.filter(resident__household__in=households, resident__status=Status.ACTIVE)
    # Of the residents nothing else: a page of paper has hundreds of families.
    phones = phones.select_related("resident").only(
        "resident", "number", "last4", "whose", "resident__relation", "resident__household"
    )
    found: dict[int, list[Phone]] = defaultdict(list)
    for phone in sorted(phones, key=lambda one: (one.resident.relation not in _HEADS, one.pk)):
        found[phone.resident.household_id].append(phone)
    return found


def _where(person: Person, household: Household | None, names: dict[str, str]) -> str:
    number = f" {household.sequence}户" if household and household.sequence else ""
    return f"{names.get(person.place_id, '')}{number}"


def _walk(person: Person, household: Household | None) -> tuple[str, bool, int]:
    sequence = household.sequence if household else None
    return household.place_id if household else person.place_id, sequence is None, sequence or 0


def _most_urgent_first(person: Person) -> tuple[bool, int, int]:
    """Who has fewest days left stands first, who has no dose yet last."""
    return person.days_left is None, person.days_left or 0, person.pk
