"""Exemptions of a row beside those on record (interfaces: Rosters, Exemptions; rules 3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ledgers.models import Conflict, Exemption
from ledgers.rosters.directory import InstitutionEntry
from ledgers.rosters.people import ExemptionState, Person, Question
from ledgers.rosters.rows import ExemptionCell, Row
from ledgers.rules import approval_refusal

if TYPE_CHECKING:
    from ledgers.rosters.plan import Plan

CLAIMED, APPROVED = Exemption.State.CLAIMED.value, Exemption.State.APPROVED.value


def take(plan: Plan, person: Person, row: Row) -> str:
    """Take a row's exemption; return "created", "updated" or "" where it says nothing new.

    The same person, kind and start is the same exemption. What a person decided (rejected, withdrawn,
    approved) stands; a claim is approved by a row that says so and brings what rules 3 asks.
    """
    cell = row.exemption
    institution = _institution(plan, cell)
    state = _state(plan, row, cell, institution)
    known = next((one for one in person.exemptions if (one.kind, one.start_on) == (cell.kind, cell.start_on)), None)
    if known is None:
        exemption = ExemptionState(
            None, cell.kind, cell.reason, cell.diagnosis[:200], institution, cell.start_on, cell.end_on, state,
            row.number,
        )  # fmt: skip
        person.exemptions += (exemption,)
        return "created"
    return "updated" if _merge(plan, person, row, known, institution, state) else ""


def _merge(
    plan: Plan, person: Person, row: Row, known: ExemptionState, institution: InstitutionEntry | None, state: str
) -> bool:
    cell = row.exemption
    news = False
    if cell.diagnosis and not known.diagnosis:
        news = _change(known, "diagnosis", cell.diagnosis[:200])
    if institution and not known.institution:
        news = _change(known, "institution", institution)
    if state == APPROVED and known.state == CLAIMED:
        news = _change(known, "state", APPROVED)
    if cell.end_on and cell.end_on != known.end_on:
        if known.end_on is None:
            return _change(known, "end_on", cell.end_on)
        _ask_end(plan, person, row, known)
    return news


def _change(known: ExemptionState, field: str, value: object) -> bool:
    known.old.setdefault(field, getattr(known, field))
    setattr(known, field, value)
    return True


def _ask_end(plan: Plan, person: Person, row: Row, known: ExemptionState) -> None:
    field = f"end:{known.kind[:10]}:{known.start_on}"
    payload = {
        "campaign": plan.campaign.pk,
        "kind": known.kind,
        "start_on": str(known.start_on),
        "value": str(row.exemption.end_on),
    }
    question = Question(
        Conflict.Kind.FIELD.value, field, str(known.end_on), str(row.exemption.end_on), payload=payload, row=row.number
    )
    if plan.ask(person, question):
        text = f"缓种至与在册不一致（在册：{known.end_on}），待核实。"
        plan.warn(row, plan.heading("end_on", "缓种至"), "field_conflict", text)


def _institution(plan: Plan, cell: ExemptionCell) -> InstitutionEntry | None:
    """Return the institution named; a roster's level is for one that has none, a known level wins (rules 3)."""
    if not cell.institution:
        return None
    institution = plan.directory.institution_of(cell.institution)
    if cell.level and institution.level is None:
        institution.level, institution.level_is_new = cell.level, True
    return institution


def _state(plan: Plan, row: Row, cell: ExemptionCell, institution: InstitutionEntry | None) -> str:
    """Approve what the row calls approved if the rules allow; `other` is approved only by hand."""
    if not cell.approved:
        return CLAIMED
    level = institution.level if institution else None
    refusal = approval_refusal(kind=cell.kind, reason=cell.reason, level=level, end_on=cell.end_on)
    if cell.reason == Exemption.Ground.OTHER:
        refusal = refusal or "其他原因须由专人逐一审核。"
    if refusal is None:
        return APPROVED
    plan.warn(row, plan.heading("approved", "审核结果"), "evidence_missing", f"{refusal}先按待审核登记。")
    return CLAIMED
