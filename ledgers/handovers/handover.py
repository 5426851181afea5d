"""移交（待对方确认）: a person goes from one village to another only when the other side confirms.

Until then the giving village keeps the person, so there are never two owners and never none.
"""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from ledgers.models import Handover
from ledgers.notes import change_resident, new_entry
from registry import audit
from registry.access import scope_of
from registry.models import Place, Resident, Role, Source, Status, User
from registry.querysets import within_any


class HandoverRefused(Exception):
    """A handover that cannot be; its text is the sentence for the page."""


@transaction.atomic
def ask(resident: Resident, taking: Place, *, note: str = "", by: User, address: str = "") -> Handover:
    """Offer a person to another village, or, asked by the taking side, ask for one who lives there.

    Waits for the side that did not ask. Raises HandoverRefused.
    """
    resident = Resident.objects.select_for_update(of=("self",)).get(pk=resident.pk)
    giving = Place.objects.filter(pk=resident.village_code).first()
    if giving is None:
        raise HandoverRefused(f"{resident.name}还在待归类，不用移交，认领就行。")
    if resident.status != Status.ACTIVE:
        raise HandoverRefused(f"{resident.name}{resident.get_status_display()}，不能移交。")
    if taking.level != Place.Level.VILLAGE or taking.pk == giving.pk:
        raise HandoverRefused("选另一个村（社区）。")
    own = scope_of(by).prefixes(Role.CADRE, Role.STAFF)
    waits_for = taking if any(resident.place_id.startswith(prefix) for prefix in own) else giving
    try:
        with transaction.atomic():
            made = Handover.objects.create(
                resident=resident,
                giving=giving,
                taking=taking,
                waits_for=waits_for,
                asked_by=by,
                asked_at=timezone.now(),
                note=note.strip()[:200],
            )
    except IntegrityError as error:
        raise HandoverRefused(f"{resident.name}已经在移交，等对方确认。") from error
    _record("handover.ask", made, by, address)
    return made


@transaction.atomic
def accept(handover: Handover, *, by: User, address: str = "") -> Handover:
    """Confirm: the person becomes the taking village's, outside its households until one is chosen."""
    handover = _open(handover)
    resident = handover.resident
    if resident.village_code != handover.giving_id:
        raise HandoverRefused(f"{resident.name}已经不在{handover.giving}，这次移交不用再办。")
    entry = new_entry(by, Source.CERTIFICATE, f"移交：{handover.giving}到{handover.taking}")
    change_resident(resident, {"place_id": handover.taking_id, "household_id": None, "relation": ""}, entry)
    return _answer(handover, Handover.State.ACCEPTED, "", by, address)


@transaction.atomic
def refuse(handover: Handover, *, answer: str, by: User, address: str = "") -> Handover:
    """Say no, and why; the person stays where it was."""
    if not answer.strip():
        raise HandoverRefused("写一句为什么不同意，对方才知道怎么办。")
    return _answer(_open(handover), Handover.State.REFUSED, answer.strip()[:200], by, address)


@transaction.atomic
def withdraw(handover: Handover, *, by: User, address: str = "") -> Handover:
    """Take the question back while nobody has answered it."""
    return _answer(_open(handover), Handover.State.WITHDRAWN, "", by, address)


def _open(handover: Handover) -> Handover:
    locked = Handover.objects.select_for_update(of=("self",)).select_related("resident", "giving", "taking")
    found = locked.get(pk=handover.pk)
    if found.state != Handover.State.OPEN:
        raise HandoverRefused(f"这次移交已是“{found.get_state_display()}”，刷新页面看现在的情况。")
    return found


def _answer(handover: Handover, state: str, answer: str, by: User, address: str) -> Handover:
    handover.state, handover.answer = state, answer
    handover.answered_by, handover.answered_at = by, timezone.now()
    handover.save(update_fields=["state", "answer", "answered_by", "answered_at"])
    actions = {"accepted": "handover.accept", "refused": "handover.refuse", "withdrawn": "handover.withdraw"}
    _record(actions[state], handover, by, address)
    return handover


def _record(action: str, handover: Handover, by: User, address: str) -> None:
    detail = {"从": handover.giving_id, "到": handover.taking_id}
    audit.record(action, by=by, subject=f"resident {handover.resident_id}", detail=detail, address=address)


def waiting_words(resident: Resident) -> str:
    """Say for the person's page which handover waits, "" for none."""
    found = resident.handovers.filter(state=Handover.State.OPEN).select_related("taking", "waits_for").first()
    return f"移交到{found.taking}，等{found.waits_for}确认；确认以前人不动。" if found else ""


def handovers_visible_to(user: User) -> QuerySet[Handover]:
    """Return the handovers of which one side is the account's village; staff see those of their street."""
    prefixes = _village_prefixes(user)
    return Handover.objects.filter(within_any(prefixes, "giving_id") | within_any(prefixes, "taking_id"))


def may_answer(user: User) -> Q:
    """Condition on handovers: the account answers for the side that is waited for."""
    return within_any(_village_prefixes(user), "waits_for_id")


def may_withdraw(user: User) -> Q:
    """Condition on handovers: the account's side has asked."""
    prefixes = _village_prefixes(user)
    gave = within_any(prefixes, "giving_id") & Q(waits_for=F("taking"))
    took = within_any(prefixes, "taking_id") & Q(waits_for=F("giving"))
    return gave | took


def _village_prefixes(user: User) -> tuple[str, ...]:
    # A grid worker's scope is finer than the village a handover names.
    found = scope_of(user).prefixes(Role.CADRE, Role.STAFF)
    return tuple(sorted({prefix[: Place.Level.VILLAGE] for prefix in found}))
