"""What follows a change of the vaccine table: the standings of those it touches, in the same transaction."""

from __future__ import annotations

from typing import Any

from campaigns.models import Campaign
from campaigns.rehearsal import Asked, follows
from ledgers import standings
from ledgers.plan_changes.moves import touched_people
from registry.jobs import Progress, enqueue, handler
from registry.models import Job, User

KIND = "standings.rebuild"


@follows
def rebuild_touched(asked: Asked, progress: Progress) -> None:
    """Decide anew how the people stand whose doses may count otherwise, and tell the floors above."""
    if not asked.is_about_vaccines:
        return
    # Read before anything is written: the standings of those very people are replaced meanwhile.
    ids = list(touched_people(asked))
    progress(0, len(ids), "重新计算台账")
    rebuilt = standings.rebuild(asked.campaign, ids)
    standings.announce(asked.campaign, sorted(rebuilt.residents), rebuilt.since)


def on_campaign_reopened(*, campaign: Campaign, by: User, **_: Any) -> None:
    """While a campaign had ended, people were merged and corrected without it."""
    enqueue(KIND, by=by, params={"campaign": campaign.pk})


@handler(KIND)
def rebuild_everybody(job: Job, progress: Progress) -> dict[str, Any]:
    """Rebuild a campaign's standings; safe to run twice, for only what differs is written."""
    campaign = Campaign.objects.filter(pk=job.params["campaign"], is_active=True).first()
    if campaign is None:
        return {"rows": 0}
    rebuilt = standings.rebuild_all(campaign)
    standings.announce(campaign, sorted(rebuilt.residents), rebuilt.since)
    return {"rows": rebuilt.rows}
