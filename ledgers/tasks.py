"""Celery tasks of the ledgers: the work itself is a job row (design: Long work)."""

from datetime import timedelta

from celery import shared_task

from campaigns.models import Campaign
from ledgers.doubts.check import check_doubts
from ledgers.handovers.looking import look_nightly
from ledgers.units.lapsing import check_nightly
from registry.clock import today


@shared_task
def check_zeroings() -> None:
    """Have every active campaign's declarations of 清零 checked (each night, by beat)."""
    check_nightly()


@shared_task
def look_through_people() -> None:
    """Suggest villages for 待归类 and find people who may be there twice (each night, by beat)."""
    look_nightly()


@shared_task
def look_for_doubts() -> None:
    """Ask what the day before gives reason to ask (each night, by beat)."""
    for campaign in Campaign.objects.select_related("place").filter(is_active=True):
        check_doubts(campaign, today() - timedelta(days=1))
