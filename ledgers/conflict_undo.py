"""Taking a decision of 待核实 back: what it changed is as before, and the question is open again.

Possible while nothing was built on it: no later change of the same field or of the person's doses, and
for a whole row that was taken, nothing later about the person at all.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Q

from campaigns.closing import require_open
from ledgers.conflicts import DecisionRefused, follow, save_name
from ledgers.models import Conflict, Dose, Exemption, Statement
from ledgers.rosters.pipeline import wait_for_turn
from ledgers.rosters.undoing import UndoRefused, refuse_if_built_on, touched_by, withdraw
from registry import audit
from registry.models import Entry, Membership, Resident, ResidentChange, User

Kind = Conflict.Kind


@transaction.atomic
def undo_decision(conflict: Conflict, *, by: User, address: str = "") -> bool:
    """Open a decided question again; False when it is open already. Raises DecisionRefused."""
    wait_for_turn()
    conflict = Conflict.objects.select_for_update(of=("self",)).select_related("dose").get(pk=conflict.pk)
    if not conflict.decision:
        return False
    carried_out = conflict.payload.get("carried_out")
    if carried_out is None:
        raise DecisionRefused("这次核实没有留下可以撤销的内容；要改，就更正这个人的资料。")
    if conflict.dose is not None:
        require_open(conflict.dose.campaign)
    resident = Resident.objects.select_for_update().get(pk=conflict.resident_id)
    entry, before = Entry.objects.get(pk=carried_out["entry"]), carried_out["before"]
    _refuse_if_built_on(conflict, entry, before)
    touched = [resident.pk, *touched_by(entry)]
    places = set(Resident.objects.filter(pk__among=touched).values_list("place_id", flat=True))
    detail = {"conflict": conflict.pk, "kind": conflict.kind, "field": conflict.field, "decision": conflict.decision}
    _open_again(conflict)
    _give_doses_back(conflict, entry)
    withdraw(entry, before)
    if conflict.kind == Kind.NAME:
        resident.refresh_from_db()
        save_name(resident)
    follow(resident, places)
    audit.record("conflict.undo", by=by, subject=f"resident {resident.pk}", detail=detail, address=address)
    return True


def _open_again(conflict: Conflict) -> None:
    conflict.decision, conflict.decided_by, conflict.decided_at = "", None, None
    conflict.payload = {key: value for key, value in conflict.payload.items() if key != "carried_out"}
    conflict.save(update_fields=["decision", "decided_by", "decided_at", "payload"])


def _give_doses_back(conflict: Conflict, entry: Entry) -> None:
    """Let the record in question wait again before its rivals count again, for one day has one live dose."""
    ended = Dose.objects.filter(ended_entry=entry)
    if conflict.kind == Kind.DOSE:
        Dose.objects.filter(pk=conflict.dose_id).update(state=Dose.State.WAITING, ended_entry=None)
        ended.update(state=Dose.State.LIVE, ended_entry=None)
    elif conflict.kind == Kind.NAME:
        # They waited with the name; what the row's own doses superseded is given back with the rest.
        ended.filter(state=Dose.State.REMOVED).update(state=Dose.State.WAITING, ended_entry=None)


def _refuse_if_built_on(conflict: Conflict, entry: Entry, before: dict[str, Any]) -> None:
    if conflict.kind == Kind.FIELD:
        if _field_moved_on(conflict, entry, before):
            raise DecisionRefused("不能撤销：这一栏之后又有变动。")
    elif conflict.kind == Kind.DOSE:
        if _doses_moved_on(conflict, entry):
            raise DecisionRefused("不能撤销：之后又登记或更正了接种记录。")
    else:
        try:
            refuse_if_built_on(entry, sorted({conflict.resident_id, *touched_by(entry)}), before)
        except UndoRefused as refused:
            raise DecisionRefused(str(refused)) from refused


def _field_moved_on(conflict: Conflict, entry: Entry, before: dict[str, Any]) -> bool:
    resident = conflict.resident_id
    changed = ResidentChange.objects.filter(entry=entry).values_list("field", flat=True)
    later = ResidentChange.objects.filter(resident=resident, field__in={conflict.field, *changed}, entry__gt=entry.pk)
    asked = _later_questions(conflict, entry).filter(field=conflict.field)
    joined = Membership.objects.filter(resident=resident).filter(
        Q(entry__gt=entry.pk) | Q(entry=entry, left_on__isnull=False)
    )
    ended = Exemption.objects.filter(pk__in=before["changed"].get("exemption", {}), decided_entry__gt=entry.pk)
    is_unit = conflict.field == "unit"
    return later.exists() or asked.exists() or ended.exists() or (is_unit and joined.exists())


def _doses_moved_on(conflict: Conflict, entry: Entry) -> bool:
    later = Q(entry__gt=entry.pk) | Q(ended_entry__gt=entry.pk)
    doses = Dose.objects.filter(later, resident=conflict.resident_id, campaign=conflict.dose.campaign_id)
    said = Statement.objects.filter(resident=conflict.resident_id, entry__gt=entry.pk)
    asked = _later_questions(conflict, entry).filter(kind=Kind.DOSE)
    return doses.exists() or said.exists() or asked.exists()


def _later_questions(conflict: Conflict, entry: Entry) -> Any:
    others = Conflict.objects.filter(resident=conflict.resident_id).exclude(pk=conflict.pk)
    return others.filter(Q(entry__gt=entry.pk) | Q(decided_at__gt=entry.at))
