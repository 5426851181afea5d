"""What the pages of 报送 show: today's state, one report read from its figures, the history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from campaigns.models import Campaign
from ledgers.models import RosterImport
from registry.models import Job
from reports.briefing.changes import Changed, changes_between
from reports.briefing.issuing import KIND, correction_refusal, issues_of
from reports.briefing.sentences import Part, chat_text, parts_of
from reports.briefing.table import Report, read_report
from reports.briefing.words import since_words, until_words
from reports.models import Issue, Sending


@dataclass(frozen=True)
class Entry:
    """A report in the history: its totals as issued."""

    issue: Issue
    report: Report

    @property
    def sending(self) -> Sending | None:
        return getattr(self.issue, "sending", None)

    @property
    def until(self) -> str:
        return until_words(self.report)


@dataclass(frozen=True)
class Page(Entry):
    """One report with all that is said of it."""

    parts: Sequence[Part]
    chat: str
    since: str
    # What this correction changed.
    changed: Sequence[Changed]
    # The other reports of the day.
    others: Sequence[Issue]
    # Why it cannot be corrected; "" where it can.
    refusal: str


def entries_of(issues: Sequence[Issue]) -> list[Entry]:
    return [Entry(issue, read_report(issue.figures)) for issue in issues]


def page_of(issue: Issue) -> Page:
    report = read_report(issue.figures)
    others = [other for other in issues_of(issue.campaign).filter(on=issue.on) if other.pk != issue.pk]
    before = next((other for other in others if other.correction == issue.correction - 1), None)
    return Page(
        issue=issue,
        report=report,
        parts=parts_of(report),
        chat=chat_text(report, issue.number),
        since=since_words(report),
        changed=changes_between(read_report(before.figures), report) if before else (),
        others=others,
        refusal=correction_refusal(issue),
    )


def job_of(campaign: Campaign, on: str) -> Job | None:
    """Return the newest job that was asked to make the day's report."""
    jobs = Job.objects.filter(kind=KIND, params__campaign=campaign.pk, params__on=on)
    return jobs.order_by("-created_at").first()


def rosters_waiting(campaign: Campaign) -> int:
    """Count the rosters of doses that are read and not approved: no report counts what they hold."""
    waiting = RosterImport.objects.filter(campaign=campaign, state=RosterImport.State.PREVIEW)
    return waiting.filter(kind__startswith="doses_").count()
