"""The household card, the receipt of a visit, and what may still be done about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from campaigns.access import get_campaign_for
from campaigns.models import Campaign
from ledgers.households.access import households_of
from ledgers.households.numbering import label_of
from ledgers.models import Exemption, Visit
from ledgers.notes import NoteRefused
from ledgers.rosters.undoing import UndoRefused
from ledgers.survey.access import Door, get_door_for, get_own_answer_for, get_own_visit_for, get_visit_for
from ledgers.survey.card import cards_of, put_back, render_card
from ledgers.survey.forms import told_from
from ledgers.survey.members import members_of, say_where_they_went
from ledgers.survey.record import record_visit, recorded_of, settle
from ledgers.survey.seen import WORDS, in_words
from ledgers.survey.told import Difference, VisitRefused, day_of
from ledgers.survey.undo import may_undo, undo_visit
from ledgers.survey.walk import next_on_walk
from registry.access import may, requires
from registry.audit import address_of
from registry.clock import today

_PROPOSALS = {
    Visit.Outcome.MOVED.value: "哪些人一起搬走了？",
    Visit.Outcome.NOT_FOUND.value: "哪些人要登记为查无此人？",
}


@requires("survey.view")
@require_http_methods(["GET", "HEAD", "POST"])
def household(request: HttpRequest, pk: int) -> HttpResponse:
    """The card of one household; posting to the same address records a visit."""
    door = get_door_for(request.user, pk)
    campaign = _campaign(request)
    may_record = door.may_record and may(request.user, "survey.record")
    if request.method != "POST":
        return _show(request, door, campaign, may_record=may_record)
    if not may_record:
        raise PermissionDenied
    try:
        told = told_from(request.POST, door.household)
        made = record_visit(door.household, campaign, told, by=request.user, address=address_of(request))
    except VisitRefused as refused:
        return _show(request, door, campaign, may_record=True, problem=str(refused))
    return redirect("visit", made.visit.pk)


def _campaign(request: HttpRequest) -> Campaign:
    campaign = get_campaign_for(request.user, None)
    if campaign is None:
        raise Http404
    return campaign


def _show(request: HttpRequest, door: Door, campaign: Campaign, *, may_record: bool, problem: str = "") -> HttpResponse:
    card = cards_of([door.household], campaign, today(), only=door.only)[0]
    more: dict[str, Any] = {"may_record": may_record, "problem": problem}
    if problem:
        put_back(card, request.POST)
        kept = {name: request.POST.get(name, "") for name in ("note", "spoke_with", "rest")}
        more |= kept | {"open_outcomes": bool(kept["note"] or kept["spoke_with"])}
    form = render_card(request, card, campaign, **more)
    context = {"card": card, "form": form, "reads_only": door.only is not None}
    return render(request, "ledgers/survey/household.html", context, status=422 if problem else 200)


@requires("survey.view")
@require_safe
def visit(request: HttpRequest, pk: int) -> HttpResponse:
    """The receipt: what was written, what was not and why, what others changed meanwhile, and the next door."""
    found = get_visit_for(request.user, pk)
    made = recorded_of(found)
    following = next_on_walk(found.household, households_of(request.user))
    proposal = _PROPOSALS.get(found.outcome, "")
    context = {
        "visit": found,
        "made": made,
        "household": found.household,
        "label": label_of(found.household),
        "answers": found.answers.count(),
        "pairs": _pairs(made.differences),
        "waiting_title": f"{'、'.join(made.waiting)}这一针和在册的记录不一致" if made.waiting else "",
        "claims": Exemption.objects.filter(entry=found.entry_id, state="claimed").select_related("resident"),
        "is_maker": found.by_id == request.user.pk,
        "may_undo": may_undo(found, request.user),
        "proposal": proposal if found.by_id == request.user.pk else "",
        "left": members_of(found.household) if proposal else [],
        "following": following,
        "following_label": label_of(following) if following else "",
        "today": today(),
    }
    return render(request, "ledgers/survey/receipt.html", context)


@dataclass
class Pair:
    """Both sides of one answer, in words, side by side."""

    answer: int
    name: str
    words: str
    by: str
    at: datetime | None
    mine: list[str]
    theirs: list[str]


def _pairs(found: list[Difference]) -> list[Pair]:
    pairs: dict[int, Pair] = {}
    for one in found:
        words, mine, theirs = WORDS[one.field], in_words(one.field, one.mine), in_words(one.field, one.theirs)
        pair = pairs.get(one.answer)
        if pair is None:
            at = datetime.fromisoformat(one.at) if one.at else None
            pairs[one.answer] = Pair(one.answer, one.name, words, one.by or "别人", at, [mine], [theirs])
        else:
            pair.words += f"、{words}"
            pair.mine.append(mine)
            pair.theirs.append(theirs)
    return list(pairs.values())


@requires("survey.record")
@require_POST
def visit_undo(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_own_visit_for(request.user, pk)
    try:
        undo_visit(found, **_who(request))
    except UndoRefused as refused:
        messages.error(request, str(refused))
        return redirect("visit", pk)
    messages.success(request, "已撤销这次走访，这一户和走访以前一样")
    return redirect("household", found.household_id)


@requires("survey.record")
@require_POST
def visit_settle(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose between one's own answer and what somebody else recorded meanwhile."""
    answer = get_own_answer_for(request.user, pk)
    refusal = settle(answer, mine=request.POST.get("choice") == "mine", **_who(request))
    if refusal:
        messages.error(request, refusal)
    else:
        messages.success(request, "已按你选的登记")
    return redirect("visit", answer.visit_id)


@requires("survey.record")
@require_POST
def visit_members(request: HttpRequest, pk: int) -> HttpResponse:
    """Say of which members the outcome of the whole household holds."""
    found = get_own_visit_for(request.user, pk)
    chosen = set(request.POST.getlist("resident"))
    residents = [one for one in members_of(found.household) if str(one.pk) in chosen]
    try:
        number = say_where_they_went(found, residents, on=day_of(request.POST.get("on")), **_who(request))
        messages.success(request, f"已登记 {number} 人" if number else "没有勾选，什么也没有改")
    except NoteRefused as refused:
        messages.error(request, f"没有写入：{refused}")
    return redirect("visit", pk)


def _who(request: HttpRequest) -> dict[str, Any]:
    return {"by": request.user, "address": address_of(request)}
