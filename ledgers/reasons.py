"""Why permanent residents have no dose, and who says they had one: counts by place (rules 2, 3).

Both start from the few people of whom something was said, never from everybody in scope.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date

from django.db.models import BooleanField, Count, ExpressionWrapper, Q, QuerySet

from campaigns.models import Campaign
from ledgers.day import in_scope, of_ledger, permanent, with_day
from ledgers.models import Statement
from ledgers.rules import PAUSED_REASON

# Registers the lookup `among`.
from registry import bulk as _bulk  # noqa: F401
from registry.models import Resident


@dataclass(slots=True)
class Said:
    """What was said of permanent residents of one place who are not done.

    `reasons` counts people of 应种未种 by reason code, those without one left out; `paused` are the
    people of code 3 whose day to be asked again lies ahead; `claimants` are people not completed who
    say they had a dose of which there is no proof.
    """

    reasons: Counter[str] = field(default_factory=Counter)
    paused: int = 0
    claimants: int = 0


def said_by_place(campaign: Campaign, on: date, *, but: Collection[int] = ()) -> dict[str, Said]:
    """Count what was said by finest place code, in two queries; places of which nothing was said are left out.

    `but` are the keys of residents that are not counted.
    """
    everybody = Resident.objects.exclude(pk__among=set(but)) if but else Resident.objects.all()
    table: dict[str, Said] = defaultdict(Said)
    for place, code, paused, number in _reasons(everybody, campaign, on):
        table[place].reasons[code] += number
        if paused:
            table[place].paused += number
    for place, number in _claimants(everybody, campaign, on):
        table[place].claimants = number
    return dict(table)


def _reasons(everybody: QuerySet[Resident], campaign: Campaign, on: date) -> QuerySet:
    # One reason per person and campaign, so the join multiplies nobody; "" says nothing but a promised day.
    people = in_scope(everybody, campaign, on).filter(permanent(), Q(reasons__campaign=campaign) & ~Q(reasons__code=""))
    # Without its day a pause silences nobody: `promised_on` null compares false.
    paused = Q(reasons__code=PAUSED_REASON, reasons__promised_on__gt=on)
    people = people.annotate(paused=ExpressionWrapper(paused, output_field=BooleanField()))
    unvaccinated = with_day(people, campaign, on).filter(of_ledger("unvaccinated"))
    grouped = unvaccinated.order_by().values("place_id", "reasons__code", "paused").annotate(number=Count("pk"))
    return grouped.values_list("place_id", "reasons__code", "paused", "number")


def _claimants(everybody: QuerySet[Resident], campaign: Campaign, on: date) -> QuerySet:
    people = in_scope(everybody, campaign, on).filter(
        permanent(), pk__in=open_statements(campaign, on).values("resident_id")
    )
    # Null for who has no standing at all as well as for who is not completed.
    not_done = with_day(people, campaign, on).filter(standing__completed_on__isnull=True)
    return not_done.order_by().values("place_id").annotate(number=Count("pk")).values_list("place_id", "number")


def open_statements(campaign: Campaign, on: date) -> QuerySet[Statement]:
    """What people said up to `on` of a dose, and no proof has come (rules 2)."""
    # `closed_entry` is null while no proof has come.
    return Statement.objects.filter(campaign=campaign, closed_entry__isnull=True, month__lte=on)
