"""How far a round has come: households done of all, never visited, oldest visit, per group and village.

空挂户 and 集体户 are listed apart: in no figure of the round, confirmed once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from django.db.models import Count, Max, Q, QuerySet

from campaigns.models import Campaign
from ledgers.models import SurveyRound, Visit
from registry.models import Household, Place
from registry.querysets import within_any

# From so many calls in vain on, the household is passed up to staff.
PASSED_UP_AFTER = 3


@dataclass
class Progress:
    """Households of a place. `visited`: done in the round; `oldest`: the longest ago of the last visits."""

    households: int = 0
    visited: int = 0
    ever_visited: int = 0
    apart: int = 0
    unconfirmed: int = 0
    unnumbered: int = 0
    oldest: datetime | None = None

    @property
    def left(self) -> int:
        return self.households - self.visited

    @property
    def share(self) -> Fraction | None:
        return Fraction(self.visited, self.households) if self.households else None

    @property
    def never_visited(self) -> int:
        return self.households - self.ever_visited

    def add(self, other: Progress) -> None:
        self.households += other.households
        self.visited += other.visited
        self.ever_visited += other.ever_visited
        self.apart += other.apart
        self.unconfirmed += other.unconfirmed
        self.unnumbered += other.unnumbered
        self.oldest = min(filter(None, (self.oldest, other.oldest)), default=None)


def progress_of(
    prefixes: Iterable[str], campaign: Campaign, current: SurveyRound | None, *, oldest: bool = False
) -> dict[str, Progress]:
    """Return the progress of each place code inside the prefixes; two queries, one more with `oldest`.

    `oldest` looks at each household's visits: for a village, not for a street.
    """
    prefixes = tuple(prefixes)
    found: dict[str, Progress] = defaultdict(Progress)
    apart = Q(state__in=Household.APART)
    standing = Household.objects.standing().within_any(prefixes).order_by()
    for code, households, set_apart, unconfirmed, unnumbered in standing.values_list("place_id").annotate(
        households=Count("pk", filter=~apart),
        set_apart=Count("pk", filter=apart),
        unconfirmed=Count("pk", filter=apart & Q(confirmed_entry__isnull=True)),
        unnumbered=Count("pk", filter=Q(sequence__isnull=True)),
    ):
        found[code] = Progress(households, apart=set_apart, unconfirmed=unconfirmed, unnumbered=unnumbered)
    visits = done_visits(campaign).filter(
        within_any(prefixes, "household__place_id"), household__merged_into__isnull=True
    )
    visits = visits.exclude(household__state__in=Household.APART).order_by()
    once = Count("household_id", distinct=True, filter=Q(round=current)) if current else None
    counts = {"ever": Count("household_id", distinct=True)} | ({"now": once} if once else {})
    for row in visits.values("household__place_id").annotate(**counts):
        place = found[row["household__place_id"]]
        place.ever_visited, place.visited = row["ever"], row.get("now", 0)
    if oldest:
        for code, last in (
            visits.values_list("household__place_id", "household_id")
            .annotate(last=Max("at"))
            .values_list("household__place_id", "last")
        ):
            found[code].oldest = min(filter(None, (found[code].oldest, last)))
    return found


def done_visits(campaign: Campaign) -> QuerySet[Visit]:
    """Visits that make a household done."""
    return Visit.objects.filter(campaign=campaign, outcome__in=Visit.DONE)


def by_village(progress: dict[str, Progress]) -> dict[str, Progress]:
    """Add the places up to their villages."""
    found: dict[str, Progress] = defaultdict(Progress)
    for code, place in progress.items():
        found[code[: Place.Level.VILLAGE]].add(place)
    return found


def total(progress: dict[str, Progress]) -> Progress:
    whole = Progress()
    for place in progress.values():
        whole.add(place)
    return whole


def visited_in(current: SurveyRound) -> QuerySet:
    """Keys of the households done in a round."""
    return Visit.objects.filter(round=current, outcome__in=Visit.DONE).values("household_id")


def passed_up_in(current: SurveyRound) -> QuerySet:
    """Keys of the households where the third call of a round found nobody and none has found anybody since."""
    calls = Visit.objects.filter(round=current, outcome=Visit.Outcome.NOBODY).order_by().values("household_id")
    often = calls.annotate(calls=Count("pk")).filter(calls__gte=PASSED_UP_AFTER)
    return often.exclude(household_id__in=visited_in(current)).values("household_id")
