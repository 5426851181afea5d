"""待核实: what two records say differently, side by side with their sources, decided once."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Count, Prefetch, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from campaigns.choice import several_run
from ledgers.access import decided_lately_by, decisions_open_to, get_conflict_for, get_decided_for
from ledgers.conflict_undo import undo_decision
from ledgers.conflict_words import ANSWERS, questions, what_is_asked
from ledgers.conflicts import DecisionRefused, decide_conflict
from ledgers.models import Conflict
from registry.access import requires, scope_of
from registry.audit import address_of
from registry.clock import today
from registry.models import IdentityDocument, Role

PER_PAGE = 20
MOST_AT_ONCE = 200
# Decisions that may still be taken back, under the open questions.
LATELY = 10


@requires("conflict.decide")
@require_safe
def conflicts(request: HttpRequest) -> HttpResponse:
    """Open questions that this account can know about, by kind."""
    open_ = Conflict.objects.visible_to(request.user).open()
    kinds = _kinds(open_)
    kind = request.GET.get("kind", "")
    shown = open_.filter(kind=kind) if kind in Conflict.Kind.values else open_
    page = Paginator(_with_sources(shown), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "questions": questions(page, user=request.user, on=today()),
        "kinds": kinds,
        "kind": kind,
        "several": several_run(),
        "total": sum(count for _, _, count in kinds),
        "query": f"kind={kind}&" if kind else "",
        "decided": [(one, what_is_asked(one), _answer(one)) for one in decided_lately_by(request.user)[:LATELY]],
        # Many at once are of one kind, so that one answer means the same for all of them.
        "answers": _bulk_answers(kind) if _is_staff(request) and kind else [],
    }
    return render(request, "ledgers/conflicts.html", context)


def _kinds(open_: QuerySet[Conflict]) -> list[tuple[str, str, int]]:
    counts = dict(open_.order_by().values_list("kind").annotate(Count("pk")))
    return [(kind, label, counts[kind]) for kind, label in Conflict.Kind.choices if kind in counts]


def _with_sources(found: QuerySet[Conflict]) -> QuerySet[Conflict]:
    return found.select_related(
        "resident__place", "resident__entry__by", "resident__entry__roster", "entry__by",
        "entry__roster__campaign", "dose__campaign",
    ).prefetch_related(
        Prefetch("resident__documents", queryset=IdentityDocument.objects.order_by("pk"))
    ).order_by("resident__place_id", "pk")  # fmt: skip


def _bulk_answers(kind: str) -> list[tuple[str, str]]:
    answers = ANSWERS[Conflict.Kind(kind)] if kind in Conflict.Kind.values else {}
    return [(decision, verb) for decision, (verb, _) in answers.items()]


def _is_staff(request: HttpRequest) -> bool:
    return Role.STAFF in scope_of(request.user).roles


@requires("conflict.decide")
@require_POST
def conflict_decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Decide one question; a second click, or a colleague's, finds it decided and changes nothing."""
    conflict = get_conflict_for(request.user, pk)
    decision = request.POST.get("decision", "")
    if decision not in decisions_open_to(request.user, conflict):
        raise PermissionDenied
    done, outcome = _decide(request, conflict, decision)
    if request.htmx:
        return _outcome(request, conflict, outcome, done=done, may_undo=done)
    (messages.success if done else messages.error)(request, outcome)
    return redirect(f"{reverse('conflicts')}?kind={conflict.kind}")


def _decide(request: HttpRequest, conflict: Conflict, decision: str) -> tuple[bool, str]:
    """Decide and say what was done, to whom."""
    name, label = conflict.resident.name, ANSWERS[Conflict.Kind(conflict.kind)][decision][0]
    try:
        done = decide_conflict(conflict, decision=decision, by=request.user, address=address_of(request))
    except DecisionRefused as refusal:
        return False, f"{name}：{refusal}"
    return done, f"{name}：{label}" if done else f"{name}：已经核实过，没有再改"


def _outcome(request: HttpRequest, conflict: Conflict, outcome: str, *, done: bool, may_undo: bool) -> HttpResponse:
    """What stands in the place of a question that was answered, with the way back."""
    context = {"conflict": conflict, "outcome": outcome, "refused": not done, "may_undo": may_undo}
    return render(request, "ledgers/conflict_decided.html", context)


def _answer(conflict: Conflict) -> str:
    return ANSWERS[Conflict.Kind(conflict.kind)][conflict.decision][0]


@requires("conflict.decide")
@require_POST
def conflict_undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a decision back; the question stands where its answer stood."""
    conflict = get_decided_for(request.user, pk)
    name = conflict.resident.name
    try:
        _undo(request, conflict)
    except DecisionRefused as refusal:
        outcome = f"{name}：{refusal}"
        if request.htmx:
            return _outcome(request, conflict, outcome, done=False, may_undo=False)
        messages.error(request, outcome)
        return redirect("conflicts")
    if request.htmx:
        [question] = questions(_with_sources(Conflict.objects.filter(pk=pk)), user=request.user, on=today())
        return render(request, "ledgers/conflict.html", {"question": question})
    messages.success(request, f"{name}：已撤销，重新待核实")
    return redirect("conflicts")


@transaction.atomic
def _undo(request: HttpRequest, conflict: Conflict) -> None:
    """Only somebody who could decide it anew may open a question: what gave somebody the scope may be gone."""
    undo_decision(conflict, by=request.user, address=address_of(request))
    if not Conflict.objects.visible_to(request.user).filter(pk=conflict.pk).exists():
        raise Http404


@requires("conflict.decide")
@require_POST
def conflicts_decide(request: HttpRequest) -> HttpResponse:
    """Decide many questions of one kind alike (staff)."""
    if not _is_staff(request):
        raise PermissionDenied
    kind, decision = request.POST.get("kind", ""), request.POST.get("decision", "")
    chosen = [key for key in request.POST.getlist("conflict") if key.isdigit()][:MOST_AT_ONCE]
    found = Conflict.objects.visible_to(request.user).open().filter(pk__in=chosen, kind=kind)
    if decision not in dict(_bulk_answers(kind)) or not chosen:
        messages.error(request, "先勾选要核实的人，再选以哪边为准；没有写入任何数据")
        return redirect("conflicts")
    outcomes = [_decide(request, one, decision) for one in found.select_related("resident")]
    done = sum(was_done for was_done, _ in outcomes)
    messages.success(request, f"已核实 {done} 处：{dict(_bulk_answers(kind))[decision]}")
    for was_done, outcome in outcomes:
        if not was_done:
            messages.error(request, outcome)
    return redirect(f"{reverse('conflicts')}?kind={kind}")
