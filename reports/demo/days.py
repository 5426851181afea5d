"""Days signed for in the demonstration, and what was learnt since: late doses, a correction, somebody who moved."""

from __future__ import annotations

from datetime import timedelta

from campaigns.models import Campaign
from ledgers.corrections import DoseFacts, add_dose, correct_resident, remove_dose
from ledgers.day import ledger, of_ledger
from ledgers.models import Dose
from ledgers.movements.signing import sign_day
from registry.models import Resident, Source, User
from reports.demo.street import DEMO_DAY, VILLAGES

# From the other end of the lists than the tours of the demonstration, which begin with the first people.
_LATE = 12


def write_days(campaign: Campaign, accounts: dict[str, User]) -> None:
    """Sign for the two days before, then enter what comes late; the day itself waits for the office."""
    staff = accounts["zhuanban"]
    for back in (2, 1):
        sign_day(campaign, DEMO_DAY - timedelta(days=back), today=DEMO_DAY, by=staff)
    for number, resident in enumerate(_of(campaign, "unvaccinated")):
        # One in three was vaccinated on the day itself, the others some days before.
        on = DEMO_DAY - timedelta(days=0 if number % 3 == 0 else 2 + number)
        add_dose(resident, campaign, DoseFacts(on, None), source=Source.CERTIFICATE, today=DEMO_DAY, by=staff)
    done = _of(campaign, "completed")
    dose = Dose.objects.filter(resident=done[0], campaign=campaign, state=Dose.State.LIVE).latest("given_on")
    remove_dose(dose, reason="录到了同名的人", by=staff)
    correct_resident(done[-1], {"place_id": VILLAGES[1].code}, reason="已搬家", by=staff)


def _of(campaign: Campaign, name: str) -> list[Resident]:
    people = ledger(campaign, DEMO_DAY).filter(of_ledger(name), residency="local", status="active")
    return list(people.exclude(place=campaign.place_id).order_by("-pk")[:_LATE])
