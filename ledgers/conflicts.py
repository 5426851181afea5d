"""Deciding what two records say differently (待核实). Decided once, remembered, traceable."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from campaigns.closing import require_open
from campaigns.models import Campaign
from ledgers import standings
from ledgers.models import Conflict, Dose, Exemption, Statement
from ledgers.rosters.pipeline import wait_for_turn
from ledgers.rosters.plan import Plan
from ledgers.rosters.rows import Row
from ledgers.rosters.waiting import row_from
from ledgers.rosters.writing import Writer
from ledgers.rosters.writing.log import Log
from registry import audit, clock
from registry.models import Entry, Household, Membership, Resident, ResidentChange, User
from registry.names import name_key, pinyin_of

KNOWN, INCOMING, OTHER = Conflict.Decision.values


class DecisionRefused(Exception):
    """A decision that cannot be carried out; the message is one Chinese sentence."""


@transaction.atomic
def decide_conflict(conflict: Conflict, *, decision: str, by: User, address: str = "") -> bool:
    """Decide a question and carry the decision out; False when it has been decided already.

    `known` leaves the registry as it is, `incoming` takes what the row says, `other` (names only) says
    that the row is about somebody else. The facts that waited become live or end; standings, history
    and the trail follow in the same transaction. Raises DecisionRefused.
    """
    wait_for_turn()
    conflict = Conflict.objects.select_for_update(of=("self",)).select_related("entry", "dose").get(pk=conflict.pk)
    if conflict.decision:
        return False
    resident = Resident.objects.select_for_update().get(pk=conflict.resident_id)
    place = resident.place_id
    entry = Entry.objects.create(
        at=timezone.now(), by=by, source=conflict.entry.source, label=f"核实：{conflict.get_kind_display()}"
    )
    conflict.decision, conflict.decided_by, conflict.decided_at = decision, by, entry.at
    conflict.save(update_fields=["decision", "decided_by", "decided_at"])
    log = _CARRY_OUT[Conflict.Kind(conflict.kind)](conflict, resident, decision, entry)
    # What taking the decision back needs (`ledgers.conflict_undo`).
    conflict.payload = {**conflict.payload, "carried_out": {"entry": entry.pk, "before": log.as_json()}}
    conflict.save(update_fields=["payload"])
    follow(resident, {place})
    audit.record(
        "conflict.decide", by=by, subject=f"resident {resident.pk}", address=address,
        detail={"conflict": conflict.pk, "kind": conflict.kind, "field": conflict.field, "decision": decision},
    )  # fmt: skip
    return True


def decide_conflicts(conflicts: Iterable[Conflict], *, decision: str, by: User, address: str = "") -> int:
    """Decide several questions alike; return how many were still open. Each stands or falls alone."""
    return sum(decide_conflict(conflict, decision=decision, by=by, address=address) for conflict in conflicts)


def follow(resident: Resident, places: set[str]) -> None:
    """Rebuild the standings of the person and tell that facts changed there and in `places`, where it stood before."""
    # An ended campaign stays as it was when it ended.
    for campaign in Campaign.objects.filter(is_active=True):
        standings.rebuild(campaign, [resident.pk])
        standings.announce(campaign, [resident.pk], None)
        left = places - {Resident.objects.get(pk=resident.pk).place_id}
        if left:
            standings.facts_changed.send(Resident, campaign=campaign, places=left, since=None)


# ---- names and duplicates: the whole row waited, and is taken again ----


def _carry_out_name(conflict: Conflict, resident: Resident, decision: str, entry: Entry) -> Log:
    rows, log = _rows(conflict), Log()
    if decision == INCOMING:
        _set(resident, "name", conflict.incoming, entry)
        save_name(resident)
    if decision != OTHER:
        resident.refresh_from_db()
        for row in rows:
            row.name, row.name_key = resident.name, resident.name_key
        log = _take_again(
            conflict, rows, entry, lambda plan, row: plan.merge(plan.known.load_resident(resident.pk), row)
        )
    days = {cell.given_on for row in rows for cell in row.doses}
    left = _waiting_alone(resident).filter(given_on__in=days)
    left.update(state=Dose.State.REMOVED, ended_entry=entry)
    return log


def save_name(resident: Resident) -> None:
    """Save a name with all that is searched by."""
    resident.name_key = name_key(resident.name)
    resident.pinyin, resident.initials = pinyin_of(resident.name)
    resident.save(update_fields=["name", "name_key", "pinyin", "initials"])


def _waiting_alone(resident: Resident) -> QuerySet[Dose]:
    """Doses that wait with the person's name, not with a question of their own."""
    return Dose.objects.filter(resident=resident, state=Dose.State.WAITING).exclude(conflicts__decision="")


def _carry_out_duplicate(conflict: Conflict, resident: Resident, decision: str, entry: Entry) -> Log:
    def take(plan: Plan, row: Row) -> None:
        if decision == INCOMING:
            plan.create(row)
        else:
            plan.merge(plan.known.load_resident(resident.pk), row)

    return _take_again(conflict, _rows(conflict), entry, take)


def _rows(conflict: Conflict) -> list[Row]:
    return [row_from(portable) for portable in conflict.payload.get("rows", [])]


def _take_again(conflict: Conflict, rows: list[Row], entry: Entry, take: Callable[[Plan, Row], Any]) -> Log:
    campaign = Campaign.objects.select_related("place").get(pk=conflict.payload["campaign"])
    require_open(campaign)
    plan = Plan(campaign, source=entry.source, today=clock.today(), lock=True)
    plan.use("residents", {})
    plan.known.load_households((plan.place_of(row)[0], row.household) for row in rows if row.household)
    for row in rows:
        take(plan, row)
    writer = Writer(plan, entry)
    writer.write()
    return writer.log


