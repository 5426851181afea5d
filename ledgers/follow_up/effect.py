"""催种效果: who was vaccinated within fourteen days of a contact, by village and by way of contact."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery
from django.db.models.functions import Substr, TruncDate

from campaigns.models import Campaign
from ledgers.follow_up.rules import came_of
from ledgers.models import Contact, Dose
from registry.access import scope_of
from registry.clock import start_of
from registry.models import Place, Role, User
from registry.querysets import within_any

# Four weeks: long enough for half of the contacts to have had their fourteen days.
PERIOD_DAYS = 28


@dataclass(slots=True)
class Tally:
    """People by what came of their first contact: `told` all, `done` in time, `open` not yet fourteen days."""

    told: int = 0
    done: int = 0
    open: int = 0

    def add(self, state: str, number: int) -> None:
        self.told += number
        if state == "done":
            self.done += number
        elif state == "open":
            self.open += number

    def __iadd__(self, other: Tally) -> Tally:
        self.told, self.done, self.open = self.told + other.told, self.done + other.done, self.open + other.open
        return self


# Village code, way of contact.
Table = dict[str, dict[str, Tally]]


def effect(user: User, campaign: Campaign, on: date) -> Table:
    """Count people by village and way, each once for each way, from the first contact of the period on; one query."""
    grouped = first_contacts(user, campaign, on).order_by().values("village", "way", "day", "dosed_on")
    table: Table = defaultdict(lambda: defaultdict(Tally))
    for row in grouped.annotate(number=Count("pk")):
        state = came_of(row["day"], row["dosed_on"], on)
        table[row["village"]][row["way"]].add(state, row["number"])
    return {village: dict(ways) for village, ways in table.items()}


def first_contacts(user: User, campaign: Campaign, on: date) -> QuerySet[Contact]:
    """Return the first contact of each person by each way in the period, with its day and the first dose since."""
    begin, end = start_of(on - timedelta(days=PERIOD_DAYS - 1)), start_of(on + timedelta(days=1))
    period = Contact.objects.filter(campaign=campaign, at__gte=begin, at__lt=end)
    earlier = period.filter(resident=OuterRef("resident"), way=OuterRef("way"), at__lt=OuterRef("at"))
    own = within_any(scope_of(user).prefixes(Role.STAFF), "resident__place_id")
    since = Dose.objects.filter(resident=OuterRef("resident"), campaign=campaign, state=Dose.State.LIVE)
    since = since.filter(given_on__gte=OuterRef("day"), given_on__lte=on).order_by("given_on")
    return period.filter(own, ~Exists(earlier)).annotate(
        village=Substr("resident__place_id", 1, Place.Level.VILLAGE),
        day=TruncDate("at"),
        dosed_on=Subquery(since.values("given_on")[:1]),
    )


def contacts_of_effect(user: User, campaign: Campaign, on: date, *, village: str, way: str, state: str) -> list[int]:
    """Return the keys of the contacts behind one figure, the latest first; `state` "" for all who were told."""
    contacts = first_contacts(user, campaign, on).order_by("-at", "pk")
    if village:
        contacts = contacts.filter(village=village)
    if way:
        contacts = contacts.filter(way=way)
    rows = contacts.values_list("pk", "day", "dosed_on")
    return [pk for pk, day, dosed_on in rows if state in ("", came_of(day, dosed_on, on))]


def people_of(user: User, campaign: Campaign, on: date, keys: list[int]) -> list[Contact]:
    """Return the contacts of one page, in the order of their keys."""
    found = first_contacts(user, campaign, on).filter(pk__in=keys).select_related("resident__place")
    return sorted(found, key=lambda one: keys.index(one.pk))
