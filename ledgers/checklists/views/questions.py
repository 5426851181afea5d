"""The questions of a village, a unit, or staff on the phone: one tap each, taken back by another."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from campaigns.access import get_campaign_for
from campaigns.models import Campaign
from ledgers.checklists.access import get_row_for
from ledgers.checklists.answers import REFUSALS, answer
from ledgers.checklists.forms import PROOFS, AnswerForm, first_error, products_of
from ledgers.checklists.questions import Batch, answered_by, batches, question_again, questions_of
from ledgers.checklists.undo import may_undo, take_back
from ledgers.checklists.words import result_of
from ledgers.models import ChecklistRow
from ledgers.rosters.undoing import UndoRefused
from registry.access import requires
from registry.audit import address_of
from registry.clock import today

PER_PAGE = 30


@requires("checklist.answer")
@require_safe
def questions(request: HttpRequest) -> HttpResponse:
    """Everything the account is still asked, the list due first first."""
    campaign = get_campaign_for(request.user, None)
    if campaign is None:
        return render(request, "campaigns/no_plan.html")
    page = Paginator(questions_of(request.user, campaign, today()), PER_PAGE).get_page(request.GET.get("page"))
    found = batches(list(page), today(), timezone.now())
    context = {
        "page": page,
        "batches": found,
        "on": today(),
        "again": _again(request),
        "done": _done(request, campaign),
    }
    return render(request, "ledgers/checklists/questions.html", context | choices(campaign))


def _again(request: HttpRequest) -> list[Batch]:
    """The row that is to be answered anew, as a question."""
    if not request.GET.get("again", "").isdigit():
        return []
    row = get_row_for(request.user, int(request.GET["again"]))
    return batches(list(question_again(request.user, row, today())), today(), timezone.now())


def _done(request: HttpRequest, campaign: Campaign) -> list[tuple[ChecklistRow, str, bool]]:
    """What the account reported lately: taken back today, answered anew later."""
    rows = answered_by(request.user, campaign)[:PER_PAGE]
    return [(row, result_of(row, ""), may_undo(row, request.user)) for row in rows]


def choices(campaign: Campaign) -> dict[str, Any]:
    """What the panels of an answer offer."""
    return {"products": products_of(campaign), "proofs": PROOFS, "today": today()}


@requires("checklist.answer")
@require_POST
def answer_row(request: HttpRequest, pk: int) -> HttpResponse:
    """Take one answer; what cannot be a fact comes back as a sentence, with nothing written."""
    row = get_row_for(request.user, pk)
    form = AnswerForm(request.POST, today=today())
    problem = "" if form.is_valid() else first_error(form)
    if not problem:
        try:
            row = answer(row, form.said(), by=request.user, address=address_of(request))
        except REFUSALS as refused:
            problem = str(refused)
    return _shown(request, row, problem)


@requires("checklist.answer")
@require_POST
def undo_row(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an answer back; the question stands again."""
    row, problem = get_row_for(request.user, pk), ""
    try:
        row = take_back(row, by=request.user, address=address_of(request))
    except UndoRefused as refused:
        problem = str(refused)
    return _shown(request, row, problem)


def _shown(request: HttpRequest, row: ChecklistRow, problem: str) -> HttpResponse:
    """The card in its place for a page with scripts; else the page it was sent from, with a message."""
    if not request.htmx:
        if problem:
            messages.error(request, f"{row.name}没有答上，什么也没有写入：{problem}")
        else:
            messages.success(request, f"{row.name}：{result_of(row, '') if row.answer else '已撤销，重新答'}")
        back = request.POST.get("back", "")
        return redirect(back if back.startswith("/checklists/") else "checklist_questions")
    if row.answer and not problem:
        context = {"row": row, "result": result_of(row, ""), "may_undo": may_undo(row, request.user)}
        return render(request, "ledgers/checklists/answered.html", context)
    return _card(request, row, problem)


def _card(request: HttpRequest, row: ChecklistRow, problem: str) -> HttpResponse:
    campaign, user = row.checklist.campaign, request.user
    found = question_again(user, row, today()) if problem else questions_of(user, campaign, today()).filter(pk=row.pk)
    laid = batches(list(found), today(), timezone.now())
    if not laid:
        words = problem or "这个问题已经有结论，不用再答。"
        return render(request, "ledgers/checklists/answered.html", {"row": row, "problem": words})
    # What was chosen stands open again beside the sentence, to be put right.
    context = {"question": laid[0].questions[0], "problem": problem, "sent": request.POST if problem else {}}
    context |= choices(campaign)
    return render(request, "ledgers/checklists/question.html", context, status=422 if problem else 200)
