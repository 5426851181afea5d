"""Sheets of others given back with our columns: 名单比对 of any list, 原表回填 of a 核查名单."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from campaigns.access import get_campaign_for
from campaigns.models import Campaign
from ledgers.checklists.access import get_checklist_for
from registry.access import requires
from registry.audit import address_of
from registry.jobs import run_now
from registry.spreadsheets import Refused
from reports.exports.access import standing_releases_for
from reports.exports.forms import ExportForm
from reports.exports.order import KEPT_IN_FULL
from reports.models import Export
from reports.returned import checklists, matching

# Up to so many rows are written while the page waits; more of them by a worker.
AT_ONCE = 2000


class MatchForm(ExportForm):
    """The sheet, what for, and whether its numbers come back in full."""

    file = forms.FileField(
        label="名单文件",
        widget=forms.FileInput({"accept": ".xlsx,.xls,.et,.ods,.csv,.txt,.html,.htm"}),
        error_messages={"required": "先选名单文件。", "empty": "这个文件是空的，另选一个。"},
    )


@requires("list.match")
@require_http_methods(["GET", "HEAD", "POST"])
def list_match(request: HttpRequest) -> HttpResponse:
    """Drop any sheet of people; it comes back under 导出记录 with our columns appended."""
    campaign = get_campaign_for(request.user, None)
    if campaign is None:
        return render(request, "campaigns/no_plan.html")
    form = _form(request, MatchForm, matching.LAYOUT)
    if request.method == "POST" and form.is_valid() and _match(request, campaign, form):
        return redirect("exports")
    context = _context(form) | {"limit_mb": settings.ROSTER_MAX_BYTES // 1024 // 1024}
    return render(request, "reports/returned/match.html", context, status=422 if form.errors else 200)


def _match(request: HttpRequest, campaign: Campaign, form: MatchForm) -> bool:
    who = {"by": request.user, "address": address_of(request)}
    try:
        kept, export = matching.drop_sheet(form.cleaned_data["file"], campaign=campaign, terms=form.terms, **who)
    except Refused as refused:
        form.add_error("file", refused.sentence)
        return False
    _tell(request, export, f"{kept.name}：{kept.rows} 行，在册对上 {kept.found} 人")
    return True


@requires("ledger.export")
@require_http_methods(["GET", "HEAD", "POST"])
def checklist_return(request: HttpRequest, pk: int) -> HttpResponse:
    """原表回填: what for and to whom; then the sender's own file, filled in."""
    found = get_checklist_for(request.user, pk)
    form = _form(request, ExportForm, checklists.LAYOUT, recipient=found.sender)
    if request.method == "POST" and form.is_valid():
        address = address_of(request)
        export = checklists.order_return(found, terms=form.terms, by=request.user, address=address)
        _tell(request, export, f"{found.title}已回填")
        return redirect("exports")
    context = _context(form) | {"checklist": found}
    return render(request, "reports/returned/checklist.html", context, status=422 if form.errors else 200)


def _form(request: HttpRequest, made: type[ExportForm], layout: str, *, recipient: str = "") -> Any:
    standing = (one for one in standing_releases_for(request.user) if one.layout == layout)
    recipients = sorted({one.recipient for one in standing})
    data = (request.POST, request.FILES) if request.method == "POST" else ()
    return made(*data, initial={"contents": "masked", "recipient": recipient}, recipients=recipients)


def _context(form: ExportForm) -> dict[str, Any]:
    return {"form": form, "kept_days": KEPT_IN_FULL.days}


def _tell(request: HttpRequest, export: Export, done: str) -> None:
    """Write a short sheet at once and say where it is; one in full waits until somebody lets it go."""
    if export.release == Export.Release.ASKED:
        messages.success(request, f"{done}；{export.number} 已申请，等领导或专班另一位同事放行")
    elif (export.people or 0) <= AT_ONCE:
        run_now(export.job)
        messages.success(request, f"{done}；{export.number} 已写好，可以下载")
    else:
        messages.success(request, f"{done}；{export.number} 正在后台写，写好后在这里下载")
