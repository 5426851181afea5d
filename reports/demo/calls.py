"""Contacts of the last weeks: who was called or told, what they said, and who was vaccinated since."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from campaigns.models import Campaign
from ledgers.day import in_scope, of_sub_state, with_day
from ledgers.models import Contact, Dose, Reason
from registry.models import Entry, Resident, Source, User
from registry.querysets import within
from reports.demo.street import DEMO_DAY

# Of each village so many people with a dose behind a contact, and so many still to be called.
_DONE, _OPEN = 12, 24
Outcome = Contact.Outcome
# What people said, in turn; days are counted from the demonstration's day.
_SAID = (
    (Outcome.NO_ANSWER, None),
    (Outcome.PROMISED, 2),
    (Outcome.TOLD, None),
    (Outcome.CALL_AGAIN, 3),
    (Outcome.PROMISED, 0),
    (Outcome.NO_ANSWER, None),
    (Outcome.REFUSED, None),
    (Outcome.PROMISED, -3),
)


def write_calls(campaign: Campaign, accounts: dict[str, User]) -> int:
    """Write contacts of the villages that have a cadre's account, and the promises made; returns how many."""
    count = 0
    for name in ("baiping", "huanggu"):
        by = accounts[name]
        village = by.grants.get().place_id
        entry = _entry(by)
        contacts = [*_followed_by_a_dose(village, campaign, by, entry), *_still_open(village, campaign, by, entry)]
        Contact.objects.bulk_create(contacts)
        promised = [one for one in contacts if one.promised_on]
        Reason.objects.bulk_create(
            [_reason(one) for one in promised],
            update_conflicts=True,
            unique_fields=["resident", "campaign"],
            update_fields=["code", "promised_on", "entry"],
        )
        count += len(contacts)
    return count


def _followed_by_a_dose(village: str, campaign: Campaign, by: User, entry: Entry) -> Iterator[Contact]:
    """People vaccinated in the last ten days, called some days before."""
    since = DEMO_DAY - timedelta(days=10)
    doses = Dose.objects.filter(campaign=campaign, state=Dose.State.LIVE, given_on__gt=since, given_on__lte=DEMO_DAY)
    people = doses.filter(within(village, "resident__place_id")).order_by("resident_id", "given_on")
    for number, dose in enumerate(people[:_DONE]):
        on = dose.given_on - timedelta(days=2 + number % 4)
        way = Contact.Way.CALL if number % 3 else Contact.Way.SLIP
        outcome = Outcome.TOLD if way == Contact.Way.SLIP else Outcome.CALL_AGAIN
        again = None if way == Contact.Way.SLIP else dose.given_on
        yield _contact(dose.resident_id, campaign, way, outcome, None, again, _at(on, number), by, entry)


def _still_open(village: str, campaign: Campaign, by: User, entry: Entry) -> Iterator[Contact]:
    people = in_scope(Resident.objects.inside(village), campaign, DEMO_DAY)
    open_now = of_sub_state("due", DEMO_DAY) | of_sub_state("overdue", DEMO_DAY)
    keys = with_day(people, campaign, DEMO_DAY).filter(open_now).order_by("pk").values_list("pk", flat=True)
    for number, key in enumerate(keys[:_OPEN]):
        outcome, days = _SAID[number % len(_SAID)]
        day = None if days is None else DEMO_DAY + timedelta(days=days)
        promised = day if outcome == Outcome.PROMISED else None
        again = day if outcome == Outcome.CALL_AGAIN else None
        way = Contact.Way.MESSAGE if outcome == Outcome.TOLD else Contact.Way.CALL
        at = _at(DEMO_DAY - timedelta(days=4 + number % 5), number)
        yield _contact(key, campaign, way, outcome, promised, again, at, by, entry)


def _contact(
    resident: int,
    campaign: Campaign,
    way: str,
    outcome: str,
    promised: date | None,
    again: date | None,
    at: datetime,
    by: User,
    entry: Entry,
) -> Contact:
    return Contact(
        resident_id=resident, campaign=campaign, way=way, outcome=outcome, promised_on=promised, again_on=again,
        at=at, by=by, entry=entry,
    )  # fmt: skip


def _reason(contact: Contact) -> Reason:
    """The day promised, as the page notes it."""
    return Reason(
        resident_id=contact.resident_id,
        campaign=contact.campaign,
        code="7",
        promised_on=contact.promised_on,
        entry=contact.entry,
    )


def _entry(by: User) -> Entry:
    return Entry.objects.create(at=_at(DEMO_DAY - timedelta(days=4), 0), by=by, source=Source.VERBAL, label="电话联系")


def _at(on: date, number: int) -> datetime:
    """Calls lie some minutes apart, from nine in the morning on."""
    return timezone.make_aware(datetime.combine(on, time(9 + number % 8, number * 7 % 60)))
