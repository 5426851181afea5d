"""Party members, village cadres and other tags: how far they are, in counts only, never by name (plan 六(一))."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count, Q

from ledgers.day import ledger, of_ledger
from ledgers.summary import Counts
from registry.models import Membership, User
from reports.dashboard.access import reach_of, units_visible_to
from reports.dashboard.frame import Frame
from reports.dashboard.stored import tags_on

# Who goes first (党员和村社干部带头), whatever other tags there are.
LEADING = ("党员", "村组干部")


@dataclass(frozen=True)
class TagRow:
    """One tag: people in scope who bear it, and how many of them have a dose, have all, have none."""

    name: str
    in_scope: int
    first_dose: int
    completed: int
    unvaccinated: int


def tag_rows(user: User, frame: Frame) -> list[TagRow]:
    """Return the tags of the whole street for who reads it whole, else of the members of the reader's units."""
    whole = reach_of(user, frame.campaign).whole
    rows = _stored(tags_on(frame.campaign, frame.on)) if whole else _of_units(user, frame)
    return sorted(rows, key=lambda row: (LEADING.index(row.name) if row.name in LEADING else len(LEADING), row.name))


def _stored(counts: Mapping[str, Counts]) -> list[TagRow]:
    return [TagRow(name, row.in_scope, row.first_dose, row.completed, row.unvaccinated) for name, row in counts.items()]


def _of_units(user: User, frame: Frame) -> list[TagRow]:
    """Count in one query; a member of two of the units counts once."""
    members = Membership.objects.filter(unit__in=units_visible_to(user).order_by(), left_on__isnull=True)
    people = ledger(frame.campaign, frame.on, outside=True).filter(
        pk__in=members.values("resident_id"), tag_links__isnull=False
    )
    rows = (
        people.order_by()
        .values("tag_links__tag__name")
        .annotate(
            number=Count("pk"),
            dosed=Count("pk", filter=Q(standing__isnull=False)),
            done=Count("pk", filter=of_ledger("completed")),
            left=Count("pk", filter=of_ledger("unvaccinated")),
        )
    )
    return [TagRow(row["tag_links__tag__name"], row["number"], row["dosed"], row["done"], row["left"]) for row in rows]
