"""Looking through a street's people in a job: whose village 待归类 may be, and who may be there twice."""

from __future__ import annotations

from typing import Any

from campaigns.models import Campaign
from ledgers.handovers.duplicates import find_duplicates
from ledgers.handovers.suggestions import suggest
from registry.accounts import system_user
from registry.jobs import Progress, enqueue, handler
from registry.models import Job, Place

KIND = "movement.look"


def on_facts_changed(*, places: set[str], **_: Any) -> None:
    """Ask for one look at each street whose 待归类 changed; while one waits, it will find this change as well."""
    streets = {code for code in places if len(code) == Place.Level.VILLAGE and code.endswith("000")}
    for street in sorted(streets):
        if not Job.objects.filter(kind=KIND, state=Job.State.WAITING, params__street=street).exists():
            enqueue(KIND, by=system_user(), params={"street": street})


@handler(KIND)
def look(job: Job, progress: Progress) -> dict[str, Any]:
    """Suggest villages anew and ask about new pairs; run twice, it finds nothing new the second time."""
    street = Place.objects.filter(pk=job.params["street"], level=Place.Level.STREET).first()
    if street is None:
        return {}
    return {"suggested": suggest(street), "duplicates": find_duplicates(street)}


def look_nightly() -> list[Job]:
    """Ask for a look at every street that runs a campaign."""
    streets = Campaign.objects.filter(is_active=True).order_by("place").values_list("place", flat=True).distinct()
    return [enqueue(KIND, by=system_user(), params={"street": street}) for street in streets]
