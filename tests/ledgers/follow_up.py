"""People as 催种 meets them, on one day: how somebody is overdue, due, or waiting, and a household on the walk."""

from datetime import date
from typing import Any

from campaigns.models import Campaign
from ledgers.models import Reason
from registry.models import Household, Phone, Place, Resident
from tests.ledgers import make

TODAY = date(2021, 8, 16)
# The first dose of an inactivated series by how its second stands on TODAY: due by the first dose + 56 days.
FIRST = {
    "overdue": "06-12",  # by 08-07, 9 days late
    "soon": "06-26",  # by 08-21, 5 days left
    "due": "07-20",  # from 08-10, by 09-14
    "waiting": "08-01",  # from 08-22
}


def household(place: Place, sequence: int, head: str = "冉启华", **values: Any) -> Household:
    village = Place.objects.get(pk=place.code[:12])
    return Household.objects.create(
        village=village, place=place, sequence=sequence, head=head, entry=make.entry(), **values
    )


def person(
    place: Place, state: str, *, of: Campaign, phone: str = "", home: Household | None = None, **values: Any
) -> Resident:
    """Somebody whose second dose stands so on TODAY; "unvaccinated" has none, "unknown" one of no known product."""
    who = make.resident(place, household=home, **values)
    if phone:
        Phone.objects.create(resident=who, number=phone, last4=phone[-4:])
    if state == "unknown":
        # Counts as the strictest row: three doses, the second due by the first + 56 days.
        make.dose(who, "06-12", None, campaign=of)
    elif state != "unvaccinated":
        make.dose(who, FIRST[state], campaign=of)
    return who


def said(who: Resident, code: str, *, of: Campaign, on: str = "", entry: Any = None) -> Reason:
    return Reason.objects.create(
        resident=who, campaign=of, code=code, promised_on=make.day(on) if on else None, entry=entry or make.entry()
    )
