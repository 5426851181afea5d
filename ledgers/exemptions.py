"""Claims of 禁忌 and 缓种 and their decision (rules 3, plan 六(二)1): only an approved one exempts anybody."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from campaigns.closing import require_open
from campaigns.models import Campaign, Institution
from ledgers import standings
from ledgers.evidence.keeping import Piece, keep
from ledgers.evidence.pictures import EvidenceRefused
from ledgers.models import Evidence, Exemption
from ledgers.rules import approval_refusal
from registry import audit
from registry.models import Entry, Resident, ResidentChange, Source, User

# What may be put right when a claim that was sent back is sent again.
RESENT = ("reason", "start_on", "end_on", "institution", "diagnosis")


class ExemptionRefused(Exception):
    """A claim or decision that cannot be; its text is the sentence for the page."""


@transaction.atomic
def claim(
    resident: Resident,
    campaign: Campaign,
    *,
    kind: str,
    reason: str,
    start_on: date,
    by: User,
    end_on: date | None = None,
    institution: Institution | None = None,
    diagnosis: str = "",
    evidence: Sequence[Piece] = (),
    entry: Entry | None = None,
    address: str = "",
) -> Exemption:
    """Record a claim with its evidence; it exempts nobody until it is approved.

    `entry` is the act it belongs to, such as a visit; without one the claim is an act of its own.
    """
    require_open(campaign)
    _check_days(kind, start_on, end_on)
    entry = entry or _entry(by, "申请禁忌缓种")
    with _once():
        made = Exemption.objects.create(
            resident=resident,
            campaign=campaign,
            kind=kind,
            reason=reason,
            start_on=start_on,
            end_on=end_on,
            institution=institution,
            diagnosis=diagnosis,
            entry=entry,
        )
    _keep(evidence, made, entry)
    _record(made, "exemption.claim", by, address)
    return made


@transaction.atomic
def resend(
    exemption: Exemption,
    *,
    changes: dict[str, Any],
    evidence: Sequence[Piece] = (),
    by: User,
    address: str = "",
) -> Exemption:
    """Send a claim again after it was sent back (补材料) or withdrawn, or add to one that waits.

    `changes` may hold the fields of RESENT; what each was, and what it was sent back for, stays as a change
    of the person. Refused when nothing is new, unless it was withdrawn, and when it is approved.
    """
    exemption = _locked(exemption)
    require_open(exemption.campaign)
    if exemption.state == Exemption.State.APPROVED:
        raise ExemptionRefused(f"这份申请已是“{exemption.get_state_display()}”，不能再补材料。")
    values = {name: getattr(exemption, name) for name in RESENT} | changes
    _check_days(exemption.kind, values["start_on"], values["end_on"])
    entry = _entry(by, "撤回后再送审" if exemption.state == Exemption.State.WITHDRAWN else "补材料再送审")
    kept = _keep(evidence, exemption, entry)
    rows = _put_right(exemption, changes, entry)
    if not kept and not rows and exemption.state != Exemption.State.WITHDRAWN:
        raise ExemptionRefused("没有新的材料，也没有改动；补一张照片，或把写错的改过来再送。")
    _send_again(exemption, rows, entry)
    _record(exemption, "exemption.resend", by, address)
    return exemption


def _put_right(exemption: Exemption, changes: dict[str, Any], entry: Entry) -> list[ResidentChange]:
    rows = []
    for name in RESENT:
        old = getattr(exemption, name)
        if name in changes and changes[name] != old:
            setattr(exemption, name, changes[name])
            rows.append(_change(exemption, f"exemption_{name}", old, changes[name], entry))
    return rows


def _send_again(exemption: Exemption, rows: list[ResidentChange], entry: Entry) -> None:
    if exemption.state != Exemption.State.CLAIMED:
        said = "：".join(filter(None, [exemption.get_state_display(), exemption.note]))
        rows.append(_change(exemption, "exemption_state", said, entry.label, entry))
        exemption.state, exemption.decided_entry = Exemption.State.CLAIMED, None
    ResidentChange.objects.bulk_create(rows)
    with _once():
        exemption.save(update_fields=[*RESENT, "state", "decided_entry"])


def _change(exemption: Exemption, field: str, old: Any, new: Any, entry: Entry) -> ResidentChange:
    text = ["" if value is None else str(value)[:500] for value in (old, new)]
    return ResidentChange(resident_id=exemption.resident_id, field=field, old=text[0], new=text[1], entry=entry)


@transaction.atomic
def approve(exemption: Exemption, *, by: User, address: str = "") -> Exemption:
    """Approve a claim whose evidence suffices; else refuse with the sentence of rules 3."""
    exemption = _waiting(exemption)
    level = exemption.institution.level if exemption.institution else None
    refusal = approval_refusal(kind=exemption.kind, reason=exemption.reason, level=level, end_on=exemption.end_on)
    if refusal:
        raise ExemptionRefused(refusal)
    return _decide(exemption, Exemption.State.APPROVED, "", by, address)


@transaction.atomic
def reject(exemption: Exemption, *, note: str, by: User, address: str = "") -> Exemption:
    """Send a claim back, saying why."""
    if not note.strip():
        raise ExemptionRefused("写明为什么退回，申请人才知道要补什么。")
    return _decide(_waiting(exemption), Exemption.State.REJECTED, note.strip(), by, address)


@transaction.atomic
def withdraw(exemption: Exemption, *, note: str = "", by: User, address: str = "") -> Exemption:
    """Take a claim or an approved exemption back; from then on it exempts nobody, on any day."""
    exemption = _locked(exemption)
    if exemption.state not in (Exemption.State.CLAIMED, Exemption.State.APPROVED):
        raise ExemptionRefused("这份申请已经办结，刷新页面看现在的状态。")
    return _decide(exemption, Exemption.State.WITHDRAWN, note.strip(), by, address)


def _check_days(kind: str, start_on: date, end_on: date | None) -> None:
    if kind == Exemption.Kind.DEFERRAL and end_on is None:
        raise ExemptionRefused("缓种须写明缓种至哪一天。")
    if end_on is not None and end_on < start_on:
        raise ExemptionRefused("缓种至的日期早于诊断日期，请核对。")


@contextmanager
def _once() -> Iterator[None]:
    """The same person, kind and start is the same exemption (interfaces: Exemptions)."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        raise ExemptionRefused("同一天的同一种申请已经有了，到个人页的“禁忌缓种”里打开那一份，补好再送审。") from error


