"""The people on record whom the rows of a roster are about, loaded a chunk of rows at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from sys import intern

from django.db.models import QuerySet

from ledgers.models import Conflict, Dose, Exemption, Reason, Statement
from ledgers.rosters.directory import Directory
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
from registry.models import Household, IdentityDocument, Membership, Phone, Resident, ResidentTag

HOUSEHOLD = FIELDS.index("household_id")
# Few values for many people: each is held once, not as often as it was read.
REPEATED = [FIELDS.index(field) for field in ("sex", "place_id", "residency", "status")]


class Known:
    """The people this import has met, on record or new, by their numbers and by name and birth date.

    Queries are set-based: a fixed number for each chunk, however many rows it has. With `lock` the
    residents on record are locked until the transaction ends, so that no page changes them meanwhile.
    """

    def __init__(self, directory: Directory, *, lock: bool):
        self._directory = directory
        self._lock = lock
        self.people: list[Person] = []
        self.by_number: dict[tuple[str, str] | str, Person] = {}
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
        # Residents on record without any number: a row with one may be about them. Asked once.
        self._numberless: dict[str, list[int]] | None = None

    def load(self, rows: Sequence[Row]) -> None:
        """Load whoever the rows may be about, with all that is on record about them."""
        numbers = {row.document[1] for row in rows if row.document and number_key(row.document) not in self.by_number}
        owners = list(
            IdentityDocument.objects.filter(number__among=numbers).values_list("kind", "number", "resident_id")
        )
        wanted = {resident for _, _, resident in owners}
        wanted.update(self._with_names({row.name_key for row in rows if row.document is None}))
        found = {number_key((kind, number)) for kind, number, _ in owners}
        wanted.update(self._without_numbers(rows, found))
        self._load_people(wanted - self._by_id.keys())
        for kind, number, resident in owners:
            person = self._by_id[resident]
            person.documented = True
            self.by_number[number_key((kind, number))] = person

    def _households_by_id(self, keys: set[int]) -> dict[int, HouseholdState]:
        columns = ("id", "village_id", "number", "head")
        found = {}
        for values in Household.objects.filter(id__among=keys).values_list(*columns):
            found[values[0]] = self._household_on_record(*values)
        return found

    def _household_on_record(self, key: int, village: str, number: str, head: str) -> HouseholdState:
        known, name = (self.households, (village, number)) if number else (self._numberless_households, key)
        state = known.get(name)
        if state is None:
            state = known[name] = HouseholdState(key, village, number, head)
        return state

    def load_heads(self, keys: Iterable[tuple[str, str]]) -> None:
        """Load the households of these (village, head), which rows without 户号 name."""
        missing = set(keys) - self._heads_looked_up
        if not missing:
            return
        self._heads_looked_up |= missing
        found = Household.objects.standing().filter(
            village__pk__among={village for village, _ in missing}, head__among={head for _, head in missing}
        )
        for place, *values in found.order_by("id").values_list("place_id", "id", "village_id", "number", "head"):
            state = self._household_on_record(*values)
            if (state.village, state.head) in missing:
                self._by_head[state.village, state.head].append((place, state))

    def households_of_head(self, village: str, place: str, head: str) -> list[HouseholdState]:
        """Return the households of a head at a place; a row without a group may mean any of the village."""
        return [state for at, state in self._by_head[village, head] if place in (at, village)]

    def new_household(self, village: str, place: str, head: str) -> HouseholdState:
        """Make a household without a number."""
        state = HouseholdState(None, village, "", head)
        self._by_head[village, head].append((place, state))
        self._changed_households.append(state)
        return state

    def load_resident(self, key: int) -> Person:
        """Load one resident on record and return what is known of them (a decision about one person)."""
        if key not in self._by_id:
            self._load_people({key})
        return self._by_id[key]

    def load_residents(self, keys: set[int]) -> None:
        """Load residents on record by their keys; who has been met already stays as it is."""
        self._load_people(keys - self._by_id.keys())

    def resident(self, key: int) -> Person | None:
        """Return a resident that has been loaded."""
        return self._by_id.get(key)

    def load_households(self, keys: Iterable[tuple[str, str]]) -> None:
        missing = {key for key in keys if key not in self.households}
        if not missing:
            return
        found = Household.objects.filter(
            village__pk__among={village for village, _ in missing},
            number__among={number for _, number in missing},
        )
        for key, village, number, head in found.values_list("id", "village_id", "number", "head"):
            self.households[village, number] = HouseholdState(key, village, number, head)

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

    def _with_names(self, names: set[str]) -> list[int]:
        names -= self._looked_up
        self._looked_up |= names
        if not names:
            return []
        return list(Resident.objects.filter(name_key__among=names).values_list("id", flat=True))

    def _without_numbers(self, rows: Sequence[Row], found: set[tuple[str, str] | str]) -> list[int]:
        if self._numberless is None:
            self._numberless = defaultdict(list)
            lone = Resident.objects.filter(documents__isnull=True).values_list("id", "name_key")
            for key, name in lone.iterator():
                self._numberless[name].append(key)
        if not self._numberless:
            return []
        newcomers = (row for row in rows if row.document and number_key(row.document) not in found)
        return [key for row in newcomers for key in self._numberless.get(row.name_key, ())]

    def _load_people(self, keys: set[int]) -> None:
        if not keys:
            return
        residents = Resident.objects.filter(id__among=keys)
        if self._lock:
            residents = residents.order_by("id").select_for_update(no_key=True)
        rows = list(residents.values_list("id", *FIELDS))
        households = self._households_by_id({row[1 + HOUSEHOLD] for row in rows} - {None})
        for key, *values in rows:
            values[HOUSEHOLD] = households.get(values[HOUSEHOLD])
            for index in REPEATED:
                values[index] = intern(values[index])
            person = Person(key, tuple(values))
            self._by_id[key] = person
            self.people.append(person)
            self._add_name(person)
        self._load_contacts(keys)
        self._load_doses(Dose.objects.filter(resident__pk__among=keys))
        self._load_claims(keys)
        self._load_questions(Conflict.objects.filter(resident__pk__among=keys))

    def _load_contacts(self, keys: set[int]) -> None:
        documented = IdentityDocument.objects.filter(resident__pk__among=keys).values_list("resident_id", flat=True)
        for resident in documented:
            self._by_id[resident].documented = True
        for resident, number in Phone.objects.filter(resident__pk__among=keys).values_list("resident_id", "number"):
            self._by_id[resident].phones += (number,)
        tags = ResidentTag.objects.filter(resident__pk__among=keys).values_list("resident_id", "tag__name")
        for resident, tag in tags:
            self._by_id[resident].tags += (tag,)
        memberships = Membership.objects.filter(resident__pk__among=keys, left_on__isnull=True)
        for resident, *values in memberships.values_list("resident_id", "unit_id", "kind", "class_name"):
            self._by_id[resident].memberships += (tuple(values),)

    def _load_doses(self, doses: QuerySet[Dose]) -> None:
        """Load doses in the order in which they were recorded: between equals the earlier stays live."""
        products = self._directory.products_by_id
        columns = (
            "resident_id", "id", "campaign_id", "given_on", "product_id", "stated_number", "lot", "site",
            "product_text", "source", "state", "row",
        )  # fmt: skip
        for resident, key, campaign, given_on, product, *rest in doses.order_by("id").values_list(*columns):
            dose = DoseState(key, campaign, given_on, products.get(product), *rest)
            person = self._by_id[resident]
            if dose.state in ("live", "waiting"):
                person.doses += (dose,)
            else:
                person.ended += (dose,)

    def _load_claims(self, keys: set[int]) -> None:
        campaign, products = self._directory.campaign, self._directory.products_by_id
        statements = Statement.objects.filter(resident__pk__among=keys, closed_entry__isnull=True)
        columns = ("resident_id", "id", "campaign_id", "month", "given_on", "product_id", "stated_number", "row")
        for resident, key, owner, month, given_on, product, stated, row in statements.values_list(*columns):
            state = StatementState(key, owner, month, given_on, products.get(product), stated, row)
            self._by_id[resident].statements += (state,)
        exemptions = Exemption.objects.filter(resident__pk__among=keys, campaign=campaign)
        columns = (
            "resident_id", "id", "kind", "reason", "diagnosis", "institution__name", "start_on", "end_on", "state",
            "row",
        )  # fmt: skip
        for resident, key, kind, reason, diagnosis, institution, *rest in exemptions.values_list(*columns):
            known = self._directory.institution_of(institution) if institution else None
            state = ExemptionState(key, kind, reason, diagnosis, known, *rest)
            self._by_id[resident].exemptions += (state,)
        reasons = Reason.objects.filter(resident__pk__among=keys, campaign=campaign)
        for resident, *values in reasons.values_list("resident_id", "id", "code", "note", "promised_on", "entry_id"):
            self._by_id[resident].reason = ReasonState(*values)

    def _load_questions(self, conflicts: QuerySet[Conflict]) -> None:
        columns = ("resident_id", "id", "decision", "kind", "field", "known", "incoming")
        for resident, key, decision, *rest in conflicts.values_list(*columns):
            person = self._by_id[resident]
            question = Question(*rest, key=key, decision=decision)
            person.asked = {**(person.asked or {}), question.key: question}


def number_key(document: tuple[str, str]) -> tuple[str, str] | str:
    """Key of a document; the bare number for the usual kind keeps 100,000 tuples out of memory."""
    return document[1] if document[0] == IdentityDocument.RESIDENT else document
