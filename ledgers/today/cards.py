"""今天要办: at most fifteen doors in walking order, each with one reason, two buttons, and the way to what is done."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Max, Q
from django.urls import reverse
from django.utils import timezone

from campaigns.models import Campaign
from ledgers.follow_up.contacts import is_wrong_number, last_contacts
from ledgers.models import Visit
from ledgers.today.candidates import households_to_visit, people_to_see
from ledgers.today.facts import facts_of
from ledgers.today.rules import MOST, Door, Reason, doors_of_today, never_visited, reason_of
from ledgers.today.walk import Done, DoneLine, Walk, door_of
from registry.ages import age_on
from registry.models import Household, Phone, Place, Resident, Sex, Status

_SEX = dict(Sex.choices)
_LOOKS = {
    "promised": ("calendar", "brand"),
    "sent_back": ("undo", "attention"),
    "ending": ("diamond", "exempt"),
    "never": ("dashed", "neutral"),
}


@dataclass(frozen=True)
class Card:
    """One door. `resident` is whom the reason is about, or who is reached first at a household."""

    number: int
    place: str
    where: str
    name: str
    who: str
    reason: Reason
    resident: int
    household: int | None
    # Whose phone is dialed, with its last digits; "" where nobody behind the door has one.
    reached: int
    last4: str
    # How many others behind the door have a reason of their own.
    others: int
    is_called: bool
    # The call made today in vain, null without one.
    tried: DoneLine | None

    @property
    def icon(self) -> str:
        return self._look[0]

    @property
    def tone(self) -> str:
        return self._look[1]

    @property
    def _look(self) -> tuple[str, str]:
        if self.reason.kind == "dose":
            return ("over", "over") if self.reason.urgency < 0 else ("clock", "brand")
        return _LOOKS[self.reason.kind]

    @property
    def action(self) -> str:
        return {"sent_back": "补材料", "never": "开始入户"}.get(self.reason.kind, "去登记")

    @property
    def url(self) -> str:
        """Where it is done: the claim, the household's card, or the page of a person who has no household."""
        if self.reason.claim:
            return reverse("exemption", args=[self.reason.claim])
        if self.household:
            return reverse("household", args=[self.household])
        return reverse("person", args=[self.resident])


def cards_of_day(walk: Walk, done: Done) -> list[Card]:
    """Return the day's cards; a constant number of queries."""
    people = people_to_see(walk, done)
    doors = doors_of_today(_doors(walk, people, list(households_to_visit(walk, done)[:MOST])), done=len(done))
    return _cards(walk, doors, done.tried)


def _doors(walk: Walk, keys: Iterable[int], unvisited: list[Household]) -> list[Door]:
    """Every reason behind each door; the rule has the last word on what the queries found."""
    facts = facts_of(keys, walk.campaign, walk.on)
    residents = Resident.objects.filter(pk__among=set(facts))
    columns = ("pk", "household_id", "place_id", "household__place_id", "household__sequence")
    reasons: dict[tuple[str, int], list[tuple[Reason, int]]] = defaultdict(list)
    walks: dict[tuple[str, int], tuple[str, bool, int]] = {}
    for pk, household_pk, place, door_place, sequence in residents.values_list(*columns):
        if found := reason_of(facts[pk], walk.on):
            key = door_of(pk, household_pk)
            reasons[key].append((found, pk))
            walks[key] = _walk(door_place or place, sequence)
    in_vain = _in_vain(unvisited)
    for household in unvisited:
        key = ("household", household.pk)
        reasons[key].append((never_visited(in_vain.get(household.pk)), 0))
        walks[key] = _walk(household.place_id, household.sequence)
    return [Door(key, walks[key], tuple(found)) for key, found in reasons.items()]


def _walk(place: str, sequence: int | None) -> tuple[str, bool, int]:
    """As HouseholdQuerySet.walking: place, then the number, the unnumbered last."""
    return place, sequence is None, sequence or 0


def _in_vain(households: list[Household]) -> dict[int, date]:
    """The last day on which somebody knocked and nobody was home."""
    knocked = Visit.objects.filter(household__in=households, outcome=Visit.Outcome.NOBODY)
    last = knocked.values_list("household").annotate(last=Max("at"))
    return {pk: timezone.localdate(at) for pk, at in last}


def _cards(walk: Walk, doors: list[Door], tried: dict[tuple[str, int], DoneLine]) -> list[Card]:
    chosen = {door.key: door.best for door in doors}
    households = Household.objects.in_bulk([key for kind, key in chosen if kind == "household"])
    members = _members(households, [who for _, who in chosen.values() if who])
    names = dict(Place.objects.filter(pk__in={door.walk[0] for door in doors}).values_list("code", "name"))
    phones = _phones(members, walk.campaign)
    return [
        _card(number, door, households, members, names, phones, walk.on, tried.get(door.key))
        for number, door in enumerate(doors, start=1)
    ]


def _members(households: dict[int, Household], keys: list[int]) -> dict[int, Resident]:
    living = Q(household__in=households, status=Status.ACTIVE) | Q(pk__in=keys)
    return {one.pk: one for one in Resident.objects.filter(living).order_by("pk")}


def _phones(members: dict[int, Resident], campaign: Campaign) -> dict[int, str]:
    """The last digits of the number to dial, "" where the last call found it wrong."""
    phones = Phone.objects.filter(resident__in=members).order_by("-pk")
    found = dict(phones.values_list("resident_id", "last4"))
    wrong = {pk for pk, contact in last_contacts(found, campaign).items() if is_wrong_number(contact)}
    return {pk: "" if pk in wrong else last4 for pk, last4 in found.items()}


def _card(
    number: int,
    door: Door,
    households: dict[int, Household],
    members: dict[int, Resident],
    names: dict[str, str],
    phones: dict[int, str],
    on: date,
    tried: DoneLine | None,
) -> Card:
    reason, who = door.best
    household = households.get(door.key[1]) if door.key[0] == "household" else None
    family = [one.pk for one in members.values() if household and one.household_id == household.pk]
    # The one the reason is about if there is a phone, else the first of the household who has one that is right.
    reached = next((pk for pk in [who, *family] if pk in phones and (pk == who or phones[pk])), who or family[0])
    person = members.get(who)
    sequence = f" {household.sequence}户" if household and household.sequence else ""
    return Card(
        number=number,
        place=names.get(door.walk[0], ""),
        where=f"{names.get(door.walk[0], '')}{sequence}",
        name=person.name if person else f"{household.head or members[reached].name}户",
        who=_who(person, on) if person else f"{len(family)} 人",
        reason=reason,
        resident=who or reached,
        household=household.pk if household else None,
        reached=reached,
        last4=phones.get(reached, ""),
        others=len({pk for _, pk in door.reasons if pk} - {who}),
        is_called=reason.kind in ("promised", "dose", "sent_back"),
        tried=tried,
    )


def _who(person: Resident, on: date) -> str:
    return "，".join(filter(None, [_SEX.get(person.sex, ""), f"{age_on(person.birth_on, on)} 岁"]))


def by_place(cards: list[Card]) -> str:
    """3组 7 户，4组 4 户: how the doors lie, in walking order."""
    return "，".join(f"{place} {number} 户" for place, number in Counter(card.place for card in cards).items())