# ---- fields ----


def _carry_out_field(conflict: Conflict, resident: Resident, decision: str, entry: Entry) -> Log:
    log = Log()
    if decision != INCOMING:
        return log
    value, field = conflict.payload["value"], conflict.field
    if field.startswith("end:"):
        _move_end(conflict, resident, entry, log)
    elif field == "unit":
        _change_unit(resident, value, entry, log)
    elif field == "status":
        status, status_on = value
        _set(resident, "status", status, entry)
        _set(resident, "status_on", date.fromisoformat(status_on) if status_on else None, entry)
    elif field == "household_id":
        _set(resident, field, _household(value, entry).pk, entry)
    elif field == "birth_on":
        _set(resident, field, date.fromisoformat(value), entry)
    else:
        if field == "place_id" and value[:12] != resident.place_id[:12]:
            # A household belongs to its village; the person leaves it with the village.
            _set(resident, "household_id", None, entry)
        _set(resident, field, value, entry)
    resident.save()
    return log


def _set(resident: Resident, field: str, value: Any, entry: Entry) -> None:
    """Change a field and keep the old value in the history; the caller saves."""
    old = getattr(resident, field)
    if old == value:
        return
    setattr(resident, field, value)
    ResidentChange.objects.create(resident=resident, field=field, old=_text(old), new=_text(value), entry=entry)


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _household(value: list[str], entry: Entry) -> Household:
    village, number, head = value
    return Household.objects.get_or_create(village_id=village, number=number, defaults={"head": head, "entry": entry})[
        0
    ]


def _change_unit(resident: Resident, value: list[Any], entry: Entry, log: Log) -> None:
    known, unit, kind, class_name = value
    left = (
        Membership.objects.filter(resident=resident, unit_id=known, left_on__isnull=True).select_related("unit").first()
    )
    if left is not None and known != unit:
        log.note_changed("membership", left.pk, {"left_on": None})
        left.left_on = clock.today()
        left.save(update_fields=["left_on"])
    if left is not None and known == unit:
        log.note_changed("membership", left.pk, {"kind": left.kind})
        left.kind = kind
        left.save(update_fields=["kind"])
        return
    made, _ = Membership.objects.get_or_create(
        resident=resident, unit_id=unit, left_on=None,
        defaults={"kind": kind, "class_name": class_name, "entry": entry},
    )  # fmt: skip
    old = left.unit.name if left else ""
    ResidentChange.objects.create(resident=resident, field="unit", old=old, new=made.unit.name, entry=entry)


def _move_end(conflict: Conflict, resident: Resident, entry: Entry, log: Log) -> None:
    end_on = date.fromisoformat(conflict.payload["value"])
    campaign = conflict.payload.get("campaign")
    moved = Exemption.objects.filter(
        resident=resident, kind=conflict.payload["kind"], start_on=conflict.payload["start_on"], campaign_id=campaign
    ).first()
    if moved is None:
        raise DecisionRefused("这条禁忌缓种登记已经不在了，请刷新后再看。")
    log.note_changed("exemption", moved.pk, {"end_on": moved.end_on})
    moved.end_on = end_on
    moved.save(update_fields=["end_on"])
    ResidentChange.objects.create(
        resident=resident, field="exemption_end", old=conflict.known, new=conflict.incoming, entry=entry
    )


# ---- doses ----


def _carry_out_dose(conflict: Conflict, resident: Resident, decision: str, entry: Entry) -> Log:
    """Let the waiting record count, or end it; what contradicts the one that counts is marked superseded."""
    dose = Dose.objects.select_for_update().get(pk=conflict.dose_id)
    if dose.state != Dose.State.WAITING:
        raise DecisionRefused("这条接种记录已经处理过，请刷新后再看。")
    require_open(dose.campaign)
    if decision != INCOMING:
        dose.state, dose.ended_entry = Dose.State.SUPERSEDED, entry
        dose.save(update_fields=["state", "ended_entry"])
        return Log()
    live = Dose.objects.filter(resident=resident, campaign=dose.campaign_id, state=Dose.State.LIVE)
    rivals = [other.pk for other in live.select_related("product") if _contradict(other, dose)]
    Dose.objects.filter(pk__in=rivals).update(state=Dose.State.SUPERSEDED, ended_entry=entry)
    dose.state = Dose.State.LIVE
    dose.save(update_fields=["state"])
    proven = Q(month=dose.given_on.replace(day=1))
    if dose.stated_number:
        proven |= Q(stated_number=dose.stated_number)
    Statement.objects.filter(proven, resident=resident, campaign=dose.campaign_id, closed_entry=None).update(
        closed_entry=entry
    )
    return Log()


def _contradict(known: Dose, waiting: Dose) -> bool:
    """Two records of one day, or whose stated numbers contradict each other within one vaccine."""
    if known.given_on == waiting.given_on:
        return True
    products = (known.product, waiting.product)
    if None not in products and known.product.platform_id != waiting.product.platform_id:
        return False
    if known.stated_number is None or waiting.stated_number is None:
        return False
    if known.stated_number == waiting.stated_number:
        return True
    return (known.stated_number < waiting.stated_number) != (known.given_on < waiting.given_on)


_CARRY_OUT: dict[str, Callable[[Conflict, Resident, str, Entry], Log]] = {
    Conflict.Kind.NAME: _carry_out_name,
    Conflict.Kind.DUPLICATE: _carry_out_duplicate,
    Conflict.Kind.FIELD: _carry_out_field,
    Conflict.Kind.DOSE: _carry_out_dose,
}
