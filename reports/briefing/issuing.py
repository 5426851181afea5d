"""Making a daily report: counted at its cut-off, written with its files in one transaction, never changed again."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from campaigns.closing import require_open
from campaigns.models import Campaign
from registry import audit
from registry.accounts import system_user
from registry.jobs import Progress, enqueue, handler
from registry.models import Job, User
from registry.versions import CutOffBusy, cut_off
from reports.briefing.changes import changes_between
from reports.briefing.figures import Plain, figures_of, hash_of
from reports.briefing.stamp import Stamp
from reports.briefing.table import Report, read_report
from reports.models import Issue, IssueFile, IssueHour

KIND = "briefing.issue"
# Seconds a report waits for a roster that is being written.
_PATIENCE = 300


class IssueRefused(Exception):
    """A report that cannot be made; the sentence says what to do."""


# Each day's report.


def order_due(on: date, now: datetime) -> list[Job]:
    """Order the report of `on` of every active campaign whose hour has come at `now`; each day once (by beat)."""
    hours = {hour.campaign_id: hour for hour in IssueHour.objects.all()}
    ordered = []
    for campaign in Campaign.objects.filter(is_active=True, start_on__lte=on, end_on__gte=on):
        hour = hours.get(campaign.pk) or IssueHour(campaign=campaign)
        if hour.is_on and now.time() >= hour.at and not is_ordered(campaign, on):
            # The report is cut off at its hour, however late it is made.
            moment = now.replace(hour=hour.at.hour, minute=hour.at.minute, second=0, microsecond=0)
            ordered.append(order_issue(campaign, on=on, cut_off_at=moment, by=system_user()))
    return ordered


def is_ordered(campaign: Campaign, on: date) -> bool:
    """Tell whether the day has its report or a job for it; one that failed is for a person to repeat."""
    jobs = Job.objects.filter(kind=KIND, params__campaign=campaign.pk, params__on=on.isoformat())
    return Issue.objects.filter(campaign=campaign, on=on).exists() or jobs.exists()


@transaction.atomic
def order_issue(campaign: Campaign, *, on: date, cut_off_at: datetime, by: User) -> Job:
    """Have a worker make the day's report; of a campaign that has ended none is told any more."""
    require_open(campaign)
    params = {"campaign": campaign.pk, "on": on.isoformat(), "cut_off": cut_off_at.isoformat()}
    return enqueue(KIND, by=by, params=params)


@handler(KIND)
def run_issue(job: Job, progress: Progress) -> dict[str, Any]:
    """Make the report of a day unless it is there already."""
    campaign = Campaign.objects.select_related("place").filter(pk=job.params["campaign"]).first()
    if campaign is None:
        return {}
    on, asked = date.fromisoformat(job.params["on"]), datetime.fromisoformat(job.params["cut_off"])
    if not Issue.objects.filter(campaign=campaign, on=on).exists():
        progress(0, 3, "等正在入库的花名册")
        cut_off_at = moment_cut_off(asked)
        progress(1, 3, "统计各村各年龄段")
        figures = figures_of(campaign, on, cut_off_at, before(campaign, on))
        progress(2, 3, "写Excel和Word")
        try:
            write_issue(campaign, figures, cut_off_at=cut_off_at, by=job.created_by)
        except IntegrityError:
            # Another worker that was thought dead was quicker: its report stands.
            if not Issue.objects.filter(campaign=campaign, on=on).exists():
                raise
    return {"on": on.isoformat()}


def moment_cut_off(asked: datetime) -> datetime:
    """Return the moment asked once everything written before it is there to be seen; never one to come.

    A roster that is being written holds the report up for as long as it takes, within reason.
    """
    return min(asked, cut_off(wait_seconds=_PATIENCE))


def issues_of(campaign: Campaign) -> QuerySet[Issue]:
    return Issue.objects.filter(campaign=campaign).order_by("-on", "-correction")


