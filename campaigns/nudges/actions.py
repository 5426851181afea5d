"""Sending a 督办单, answering it, returning it, striking it off: each a step with its entry in the trail."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone

from campaigns.closing import require_open
from campaigns.models import Campaign, Nudge, NudgeStep, PhaseItem
from campaigns.nudges.rules import Situation, days_late
from registry import audit
from registry.models import Place, Unit, User

State, Kind = Nudge.State, NudgeStep.Kind


class NudgeRefused(Exception):
    """A step that cannot be taken; its text is one sentence that says what to do."""


@transaction.atomic
def send(
    of: Place | Unit,
    campaign: Campaign,
    *,
    subject: str,
    phase: PhaseItem | None,
    text: str,
    due_on: date,
    situation: Situation,
    on: date,
    by: User,
    address: str = "",
) -> Nudge:
    """Send a sheet to a village or unit; `on` is today's business day, `situation` what the figures say of it.

    Raises NudgeRefused where one is open about the same subject, or the day or the words are wanting.
    """
    require_open(campaign)
    text = _words(text, "写明要办什么。")
    _not_past(due_on, on)
    # Locked, so that two sheets sent at once get two numbers.
    require_open(Campaign.objects.select_for_update().get(pk=campaign.pk))
    last = Nudge.objects.filter(campaign=campaign).aggregate(last=Max("number"))["last"] or 0
    whose = {"unit": of} if isinstance(of, Unit) else {"village": of}
    made = Nudge(
        campaign=campaign, number=last + 1, subject=subject, phase=phase, text=text, figures=situation.as_json(),
        sent_on=on, due_on=due_on, sent_by=by, **whose,
    )  # fmt: skip
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError as error:
        raise NudgeRefused(f"{of}的“{made.about}”已有一张没销号的督办单，先处理那一张。") from error
    _step(made, Kind.SENT, text, on, by, address, due_on=due_on)
    return made


@transaction.atomic
def answer(nudge: Nudge, *, text: str, on: date, by: User, address: str = "") -> Nudge:
    """Note what the village or unit did; an answer after the due day is marked by how many days."""
    text = _words(text, "写明办了什么、还差什么。")
    nudge = _locked(nudge, State.SENT, State.RETURNED)
    nudge.state, nudge.answered_on = State.ANSWERED, on
    nudge.save(update_fields=["state", "answered_on"])
    _step(nudge, Kind.ANSWERED, text, on, by, address, days_late=days_late(nudge.due_on, on))
    return nudge


@transaction.atomic
def give_back(nudge: Nudge, *, text: str, due_on: date, on: date, by: User, address: str = "") -> Nudge:
    """Return an answer, saying what is still wanting and by when."""
    text = _words(text, "写明还要办什么，对方才知道怎么改。")
    _not_past(due_on, on)
    nudge = _locked(nudge, State.ANSWERED)
    nudge.state, nudge.due_on = State.RETURNED, due_on
    nudge.save(update_fields=["state", "due_on"])
    _step(nudge, Kind.RETURNED, text, on, by, address, due_on=due_on)
    return nudge


@transaction.atomic
def close(nudge: Nudge, *, text: str = "", on: date, by: User, address: str = "") -> Nudge:
    """Strike a sheet off; one that was not answered only with a word why."""
    nudge = _locked(nudge, *State.values)
    if nudge.is_closed:
        raise NudgeRefused("这张督办单已经销号，刷新页面看现在的情况。")
    if nudge.awaits_answer:
        text = _words(text, "对方还没反馈，写明为什么现在销号。")
    nudge.state, nudge.closed_on = State.CLOSED, on
    nudge.save(update_fields=["state", "closed_on"])
    _step(nudge, Kind.CLOSED, text.strip(), on, by, address)
    return nudge


def _words(text: str, wanting: str) -> str:
    text = text.strip()
    if not text:
        raise NudgeRefused(wanting)
    return text


def _not_past(due_on: date, on: date) -> None:
    if due_on < on:
        raise NudgeRefused("反馈期限不能早于今天。")


def _locked(nudge: Nudge, *states: str) -> Nudge:
    """Return the row locked; refused where somebody else has moved it on meanwhile."""
    # Without the joined village and unit: a nullable side of a join cannot be locked.
    locked = Nudge.objects.select_for_update().get(pk=nudge.pk)
    require_open(locked.campaign)
    if locked.state not in states:
        raise NudgeRefused(f"这张督办单已是“{locked.get_state_display()}”，刷新页面看现在的情况。")
    return locked


def _step(nudge: Nudge, kind: str, text: str, on: date, by: User, address: str, **more: Any) -> None:
    NudgeStep.objects.create(nudge=nudge, kind=kind, text=text, on=on, at=timezone.now(), by=by, **more)
    detail = {"编号": nudge.number, "说明": text[:200]}
    if more.get("due_on"):
        detail["反馈期限"] = more["due_on"].isoformat()
    audit.record(_ACTIONS[kind], by=by, subject=f"nudge {nudge.pk}", detail=detail, address=address)


_ACTIONS = {
    Kind.SENT: "nudge.send",
    Kind.ANSWERED: "nudge.answer",
    Kind.RETURNED: "nudge.return",
    Kind.CLOSED: "nudge.close",
}
