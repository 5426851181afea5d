"""What the coming days bring, counted with a day's figures: who is overdue soon, who can still be completed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q

from campaigns.models import Campaign, Platform, Product
from ledgers.day import into_dropout_base, lasting, of_ledger, overdue_soon, soon_days
from registry.ages import born_by
from reports.rules import PACE_DAYS, Course, still_startable_from

# Days for which a village is told apart that has no new first dose: since the day before, and for three days.
SILENT_DAYS = 3
# How many days before a day its earlier figures are taken.
EARLIER = (SILENT_DAYS, PACE_DAYS)


@dataclass(slots=True)
class Ahead:
    """Permanent residents of one place, as they stand on a day, by what the coming days bring.

    `soon` are overdue within the plan's days, `second_due_soon` come into the dropout base in that time;
    `finishing` are incomplete and `starting` unvaccinated who can still be completed by the campaign's last
    day; `lasting` are exempt without an end.
    """

    soon: int = 0
    second_due_soon: int = 0
    finishing: int = 0
    starting: int = 0
    lasting: int = 0

    def __iadd__(self, other: Ahead) -> Ahead:
        for name in NAMES:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        return self


NAMES = Ahead.__slots__


def conditions(campaign: Campaign, on: date) -> dict[str, Q]:
    """Return the condition of each field of `Ahead`, on a queryset made by `with_day`; two queries."""
    courses = courses_of(campaign)
    days = soon_days(campaign)
    return {
        "soon": overdue_soon(on, days),
        "second_due_soon": into_dropout_base(on, days),
        "finishing": finishing(campaign, courses, on),
        "starting": starting(campaign, courses, on),
        "lasting": lasting(),
    }


def finishing(campaign: Campaign, courses: dict[int, Course], on: date) -> Q:
    """Condition: incomplete, and the missing doses at recommended gaps, the next from `on`, end by the last day."""
    # Platforms whose next dose has the same last day share a condition.
    bounds: dict[tuple[int, date], list[int]] = defaultdict(list)
    for pk, course in courses.items():
        for missing in range(1, course.doses):
            bounds[course.doses - missing, course.last_next_on(missing, campaign.end_on)].append(pk)
    found = Q(pk__in=())
    for (counted, last), platforms in bounds.items():
        if on <= last:
            # `next_from` is null for the completed and without a standing: neither passes.
            found |= Q(standing__counted=counted, standing__next_from__lte=last, standing__platform__in=platforms)
    return found


def starting(campaign: Campaign, courses: dict[int, Course], on: date) -> Q:
    """Condition: unvaccinated, and a platform allowed at their age can still be completed by the last day."""
    from_age = still_startable_from(courses.values(), on, campaign.end_on)
    if from_age is None:
        return Q(pk__in=())
    return of_ledger("unvaccinated") & Q(birth_on__lte=born_by(max(from_age, campaign.min_age), on))


def courses_of(campaign: Campaign) -> dict[int, Course]:
    """Return the campaign's platforms in their order, by key of the row; two queries."""
    return {row.pk: _course(row) for row in campaign.platforms.prefetch_related("products")}


def _course(row: Platform) -> Course:
    products = [product for product in row.products.all() if not product.names_platform_only]
    checked = [pair for product in products for pair in _approvals(product)]
    if not products and not row.is_unknown:
        # A plan that names no product checks none; the row for unknown products is nobody's choice.
        checked = [_UNCHECKED]
    return Course(row.key, row.name, row.doses, row.recommended_gap_days or 0, tuple(checked))


def _approvals(product: Product) -> Iterable[tuple[int, date]]:
    """Return (from age, from day); of a product without approvals nothing is checked (rules 2)."""
    if not product.approvals:
        return [_UNCHECKED]
    return [(row["from_age"], date.fromisoformat(row["from"])) for row in product.approvals]


_UNCHECKED = (0, date.min)


def earlier_days(on: date) -> list[date]:
    return [on - timedelta(days=days) for days in EARLIER]
