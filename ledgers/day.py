"""The ledger of a day as one queryset: every list, count, export and phase starts here (rules 4).

residents LEFT JOIN the standing that covers the day LEFT JOIN the excuse that covers the day. The
joins are one to one, because both kinds of rows are disjoint periods, so counts are not multiplied.
"""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import (
    BooleanField,
    Case,
    CharField,
    FilteredRelation,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.functions import Substr
from django.db.models.lookups import Exact

from campaigns.models import Campaign
from campaigns.thresholds import threshold
from registry.ages import born_by
from registry.models import Residency, Resident, Status
from registry.querysets import within

LEDGERS = ("completed", "incomplete", "exempt", "unvaccinated")
SUB_STATES = ("waiting", "due", "overdue", "excused")


def ledger(campaign: Campaign, on: date, *, outside: bool = False) -> QuerySet[Resident]:
    """Everybody in scope at `on` inside the campaign's place, each with the ledger they stand in.

    Annotates `ledger`, `sub_state` ("" outside `incomplete`), `in_dropout_base` and `is_permanent`, and
    joins `standing` and `excuse`, the rows that cover the day (null where there is none). With `outside`
    the people 非本辖区 are kept too, as the ledgers of units ask (rules 1).
    """
    people = with_day(in_scope(Resident.objects.all(), campaign, on, outside=outside), campaign, on)
    return people.annotate(
        ledger=_choice({name: of_ledger(name) for name in LEDGERS}),
        sub_state=_choice({name: of_sub_state(name, on) for name in SUB_STATES}),
        in_dropout_base=_flag(dropout_base(on)),
        is_permanent=_flag(permanent()),
    )


def in_scope(people: QuerySet[Resident], campaign: Campaign, on: date, *, outside: bool = False) -> QuerySet[Resident]:
    """Narrow to people active and old enough at `on` (rules 1), inside the campaign's place."""
    return people.filter(
        within(campaign.place.prefix), active(on, outside=outside), birth_on__lte=born_by(campaign.min_age, on)
    )


def active(on: date, *, outside: bool = False) -> Q:
    """Condition: in the ledgers at `on`. `status_on` is null for who has not left, which passes no comparison."""
    present = [Status.ACTIVE, Status.OUTSIDE] if outside else [Status.ACTIVE]
    return Q(status__in=present) | Q(status_on__gt=on)


def with_day(people: QuerySet[Resident], campaign: Campaign, on: date, side: str = "") -> QuerySet[Resident]:
    """Join what covers `on`: at most one standing and one excuse for each person.

    They are called `standing` and `excuse`, with `side` behind the words where two days are joined.
    """
    return people.annotate(
        **{
            f"standing{side}": FilteredRelation("standings", condition=covers("standings", campaign, on)),
            f"excuse{side}": FilteredRelation("excuses", condition=covers("excuses", campaign, on)),
        }
    )


def covers(relation: str, campaign: Campaign, on: date) -> Q:
    """Condition: the row of `relation` (standings or excuses) covers `on`."""
    # `until` is exclusive; null means that the row is still open.
    return Q(**{f"{relation}__campaign": campaign, f"{relation}__since__lte": on}) & (
        Q(**{f"{relation}__until__isnull": True}) | Q(**{f"{relation}__until__gt": on})
    )


def of_ledger(name: str, side: str = "") -> Q:
    """Condition on a queryset made by `with_day`: in the ledger `name`."""
    standing, excuse = f"standing{side}", f"excuse{side}"
    return {
        "completed": Q(**{f"{standing}__completed_on__isnull": False}),
        # `next_from` is null exactly for the completed and for who has no standing.
        "incomplete": Q(**{f"{standing}__next_from__isnull": False}),
        # By the joined column, not by the key: so PostgreSQL knows an anti-join and how many it leaves.
        "exempt": Q(**{f"{standing}__resident__isnull": True, f"{excuse}__resident__isnull": False}),
        "unvaccinated": Q(**{f"{standing}__resident__isnull": True, f"{excuse}__resident__isnull": True}),
    }[name]


def of_sub_state(name: str, on: date) -> Q:
    """Condition on a queryset made by `with_day`: incomplete, in the group `name`."""
    # Comparisons with a null `next_from` or `next_by` hold for nobody: only the incomplete pass.
    free = Q(excuse__resident__isnull=True)
    return {
        "excused": Q(standing__next_from__isnull=False, excuse__resident__isnull=False),
        "waiting": Q(standing__next_from__gt=on) & free,
        "due": Q(standing__next_from__lte=on, standing__next_by__gte=on) & free,
        "overdue": Q(standing__next_by__lt=on) & free,
    }[name]


def lasting() -> Q:
    """Condition on a queryset made by `with_day`: exempt without an end (禁忌); the others are 缓种."""
    return of_ledger("exempt") & Q(excuse__until__isnull=True)


def soon_days(campaign: Campaign) -> int:
    """Return how many days before the due-by day people are overdue soon (glossary: 7天内将超期)."""
    return threshold(campaign.thresholds, "overdue_soon_days")


def overdue_soon(on: date, days: int) -> Q:
    """Condition on a queryset made by `with_day`: overdue within `days` (`on` ≤ `next_by` < `on` + days).

    The one definition behind the dashboard's figure and the list of 催种, which leaves out whom nobody may call today.
    """
    # `next_by` is null for the completed and without a standing.
    ahead = Q(standing__next_by__gte=on, standing__next_by__lt=on + timedelta(days=days))
    return ahead & Q(excuse__resident__isnull=True)


def dropout_base(on: date) -> Q:
    """Condition: dose 2 was due before `on`, completed or not, the excused left out (rules 5)."""
    # `second_due_on` is null for a series of one dose and without a standing: neither is in the base.
    return Q(standing__second_due_on__lt=on) & (
        Q(standing__completed_on__isnull=False) | Q(excuse__resident__isnull=True)
    )


def into_dropout_base(on: date, days: int) -> Q:
    """Condition: not in the dropout base of `on`, but in that of `days` later, as far as is known at `on`."""
    return dropout_base(on + timedelta(days=days)) & Q(standing__second_due_on__gte=on)


def permanent() -> Q:
    """Condition: permanent residents (常住口径, rules 1); 类型未定 only once placed in a village."""
    return Q(residency__in=[Residency.LOCAL, Residency.INCOMING]) | (Q(residency=Residency.UNKNOWN) & placed())


def placed() -> Q:
    """Condition: placed in a village; a street's own code has 000 where the village's digits stand."""
    return ~Q(Exact(Substr("place_id", 10, 3), Value("000")))


def _choice(conditions: dict[str, Q]) -> Case:
    whens = [When(condition, then=Value(name)) for name, condition in conditions.items()]
    return Case(*whens, default=Value(""), output_field=CharField())


def _flag(condition: Q) -> Case:
    # Case, not the condition itself: a comparison with null must be false, not null.
    return Case(When(condition, then=Value(True)), default=Value(False), output_field=BooleanField())
