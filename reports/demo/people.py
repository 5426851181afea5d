"""Invented people in households: who lives here, who is registered and away, who came in (domain 3.3)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from random import Random

from reports.demo import names
from reports.demo.numbers import Numbers
from reports.demo.street import DEMO_DAY, FULL_SIZE, VILLAGES, Village

# Of all people: those the census counts, and beside them the groups added at the end.
_PERMANENT_12_TO_CENSUS = 1.035
_INCOMING_SHARE = {"001": 0.11, "203": 0.07, "205": 0.06}
_INCOMING_ELSEWHERE = 0.03
_TRANSIENT = 240
_HERE = ("local", "incoming", "unknown")

# Kinds of households and how frequent they are: mean size 2.5, and together the ages of domain 3.3.
_KINDS = (
    ("elder", 12), ("elders", 10), ("single", 12), ("couple", 14), ("couple_elder", 3), ("couple_1", 12),
    ("couple_2", 8), ("three_generations", 6), ("large", 10), ("grandparents", 4), ("adult_parent", 9),
)  # fmt: skip


@dataclass(slots=True)
class Household:
    village: str
    number: str
    head: str = ""


@dataclass(slots=True)
class Person:
    """One invented person; what happened to them is added by the other modules."""

    name: str
    sex: str
    birth_on: date
    number: str
    village: str
    group: int
    residency: str
    household: Household | None = None
    relation: str = ""
    status: str = "active"
    status_on: date | None = None
    registered_village: str = ""
    registered_address: str = ""
    address: str = ""
    guardian: str = ""
    caretaker: str = ""
    phones: list[tuple[str, str]] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    unit: str = ""
    membership: str = ""
    class_name: str = ""
    doses: list = field(default_factory=list)
    exemption: object | None = None
    reason: tuple[str, str, date | None] | None = None
    statement: object | None = None

    def age(self, on: date = DEMO_DAY) -> int:
        return on.year - self.birth_on.year - ((on.month, on.day) < (self.birth_on.month, self.birth_on.day))

    @property
    def is_permanent(self) -> bool:
        """Counted among the permanent residents on the demonstration's day (rules 1)."""
        return self.status == "active" and self.residency in _HERE and bool(self.village)


