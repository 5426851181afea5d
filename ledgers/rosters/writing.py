"""Writing a plan: every table once, in bulk, inside the caller's one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import Any

from django.db import models

from campaigns.models import Campaign, Institution, Target
from ledgers.models import Conflict, Dose, Excuse, Exemption, Reason, Standing, Statement
from ledgers.rosters.doses import CORRECTED, SUPERSEDED
from ledgers.rosters.marks import campaigns_of, changed, facts_of, live_doses
from ledgers.rosters.people import FIELDS, DoseState, HouseholdState, Person, Question
from ledgers.rosters.plan import Plan
from ledgers.rosters.registers import PLACE_FIELDS, TARGET_FIELDS, UNIT_FIELDS, Record
from ledgers.rules import excuse_periods
from ledgers.signals import facts_changed
from ledgers.standings import EXCUSE_COLUMNS, STANDING_COLUMNS, standing_rows
from ledgers.vaccines import Vaccines
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
    Trade,
    Unit,
)
from registry.names import pinyin_of

ENDED = (SUPERSEDED, CORRECTED)
DOSE_COLUMNS = (
    "resident_id", "campaign_id", "given_on", "product_id", "stated_number", "lot", "site", "product_text", "source",
    "state", "entry_id", "row", "ended_entry_id",
)  # fmt: skip


class Writer:
    """Writes a finished plan under one entry.

    `before` collects what undoing needs of rows that carry no entry and no history: places, targets,
    units, institutions, households' heads, exemptions and reasons.
    """

    def __init__(self, plan: Plan, entry: Entry):
        self._plan, self._entry = plan, entry
        self._people = [person for person in plan.known.people if person.rows]
        self._new = [person for person in self._people if person.is_new]
        self._known = [person for person in self._people if not person.is_new]
        self.before: dict[str, Any] = {"created": {}, "changed": {}}

    def write(self, progress: Callable[[str], None] = lambda step: None) -> None:
        """Write everything; constraints that fail undo the caller's whole transaction."""
        progress("写入村社、单位")
        self._write_places()
        self._write_registers()
        progress("写入人员")
        self._write_households()
        self._write_residents()
        self._write_contacts()
        progress("写入接种记录")
        self._write_doses()
        self._write_statements()
        self._write_exemptions()
        self._write_reasons()
        self._write_conflicts()
        progress("更新台账")
        self._write_standings()
        self._announce()

    # ---- places, units, vocabularies ----

    def _write_places(self) -> None:
        groups = self._plan.directory.new_groups
        bulk.insert(
            Place,
            ("code", "name", "level", "kind", "linked_leader", "district_group", "phone"),
            [(code, name, Place.Level.GROUP.value, "", "", "", "") for code, name in groups],
        )
        self._created("place", [code for code, _ in groups])
        wanted = {tag for person in self._people for tag in person.new_tags or ()} - self._plan.directory.tags
        Tag.objects.bulk_create([Tag(name=tag) for tag in sorted(wanted)])
        self._created("tag", sorted(wanted))
        for institution in self._plan.directory.institutions.values():
            if institution.id is None:
                row = Institution.objects.create(
                    campaign=self._plan.campaign, name=institution.name, level=institution.level
                )
                institution.id = row.pk
                self._created("institution", [row.pk])
            elif institution.level_is_new:
                Institution.objects.filter(pk=institution.id).update(level=institution.level)
                self._changed("institution", institution.id, {"level": None})

    def _write_registers(self) -> None:
        registers = self._plan.registers
        if registers is None:
            return
        places = list(registers.places.values())
        self._save(Place, "place", places, PLACE_FIELDS, key="code", extra={"level": Place.Level.VILLAGE.value})
        for place, target in registers.targets.items():
            target.values["place_id"] = place
        extra = {"campaign_id": self._plan.campaign.pk}
        self._save(Target, "target", list(registers.targets.values()), ("place_id", *TARGET_FIELDS), extra=extra)
        trades = {name: Trade.objects.create(name=name).pk for name in registers.new_trades}
        self._created("trade", list(trades.values()))
        for unit in registers.units:
            unit.values["trade_id"] = trades.get(unit.values["trade_id"], unit.values["trade_id"])
        new_units, known_units = _split(registers.units)
        self._save(Unit, "unit", known_units, UNIT_FIELDS)
        self._save(Unit, "unit", new_units, ("name", *UNIT_FIELDS), extra={"entry_id": self._entry.pk})

    def _save(
        self,
        model: type[models.Model],
        name: str,
        records: list[Record],
        fields: tuple[str, ...],
        *,
        key: str = "id",
        extra: dict[str, Any] | None = None,
    ) -> None:
        """Insert new records, update changed ones, and keep what undoing needs of both."""
        extra = extra or {}
        new, known = _split(records)
        if key == "id":
            for record, reserved in zip(new, bulk.reserve_ids(model, len(new)), strict=True):
                record.key = reserved
        bulk.insert(
            model, (key, *fields, *extra), [(r.key, *(r.values[f] for f in fields), *extra.values()) for r in new]
        )
        self._created(name, [record.key for record in new])
        dirty = [record for record in known if record.old]
        bulk.update(model, (key, *fields), [(r.key, *(r.values[f] for f in fields)) for r in dirty])
        for record in dirty:
            self._changed(name, record.key, record.old)

    # ---- people ----

    def _write_households(self) -> None:
        households = [one for one in self._plan.known.households.values() if one.id is None or one.old_head is not None]
        new = [one for one in households if one.id is None]
        for household, key in zip(new, bulk.reserve_ids(Household, len(new)), strict=True):
            household.id = key
        bulk.insert(
            Household,
            ("id", "village_id", "number", "head", "entry_id"),
            [(one.id, one.village, one.number, one.head, self._entry.pk) for one in new],
        )
        created = {one.id for one in new}
        renamed = [one for one in households if one.id not in created]
        bulk.update(Household, ("id", "head"), [(one.id, one.head) for one in renamed])
        for one in renamed:
            self._changed("household", one.id, {"head": one.old_head})

    def _write_residents(self) -> None:
        for person, key in zip(self._new, bulk.reserve_ids(Resident, len(self._new)), strict=True):
            person.id = key
        entry = self._entry.pk
        bulk.insert(
            Resident,
            ("id", *FIELDS, "pinyin", "initials", "entry_id"),
            ((person.id, *_values(person), *pinyin_of(person.name), entry) for person in self._new),
        )
        changed = [person for person in self._known if person.changes]
        bulk.update(Resident, ("id", *FIELDS), ((person.id, *_values(person)) for person in changed))
        bulk.insert(
            ResidentChange,
            ("resident_id", "field", "old", "new", "entry_id"),
            ((person.id, *change, entry) for person in self._known for change in self._changes_of(person)),
        )

    def _changes_of(self, person: Person) -> Iterator[tuple[str, str, str]]:
        """Return (field, old, new) of all that changed, additions too: history, and the way back."""
        for field, old in (person.changes or {}).items():
            before, after = _text(old), _text(getattr(person, field))
            if before != after:
                yield field, before, after
        for number, _ in person.new_phones or ():
            yield "phone", "", number
        for tag in person.new_tags or ():
            yield "tag", "", tag
        for unit, kind, _ in person.new_memberships or ():
            yield "unit", "", f"{self._plan.directory.unit_names[unit]} {kind}"
        for _, number in person.documents:
            yield "document", "", f"****{number[-2:]}"

    def _write_contacts(self) -> None:
        entry = self._entry.pk
        bulk.insert(
            IdentityDocument,
            ("resident_id", "kind", "number"),
            ((person.id, *document) for person in self._people for document in person.documents),
        )
        bulk.insert(
            Phone,
            ("resident_id", "number", "last4", "whose"),
            ((p.id, number, number[-4:], whose) for p in self._people for number, whose in p.new_phones or ()),
        )
        wanted = {tag for person in self._people for tag in person.new_tags or ()}
        tags = dict(Tag.objects.filter(name__among=list(wanted)).values_list("name", "id")) if wanted else {}
        bulk.insert(
            ResidentTag,
            ("resident_id", "tag_id"),
            ((person.id, tags[tag]) for person in self._people for tag in person.new_tags or ()),
        )
        bulk.insert(
            Membership,
            ("resident_id", "unit_id", "kind", "class_name", "entry_id"),
            ((person.id, *membership, entry) for person in self._people for membership in person.new_memberships or ()),
        )

    # ---- facts ----

    def _write_doses(self) -> None:
        """End what no longer counts before the records that take its place, for one day has one live dose."""
        entry = self._entry.pk
        moved = [dose for person in self._known for dose in person.doses if dose.id and dose.state != dose.was]
        bulk.update(
            Dose,
            ("id", "state", "ended_entry_id"),
            [(dose.id, dose.state, entry if dose.state in ENDED else None) for dose in moved],
        )
        asked = {id(q.dose) for person in self._people for q in person.questions or () if q.dose and not q.dose.id}
        rest = ((p.id, dose) for p in self._people for dose in p.doses if not dose.id and id(dose) not in asked)
        bulk.insert(Dose, DOSE_COLUMNS, (self._dose_row(*pair) for pair in rest))
        waiting = [(p.id, dose) for p in self._people for dose in p.doses if not dose.id and id(dose) in asked]
        for (_, dose), key in zip(waiting, bulk.reserve_ids(Dose, len(waiting)), strict=True):
            dose.id = key
        bulk.insert(Dose, ("id", *DOSE_COLUMNS), [(dose.id, *self._dose_row(key, dose)) for key, dose in waiting])

    def _dose_row(self, resident: int, dose: DoseState) -> tuple[Any, ...]:
        return (
            resident, dose.campaign, dose.given_on, dose.product.id if dose.product else None, dose.stated,
            dose.lot[:60], dose.site[:120], dose.product_text[:120], dose.source, dose.state, self._entry.pk, dose.row,
            self._entry.pk if dose.state in ENDED else None,
        )  # fmt: skip

    def _write_statements(self) -> None:
        entry = self._entry.pk
        rows = [(person, one) for person in self._people for one in person.statements]
        bulk.update(Statement, ("id", "closed_entry_id"), [(one.id, entry) for _, one in rows if one.id and one.closed])
        bulk.insert(
            Statement,
            (
                "resident_id", "campaign_id", "month", "given_on", "product_id", "stated_number", "row", "entry_id",
                "closed_entry_id",
            ),
            [
                (
                    person.id, one.campaign, one.month, one.given_on, one.product.id if one.product else None,
                    one.stated, one.row, entry, entry if one.closed else None,
                )
                for person, one in rows
                if not one.id
            ],
        )  # fmt: skip

    def _write_exemptions(self) -> None:
        entry, campaign = self._entry.pk, self._plan.campaign.pk
        fields = ("institution_id", "diagnosis", "end_on", "state", "decided_entry_id")
        new, updates = [], []
        for person in self._people:
            for one in person.exemptions:
                institution = one.institution.id if one.institution else None
                decided = entry if one.state == "approved" else None
                if one.id is None:
                    row = (institution, one.diagnosis, one.end_on, one.state, decided)
                    new.append((person.id, campaign, one.kind, one.reason, one.start_on, "", one.row, entry, *row))
                elif one.old:
                    updates.append((one.id, institution, one.diagnosis, one.end_on, one.state))
                    old = {
                        name: value.id if name == "institution" and value else value for name, value in one.old.items()
                    }
                    self._changed("exemption", one.id, old)
        columns = ("resident_id", "campaign_id", "kind", "reason", "start_on", "note", "row", "entry_id")
        bulk.insert(Exemption, (*columns, *fields), new)
        bulk.update(Exemption, ("id", *fields[:-1]), updates)
        approved = [key for key, changed in self.before["changed"].get("exemption", {}).items() if "state" in changed]
        Exemption.objects.filter(pk__in=approved).update(decided_entry=self._entry)

    def _write_reasons(self) -> None:
        rows = [(person, person.reason) for person in self._people if person.reason]
        bulk.insert(
            Reason,
            ("resident_id", "campaign_id", "code", "note", "promised_on", "entry_id"),
            [
                (person.id, self._plan.campaign.pk, one.code, one.note, one.promised_on, self._entry.pk)
                for person, one in rows
                if one.id is None
            ],
        )
        dirty = [one for _, one in rows if one.id and one.old]
        bulk.update(
            Reason, ("id", "code", "note", "promised_on"), [(o.id, o.code, o.note, o.promised_on) for o in dirty]
        )
        for one in dirty:
            self._changed("reason", one.id, dict(zip(("code", "note", "promised_on"), one.old, strict=True)))

    def _write_conflicts(self) -> None:
        Conflict.objects.bulk_create(
            [
                Conflict(
                    resident_id=person.id, kind=one.kind, field=one.field, known=one.known, incoming=one.incoming,
                    payload=one.payload, dose_id=one.dose.id if one.dose else None, entry=self._entry, row=one.row,
                )
                for person in self._people
                for one in person.questions or ()
            ],
            batch_size=2000,
        )  # fmt: skip
        for person in self._known:
            for one in (person.asked or {}).values():
                if one.id and one.payload.get("rows"):
                    _add_rows(one)

    # ---- what follows ----

    def _write_standings(self) -> None:
        """Write the timelines of whoever's doses changed, from the doses in memory."""
        known_ids = {person.id for person in self._known}
        for campaign in {key for person in self._people for key in campaigns_of(person)}:
            touched = [person for person in self._people if changed(person, campaign)]
            known = [person.id for person in touched if person.id in known_ids]
            Standing.objects.filter(campaign_id=campaign, resident__pk__among=known).delete()
            bulk.insert(Standing, STANDING_COLUMNS, self._standing_rows(touched, self._plan.vaccines(campaign)))
        excused = [p for p in self._people if any(one.id is None or one.old for one in p.exemptions)]
        campaign = self._plan.campaign.pk
        Excuse.objects.filter(campaign_id=campaign, resident__pk__among=[person.id for person in excused]).delete()
        bulk.insert(
            Excuse,
            EXCUSE_COLUMNS,
            [
                (person.id, campaign, since, until)
                for person in excused
                for since, until in excuse_periods(
                    (one.start_on, one.end_on) for one in person.exemptions if one.state == "approved"
                )
            ],
        )

    def _standing_rows(self, people: Iterable[Person], vaccines: Vaccines) -> Iterator[tuple[Any, ...]]:
        # Runs while COPY is under way, so nothing here may ask the database.
        for person in people:
            facts = facts_of(self._plan, person, live_doses(person, vaccines.campaign_id))
            yield from standing_rows(vaccines, person.id, facts)

    def _announce(self) -> None:
        """Tell reports which places changed and from which day: every day, unless only doses came."""
        places = {person.place_id for person in self._people}
        moved = [person for person in self._known if person.changes or person.new_memberships or person.new_tags]
        places.update(old for person in moved if isinstance(old := (person.changes or {}).get("place_id"), str))
        registers = self._plan.registers
        if registers is not None:
            places.update({*registers.places, *(unit.values["place_id"] for unit in registers.units)})
        for campaign in Campaign.objects.filter(pk__in=self._campaigns()):
            facts_changed.send(sender=Plan, campaign=campaign, places=places, since=self._since(moved))

    def _campaigns(self) -> set[int]:
        if any(person.rows for person in self._new) or self._plan.registers is not None:
            return set(Campaign.objects.filter(is_active=True).values_list("pk", flat=True))
        return {self._plan.campaign.pk, *(campaign for person in self._people for campaign in campaigns_of(person))}

    def _since(self, moved: list[Person]) -> date | None:
        if self._new or moved or self._plan.registers is not None:
            return None
        if any(one.id is None or one.old for person in self._people for one in person.exemptions):
            return None
        days = [
            dose.given_on for person in self._people for dose in person.doses if dose.is_new or dose.state != dose.was
        ]
        return min(days, default=None)

    def _created(self, name: str, keys: list[Any]) -> None:
        if keys:
            self.before["created"].setdefault(name, []).extend(keys)

    def _changed(self, name: str, key: Any, old: dict[str, Any]) -> None:
        plain = {field: value.isoformat() if isinstance(value, date) else value for field, value in old.items()}
        self.before["changed"].setdefault(name, {})[str(key)] = plain


def _split(records: list[Record]) -> tuple[list[Record], list[Record]]:
    return [one for one in records if one.is_new], [one for one in records if not one.is_new]


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


def _add_rows(question: Question) -> None:
    """Add further rows to a question that is still open, each once."""
    conflict = Conflict.objects.get(pk=question.id)
    rows = conflict.payload.get("rows", [])
    added = [row for row in question.payload["rows"] if row not in rows]
    if added:
        conflict.payload["rows"] = [*rows, *added]
        conflict.save(update_fields=["payload"])
