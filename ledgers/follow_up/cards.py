"""Cards of 催种: the people of a household who are reached on one phone, so that one call is for all of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.utils import timezone

from ledgers.follow_up.contacts import is_wrong_number
from ledgers.models import CallLease, Contact
from registry.models import Phone


@dataclass(slots=True)
class Person:
    """One person of a card, as far as a list may show them (access.md)."""

    pk: int
    name: str
    sex: str
    age: int
    relation: str
    place_id: str
    household: int | None
    # Where the next dose stands: due, overdue, or unvaccinated.
    state: str
    # 第二针, and of which platform ("" before the first dose).
    coming: str
    platform: str = ""
    next_by: date | None = None
    # Until the due-by day, that day 0; negative once overdue; null before the first dose.
    days_left: int | None = None
    needs_product: bool = False
    # The unit that leads, "" where it is the reader's to call.
    lead: str = ""
    reason: str = ""
    promised_on: date | None = None
    # Says to be vaccinated elsewhere: asked for the proof, never invited.
    asks_proof: bool = False
    last: Contact | None = None
    phone: Phone | None = None

    @property
    def is_asked(self) -> bool:
        """Whether an outcome of the call can be noted: not for who is somebody else's."""
        return not self.lead

    @property
    def is_invited(self) -> bool:
        """先核实疫苗 invites nobody, nor is invited who says to be vaccinated (rules 2, 4)."""
        return not self.needs_product and not self.asks_proof

    @property
    def words(self) -> str:
        """第二针超期 9 天: the one thing to know before dialing."""
        if self.needs_product:
            return "先核实疫苗"
        if self.days_left is None:
            return "还没打第一针"
        if self.days_left < 0:
            return f"{self.coming}超期 {-self.days_left} 天"
        return f"{self.coming}还有 {self.days_left} 天" if self.days_left else f"{self.coming}今天最迟"

    @property
    def who(self) -> str:
        return "，".join(filter(None, [self.sex, f"{self.age} 岁"]))


@dataclass(slots=True)
class Card:
    """One call: a household and a phone; `subject` is what a lease is taken on."""

    subject: str
    # 3组 17户, or the group of who has no household.
    where: str
    head: str
    # Position on the walk: place, then the number of the household, the unnumbered last.
    walk: tuple[str, bool, int] = ("", True, 0)
    people: list[Person] = field(default_factory=list)
    phone: Phone | None = None
    # The colleague calling right now.
    lease: CallLease | None = None

    @property
    def village(self) -> str:
        """The code of the village that is walked."""
        return self.walk[0][:12]

    @property
    def first(self) -> Person:
        return self.people[0]

    @property
    def asked(self) -> list[Person]:
        return [person for person in self.people if person.is_asked]

    @property
    def is_wrong_number(self) -> bool:
        """Whether the last call found that the number is not theirs, and none has been put in its place."""
        return any(is_wrong_number(person.last) for person in self.asked)

    @property
    def lease_words(self) -> str:
        """秦素芳正在联系，到 10:24: read by her colleagues only."""
        return f"{self.lease.by}正在联系，到 {timezone.localtime(self.lease.until):%H:%M}" if self.lease else ""

    @property
    def is_led_elsewhere(self) -> bool:
        return not self.asked


def by_phone(people: Iterable[Person], family: dict[int, list[Phone]]) -> dict[tuple[object, str], list[Person]]:
    """Group people by household and number, and give each the phone to dial.

    Who has no phone of their own is reached on the first one of the household; `family` has the phones
    of each household, the head's first. People without any phone stay together under "".
    """
    groups: dict[tuple[object, str], list[Person]] = defaultdict(list)
    for person in people:
        if person.phone is None and person.household is not None:
            person.phone = next(iter(family.get(person.household, ())), None)
        number = person.phone.number if person.phone else ""
        groups[person.household or -person.pk, number].append(person)
    return groups
