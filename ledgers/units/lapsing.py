"""A declaration of 清零 ends when somebody missing joins, moves in or ages in: a job each night and after changes."""

from __future__ import annotations

from typing import Any

from campaigns.models import Campaign
from ledgers.models import Zeroing
from ledgers.units.zeroing import lapse
from registry.accounts import system_user
from registry.clock import today
from registry.jobs import Progress, enqueue, handler
from registry.models import Job

KIND = "zeroing.check"


def on_facts_changed(*, campaign: Campaign, **_: Any) -> None:
    """Ask for one check where something can lapse; while one waits, it will find this change as well."""
    valid = Zeroing.objects.filter(campaign=campaign, state=Zeroing.State.VALID)
    if valid.exists() and not _is_asked(campaign):
        enqueue(KIND, by=system_user(), params={"campaign": campaign.pk})


def _is_asked(campaign: Campaign) -> bool:
    return Job.objects.filter(kind=KIND, state=Job.State.WAITING, params__campaign=campaign.pk).exists()


@handler(KIND)
def check(job: Job, progress: Progress) -> dict[str, Any]:
    """End what no longer holds; run twice, it finds nothing the second time."""
    campaign = Campaign.objects.filter(pk=job.params["campaign"]).first()
    return {"lapsed": lapse(campaign, today()) if campaign else 0}


def check_nightly() -> list[Job]:
    """Ask for a check of every active campaign: with the day people age in and deferrals end."""
    user = system_user()
    return [enqueue(KIND, by=user, params={"campaign": one.pk}) for one in Campaign.objects.filter(is_active=True)]
