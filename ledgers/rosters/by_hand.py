"""A dose or statement that somebody saw or heard, taken by the rules of rosters: one rule for every way in."""

from __future__ import annotations

from datetime import date

from campaigns.closing import require_open
from campaigns.models import Campaign, Product
from ledgers.rosters.plan import Plan
from ledgers.rosters.rows import DoseCell, Row
from ledgers.rosters.writing import Writer
from registry import clock
from registry.models import Entry, Resident


def take_by_hand(
    resident: Resident,
    campaign: Campaign,
    *,
    source: str,
    entry: Entry,
    given_on: date | None,
    month: date | None = None,
    product: Product | None = None,
    stated_number: int | None = None,
    lot: str = "",
    site: str = "",
) -> None:
    """Take one dose of somebody on record, or with the source `verbal` one statement, under `entry`.

    `month` is the first of the month of a statement. Standings, statements it proves, questions and
    signals follow as for a row of a roster; where a stronger record contradicts what was seen, that one
    goes on counting and this one waits for whoever can know (待核实).
    """
    require_open(campaign)
    plan = Plan(campaign, source=source, today=clock.today(), lock=True, asks=True)
    plan.use("residents", [])
    key = str(product.pk) if product else ""
    cell = DoseCell(0, given_on, month, key, "", lot, site, stated_number)
    # The name as on record: the row is about this person, whoever typed it.
    row = Row(None, [], name=resident.name, name_key=resident.name_key, doses=(cell,))
    plan.merge(plan.known.load_resident(resident.pk), row)
    Writer(plan, entry).write()
