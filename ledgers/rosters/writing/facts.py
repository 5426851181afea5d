"""Writing a batch of people's facts: doses, statements, exemptions, reasons, questions, and the standings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from ledgers.models import Conflict, Dose, Excuse, Exemption, Reason, Standing, Statement
from ledgers.rosters.doses import CORRECTED, SUPERSEDED
from ledgers.rosters.marks import campaigns_of, changed, facts_of, live_doses
from ledgers.rosters.people import DoseState, Person, Question
from ledgers.rosters.plan import Plan
from ledgers.rosters.writing.log import Log
from ledgers.rules import excuse_periods
from ledgers.standings import EXCUSE_COLUMNS, STANDING_COLUMNS, standing_rows
from ledgers.vaccines import Vaccines
from registry import bulk
from registry.models import Entry, Membership, ResidentChange

ENDED = (SUPERSEDED, CORRECTED)
MARKS = STANDING_COLUMNS.index("marks")
DOSE_COLUMNS = (
    "resident_id", "campaign_id", "given_on", "product_id", "stated_number", "lot", "site", "product_text", "source",
    "state", "entry_id", "row", "ended_entry_id",
)  # fmt: skip
STATEMENT_COLUMNS = (
    "resident_id", "campaign_id", "month", "given_on", "product_id", "stated_number", "row", "entry_id",
    "closed_entry_id",
)  # fmt: skip


class FactTables:
    """Writes facts; rows are drawn by COPY one after another, so making a row asks the database nothing."""

    def __init__(self, plan: Plan, entry: Entry, log: Log):
        self._plan, self._entry, self._log = plan, entry, log

    def write(self, people: list[Person]) -> None:
        self._write_doses(people)
        self._write_statements(people)
        self._write_exemptions(people)
        self._write_reasons(people)
        self._write_conflicts(people)
        self._write_standings(people)
        self._write_excuses(people)

    def withdraw(self, people: list[Person]) -> None:
        """Take back what the import's entry made of these people, before they are written again."""
        keys = {person.key for person in people}
        for model in (Conflict, Dose, Statement, Exemption, Membership, ResidentChange):
            bulk.delete(model.objects.filter(entry=self._entry, resident__pk__among=keys))
        # A reason on record that the import changed bears its entry too, and is written again in its place.
        new = {person.key for person in people if person.reason and person.reason.id is None}
        bulk.delete(Reason.objects.filter(entry=self._entry, resident__pk__among=new))

    def _write_doses(self, people: list[Person]) -> None:
        """End what no longer counts before the records that take its place, for one day has one live dose."""
        entry = self._entry.pk
        moved = [dose for person in people for dose in person.doses if dose.id and dose.state != dose.was]
        bulk.update(
            Dose,
            ("id", "state", "ended_entry_id"),
            [(dose.id, dose.state, entry if dose.state in ENDED else None) for dose in moved],
        )
        for dose in moved:
            if dose.state not in ENDED:
                # It waited; what was ended tells so by its `ended_entry`.
                self._log.note_changed("dose", dose.id, {"state": dose.was})
        asked = {id(q.dose) for person in people for q in person.questions or () if q.dose and not q.dose.id}
        rest = ((p.key, dose) for p in people for dose in p.doses if not dose.id and id(dose) not in asked)
        bulk.insert(Dose, DOSE_COLUMNS, (self._dose_row(*pair) for pair in rest))
        waiting = [(p.key, dose) for p in people for dose in p.doses if not dose.id and id(dose) in asked]
        for (_, dose), key in zip(waiting, bulk.reserve_ids(Dose, len(waiting)), strict=True):
            dose.key = key
        bulk.insert(Dose, ("id", *DOSE_COLUMNS), [(dose.key, *self._dose_row(key, dose)) for key, dose in waiting])

    def _dose_row(self, resident: int, dose: DoseState) -> tuple[Any, ...]:
        return (
            resident, dose.campaign, dose.given_on, dose.product.id if dose.product else None, dose.stated,
            dose.lot[:60], dose.site[:120], dose.product_text[:120], dose.source, dose.state, self._entry.pk, dose.row,
            self._entry.pk if dose.state in ENDED else None,
        )  # fmt: skip

    def _write_statements(self, people: list[Person]) -> None:
        entry = self._entry.pk
        rows = [(person, one) for person in people for one in person.statements]
        closed = [(one.id, entry) for _, one in rows if one.id and one.closed]
        bulk.update(Statement, ("id", "closed_entry_id"), closed)
        bulk.insert(
            Statement,
            STATEMENT_COLUMNS,
            [
                (
                    person.key, one.campaign, one.month, one.given_on, one.product.id if one.product else None,
                    one.stated, one.row, entry, entry if one.closed else None,
                )
                for person, one in rows
                if not one.id
            ],
        )  # fmt: skip

    def _write_exemptions(self, people: list[Person]) -> None:
        entry, campaign = self._entry.pk, self._plan.campaign.pk
        fields = ("institution_id", "diagnosis", "end_on", "state")
        new, updates, approved = [], [], []
        for person in people:
            for one in person.exemptions:
                values = (one.institution.id if one.institution else None, one.diagnosis, one.end_on, one.state)
                if one.id is None:
                    decided = entry if one.state == "approved" else None
                    row = (person.key, campaign, one.kind, one.reason, one.start_on, "", one.row, entry, decided)
                    new.append((*row, *values))
                elif one.old:
                    updates.append((one.id, *values))
                    approved += [one.id] if "state" in one.old else []
                    old = {name: v.id if name == "institution" and v else v for name, v in one.old.items()}
                    self._log.note_changed("exemption", one.id, old)
        columns = ("resident_id", "campaign_id", "kind", "reason", "start_on", "note", "row", "entry_id")
        bulk.insert(Exemption, (*columns, "decided_entry_id", *fields), new)
        bulk.update(Exemption, ("id", *fields), updates)
        if approved:
            Exemption.objects.filter(pk__among=set(approved)).update(decided_entry=self._entry)

    def _write_reasons(self, people: list[Person]) -> None:
        rows = [(person, person.reason) for person in people if person.reason]
        campaign, entry = self._plan.campaign.pk, self._entry.pk
        bulk.insert(
            Reason,
            ("resident_id", "campaign_id", "code", "note", "promised_on", "entry_id"),
            [(p.key, campaign, one.code, one.note, one.promised_on, entry) for p, one in rows if one.id is None],
        )
        dirty = [one for _, one in rows if one.id and one.old]
        bulk.update(
            Reason,
            ("id", "code", "note", "promised_on", "entry_id"),
            [(o.id, o.code, o.note, o.promised_on, entry) for o in dirty],
        )
        for one in dirty:
            old = dict(zip(("code", "note", "promised_on"), one.old, strict=True))
            self._log.note_changed("reason", one.id, old | {"entry_id": one.entry})

    def _write_conflicts(self, people: list[Person]) -> None:
        Conflict.objects.bulk_create(
            [
                Conflict(
                    resident_id=person.key, kind=one.kind, field=one.field, known=one.known, incoming=one.incoming,
                    payload=one.payload, dose_id=one.dose.key if one.dose else None, entry=self._entry, row=one.row,
                )
                for person in people
                for one in person.questions or ()
            ],
            batch_size=2000,
        )  # fmt: skip
        for person in people:
            for one in (person.asked or {}).values():
                if one.id and one.payload.get("rows"):
                    _add_rows(one)

    def _write_standings(self, people: list[Person]) -> None:
        """Write the timelines of whoever's doses changed, from the doses in memory."""
        for campaign in {key for person in people for key in campaigns_of(person)}:
            touched = [person for person in people if changed(person, campaign)]
            on_record = {person.key for person in touched if person.written or not person.is_new}
            if on_record:
                bulk.delete(Standing.objects.filter(campaign_id=campaign, resident__pk__among=on_record))
            bulk.insert(Standing, STANDING_COLUMNS, self._standing_rows(touched, self._plan.vaccines(campaign)))

    def _standing_rows(self, people: Iterable[Person], vaccines: Vaccines) -> Iterator[tuple[Any, ...]]:
        for person in people:
            facts = facts_of(self._plan, person, live_doses(person, vaccines.campaign_id))
            rows = standing_rows(vaccines, person.key, facts)
            if not (rows and rows[-1][MARKS]):
                person.plain_in = vaccines.campaign_id
            yield from rows

    def _write_excuses(self, people: list[Person]) -> None:
        excused = [person for person in people if any(one.id is None or one.old for one in person.exemptions)]
        if not excused:
            return
        campaign = self._plan.campaign.pk
        bulk.delete(Excuse.objects.filter(campaign_id=campaign, resident__pk__among={person.key for person in excused}))
        bulk.insert(
            Excuse,
            EXCUSE_COLUMNS,
            [
                (person.key, campaign, since, until)
                for person in excused
                for since, until in excuse_periods(
                    (one.start_on, one.end_on) for one in person.exemptions if one.state == "approved"
                )
            ],
        )


def _add_rows(question: Question) -> None:
    """Add further rows to a question that is still open, each once."""
    conflict = Conflict.objects.get(pk=question.id)
    rows = conflict.payload.get("rows", [])
    added = [row for row in question.payload["rows"] if row not in rows]
    if added:
        conflict.payload["rows"] = [*rows, *added]
        conflict.save(update_fields=["payload"])
