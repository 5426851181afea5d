"""填回的台账: a village sends its own ledger back, sees what it would change, and takes it in or not."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from campaigns.access import get_campaign_for
from campaigns.models import Campaign
from ledgers.models import RosterImport
from ledgers.rosters import actions
from ledgers.rosters.again import just_sent
from ledgers.rosters.showing import State, accepted
from registry.access import requires, scope_of
from registry.audit import address_of
from registry.forms import InputMixin
from registry.jobs import run_now
from registry.models import Role, Source, User
from registry.querysets import within_any

Kind = RosterImport.Kind
PER_PAGE = 20
# A village's ledger is read and written while the page waits; the street's by a worker.
AT_ONCE_BYTES = 1024 * 1024


class SentBackForm(InputMixin, forms.Form):
    file = forms.FileField(
        label="填好的台账",
        widget=forms.FileInput({"accept": ".xlsx,.xls,.et,.ods,.csv"}),
        error_messages={"required": "先选填好的台账。", "empty": "这个文件是空的，另选一个。"},
    )


def sent_back_by(user: User) -> QuerySet[RosterImport]:
    """Return the ledgers the account sent back itself, for staff those of their street."""
    own = Q(uploaded_by=user) | within_any(scope_of(user).prefixes(Role.STAFF), "campaign__place_id")
    return RosterImport.objects.filter(own, chosen_kind=Kind.FOLLOWUP).select_related("uploaded_by", "job", "campaign")


def _get(user: User, pk: int) -> RosterImport:
    found = sent_back_by(user).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


@requires("ledger.send_back")
@require_http_methods(["GET", "HEAD", "POST"])
def sent_back(request: HttpRequest) -> HttpResponse:
    """What was sent back, and the place to send."""
    campaign = get_campaign_for(request.user, None)
    if campaign is None:
        return render(request, "campaigns/no_plan.html")
    form = SentBackForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
    if request.method == "POST" and form.is_valid():
        return redirect("sent_back_one", _take(request.user, campaign, form.cleaned_data["file"]).pk)
    page = Paginator(sent_back_by(request.user).filter(campaign=campaign), PER_PAGE).get_page(request.GET.get("page"))
    context = {"form": form, "page": page}
    return render(request, "ledgers/followups/list.html", context, status=422 if form.errors else 200)


def _take(user: User, campaign: Campaign, file: Any) -> RosterImport:
    """Keep a ledger and read it; a double click finds the one it has just sent."""
    options = {"campaign": campaign, "village": None, "source": Source.ROSTER}
    sent = just_sent(file, by=user, chosen_kind=Kind.FOLLOWUP, **options)
    roster = sent or actions.upload(file, by=user, kind=Kind.FOLLOWUP, **options)
    _work(roster)
    return roster


def _work(roster: RosterImport) -> None:
    if roster.job and roster.size <= AT_ONCE_BYTES:
        run_now(roster.job)


@requires("ledger.send_back")
@require_safe
def sent_back_one(request: HttpRequest, pk: int) -> HttpResponse:
    """Before: what would change, and which rows are not taken, with the reason. After: what came of it."""
    found = _get(request.user, pk)
    page = Paginator(found.messages.all(), PER_PAGE).get_page(request.GET.get("page"))
    context = {"roster": found, "page": page, "accepted": accepted(found), "state": found.state, "query": ""}
    return render(request, "ledgers/followups/one.html", context)


@requires("ledger.send_back")
@require_POST
def sent_back_approve(request: HttpRequest, pk: int) -> HttpResponse:
    found = _get(request.user, pk)
    if found.state == State.PREVIEW:
        with transaction.atomic():
            actions.approve(found, by=request.user, address=address_of(request))
        found.refresh_from_db()
        _work(found)
    return redirect("sent_back_one", pk)


@requires("ledger.send_back")
@require_POST
def sent_back_discard(request: HttpRequest, pk: int) -> HttpResponse:
    found = _get(request.user, pk)
    if actions.discard(found, by=request.user, address=address_of(request)):
        messages.success(request, f"已放弃：{found.name}，没有写入任何数据")
    return redirect("sent_back")


@requires("ledger.send_back")
@require_POST
def sent_back_undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take it back, or say on its page why that is no longer possible."""
    found = _get(request.user, pk)
    try:
        actions.undo(found, by=request.user, address=address_of(request))
        messages.success(request, f"已撤销：{found.name}，它写入的内容都已退回")
    except actions.UndoRefused as refusal:
        messages.error(request, str(refusal))
    return redirect("sent_back_one", pk)