def before(campaign: Campaign, on: date) -> Issue | None:
    """Return the report last told before `on`, its newest correction."""
    return issues_of(campaign).filter(on__lt=on).first()


@transaction.atomic
def write_issue(
    campaign: Campaign,
    figures: Plain,
    *,
    cut_off_at: datetime,
    by: User,
    corrects: Issue | None = None,
    reason: str = "",
    address: str = "",
) -> Issue:
    """Write a report with its files; with `corrects` the next correction of that day, counted from the same report."""
    on = date.fromisoformat(figures["on"])
    issue = Issue.objects.create(
        campaign=campaign,
        on=on,
        correction=corrects.correction + 1 if corrects else 0,
        reason=reason,
        sequence=corrects.sequence if corrects else 1 + issues_of(campaign).filter(correction=0, on__lt=on).count(),
        cut_off_at=cut_off_at,
        previous=corrects.previous if corrects else before(campaign, on),
        figures=figures,
        sha256=hash_of(figures),
        by=by,
    )
    _write_files(issue, corrects)
    detail = {"编号": issue.number, "截至": figures["cut_off"], "原因": reason, "sha256": issue.sha256}
    audit.record("briefing.issue", by=by, subject=f"issue {issue.pk}", detail=detail, address=address)
    return issue


def _write_files(issue: Issue, corrects: Issue | None) -> None:
    report = read_report(issue.figures)
    changed = changes_between(read_report(corrects.figures), report) if corrects else []
    stamp = Stamp(issue.number, issue.sequence, issue.correction, issue.reason, tuple(changed), issue.made_at)
    for kind, write in _writers().items():
        content = write(report, stamp)
        file = IssueFile(issue=issue, kind=kind, sha256=hashlib.sha256(content).hexdigest())
        file.file.save(f"{issue.number}-{issue.pk}.{kind}", ContentFile(content), save=False)
        file.save(force_insert=True)


def _writers() -> dict[str, Callable[[Report, Stamp], bytes]]:
    # Asked for here: the library that writes Word weighs 9 MB, which each page and each import would carry.
    from reports.briefing.document import write_document
    from reports.briefing.workbook import write_workbook

    return {IssueFile.Kind.EXCEL: write_workbook, IssueFile.Kind.WORD: write_document}


# Corrections.


def figures_now(issue: Issue, cut_off_at: datetime) -> Plain:
    """Count the day of a report again as known now, from the same report before it."""
    return figures_of(issue.campaign, issue.on, cut_off_at, issue.previous)


def newest(issue: Issue) -> Issue:
    """Return the newest correction of the report's day."""
    return issues_of(issue.campaign).filter(on=issue.on).select_related("campaign__place", "previous").first()


def correction_refusal(issue: Issue) -> str:
    """Say why a report cannot be corrected; "" where it can. Only the last day told can be.

    The day after has been counted from what it said: a change of an older day stands there as 补录 or 更正.
    """
    later = issues_of(issue.campaign).filter(on__gt=issue.on).first()
    if later:
        day = f"{later.on.month}月{later.on.day}日"
        return f"{day}的日报已经接着它报出。以后查到的变化，在下一期里按补录、更正列出。"
    return ""


def correct(issue: Issue, *, reason: str, by: User, address: str = "") -> Issue:
    """Issue the next correction of the report's day with what is known now; the one before stays as it is."""
    require_open(issue.campaign)
    last = newest(issue)
    if refusal := correction_refusal(last):
        raise IssueRefused(refusal)
    try:
        now = cut_off()
    except CutOffBusy as busy:
        raise IssueRefused(str(busy)) from None
    figures = figures_now(last, now)
    if not changes_between(read_report(last.figures), read_report(figures)):
        raise IssueRefused("现在的数和已报的一样，不用更正。")
    return write_issue(last.campaign, figures, cut_off_at=now, by=by, corrects=last, reason=reason, address=address)
