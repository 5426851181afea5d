"""Lists of people whose place is in question: without a number, newly deceased, living outside their 户籍村."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Substr

from campaigns.models import Campaign
from ledgers.handovers.duplicates import duplicates_visible_to
from ledgers.handovers.handover import handovers_visible_to
from ledgers.models import Duplicate, Handover, Merge, Standing
from registry.access import scope_of
from registry.clock import start_of
from registry.models import IdentityDocument, Place, Resident, ResidentChange, Role, Status, User
from registry.querysets import within_any

# How long a death stays in sight, so that a mistaken one is found.
DEATH_SHOWN_DAYS = 90
# How long both sides of a handover read what was answered, and why.
ANSWER_SHOWN_DAYS = 30


def own_people(user: User) -> QuerySet[Resident]:
    """Residents of the account's villages."""
    return Resident.objects.filter(within_any(scope_of(user).prefixes(Role.CADRE, Role.STAFF)))


def undocumented(user: User) -> QuerySet[Resident]:
    """待补证件: active people of whom no number is known."""
    known = IdentityDocument.objects.filter(resident=OuterRef("pk"))
    return own_people(user).filter(~Exists(known), status=Status.ACTIVE).select_related("place")


def deceased(user: User, on: date) -> QuerySet[Resident]:
    """Who died within the last 90 days or was recorded to have, the latest first."""
    since = on - timedelta(days=DEATH_SHOWN_DAYS)
    # A mistaken death may be recorded for a day long ago.
    noted = ResidentChange.objects.filter(
        resident=OuterRef("pk"), field="status", new=Status.DECEASED, entry__at__gte=start_of(since + timedelta(days=1))
    )
    people = own_people(user).filter(Q(status_on__gt=since) | Exists(noted), status=Status.DECEASED)
    return people.select_related("place").order_by("-status_on", "pk")


def registered_here(user: User) -> QuerySet[Resident]:
    """People registered in the account's villages who live in another of the street; it reads, never counts them."""
    prefixes = scope_of(user).prefixes(Role.CADRE, Role.STAFF)
    people = Resident.objects.filter(within_any(prefixes, "registered_village_id"), status=Status.ACTIVE)
    if Role.STAFF not in scope_of(user).roles:
        people = people.exclude(within_any(prefixes))
    return people.select_related("place", "registered_village")


def open_handovers(user: User) -> QuerySet[Handover]:
    """Handovers that wait for an answer, the oldest first."""
    found = handovers_visible_to(user).filter(state=Handover.State.OPEN)
    return found.select_related("resident", "giving", "taking", "waits_for", "asked_by").order_by("asked_at", "pk")


def answered_handovers(user: User, on: date) -> QuerySet[Handover]:
    """Handovers answered within the last 30 days, the latest first: who asked learns why the other side said no."""
    answered = [Handover.State.ACCEPTED, Handover.State.REFUSED]
    found = handovers_visible_to(user).filter(state__in=answered)
    found = found.filter(answered_at__gte=start_of(on - timedelta(days=ANSWER_SHOWN_DAYS)))
    return found.select_related("resident", "giving", "taking", "waits_for", "answered_by").order_by("-answered_at")


def open_duplicates(user: User) -> QuerySet[Duplicate]:
    found = duplicates_visible_to(user).filter(state=Duplicate.State.OPEN)
    return found.select_related("first__place", "second__place").order_by("ground", "pk")


def recent_merges(user: User) -> QuerySet[Merge]:
    """The last merges of the account's street that still stand, to be taken back."""
    prefixes = scope_of(user).prefixes(Role.STAFF)
    found = Merge.objects.filter(within_any(prefixes, "kept__place_id"), undone_entry__isnull=True)
    return found.select_related("kept", "entry__by").order_by("-pk")


@dataclass(frozen=True, slots=True)
class Adopted:
    """What became of the people a village claimed from 待归类: how many, and how many have a dose by now."""

    village: str
    people: int
    vaccinated: int


def adopted_by_village(campaign: Campaign, on: date) -> list[Adopted]:
    """Count those placed out of 待归类 by the village they are in now, in two queries."""
    street = campaign.place
    first = ResidentChange.objects.filter(resident=OuterRef("pk"), field="place_id", old=street.pk)
    dosed = Standing.objects.filter(Q(until__isnull=True) | Q(until__gt=on), resident=OuterRef("pk"), since__lte=on)
    people = Resident.objects.filter(Exists(first), place__level__gte=Place.Level.VILLAGE).inside(street.prefix)
    rows = (
        people.annotate(village=Substr("place_id", 1, Place.Level.VILLAGE))
        .order_by()
        .values("village")
        .annotate(people=Count("pk"), vaccinated=Count("pk", filter=Exists(dosed.filter(campaign=campaign))))
        .values_list("village", "people", "vaccinated")
    )
    names = dict(Place.objects.villages().inside(street.prefix).values_list("code", "name"))
    found = [Adopted(names.get(village, ""), number, vaccinated) for village, number, vaccinated in rows]
    return sorted(found, key=lambda one: (-one.people, one.village))
