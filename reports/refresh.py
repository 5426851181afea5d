"""Keeping stored figures fresh: marking them stale when facts change, and counting them again in a job."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from campaigns.models import Campaign
from registry import audit
from registry.accounts import system_user
from registry.clock import today
from registry.jobs import Progress, enqueue, handler, others_wait
from registry.models import Job
from reports.alerts.check import check_alerts
from reports.keeping import Stored
from reports.rules import PACE_DAYS
from reports.storing import ensure, ensure_phases, is_fresh, mark_stale, missing_phases, recompute

logger = logging.getLogger(__name__)
KIND = "figures.refresh"
DAY = timedelta(days=1)


def on_facts_changed(*, campaign: Campaign, places: set[str], since: date | None, **_: Any) -> None:
    """Mark what a change touches as stale, in its transaction, and have the shown days counted again."""
    mark_stale(campaign, places, since)
    ask_for_refresh(campaign)


def on_plan_changed(*, campaign: Campaign, **_: Any) -> None:
    """A goal, date, platform or key trade changed: nothing that was counted for the campaign is certain."""
    mark_stale(campaign, None, None)
    ask_for_refresh(campaign)


def ask_for_refresh(campaign: Campaign) -> None:
    """Enqueue one refresh; while one waits, it will find this change as well."""
    waiting = Job.objects.filter(kind=KIND, state=Job.State.WAITING, params__campaign=campaign.pk)
    if not waiting.exists():
        enqueue(KIND, by=system_user(), params={"campaign": campaign.pk})


def shown_days(campaign: Campaign, on: date) -> list[date]:
    """The days that pages show without asking: today first, the last seven, each week of the trend, the deadlines.

    Weeks are anchored at the campaign's first day; the day before it is the baseline of its coverage.
    """
    first, last = campaign.start_on, min(on, campaign.end_on)
    weeks = [first + timedelta(weeks=number) for number in range((last - first).days // PACE_DAYS + 1)]
    deadlines = [item.deadline_on for item in campaign.phase_items.all() if item.deadline_on <= on]
    recent = [on - number * DAY for number in range(PACE_DAYS + 1)]
    return list(dict.fromkeys([*recent, *sorted({first - DAY, *weeks, *deadlines, last}, reverse=True)]))


@handler(KIND)
def refresh(job: Job, progress: Progress) -> dict[str, Any]:
    """Count the shown days that are missing or stale; with `check`, the fresh ones as well, to prove them.

    Each day is kept as soon as it is counted, so a job that is taken up again goes on where it was, and one
    that gives way to a job a person waits for ends: another finds the other days, behind that job in the queue.
    The nightly check goes through.
    """
    campaign = Campaign.objects.filter(pk=job.params["campaign"]).first()
    if campaign is None:
        return {"days": 0}
    on = today()
    days = shown_days(campaign, on)
    drifted: list[str] = []
    for number, day in enumerate(days):
        progress(number, len(days), "计算进度数据")
        if job.params.get("check"):
            drifted += _check(campaign, day)
        elif _count(campaign, day, with_phases=day >= on - PACE_DAYS * DAY) and others_wait(KIND):
            ask_for_refresh(campaign)
            return {"days": number + 1, "drifted": 0}
    if drifted:
        _report(campaign, drifted)
    check_alerts(campaign, on)
    return {"days": len(days), "drifted": len(drifted)}


def refresh_nightly() -> list[Job]:
    """Ask for a checked refresh of every active campaign."""
    campaigns: Iterable[Campaign] = Campaign.objects.filter(is_active=True)
    user = system_user()
    return [enqueue(KIND, by=user, params={"campaign": one.pk, "check": True}) for one in campaigns]


def _count(campaign: Campaign, day: date, *, with_phases: bool) -> bool:
    """Count what is missing or stale of a day; tell whether anything was, so that a refresh gets on each time.

    Phase items are judged on the days that pages open with; their counts stop at the deadlines.
    """
    if is_fresh(campaign, day) and not (with_phases and missing_phases(campaign, day)):
        return False
    ensure(campaign, day)
    if with_phases:
        ensure_phases(campaign, day)
    return True


def _check(campaign: Campaign, day: date) -> list[str]:
    """Count a day anew; what was fresh and differs is reported, for somewhere a change went unannounced."""
    was_fresh = is_fresh(campaign, day) and not missing_phases(campaign, day)
    stored: Stored = recompute(campaign, day)
    return [f"{day} {key}" for key in stored.drifted] if was_fresh else []


def _report(campaign: Campaign, drifted: list[str]) -> None:
    logger.error("stored figures of %s differed from the facts: %s", campaign.key, "; ".join(drifted[:20]))
    audit.record(
        "figures.drift",
        by=None,
        subject=f"campaign {campaign.key}",
        detail={"rows": drifted[:200], "count": len(drifted)},
    )
