"""How far a round has come: households done of all, never visited, oldest visit, per group and village.

空挂户 and 集体户 are listed apart: in no figure of the round, confirmed once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction

from django.core.cache import cache
from django.db import connection
from django.db.models import Count, Exists, OuterRef, Q

from campaigns.models import Campaign
from ledgers.models import SurveyRound, Visit
from registry.models import Household, Place

# From so many calls in vain on, the household is passed up to staff.
PASSED_UP_AFTER = 3
KEPT_SECONDS = 60


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


# Per place: households ever visited, those of the round, and the longest ago of their last visits. In two
# steps, because a household is visited often and counts once.
_VISITED = """
SELECT place_id, COUNT(*), SUM(now), MIN(last) FROM (
    SELECT home.place_id, MAX(visit.at) AS last,
        MAX(CASE WHEN visit.round_id = %s THEN 1 ELSE 0 END) AS now
    FROM ledgers_visit visit JOIN registry_household home ON home.id = visit.household_id
    WHERE visit.campaign_id = %s AND visit.outcome IN ({done}) AND home.merged_into_id IS NULL
        AND home.state NOT IN ({apart}) AND ({places})
    GROUP BY home.id
) visited GROUP BY place_id
"""


def progress_of(prefixes: Iterable[str], campaign: Campaign, current: SurveyRound | None) -> dict[str, Progress]:
    """Return the progress of each place code inside the prefixes; two queries."""
    prefixes = tuple(prefixes)
    found: dict[str, Progress] = defaultdict(Progress)
    if not prefixes:
        return found
    apart = Q(state__in=Household.APART)
    standing = Household.objects.standing().within_any(prefixes).order_by()
    for code, households, set_apart, unconfirmed, unnumbered in standing.values_list("place_id").annotate(
        households=Count("pk", filter=~apart),
        set_apart=Count("pk", filter=apart),
        unconfirmed=Count("pk", filter=apart & Q(confirmed_entry__isnull=True)),
        unnumbered=Count("pk", filter=Q(sequence__isnull=True)),
    ):
        found[code] = Progress(households, apart=set_apart, unconfirmed=unconfirmed, unnumbered=unnumbered)
    for code, ever, now, last in _visited(prefixes, campaign, current):
        place = found[code]
        place.ever_visited, place.visited, place.oldest = ever, now, _moment(last)
    return found


def _visited(prefixes: tuple[str, ...], campaign: Campaign, current: SurveyRound | None) -> list[tuple]:
    statement = _VISITED.format(
        done=", ".join(["%s"] * len(Visit.DONE)),
        apart=", ".join(["%s"] * len(Household.APART)),
        places=" OR ".join(["home.place_id BETWEEN %s AND %s"] * len(prefixes)),
    )
    ends = [end for prefix in prefixes for end in (prefix, prefix.ljust(Place.Level.GROUP, "9"))]
    with connection.cursor() as cursor:
        cursor.execute(statement, [current.pk if current else None, campaign.pk, *Visit.DONE, *Household.APART, *ends])
        return cursor.fetchall()


def _moment(value: datetime | str) -> datetime:
    """SQLite keeps moments as text in UTC."""
    return value if isinstance(value, datetime) else datetime.fromisoformat(value).replace(tzinfo=UTC)


def by_village(progress: dict[str, Progress]) -> dict[str, Progress]:
    """Add the places up to their villages."""
    found: dict[str, Progress] = defaultdict(Progress)
    for code, place in progress.items():
        found[code[: Place.Level.VILLAGE]].add(place)
    return found


def street_progress(prefixes: tuple[str, ...], campaign: Campaign, current: SurveyRound | None) -> dict[str, Progress]:
    """Return the progress of each village, counted anew at most once a minute: a street has 300,000 households."""
    key = f"survey:{campaign.pk}:{current.pk if current else 0}:{','.join(prefixes)}"
    return cache.get_or_set(key, lambda: by_village(progress_of(prefixes, campaign, current)), KEPT_SECONDS)


def total(progress: dict[str, Progress]) -> Progress:
    whole = Progress()
    for place in progress.values():
        whole.add(place)
    return whole


def is_visited(current: SurveyRound) -> Exists:
    """Condition on households: done in a round."""
    return Exists(Visit.objects.filter(household=OuterRef("pk"), round=current, outcome__in=Visit.DONE))


def was_visited(campaign: Campaign) -> Exists:
    """Condition on households: done in any round."""
    return Exists(Visit.objects.filter(household=OuterRef("pk"), campaign=campaign, outcome__in=Visit.DONE))


def is_passed_up(current: SurveyRound) -> Q:
    """Condition on households: the third call of a round found nobody, and none has found anybody."""
    calls = Visit.objects.filter(household=OuterRef("pk"), round=current, outcome=Visit.Outcome.NOBODY).order_by()
    often = calls.values("household_id").annotate(calls=Count("pk")).filter(calls__gte=PASSED_UP_AFTER)
    return Q(Exists(often)) & ~Q(is_visited(current))


def passed_up(current: SurveyRound) -> set[int]:
    """Return the keys of the households that `is_passed_up` names, anywhere, in two queries.

    Asked of the calls alone: the few households they name are sooner looked up than a street's are read.
    """
    calls = Visit.objects.filter(round=current).order_by()
    often = calls.filter(outcome=Visit.Outcome.NOBODY).values("household_id").annotate(calls=Count("*"))
    found = set(often.filter(calls__gte=PASSED_UP_AFTER).values_list("household_id", flat=True))
    done = calls.filter(household__pk__among=found, outcome__in=Visit.DONE)
    return found - set(done.values_list("household_id", flat=True))