class People:
    """Makes the people of all villages; `size` is about how many there will be."""

    def __init__(self, rng: Random, size: int):
        self._rng = rng
        self._scale = size / FULL_SIZE
        self.numbers = Numbers(rng)
        self.all: list[Person] = []
        self.households: list[Household] = []
        # One of each pair that shares name, birthday and village: only their numbers tell them apart.
        self.namesakes: list[Person] = []

    def make(self) -> list[Person]:
        for village in VILLAGES:
            self._settle(village)
        self._add_transient()
        self._let_some_go()
        self._register_some_elsewhere()
        self._add_namesakes()
        return self.all

    def _settle(self, village: Village) -> None:
        """Add households until the village has its permanent residents of 12 and over."""
        wanted = max(4, round(village.census_base * _PERMANENT_12_TO_CENSUS * self._scale))
        have = count = 0
        share = _INCOMING_SHARE.get(village.code[-3:], _INCOMING_ELSEWHERE)
        while have < wanted:
            count += 1
            residency = "incoming" if self._rng.random() < share else "local"
            members = self._household(village, f"{count:05d}", residency)
            have += sum(person.is_permanent and person.age() >= 12 for person in members)

    def _household(self, village: Village, number: str, residency: str) -> list[Person]:
        group = self._rng.randint(1, village.groups)
        household = Household(village.code, number)
        kind = self._rng.choices([name for name, _ in _KINDS], [weight for _, weight in _KINDS])[0]
        family = names.surname(self._rng)
        roles = getattr(self, f"_{kind}")()
        members = [self._person(village, group, residency, family, *role) for role in roles]
        if residency == "local":
            members += self._gone_to_work(village, group, family, kind)
        household.head = members[0].name
        phone = self.numbers.phone()
        for person in members:
            person.household = household
            self._contact(person, phone, household.head)
        self.households.append(household)
        self.all += members
        return members

    # Each kind of household: (relation, age, sex) per member, the head first.

    def _elder(self) -> list[tuple[str, int, str]]:
        return [("户主", self._old_age(), self._rng.choice("MFFF"))]

    def _elders(self) -> list[tuple[str, int, str]]:
        age = self._old_age()
        return [("户主", age, "M"), ("妻", max(58, age - self._rng.randint(0, 5)), "F")]

    def _single(self) -> list[tuple[str, int, str]]:
        return [("户主", self._rng.randint(19, 59), self._rng.choice("MMF"))]

    def _couple(self, low: int = 30, high: int = 59) -> list[tuple[str, int, str]]:
        age = self._rng.randint(low, high)
        return [("户主", age, "M"), ("妻", max(20, age - self._rng.randint(-1, 4)), "F")]

    def _couple_elder(self) -> list[tuple[str, int, str]]:
        return [*self._couple(32, 55), self._parent()]

    def _couple_1(self) -> list[tuple[str, int, str]]:
        return self._with_children(1)

    def _couple_2(self) -> list[tuple[str, int, str]]:
        return self._with_children(2)

    def _three_generations(self) -> list[tuple[str, int, str]]:
        return [*self._with_children(1), self._parent()]

    def _large(self) -> list[tuple[str, int, str]]:
        parents = [("父", self._old_age(), "M"), ("母", self._old_age(), "F")]
        return [*self._with_children(2), *parents[: self._rng.choice((1, 1, 2))]]

    def _grandparents(self) -> list[tuple[str, int, str]]:
        return [*self._elders(), ("孙子女", self._child_age(), self._rng.choice("MF"))]

    def _adult_parent(self) -> list[tuple[str, int, str]]:
        return [("户主", self._rng.randint(32, 59), self._rng.choice("MMF")), self._parent()]

    def _with_children(self, count: int) -> list[tuple[str, int, str]]:
        ages = sorted((self._child_age() for _ in range(count)), reverse=True)
        mother = min(56, ages[0] + self._rng.randint(20, 32))
        couple = [("户主", min(59, mother + self._rng.randint(-1, 4)), "M"), ("妻", mother, "F")]
        return couple + [("子" if (sex := self._rng.choice("MF")) == "M" else "女", age, sex) for age in ages]

    def _parent(self) -> tuple[str, int, str]:
        return ("母", self._old_age(), "F") if self._rng.random() < 0.6 else ("父", self._old_age(), "M")

    def _old_age(self) -> int:
        low, high = self._rng.choices(((60, 69), (70, 79), (80, 94)), (46, 37, 17))[0]
        return self._rng.randint(low, high)

    def _child_age(self) -> int:
        low, high = self._rng.choices(((0, 11), (12, 17), (18, 24)), (55, 32, 13))[0]
        return self._rng.randint(low, high)

    def _gone_to_work(self, village: Village, group: int, family: str, kind: str) -> list[Person]:
        """Registered here and away: grown children of the old, parents of the children left behind."""
        chance = 0.62 if kind in ("elder", "elders", "grandparents") else 0.22
        if self._rng.random() > chance:
            return []
        ages = [self._rng.randint(20, 52) for _ in range(self._rng.choice((1, 1, 2)))]
        if self._rng.random() < 0.15:
            ages.append(self._rng.randint(3, 17))
        return [
            self._person(
                village, group, "away", family, "子" if (sex := self._rng.choice("MMF")) == "M" else "女", a, sex
            )
            for a in ages
        ]

    def _person(
        self, village: Village, group: int, residency: str, family: str, relation: str, age: int, sex: str
    ) -> Person:
        birth_on = self._birthday(age)
        # Wives and mothers keep the surname they were born with.
        own = names.surname(self._rng) if relation in ("妻", "母") else family
        person = Person(
            name=names.full_name(self._rng, sex, birth_on.year, own),
            sex=sex,
            birth_on=birth_on,
            number=self.numbers.identity(birth_on, sex, incoming=residency in ("incoming", "transient")),
            village=village.code,
            group=group,
            residency=residency,
            relation=relation,
            address=f"{village.name}{group}组{self._rng.randint(1, 90)}号",
        )
        if residency == "away":
            person.registered_address = person.address
            person.address = self._rng.choice(
                ("广东省东莞市", "浙江省宁波市", "福建省泉州市", "重庆市渝北区", "江苏省苏州市")
            )
        return person

    def _birthday(self, age: int) -> date:
        return date(DEMO_DAY.year - age, DEMO_DAY.month, DEMO_DAY.day) - timedelta(days=self._rng.randrange(365))

    def _contact(self, person: Person, family_phone: str, head: str) -> None:
        """The old and the young are reached by the family's phone, three of four adults by their own."""
        age = person.age()
        if age < 18:
            person.guardian = head
            person.phones.append((family_phone, "guardian"))
        elif age >= 70 or self._rng.random() < 0.15:
            person.phones.append((family_phone, "family"))
        else:
            person.phones.append((self.numbers.phone(), "self"))

    def _add_transient(self) -> None:
        """People here only briefly, most of them at building sites of the larger villages."""
        for _ in range(round(_TRANSIENT * self._scale)):
            village = self._rng.choices(VILLAGES, [village.census_base for village in VILLAGES])[0]
            sex = self._rng.choice("MMMF")
            person = self._person(village, 0, "transient", names.surname(self._rng), "", self._rng.randint(19, 58), sex)
            person.address = f"{village.name}临时工棚"
            person.phones.append((self.numbers.phone(), "self"))
            self.all.append(person)

    def _let_some_go(self) -> None:
        """Let some die or move out in the course of the year; a few have a residency nobody has stated."""
        for person in self.all:
            draw = self._rng.random()
            dies = 0.025 if person.age() >= 70 else 0.001
            if draw < dies + 0.008:
                person.status = "deceased" if draw < dies else "moved_out"
                person.status_on = DEMO_DAY - timedelta(days=self._rng.randint(2, 220))
            elif person.is_permanent and draw > 0.995:
                person.residency = "unknown"

    def _register_some_elsewhere(self) -> None:
        for person in self.all:
            if person.residency == "local" and person.village == VILLAGES[0].code and self._rng.random() < 0.06:
                home = self._rng.choice(VILLAGES[1:])
                person.registered_village = home.code
                person.registered_address = f"{home.name}{self._rng.randint(1, home.groups)}组"

    def _add_namesakes(self) -> None:
        grown = [p for p in self.all if p.residency == "local" and p.status == "active" and 30 <= p.age() <= 60]
        for person in self._rng.sample(grown, 2):
            number = self.numbers.identity(person.birth_on, person.sex)
            other = replace(person, number=number, household=None, relation="", tags=[], phones=[], doses=[])
            self.namesakes.append(other)
            self.all.append(other)
