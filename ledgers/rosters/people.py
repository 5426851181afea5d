"""People as an import holds them in memory: what is on record, and what the rows add to it.

Slots and plain values throughout: a roster has up to 200,000 people and is planned whole before a
single row is written.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from registry.models import KIND_UNSTATED, MembershipKind

# Columns of `registry.Resident` that a roster may bring, in the order in which they are read and written.
FIELDS = (
    "name", "name_key", "sex", "birth_on", "place_id", "registered_village_id", "household_id", "relation",
    "residency", "status", "status_on", "status_stated", "address", "registered_address", "guardian", "caretaker",
    "remarks",
)  # fmt: skip


class HouseholdState:
    """A household by village and number; `id` is None until written, `is_headed` whether its 户主 is a member."""

    __slots__ = ("head", "id", "is_headed", "number", "old_head", "village")

    def __init__(self, key: int | None, village: str, number: str, head: str):
        self.id, self.village, self.number, self.head = key, village, number, head
        self.old_head: str | None = None
        self.is_headed = False


class DoseState:
    """A dose on record or about to be: `product` is a `directory.ProductEntry` or None."""

    __slots__ = (
        "campaign", "given_on", "id", "key", "lot", "position", "product", "product_text", "replaces", "row", "site",
        "source", "state", "stated", "was",
    )  # fmt: skip

    def __init__(
        self,
        key: int | None,
        campaign: int,
        given_on: date,
        product: Any,
        stated: int | None,
        lot: str,
        site: str,
        product_text: str,
        source: str,
        state: str,
        row: int | None,
    ):
        self.id, self.campaign, self.given_on, self.product, self.stated = key, campaign, given_on, product, stated
        # The key it has, or gets when it is written and a question points at it.
        self.key = key
        self.lot, self.site, self.product_text = lot, site, product_text
        self.source, self.state, self.row = source, state, row
        # The state on record before this import; "" for a dose that it brings.
        self.was = state if key else ""
        # Which of a wide row's columns it stands in; 0 for any other.
        self.position = 0
        # The version that this one takes the place of, with a product, a lot or a site filled in.
        self.replaces: DoseState | None = None

    @property
    def is_new(self) -> bool:
        return self.id is None


class StatementState:
    __slots__ = ("campaign", "closed", "given_on", "id", "month", "product", "row", "stated")

    def __init__(
        self,
        key: int | None,
        campaign: int,
        month: date,
        given_on: date | None,
        product: Any,
        stated: int | None,
        row: int | None,
    ):
        self.id, self.campaign, self.month, self.given_on = key, campaign, month, given_on
        self.product, self.stated, self.row = product, stated, row
        self.closed = False


class ExemptionState:
    """An exemption; `old` holds the values on record of what this import changes in it."""

    __slots__ = ("diagnosis", "end_on", "id", "institution", "kind", "old", "reason", "row", "start_on", "state")

    def __init__(
        self,
        key: int | None,
        kind: str,
        reason: str,
        diagnosis: str,
        institution: Any,
        start_on: date,
        end_on: date | None,
        state: str,
        row: int | None,
    ):
        self.id, self.kind, self.reason, self.diagnosis = key, kind, reason, diagnosis
        self.institution, self.start_on, self.end_on, self.state, self.row = institution, start_on, end_on, state, row
        self.old: dict[str, Any] = {}


class Question:
    """A conflict that this import asks about, or one that was asked before (`decision` "" while open)."""

    __slots__ = ("decision", "dose", "field", "id", "incoming", "kind", "known", "payload", "row")

    def __init__(
        self,
        kind: str,
        field: str,
        known: str,
        incoming: str,
        *,
        payload: dict[str, Any] | None = None,
        dose: DoseState | None = None,
        row: int | None = None,
        key: int | None = None,
        decision: str = "",
    ):
        self.id, self.kind, self.field, self.decision, self.row = key, kind, field, decision, row
        self.known, self.incoming = known[:300], incoming[:300]
        self.payload, self.dose = payload or {}, dose

    @property
    def key(self) -> tuple[str, str, str, str]:
        return self.kind, self.field, self.known, self.incoming


class Person:
    """A resident: the values on record, changed in place as rows are taken.

    `id` is None for somebody new, who gets a `key` when written; `changes` maps a field to its value
    before this import, for those on record; `stated` has a bit for each field that rows of this file
    have said (a second row that says otherwise is a conflict, not news), `days` the doses of a long roster.
    What few people have stays the class's until it is set: 200,000 people are held at once.
    """

    __slots__ = (
        *FIELDS, "__dict__", "batch", "document", "documented", "doses", "id", "key", "new_phones", "phones",
        "plain_in", "rows", "stated", "written",
    )  # fmt: skip
    changes: dict[str, Any] | None = None
    days: tuple[date, ...] = ()
    # Records that counted once and no longer do: the same record again is no news.
    ended: tuple[DoseState, ...] = ()
    tags: tuple[str, ...] = ()
    new_tags: list[str] | None = None
    memberships: tuple[tuple[int, str, str], ...] = ()
    new_memberships: list[tuple[int, str, str]] | None = None
    # Of memberships on record that had no kind.
    kinds_stated: list[tuple[int, str, str]] | None = None
    statements: tuple[StatementState, ...] = ()
    exemptions: tuple[ExemptionState, ...] = ()
    reason: ReasonState | None = None
    asked: dict[tuple[str, str, str, str], Question] | None = None
    questions: list[Question] | None = None

    def __init__(self, key: int | None, values: tuple[Any, ...]):
        self.id = self.key = key
        # The batch of rows in which the person first turned up, and whether it has been written.
        self.batch = 0
        self.written = False
        # The campaign whose timeline has been written and bears no mark; None until one has.
        self.plain_in: int | None = None
        (
            self.name, self.name_key, self.sex, self.birth_on, self.place_id, self.registered_village_id,
            self.household_id, self.relation, self.residency, self.status, self.status_on, self.status_stated,
            self.address, self.registered_address, self.guardian, self.caretaker, self.remarks,
        ) = values  # fmt: skip
        if self.name_key == self.name:
            # Nearly always: then one string is enough.
            self.name_key = self.name
        # Rows of this file that were about this person; above 0 the person has been touched.
        self.rows = 0
        self.stated = 0
        self.documented = False
        # What this file brings: a document to who had none, and phones beside those on record.
        self.document: tuple[str, str] | None = None
        self.doses: tuple[DoseState, ...] = ()
        self.phones: tuple[str, ...] = ()
        self.new_phones: tuple[tuple[str, str], ...] = ()

    @property
    def is_new(self) -> bool:
        return self.id is None

    @property
    def village(self) -> str:
        """The responsible village's code; "" while in 待归类."""
        code = self.place_id[:12]
        return "" if code.endswith("000") else code

    def set(self, field: str, value: Any) -> None:
        """Change a field, remembering what is on record."""
        if self.id is not None:
            if self.changes is None:
                self.changes = {}
            self.changes.setdefault(field, getattr(self, field))
        setattr(self, field, value)

    def live(self, campaign: int) -> list[DoseState]:
        return [dose for dose in self.doses if dose.state == "live" and dose.campaign == campaign]


class ReasonState:
    """Why somebody is not vaccinated; `old` holds what was on record where this import changes it."""

    __slots__ = ("code", "entry", "id", "note", "old", "promised_on")

    def __init__(self, key: int | None, code: str, note: str, promised_on: date | None, entry: int | None = None):
        self.id, self.code, self.note, self.promised_on, self.entry = key, code, note, promised_on, entry
        self.old: tuple[str, str, date | None] | None = None


def membership_words(unit: str, kind: str) -> str:
    """乌杨水厂（临聘）; the unit alone where no kind was stated."""
    return unit if kind == KIND_UNSTATED else f"{unit}（{MembershipKind(kind).label}）"