def _keep(evidence: Sequence[Piece], exemption: Exemption, entry: Entry) -> list[Evidence]:
    try:
        return keep(evidence, exemption=exemption, entry=entry)
    except EvidenceRefused as refused:
        raise ExemptionRefused(str(refused)) from refused


def _locked(exemption: Exemption) -> Exemption:
    # Without the joined institution: a nullable side of a join cannot be locked.
    return Exemption.objects.select_for_update().get(pk=exemption.pk)


def _waiting(exemption: Exemption) -> Exemption:
    locked = _locked(exemption)
    if locked.state != Exemption.State.CLAIMED:
        raise ExemptionRefused(f"这份申请已是“{locked.get_state_display()}”，刷新页面看现在的状态。")
    return locked


def _decide(exemption: Exemption, state: str, note: str, by: User, address: str) -> Exemption:
    require_open(exemption.campaign)
    was_approved = exemption.state == Exemption.State.APPROVED
    exemption.state, exemption.note = state, note[:200]
    exemption.decided_entry = _entry(by, f"禁忌缓种{Exemption.State(state).label}")
    exemption.save(update_fields=["state", "note", "decided_entry"])
    if was_approved or state == Exemption.State.APPROVED:
        standings.rebuild(exemption.campaign, [exemption.resident_id])
        standings.announce(exemption.campaign, [exemption.resident_id], exemption.start_on)
    actions = {"approved": "exemption.approve", "rejected": "exemption.reject", "withdrawn": "exemption.withdraw"}
    _record(exemption, actions[state], by, address)
    return exemption


def _entry(by: User, label: str) -> Entry:
    return Entry.objects.create(at=timezone.now(), by=by, source=Source.CERTIFICATE, label=label)


def _record(exemption: Exemption, action: str, by: User, address: str) -> None:
    """The trail says what was decided, never the diagnosis."""
    detail = {"类型": exemption.kind, "开始": exemption.start_on.isoformat(), "说明": exemption.note}
    audit.record(action, by=by, subject=f"exemption {exemption.pk}", detail=detail, address=address)
