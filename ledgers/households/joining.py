"""待并户: people on record without a household, and the households they may belong to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import QuerySet

from registry.models import Household, Phone, Resident, Status
from registry.querysets import within

# What speaks for a household, in the order of how much it says.
PHONE, ADDRESS, HEAD = "电话相同", "住址相同", "户主是监护人"
_WEIGHT = {PHONE: 4, ADDRESS: 3, HEAD: 2}
_MOST = 2


@dataclass
class Suggestion:
    """A household that a person may belong to, and why."""

    household: Household
    why: list[str] = field(default_factory=list)

    @property
    def words(self) -> str:
        return "、".join(self.why)


def without_household(prefix: str) -> QuerySet[Resident]:
    """Active people of a place (prefix) who belong to no household, in the order of its groups."""
    return (
        Resident.objects.inside(prefix).filter(household__isnull=True, status=Status.ACTIVE).order_by("place_id", "pk")
    )


def suggestions_for(people: Sequence[Resident], village: str) -> dict[int, list[Suggestion]]:
    """Return up to two households for each person of a village (code), the likeliest first; four queries.

    A household of the person's own group goes before one of another.
    """
    votes: dict[int, dict[int, list[str]]] = {person.pk: defaultdict(list) for person in people}
    for why, found in ((PHONE, _by_phone(people, village)), (ADDRESS, _by_address(people, village)),
                       (HEAD, _by_head(people, village))):  # fmt: skip
        for person, household in sorted(set(found)):
            votes[person][household].append(why)
    keys = {household for found in votes.values() for household in found}
    households = Household.objects.standing().select_related("place").in_bulk(keys) if keys else {}
    places = {person.pk: person.place_id for person in people}
    return {pk: _best(found, households, places[pk]) for pk, found in votes.items()}


def _best(found: dict[int, list[str]], households: dict[int, Household], place: str) -> list[Suggestion]:
    known = [Suggestion(households[key], why) for key, why in found.items() if key in households]

    def rank(one: Suggestion) -> tuple[int, int]:
        return -sum(_WEIGHT[why] for why in one.why) - (one.household.place_id == place), one.household.pk

    return sorted(known, key=rank)[:_MOST]


def _by_phone(people: Sequence[Resident], village: str) -> Iterable[tuple[int, int]]:
    own = Phone.objects.filter(resident__pk__among={person.pk for person in people})
    numbers: dict[str, list[int]] = defaultdict(list)
    for resident, number in own.values_list("resident_id", "number"):
        numbers[number].append(resident)
    if not numbers:
        return
    others = Phone.objects.filter(
        number__among=set(numbers),
        last4__among={number[-4:] for number in numbers},
        resident__household__village=village,
    )
    for number, household in others.values_list("number", "resident__household_id"):
        for person in numbers[number]:
            yield person, household


def _by_address(people: Sequence[Resident], village: str) -> Iterable[tuple[int, int]]:
    addresses: dict[str, list[int]] = defaultdict(list)
    for person in people:
        if person.address:
            addresses[person.address].append(person.pk)
    if not addresses:
        return
    same = Resident.objects.filter(within(village), address__among=set(addresses), household__village=village)
    for address, household in same.values_list("address", "household_id"):
        for person in addresses[address]:
            yield person, household


def _by_head(people: Sequence[Resident], village: str) -> Iterable[tuple[int, int]]:
    guardians: dict[str, list[int]] = defaultdict(list)
    for person in people:
        if person.guardian:
            guardians[person.guardian].append(person.pk)
    if not guardians:
        return
    for head, household in Household.objects.filter(village=village, head__among=set(guardians)).values_list(
        "head", "pk"
    ):
        for person in guardians[head]:
            yield person, household
