"""报送: the day's report made at its hour, sent, corrected by number; the history with its files."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from campaigns.access import get_campaign_for
from campaigns.asked import NO_PLAN, with_campaign
from campaigns.models import Campaign
from registry import audit
from registry.access import may, requires
from registry.audit import address_of
from registry.clock import today
from registry.models import Job
from registry.paging import page_asked
from reports.briefing import issuing, sending
from reports.briefing.access import get_issue_for, issues_visible_to, reads_reports_of
from reports.briefing.changes import changes_between
from reports.briefing.forms import CorrectionForm, HourForm, SentForm
from reports.briefing.pages import entries_of, job_of, page_of, rosters_waiting
from reports.briefing.people import people_page, read_asked
from reports.briefing.table import read_report
from reports.briefing.words import since_words, until_words
from reports.models import Issue


@requires("briefing.view")
@require_safe
@with_campaign
def briefings(request: HttpRequest, campaign: Campaign) -> HttpResponse:
    """Today's report, and those of the days before."""
    on = today()
    issues = issues_visible_to(request.user, campaign)
    page = page_asked(request, issues)
    job = job_of(campaign, on.isoformat())
    context = {
        "campaign": campaign,
        "others": Campaign.objects.filter(is_active=True).order_by("-is_default", "start_on"),
        "on": on,
        "now": next(iter(entries_of(issues.filter(on=on)[:1])), None),
        "page": page,
        "query": f"campaign={campaign.key}&",
        "entries": entries_of(page),
        "hour": sending.hour_of(campaign),
        "job": job,
        "rosters_waiting": rosters_waiting(campaign),
        "is_waiting": job is not None and job.state in (Job.State.WAITING, Job.State.RUNNING),
        "is_reader": reads_reports_of(request.user, campaign),
        "may_issue": may(request.user, "briefing.issue"),
    }
    return render(request, "reports/briefings.html", context)


@requires("briefing.view")
@require_safe
def briefing(request: HttpRequest, pk: int) -> HttpResponse:
    """One report as issued: its sentences, its table, the text for the chat group."""
    return _page(request, get_issue_for(request.user, pk))


def _page(request: HttpRequest, issue: Issue, form: SentForm | None = None) -> HttpResponse:
    form = form or SentForm(initial={"to": sending.last_receiver(issue.campaign)})
    context = {"page": page_of(issue), "form": form, "may_issue": may(request.user, "briefing.issue")}
    return render(request, "reports/briefing.html", context, status=422 if form.errors else 200)


@requires("briefing.issue")
@require_POST
def briefing_make(request: HttpRequest) -> HttpResponse:
    """Make today's report now instead of waiting for its hour."""
    campaign = _campaign(request)
    on = today()
    if Issue.objects.filter(campaign=campaign, on=on).exists():
        messages.error(request, "今天的日报已经有了，要改就出更正。")
    else:
        issuing.order_issue(campaign, on=on, cut_off_at=timezone.now(), by=request.user)
        messages.success(request, "正在生成今天的日报，截到现在")
    return redirect(f"{reverse('briefings')}?campaign={campaign.key}")


@requires("briefing.issue")
@require_POST
def briefing_sent(request: HttpRequest, pk: int) -> HttpResponse:
    """Note that the report went out."""
    issue, form = get_issue_for(request.user, pk), SentForm(request.POST)
    if not form.is_valid():
        return _page(request, issue, form)
    try:
        to = form.cleaned_data["to"]
        sending.mark_sent(issue, to=to, by=request.user, address=address_of(request))
    except issuing.IssueRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"{issue.number} 已标记报送{to}")
    return redirect("briefing", pk)


