"""The people this import has met: on record, or brought by its rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from sys import intern

from ledgers.rosters.directory import Directory
from ledgers.rosters.fetching import Asked, Fetcher, Found, NumberKey, number_key
from ledgers.rosters.people import (
    FIELDS,
    DoseState,
    ExemptionState,
    HouseholdState,
    Person,
    Question,
    ReasonState,
    StatementState,
)
from ledgers.rosters.rows import Row

HOUSEHOLD = FIELDS.index("household_id")
# Few values for many people: each is held once, not as often as it was read.
REPEATED = [FIELDS.index(field) for field in ("sex", "place_id", "residency", "status")]


class Known:
    """The people this import has met, on record or new, by their numbers and by name and birth date.

    A chunk of rows goes through `ask`, `fetcher.fetch` and `take_in`; while its answers are fetched, the
    chunk before may be decided.
    """

    def __init__(self, directory: Directory, *, lock: bool):
        self._directory = directory
        self.fetcher = Fetcher(directory.campaign, lock=lock)
        self.people: list[Person] = []
        self.by_number: dict[NumberKey, Person] = {}
        # By the hash of name and birth date, one person or several: the pairs themselves would weigh as much
        # as the people.
        self._by_name: dict[int, Person | tuple[Person, ...]] = {}
        self.households: dict[tuple[str, str], HouseholdState] = {}
        # Households without a number, by key, and all that were asked for by their head and place.
        self._numberless_households: dict[int, HouseholdState] = {}
        self._by_head: dict[tuple[str, str], list[tuple[str, HouseholdState]]] = defaultdict(list)
        self._heads_looked_up: set[tuple[str, str]] = set()
        # Those made or given another head since `take_households` was last asked.
        self._changed_households: list[HouseholdState] = []
        self._by_id: dict[int, Person] = {}
        self._looked_up: set[str] = set()

    def ask(
        self, rows: Sequence[Row], households: Iterable[tuple[str, str]], heads: Iterable[tuple[str, str]]
    ) -> Asked:
        """Say what has not been met yet of what rows may be about, and of their (village, number or head)."""
        keyed = [(number_key(row.document), row) for row in rows if row.document]
        names = {row.name_key for row in rows if row.document is None} - self._looked_up
        asked = Asked(
            numbers={row.document[1] for key, row in keyed if key not in self.by_number},
            names=names,
            newcomers=[(key, row.name_key) for key, row in keyed if key not in self.by_number],
            households={key for key in households if key not in self.households},
            heads=set(heads) - self._heads_looked_up,
            met=self._by_id.keys(),
        )
        self._looked_up |= names
        self._heads_looked_up |= asked.heads
        return asked

    def take_in(self, found: Found) -> None:
        """Take what was fetched into memory. Whom rows have met meanwhile stays as they have made them."""
        self._take_people(found)
        for kind, number, resident in found.owners:
            person = self._by_id[resident]
            person.documented = True
            self.by_number[number_key((kind, number))] = person
        for key, village, number, head in found.doors:
            if (village, number) not in self.households:
                self.households[village, number] = HouseholdState(key, village, number, head)
        for place, *values, is_headed in found.heads:
            state = self._household_on_record(*values)
            state.is_headed |= is_headed
            self._by_head[state.village, state.head].append((place, state))

    def load_households(self, households: Iterable[tuple[str, str]]) -> None:
        """Load households by (village, number), for rows whose people are known (a decision)."""
        self.take_in(self.fetcher.fetch(self.ask((), households, ())))

    def load_resident(self, key: int) -> Person:
        """Load one resident on record and return what is known of them (a decision about one person)."""
        self.load_residents({key})
        return self._by_id[key]

    def load_residents(self, keys: set[int]) -> None:
        """Load residents on record by their keys; who has been met already stays as it is."""
        self._take_people(self.fetcher.people(keys - self._by_id.keys()))

    def resident(self, key: int) -> Person | None:
        """Return a resident that has been loaded."""
        return self._by_id.get(key)

    def _household_on_record(self, key: int, village: str, number: str, head: str) -> HouseholdState:
        known, name = (self.households, (village, number)) if number else (self._numberless_households, key)
        state = known.get(name)
        if state is None:
            state = known[name] = HouseholdState(key, village, number, head)
        return state

    def households_of_head(self, village: str, place: str, head: str) -> list[HouseholdState]:
        """Return the households of a head at a place; a row without a group may mean any of the village."""
        return [state for at, state in self._by_head[village, head] if place in (at, village)]

    def new_household(self, village: str, place: str, head: str) -> HouseholdState:
        """Make a household without a number."""
        state = HouseholdState(None, village, "", head)
        self._by_head[village, head].append((place, state))
        self._changed_households.append(state)
        return state

    def household(self, village: str, number: str, head: str) -> HouseholdState:
        """Return the household of that number, new where there is none; a row's head replaces another."""
        state = self.households.get((village, number))
        if state is None:
            state = self.households[village, number] = HouseholdState(None, village, number, head)
            self._changed_households.append(state)
        elif head and head != state.head:
            state.old_head, state.head = state.head, head
            self._changed_households.append(state)
        return state

    def take_households(self) -> list[tuple[HouseholdState, str, str | None]]:
        """Return (household, head, head on record or None) of what is to be written, each once."""
        changed, self._changed_households = dict.fromkeys(self._changed_households), []
        found = [(state, state.head, state.old_head) for state in changed]
        for state in changed:
            state.old_head = None
        return found

    def add(self, person: Person, document: tuple[str, str] | None) -> None:
        """Take somebody new into the indexes, so that later rows of the file find the same person."""
        self.people.append(person)
        if document:
            person.document = document
            person.documented = True
            self.by_number[number_key(document)] = person
        self._add_name(person)

    def namesakes(self, name_key: str, birth_on: date | None) -> list[Person]:
        """Return the people of a name and birth date, in the order in which they were met."""
        found = self._by_name.get(hash((name_key, birth_on)), ())
        people = (found,) if found.__class__ is Person else found
        return [person for person in people if person.name_key == name_key and person.birth_on == birth_on]

    def _add_name(self, person: Person) -> None:
        key = hash((person.name_key, person.birth_on))
        known = self._by_name.get(key)
        if known is None:
            self._by_name[key] = person
        else:
            self._by_name[key] = (known, person) if known.__class__ is Person else (*known, person)

    def _take_people(self, found: Found) -> None:
        households = {row[0]: self._household_on_record(*row) for row in found.households}
        for key, *values in found.residents:
            values[HOUSEHOLD] = households.get(values[HOUSEHOLD])
            for index in REPEATED:
                values[index] = intern(values[index])
            person = Person(key, tuple(values))
            self._by_id[key] = person
            self.people.append(person)
            self._add_name(person)
        self._take_contacts(found)
        self._take_doses(found)
        self._take_claims(found)
        for resident, key, decision, *rest in found.questions:
            person = self._by_id[resident]
            question = Question(*rest, key=key, decision=decision)
            person.asked = {**(person.asked or {}), question.key: question}

    def _take_contacts(self, found: Found) -> None:
        for resident in found.documented:
            self._by_id[resident].documented = True
        for resident, number in found.phones:
            self._by_id[resident].phones += (number,)
        for resident, tag in found.tags:
            self._by_id[resident].tags += (tag,)
        for resident, *values in found.memberships:
            self._by_id[resident].memberships += (tuple(values),)

    def _take_doses(self, found: Found) -> None:
        products = self._directory.products_by_id
        for resident, key, campaign, given_on, product, *rest in found.doses:
            dose = DoseState(key, campaign, given_on, products.get(product), *rest)
            person = self._by_id[resident]
            if dose.state in ("live", "waiting"):
                person.doses += (dose,)
            else:
                person.ended += (dose,)

    def _take_claims(self, found: Found) -> None:
        products = self._directory.products_by_id
        for resident, key, owner, month, given_on, product, stated, row in found.statements:
            state = StatementState(key, owner, month, given_on, products.get(product), stated, row)
            self._by_id[resident].statements += (state,)
        for resident, key, kind, reason, diagnosis, institution, *rest in found.exemptions:
            known = self._directory.institution_of(institution) if institution else None
            state = ExemptionState(key, kind, reason, diagnosis, known, *rest)
            self._by_id[resident].exemptions += (state,)
        for resident, *values in found.reasons:
            self._by_id[resident].reason = ReasonState(*values)
