"""Writing a batch of people: places they named, households, residents, contacts, memberships."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from campaigns.models import Institution
from ledgers.rosters.people import FIELDS, HouseholdState, Person, membership_words
from ledgers.rosters.plan import Batch, Plan
from ledgers.rosters.writing.log import Log
from registry import bulk
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
    Tag,
)
from registry.names import pinyin_of

# History fields of a reason by its attributes, in the order of `ReasonState.old`.
_REASON_FIELDS = (("reason", "code"), ("reason_note", "note"), ("promised_on", "promised_on"))


class PeopleTables:
    """Writes people; rows are drawn by COPY one after another, so making a row asks the database nothing."""

    def __init__(self, plan: Plan, entry: Entry, log: Log):
        self._plan, self._entry, self._log = plan, entry, log
        self._tags: dict[str, int] = {}
        # Villages whose new households wait for their numbers until all their members are written.
        self.new_household_villages: set[str] = set()

    def write(self, batch: Batch) -> None:
        self._write_groups(batch.groups)
        self._write_institutions()
        self._write_households(batch.households)
        self._write_residents(batch.people)
        self._write_contacts(batch.people)
        self._write_tags(batch.people)

    def withdraw(self, people: list[Person]) -> None:
        """Take back what a batch wrote of these people without an entry, before they are written again."""
        new = {person.key for person in people if person.is_new}
        for model in (Phone, ResidentTag, IdentityDocument):
            bulk.delete(model.objects.filter(resident__pk__among=new))
        known = [person for person in people if not person.is_new]
        _drop(Phone, "number", {(p.key, number) for p in known for number, _ in p.new_phones or ()})
        _drop(ResidentTag, "tag__name", {(p.key, tag) for p in known for tag in p.new_tags or ()})
        _drop(IdentityDocument, "number", {(p.key, p.document[1]) for p in known if p.document})

    def _write_groups(self, groups: list[tuple[str, str]]) -> None:
        bulk.insert(
            Place,
            ("code", "name", "level", "kind", "linked_leader", "district_group", "phone"),
            [(code, name, Place.Level.GROUP.value, "", "", "", "") for code, name in groups],
        )
        self._log.note_created("place", [code for code, _ in groups])

    def _write_institutions(self) -> None:
        for institution in list(self._plan.directory.institutions.values()):
            if institution.id is None:
                row = Institution.objects.create(
                    campaign=self._plan.campaign, name=institution.name, level=institution.level
                )
                institution.id = row.pk
                self._log.note_created("institution", [row.pk])
            elif institution.level_is_new:
                Institution.objects.filter(pk=institution.id).update(level=institution.level)
                self._log.note_changed("institution", institution.id, {"level": None})
            institution.level_is_new = False

    def _write_households(self, households: list[tuple[HouseholdState, str, str | None]]) -> None:
        new = [(one, head) for one, head, _ in households if one.id is None]
        renamed = [(one.id, head, old) for one, head, old in households if one.id is not None and old is not None]
        for (household, _), key in zip(new, bulk.reserve_ids(Household, len(new)), strict=True):
            household.id = key
            self.new_household_villages.add(household.village)
        bulk.insert(
            Household,
            ("id", "village_id", "place_id", "number", "head", "entry_id"),
            [(one.id, one.village, one.village, one.number, head, self._entry.pk) for one, head in new],
        )
        bulk.update(Household, ("id", "head"), [(key, head) for key, head, _ in renamed])
        for key, _, old in renamed:
            self._log.note_changed("household", key, {"head": old})

    def _write_residents(self, people: list[Person]) -> None:
        new = [person for person in people if person.key is None]
        changed = [person for person in people if person.key is not None and (person.changes or person.is_new)]
        for person, key in zip(new, bulk.reserve_ids(Resident, len(new)), strict=True):
            person.key = key
        entry = self._entry.pk
        bulk.insert(
            Resident,
            ("id", *FIELDS, "pinyin", "initials", "entry_id"),
            ((person.key, *_values(person), *pinyin_of(person.name), entry) for person in new),
        )
        bulk.update(Resident, ("id", *FIELDS), ((person.key, *_values(person)) for person in changed))
        known = [person for person in people if not person.is_new]
        bulk.insert(
            ResidentChange,
            ("resident_id", "field", "old", "new", "entry_id"),
            ((person.key, *change, entry) for person in known for change in self._changes_of(person)),
        )

    def _changes_of(self, person: Person) -> Iterator[tuple[str, str, str]]:
        """Return (field, old, new) of all that changed, additions too: history, and the way back."""
        for field, old in list((person.changes or {}).items()):
            before, after = _text(old), _text(getattr(person, field))
            if before != after:
                yield field, before, after
        yield from _changes_of_reason(person)
        for number, _ in person.new_phones or ():
            yield "phone", "", number
        for tag in person.new_tags or ():
            yield "tag", "", tag
        for unit, kind, _ in person.new_memberships or ():
            yield "unit", "", membership_words(self._plan.directory.unit_names[unit], kind)
        for unit, kind, _ in person.kinds_stated or ():
            name = self._plan.directory.unit_names[unit]
            yield "unit", name, membership_words(name, kind)
        if person.document:
            yield "document", "", f"****{person.document[1][-2:]}"

    def _write_contacts(self, people: list[Person]) -> None:
        bulk.insert(
            IdentityDocument,
            ("resident_id", "kind", "number"),
            ((person.key, *person.document) for person in people if person.document),
        )
        bulk.insert(
            Phone,
            ("resident_id", "number", "last4", "whose"),
            ((p.key, number, number[-4:], whose) for p in people for number, whose in p.new_phones or ()),
        )
        entry = self._entry.pk
        bulk.insert(
            Membership,
            ("resident_id", "unit_id", "kind", "class_name", "entry_id"),
            ((person.key, *membership, entry) for person in people for membership in person.new_memberships or ()),
        )

        self._state_kinds([person for person in people if person.kinds_stated])

    def _state_kinds(self, people: list[Person]) -> None:
        """Fill in the kinds of memberships that had none; written again, they stay what they are."""
        if not people:
            return
        stated = {(p.key, unit): (kind, name) for p in people for unit, kind, name in p.kinds_stated or ()}
        found = Membership.objects.filter(resident__pk__among={p.key for p in people}, left_on__isnull=True)
        rows = []
        for key, resident, unit, *old in found.values_list("id", "resident_id", "unit_id", "kind", "class_name"):
            if (resident, unit) in stated:
                rows.append((key, *stated[resident, unit]))
                self._log.note_changed("membership", key, dict(zip(("kind", "class_name"), old, strict=True)))
        bulk.update(Membership, ("id", "kind", "class_name"), rows)

    def _write_tags(self, people: list[Person]) -> None:
        wanted = {tag for person in people for tag in person.new_tags or ()}
        new = sorted(wanted - self._plan.directory.tags)
        Tag.objects.bulk_create([Tag(name=tag) for tag in new])
        self._plan.directory.tags.update(new)
        self._log.note_created("tag", new)
        if wanted - self._tags.keys():
            self._tags.update(Tag.objects.filter(name__among=wanted).values_list("name", "id"))
        bulk.insert(
            ResidentTag,
            ("resident_id", "tag_id"),
            ((person.key, self._tags[tag]) for person in people for tag in person.new_tags or ()),
        )


def _drop(model: Any, field: str, pairs: Iterable[tuple[int, str]]) -> None:
    wanted = set(pairs)
    found = model.objects.filter(resident__pk__among={resident for resident, _ in wanted})
    keys = {
        key for key, resident, value in found.values_list("pk", "resident_id", field) if (resident, value) in wanted
    }
    bulk.delete(model.objects.filter(pk__among=keys))


def _values(person: Person) -> tuple[Any, ...]:
    return (
        person.name, person.name_key, person.sex, person.birth_on, person.place_id, person.registered_village_id,
        person.household_id.id if person.household_id else None, person.relation, person.residency, person.status,
        person.status_on, person.status_stated, person.address, person.registered_address, person.guardian,
        person.caretaker, person.remarks,
    )  # fmt: skip


def _text(value: Any) -> str:
    if isinstance(value, HouseholdState):
        return str(value.id)
    return "" if value is None else str(value)


def _changes_of_reason(person: Person) -> Iterator[tuple[str, str, str]]:
    """The history of a reason on record, field by field as `notes.note_reason` keeps it."""
    reason = person.reason
    if reason is None or reason.id is None or reason.old is None:
        return
    for (field, attribute), old in zip(_REASON_FIELDS, reason.old, strict=True):
        before, after = _text(old), _text(getattr(reason, attribute))
        if before != after:
            yield field, before, after
