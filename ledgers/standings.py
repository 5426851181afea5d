"""Writing what follows from the facts: timelines of standings and merged periods of exemption.

One path for one person and for a million: read the facts of a block of people, decide in memory,
write only the rows that changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby, islice
from operator import itemgetter
from typing import Any

from django.db import models, transaction

from campaigns.closing import require_open
from campaigns.models import Campaign
from ledgers.models import Dose, Excuse, Exemption, Standing
from ledgers.rules import DoseFact, excuse_periods
from ledgers.signals import facts_changed
from ledgers.vaccines import Vaccines
from registry import bulk
from registry.models import Resident

BLOCK = 5000
# The order of the tuples that `standing_rows` makes, as database columns.
STANDING_COLUMNS = (
    "resident_id", "campaign_id", "since", "until", "platform_id", "counted", "needed", "first_on", "completed_on",
    "next_from", "next_by", "second_due_on", "marks", "needs_product",
)  # fmt: skip
EXCUSE_COLUMNS = ("resident_id", "campaign_id", "since", "until")

RowsOf = dict[int, list[tuple[Any, ...]]]


@dataclass
class Rebuilt:
    """What a rebuild changed: whose rows, and from which day on (None when nothing changed)."""

    residents: set[int] = field(default_factory=set)
    since: date | None = None
    rows: int = 0


def standing_rows(vaccines: Vaccines, resident_id: int, facts: list[DoseFact]) -> list[tuple[Any, ...]]:
    """Return the Standing rows of one resident whose live doses are given, in the order of STANDING_COLUMNS."""
    return [
        (
            resident_id, vaccines.campaign_id, stand.since, stand.until, vaccines.platform_ids[stand.platform],
            stand.counted, stand.needed, stand.first_on, stand.completed_on, stand.next_from, stand.next_by,
            stand.second_due_on, " ".join(stand.marks), stand.needs_product,
        )
        for stand in vaccines.timeline(facts)
    ]  # fmt: skip


@transaction.atomic
def rebuild(campaign: Campaign, resident_ids: Iterable[int]) -> Rebuilt:
    """Decide anew how these residents stand, in the transaction that changed their facts.

    Reads their live doses and approved exemptions, writes only rows that changed. Does not send
    `facts_changed`; `announce` does, once the caller knows all that it changed. Raises CampaignClosed
    for a campaign that has ended: what its figures said then stays.
    """
    require_open(campaign)
    vaccines = Vaccines(campaign)
    rebuilt = Rebuilt()
    for ids in _blocks(resident_ids):
        _replace(Standing, STANDING_COLUMNS, campaign, ids, _wanted_standings(vaccines, campaign, ids), rebuilt)
        _replace(Excuse, EXCUSE_COLUMNS, campaign, ids, _wanted_excuses(campaign, ids), rebuilt)
    return rebuilt


def rebuild_all(campaign: Campaign) -> Rebuilt:
    """Rebuild everybody, after the campaign's vaccine table changed."""
    return rebuild(campaign, Resident.objects.order_by("pk").values_list("pk", flat=True).iterator(BLOCK))


def announce(campaign: Campaign, resident_ids: Iterable[int], since: date | None) -> None:
    """Tell the floors above that facts of these residents changed, from `since` on (None: for every day)."""
    places: set[str] = set()
    for ids in _blocks(resident_ids):
        found = Resident.objects.filter(pk__among=ids).order_by().values_list("place_id", flat=True)
        places.update(found.distinct())
    if places:
        facts_changed.send(sender=Resident, campaign=campaign, places=places, since=since)


def _wanted_standings(vaccines: Vaccines, campaign: Campaign, ids: list[int]) -> RowsOf:
    doses = (
        Dose.objects.filter(campaign=campaign, resident__pk__among=ids, state=Dose.State.LIVE)
        .order_by("resident_id", "given_on")
        .values_list("resident_id", "given_on", "product_id", "stated_number", "source", "resident__birth_on")
    )
    return {
        resident_id: standing_rows(vaccines, resident_id, [vaccines.fact(*dose[1:]) for dose in group])
        for resident_id, group in groupby(doses.iterator(BLOCK), key=itemgetter(0))
    }


def _wanted_excuses(campaign: Campaign, ids: list[int]) -> RowsOf:
    approved = (
        Exemption.objects.filter(campaign=campaign, resident__pk__among=ids, state=Exemption.State.APPROVED)
        .order_by("resident_id", "start_on")
        .values_list("resident_id", "start_on", "end_on")
    )
    return {
        resident_id: [
            (resident_id, campaign.pk, since, until)
            for since, until in excuse_periods((start, end) for _, start, end in group)
        ]
        for resident_id, group in groupby(approved, key=itemgetter(0))
    }


def _replace(
    model: type[models.Model],
    columns: tuple[str, ...],
    campaign: Campaign,
    ids: list[int],
    wanted: RowsOf,
    rebuilt: Rebuilt,
) -> None:
    """Make the rows of these residents those that are wanted: drop what differs, write what is new."""
    existing = model.objects.filter(campaign=campaign, resident__pk__among=ids).values_list("pk", *columns)
    known = {row[1:]: row[0] for row in existing}
    rows = dict.fromkeys(row for group in wanted.values() for row in group)
    gone = [row for row in known if row not in rows]
    new = [row for row in rows if row not in known]
    model.objects.filter(pk__among=[known[row] for row in gone]).delete()
    bulk.insert(model, columns, new)
    rebuilt.rows += len(new)
    for row in (*gone, *new):
        rebuilt.residents.add(row[0])
        rebuilt.since = min(rebuilt.since or row[2], row[2])


def _blocks(ids: Iterable[int]) -> Iterator[list[int]]:
    iterator = iter(ids)
    while block := list(islice(iterator, BLOCK)):
        yield block
