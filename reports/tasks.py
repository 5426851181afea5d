"""Celery tasks of the reports: the work itself is a job row (design: Long work)."""

from celery import shared_task
from django.utils import timezone

from campaigns.models import Campaign
from registry.clock import today
from reports.alerts.check import check_alerts
from reports.briefing.issuing import order_due
from reports.digest.make import make_digests
from reports.digest.rules import may_be_made
from reports.exports.make import end_exports
from reports.refresh import refresh_nightly
from reports.returned.matching import end_sheets


@shared_task
def recompute_nightly() -> None:
    """Have every active campaign's shown days counted and checked (each night, by beat)."""
    refresh_nightly()


@shared_task
def end_old_exports() -> None:
    """Delete exported files whose time is over, and end requests nobody answered (each hour, by beat)."""
    end_exports(timezone.now())
    end_sheets(timezone.now())


@shared_task
def look_for_alerts() -> None:
    """Look at the rules of every active campaign (by beat; after each recomputation as well)."""
    for campaign in Campaign.objects.select_related("place").filter(is_active=True):
        check_alerts(campaign, today())


@shared_task
def make_day_digests() -> None:
    """Make 一日一报 of the day (at 18:00 by beat, and until 20:30 should that be missed); none from 21:00 on."""
    now = timezone.now()
    if may_be_made(timezone.localtime(now).time()):
        make_digests(today(), now)


@shared_task
def issue_due_reports() -> None:
    """Order the day's report of each campaign whose hour has come (each minute, by beat)."""
    order_due(today(), timezone.localtime())
