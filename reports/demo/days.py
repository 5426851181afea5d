"""Days signed for in the demonstration, and what was learnt since: late doses, a correction, somebody who moved."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.utils import timezone

from campaigns.models import Campaign
from ledgers.corrections import DoseFacts, add_dose, correct_resident, remove_dose
from ledgers.day import ledger, of_ledger
from ledgers.doubts import revisits
from ledgers.doubts.check import check_doubts
from ledgers.models import Dose, Visit
from ledgers.movements.signing import sign_day
from ledgers.summary import by_place, total_of
from registry.models import Entry, Household, Resident, Source, User
from reports.county.keeping import keep_county_figure
from reports.demo.street import DEMO_DAY, VILLAGES

# From the other end of the lists than the tours of the demonstration, which begin with the first people.
_LATE = 12


def write_days(campaign: Campaign, accounts: dict[str, User]) -> None:
    """Sign for the two days before, then enter what comes late; the day itself waits for the office."""
    staff = accounts["zhuanban"]
    for back in (2, 1):
        sign_day(campaign, DEMO_DAY - timedelta(days=back), today=DEMO_DAY, by=staff)
    # Two villages have signed by themselves; the others are told on the street's page.
    for name in ("baiping", "huanggu"):
        by = accounts[name]
        sign_day(campaign, DEMO_DAY - timedelta(days=1), village=by.grants.get().place, today=DEMO_DAY, by=by)
    for number, resident in enumerate(_of(campaign, "unvaccinated")):
        # One in three was vaccinated on the day itself, the others some days before.
        on = DEMO_DAY - timedelta(days=0 if number % 3 == 0 else 2 + number)
        add_dose(resident, campaign, DoseFacts(on, None), source=Source.CERTIFICATE, today=DEMO_DAY, by=staff)
    done = _of(campaign, "completed")
    dose = Dose.objects.filter(resident=done[0], campaign=campaign, state=Dose.State.LIVE).latest("given_on")
    remove_dose(dose, reason="录到了同名的人", by=staff)
    correct_resident(done[-1], {"place_id": VILLAGES[1].code}, reason="已搬家", by=staff)
    _sign_together(campaign, accounts["baiping"])
    check_doubts(campaign, DEMO_DAY - timedelta(days=1))
    _hear_from_the_county(campaign, staff)
    _draw(campaign, staff)


def _hear_from_the_county(campaign: Campaign, staff: User) -> None:
    """The county's rows of two days, counted where the doses were given and not where the people live."""
    for back, rank in ((2, 14), (1, 12)):
        on = DEMO_DAY - timedelta(days=back)
        counts = total_of(by_place(campaign, on)).all
        values = {"first_dose": counts.first_dose - 60, "full": counts.full - 45, "rank": rank, "rank_of": 29}
        keep_county_figure(campaign, on, values, note="演示数据（虚构）", by=staff)


def _sign_together(campaign: Campaign, by: User) -> None:
    """Eleven households in eight minutes: a meeting in the yard, or not; the office asks."""
    began = datetime.combine(DEMO_DAY - timedelta(days=1), time(15, 2), tzinfo=timezone.get_current_timezone())
    walk = campaign.rounds.order_by("-number").first()
    entry = Entry.objects.create(at=began, by=by, source=Source.VERBAL, label="入户排查：入户完成")
    households = Household.objects.inside(by.grants.get().place_id).order_by("-pk")[:11]
    moments = [began + timedelta(seconds=44 * number) for number in range(len(households))]
    Visit.objects.bulk_create(
        Visit(
            household=household, campaign=campaign, round=walk, outcome=Visit.Outcome.VISITED, at=at, received_at=at,
            by=by, entry=entry,
        )
        for household, at in zip(households, moments, strict=True)
    )  # fmt: skip


def _draw(campaign: Campaign, staff: User) -> None:
    """Households drawn two days before; of the first village most were visited again."""
    made = revisits.draw(campaign, on=DEMO_DAY - timedelta(days=2), by=staff)
    first = [one for one in made if one.village_id == made[0].village_id]
    for one, outcome in zip(first, ("agrees", "agrees", "differs", "agrees", "nobody", "agrees"), strict=False):
        note = "登记在家，邻居说去了重庆" if outcome == "differs" else ""
        revisits.answer(one, outcome=outcome, note=note, by=staff)


def _of(campaign: Campaign, name: str) -> list[Resident]:
    people = ledger(campaign, DEMO_DAY).filter(of_ledger(name), residency="local", status="active")
    return list(people.exclude(place=campaign.place_id).order_by("-pk")[:_LATE])
