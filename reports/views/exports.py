"""导出: a ledger as the office's spreadsheet, with its purpose, and the list of who took what out."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from registry import audit
from registry.access import requires, scope_of
from registry.audit import address_of
from registry.forms import InputMixin
from registry.jobs import run_now
from registry.models import Job, Role, User
from registry.querysets import within_any
from reports.exports.make import PURPOSES, order_export
from reports.lists.choices import where
from reports.lists.people import Question, people_asked
from reports.lists.tabs import TITLES, WORDS
from reports.models import Export
from reports.views.ledgers import question_of

# Up to so many rows are written while the page waits; more of them by a worker.
AT_ONCE = 2000
_SHOWN = 100
_OTHER = "other"


class PurposeForm(InputMixin, forms.Form):
    purpose = forms.ChoiceField(
        label="用途",
        choices=[*((words, words) for words in PURPOSES), (_OTHER, "其他（写明）")],
        widget=forms.RadioSelect,
        error_messages={"required": "选一个用途，导出记录要写明。"},
    )
    note = forms.CharField(label="说明", required=False, max_length=150, help_text="选“其他”时必须写明给谁、做什么用。")

    def clean(self) -> dict[str, str]:
        data = super().clean()
        if data.get("purpose") == _OTHER and not data.get("note", "").strip():
            self.add_error("note", "写明这份名单给谁、做什么用。")
        return data

    @property
    def words(self) -> str:
        purpose, note = self.cleaned_data["purpose"], self.cleaned_data["note"].strip()
        return note if purpose == _OTHER else f"{purpose}：{note}" if note else purpose


@requires("ledger.export")
@require_http_methods(["GET", "POST"])
def export_new(request: HttpRequest) -> HttpResponse:
    """Ask what for; then write a short list at once, a long one in the background."""
    question = question_of(request, request.GET.get("ledger", ""))
    if question is None:
        raise Http404
    form = PurposeForm(request.POST or None)
    if question.asked.search:
        form.add_error(None, "查找结果不能导出，先清除查找。") if form.is_bound else None
    if request.method == "POST" and form.is_valid():
        return _order(request, question, form.words)
    context = {
        "form": form,
        "asked": question.asked,
        "query": question.asked.query(),
        "title": f"{TITLES[question.asked.ledger]} {WORDS[question.asked.ledger]}",
        "where": where(question),
        "population": "常住口径" if question.asked.is_permanent else "全口径",
    }
    return render(request, "reports/export_new.html", context, status=422 if form.errors else 200)


def _order(request: HttpRequest, question: Question, purpose: str) -> HttpResponse:
    is_short = people_asked(question).order_by()[: AT_ONCE + 1].count() <= AT_ONCE
    with transaction.atomic():
        export = order_export(question, purpose=purpose, by=request.user, address=address_of(request))
    if is_short:
        run_now(export.job)
        messages.success(request, f"{export.number} 已写好，可以下载")
    else:
        messages.success(request, f"{export.number} 正在后台写，写好后在这里下载")
    return redirect("exports")


@requires("ledger.export")
@require_safe
def exports(request: HttpRequest) -> HttpResponse:
    """Who took which list out, when, what for, how many rows and the file's hash."""
    found = list(exports_for(request.user)[:_SHOWN])
    lines = [(export, WORDS.get(export.ledger, export.ledger)) for export in found]
    is_waiting = any(_is_open(export) for export in found)
    template = "reports/export_list.html" if request.htmx else "reports/exports.html"
    return render(request, template, {"lines": lines, "is_waiting": is_waiting, "shown": _SHOWN})


@requires("ledger.export")
@require_safe
def export_file(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand the file out; each download is written to the trail."""
    export = exports_for(request.user).filter(pk=pk).exclude(file="").first()
    if export is None:
        raise Http404
    audit.record(
        "export.download",
        by=request.user,
        subject=f"export {export.pk}",
        detail={"编号": export.number, "行数": export.rows},
        address=address_of(request),
    )
    name = f"{WORDS.get(export.ledger, export.ledger)}{export.params.get('on', '')}_{export.number}.xlsx"
    return FileResponse(export.file.open("rb"), as_attachment=True, filename=name)


def exports_for(user: User) -> QuerySet[Export]:
    """Return the exports of the account's street, newest first."""
    inside = within_any(scope_of(user).prefixes(Role.STAFF), "campaign__place_id")
    return Export.objects.filter(inside).select_related("by", "job").order_by("-at")


def _is_open(export: Export) -> bool:
    return bool(export.job) and export.job.state in (Job.State.WAITING, Job.State.RUNNING)
