"""Whose doors a day is about, and what was done at them already."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property

from django.db.models import Q

from campaigns.models import Campaign
from ledgers.households.caretakers import beat_of, in_care_of
from ledgers.models import Contact, Visit
from registry.clock import start_of
from registry.models import Household, Resident, User
from registry.querysets import within_any

# Whom nobody reached is still to be seen today.
_IN_VAIN = (Contact.Outcome.NO_ANSWER, Contact.Outcome.WRONG_NUMBER)


@dataclass(frozen=True)
class Walk:
    """The doors of an account's places (prefixes) on one day; with `mine` those of 我包的户 alone."""

    user: User
    campaign: Campaign
    on: date
    prefixes: tuple[str, ...]
    mine: bool = True

    @cached_property
    def residents(self) -> dict[int, int | None]:
        """Everybody behind the doors with the key of their household: a village's people at most.

        Fetched once, in queries of their own: joined with the households into each question of the day,
        PostgreSQL began with everybody's standings (12 s at 1,000,000 people).
        """
        people = Resident.objects.filter(within_any(self.prefixes)).values_list("pk", "household_id", "place_id")
        if not self.mine:
            return {pk: home for pk, home, _ in people}
        households = set(Household.objects.filter(self.households).values_list("pk", flat=True))
        beat = set(self.beat)
        return {pk: home for pk, home, place in people if (home in households if home else place in beat)}

    @cached_property
    def households(self) -> Q:
        """Condition on households."""
        own = within_any(self.prefixes)
        return own & in_care_of(self.user, self.beat) if self.mine else own

    @cached_property
    def beat(self) -> list[str]:
        return beat_of(self.user)


@dataclass(frozen=True)
class DoneLine:
    """What was done at a door: 冉启华户 入户完成, by whom and when."""

    name: str
    words: str
    by: User
    at: datetime


@dataclass(frozen=True)
class Done:
    """Who was seen or spoken to today: households, people without one, and the lines that say how."""

    households: frozenset[int] = frozenset()
    residents: frozenset[int] = frozenset()
    # One for each door, the latest first.
    lines: list[DoneLine] = field(default_factory=list)
    # Doors called in vain today, which is not done.
    tried: dict[tuple[str, int], DoneLine] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.households) + len(self.residents)


def done_today(walk: Walk) -> Done:
    """Return what was done at the walk's doors since midnight, by anybody; two queries and those of `walk`."""
    since = start_of(walk.on)
    visits = Visit.objects.filter(
        at__gte=since, campaign=walk.campaign, household__in=Household.objects.filter(walk.households)
    )
    inside = within_any(walk.prefixes, "resident__place_id")
    contacts = Contact.objects.filter(inside, at__gte=since, campaign=walk.campaign)
    lines: dict[tuple[str, int], DoneLine] = {}
    tried: dict[tuple[str, int], DoneLine] = {}
    for one in visits.select_related("household", "by").order_by("-at", "-pk"):
        line = DoneLine(f"{one.household.head}户", one.get_outcome_display(), one.by, one.at)
        lines.setdefault(("household", one.household_id), line)
    # A message sent is no answer.
    spoken = contacts.exclude(outcome=Contact.Outcome.TOLD)
    for one in spoken.select_related("resident", "by").order_by("-at", "-pk"):
        if one.resident_id in walk.residents:
            line = DoneLine(one.resident.name, one.get_outcome_display(), one.by, one.at)
            found = tried if one.outcome in _IN_VAIN else lines
            found.setdefault(door_of(one.resident_id, one.resident.household_id), line)
    return Done(
        households=frozenset(key for kind, key in lines if kind == "household"),
        residents=frozenset(key for kind, key in lines if kind == "resident"),
        lines=sorted(lines.values(), key=lambda line: line.at, reverse=True),
        tried=tried,
    )


def door_of(resident: int, household: int | None) -> tuple[str, int]:
    """Name the door somebody lives behind: the household, or the person who has none."""
    return ("household", household) if household else ("resident", resident)