@requires("briefing.issue")
@require_POST
def briefing_unsent(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the mark back."""
    issue = get_issue_for(request.user, pk)
    if sending.unmark_sent(issue, by=request.user, address=address_of(request)):
        messages.success(request, f"{issue.number} 已撤销报送标记")
    return redirect("briefing", pk)


@requires("briefing.issue")
@require_http_methods(["GET", "HEAD", "POST"])
def briefing_correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what a correction would change; with the reason, issue it."""
    issue = issuing.newest(get_issue_for(request.user, pk))
    form = CorrectionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            reason = form.cleaned_data["reason"]
            made = issuing.correct(issue, reason=reason, by=request.user, address=address_of(request))
        except issuing.IssueRefused as refusal:
            messages.error(request, str(refusal))
            return redirect("briefing", issue.pk)
        messages.success(request, f"已出更正 {made.correction}，编号 {made.number}")
        return redirect("briefing", made.pk)
    refusal = issuing.correction_refusal(issue)
    context = {"issue": issue, "form": form, "refusal": refusal, "changed": [] if refusal else _would_change(issue)}
    return render(request, "reports/briefing_correct.html", context, status=422 if form.errors else 200)


def _would_change(issue: Issue) -> list[Any]:
    now = issuing.figures_now(issue, timezone.now())
    return changes_between(read_report(issue.figures), read_report(now))


@requires("briefing.view")
@require_safe
def briefing_people(request: HttpRequest, pk: int) -> HttpResponse:
    """The people behind a figure of 本期新增, as known at the cut-off."""
    issue = get_issue_for(request.user, pk)
    measure, part, row = (request.GET.get(name, "") for name in ("measure", "part", "row"))
    asked = read_asked(measure, part, row)
    report = read_report(issue.figures)
    line = next((line for line in (*report.lines, report.total) if line.key == row), None)
    if asked is None or (line is None and row != "total"):
        raise Http404
    shown, number, people = people_page(issue, asked, request.GET.get("page"), request.user)
    context = {
        "issue": issue, "asked": asked, "place": line.name if line else report.campaign["place"], "shown": shown,
        "number": number, "people": people, "until": until_words(report), "since": since_words(report),
        "page_query": f"{urlencode({'measure': measure, 'part': part, 'row': row})}&",
    }  # fmt: skip
    return render(request, "reports/briefing_people.html", context)


@requires("briefing.view")
@require_safe
def briefing_file(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """Hand a file out; each download is written to the trail."""
    issue = get_issue_for(request.user, pk)
    file = issue.files.filter(kind=kind).first()
    if file is None:
        raise Http404
    audit.record(
        "briefing.download",
        by=request.user,
        subject=f"issue {issue.pk}",
        detail={"编号": issue.number, "文件": file.get_kind_display(), "sha256": file.sha256},
        address=address_of(request),
    )
    words = f"更正{issue.correction}" if issue.correction else ""
    name = f"{issue.campaign.place.name}接种日报{issue.on:%Y%m%d}{words}.{kind}"
    return FileResponse(file.file.open("rb"), as_attachment=True, filename=name)


@requires("briefing.issue")
@require_http_methods(["GET", "HEAD", "POST"])
def briefing_hour(request: HttpRequest) -> HttpResponse:
    """Choose the hour at which each day's report is made."""
    if get_campaign_for(request.user, request.GET.get("campaign")) is None:
        return render(request, NO_PLAN)
    campaign = _campaign(request)
    hour = sending.hour_of(campaign)
    form = HourForm(request.POST or None, initial={"at": hour.at, "is_on": hour.is_on})
    if request.method == "POST" and form.is_valid():
        changed = sending.set_hour(campaign, **form.cleaned_data, by=request.user, address=address_of(request))
        messages.success(request, "日报生成时间已改" if changed else "日报生成时间没有变化")
        return redirect(f"{reverse('briefings')}?campaign={campaign.key}")
    context = {"campaign": campaign, "form": form}
    return render(request, "reports/briefing_hour.html", context, status=422 if form.errors else 200)


def _campaign(request: HttpRequest) -> Campaign:
    """Return the campaign of the address, whose whole place the account answers for."""
    campaign = get_campaign_for(request.user, request.GET.get("campaign"))
    if campaign is None or not reads_reports_of(request.user, campaign):
        raise Http404
    return campaign
