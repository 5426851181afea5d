"""The message of a card and the slips of a list: what `texts` says, with names of places looked up."""

from __future__ import annotations

from datetime import date

from campaigns.models import Campaign, Institution
from ledgers.follow_up.cards import Card, Person
from ledgers.follow_up.texts import Told, message
from registry.models import Place, Resident, User

# The street's own clinic; any other institution certifies and does not vaccinate here.
_CLINIC_LEVEL = 1


def message_of(card: Card, campaign: Campaign, resident: Resident, *, caller: User, on: date) -> str:
    """Return the text to copy for all of a card who may be told anything; two queries."""
    people = [told_of(person) for person in card.asked if not person.needs_product]
    village = Place.objects.filter(pk=resident.village_code).values_list("name", flat=True).first()
    return message(people, village=village or str(campaign.place), site=site_of(campaign), caller=str(caller), on=on)


def told_of(person: Person) -> Told:
    return Told(person.name, person.coming, person.next_by, person.promised_on, asks_proof=person.asks_proof)


def site_of(campaign: Campaign) -> str:
    """Where one is vaccinated: the clinic the plan names, else just 卫生院."""
    clinics = Institution.objects.filter(campaign=campaign, level=_CLINIC_LEVEL).order_by("pk")
    return clinics.values_list("name", flat=True).first() or "卫生院"
