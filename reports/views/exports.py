"""导出: a ledger as the office's spreadsheet, with its purpose, and the list of who took what out."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from registry import audit
from registry.access import requires
from registry.audit import address_of
from registry.jobs import run_now
from registry.models import Job
from registry.paging import page_asked
from reports.exports.access import exports_for, get_export_file, standing_releases_for
from reports.exports.forms import ExportForm
from reports.exports.kinds import kind_of, words_of
from reports.exports.ledger_files import order_export
from reports.exports.order import KEPT_IN_FULL, Terms
from reports.lists.choices import where
from reports.lists.people import Question, people_asked
from reports.lists.tabs import TITLES, WORDS
from reports.models import Export
from reports.views.ledgers import question_of

# Up to so many rows are written while the page waits; more of them by a worker.
AT_ONCE = 2000


@requires("ledger.export")
@require_http_methods(["GET", "POST"])
def export_new(request: HttpRequest) -> HttpResponse:
    """Ask what for; then write a short list at once, a long one in the background, one in full when let go."""
    question = question_of(request, request.GET.get("ledger", ""))
    if question is None:
        raise Http404
    standing = [one for one in standing_releases_for(request.user) if one.layout == question.asked.ledger]
    recipients = sorted({one.recipient for one in standing})
    form = ExportForm(request.POST or None, initial={"contents": "masked"}, recipients=recipients)
    if question.asked.search:
        form.add_error(None, "查找结果不能导出，先清除查找。") if form.is_bound else None
    if request.method == "POST" and form.is_valid():
        return _order(request, question, form.terms)
    context = {
        "form": form,
        "asked": question.asked,
        "query": question.asked.query(),
        "title": f"{TITLES[question.asked.ledger]} {WORDS[question.asked.ledger]}",
        "where": where(question),
        "population": "常住口径" if question.asked.is_permanent else "全口径",
        "kept_days": KEPT_IN_FULL.days,
    }
    return render(request, "reports/export_new.html", context, status=422 if form.errors else 200)


def _order(request: HttpRequest, question: Question, terms: Terms) -> HttpResponse:
    is_short = people_asked(question).order_by()[: AT_ONCE + 1].count() <= AT_ONCE
    with transaction.atomic():
        export = order_export(question, terms=terms, by=request.user, address=address_of(request))
    if export.release == Export.Release.ASKED:
        messages.success(request, f"{export.number} 已申请，等领导或专班另一位同事放行")
    elif is_short:
        run_now(export.job)
        messages.success(request, f"{export.number} 已写好，可以下载")
    else:
        messages.success(request, f"{export.number} 正在后台写，写好后在这里下载")
    return redirect("exports")


@requires("ledger.export")
@require_safe
def exports(request: HttpRequest) -> HttpResponse:
    """Who took which list out, when, what for, how many rows and the file's hash."""
    page = page_asked(request, exports_for(request.user))
    lines = [(export, words_of(export.layout)) for export in page]
    is_waiting = any(_is_open(export) for export in page)
    template = "reports/export_list.html" if request.htmx else "reports/exports.html"
    return render(request, template, {"page": page, "lines": lines, "is_waiting": is_waiting})


@requires("ledger.export")
@require_safe
def export_file(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand the file out, one in full only to who asked for it; each download is written to the trail."""
    export = get_export_file(request.user, pk)
    if export.keep_until and export.keep_until < timezone.now():
        raise Http404
    audit.record(
        "export.download",
        by=request.user,
        subject=f"export {export.pk}",
        detail={"编号": export.number, "行数": export.rows},
        address=address_of(request),
    )
    kind = kind_of(export.layout)
    name = f"{kind.name(export)}_{export.number}{kind.suffix_of(export)}"
    return FileResponse(export.file.open("rb"), as_attachment=True, filename=name)


def _is_open(export: Export) -> bool:
    return bool(export.job) and export.job.state in (Job.State.WAITING, Job.State.RUNNING)
