"""People in movement in the demonstration: suggestions for 待归类, pairs that may be one, a handover that waits."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.utils import timezone

from campaigns.models import Campaign
from ledgers.handovers import handover
from ledgers.handovers.duplicates import find_duplicates
from ledgers.handovers.suggestions import suggest
from registry.models import Place, Residency, Resident, User
from reports.demo.street import BY_NAME, DEMO_DAY


def write_handovers(campaign: Campaign, accounts: dict[str, User]) -> None:
    """After the rosters: what a look through the street finds, and one person offered to 白坪村."""
    suggest(campaign.place)
    find_duplicates(campaign.place)
    giving = Resident.objects.inside(BY_NAME["黄谷村"].code).filter(residency=Residency.LOCAL, status="active")
    taking = Place.objects.get(pk=BY_NAME["白坪村"].code)
    asked = handover.ask(giving.latest("pk"), taking, note="去年9月起住在女儿家", by=accounts["huanggu"])
    # Asked the day before, not at the moment the demonstration was made.
    asked.asked_at = datetime.combine(
        DEMO_DAY - timedelta(days=1), time(16, 20), tzinfo=timezone.get_current_timezone()
    )
    asked.save(update_fields=["asked_at"])
