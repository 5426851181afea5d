"""One way from a file to the registry, for the browser and the command: read, decide, and, once approved, write."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection

from ledgers.models import ColumnLayout, RosterImport, RosterMessage
from ledgers.rosters.background import Background
from ledgers.rosters.layouts import fingerprint
from ledgers.rosters.plan import CREATED, KIND, UNCHANGED, UPDATED, Plan
from ledgers.rosters.reading import Reading, read_roster
from ledgers.rosters.vocabulary import ReadingContext
from ledgers.rosters.writing import Writer
from registry import bulk, clock
from registry.models import Entry
from registry.spreadsheets import Limits

COUNTS = (
    "rows", "created", "updated", "unchanged", "rejected", "unassigned", "conflicts", "doses_created",
)  # fmt: skip
# Any number that is ours: importers on PostgreSQL wait for each other on it, so that two people who
# import the same roster at once end as if one had come after the other. SQLite has one writer anyway.
_LOCK = 0x57755961
# Where a person has one row as a rule: a batch can be written while the next is read. In a long roster
# everybody turns up again, and would be written again.
ONE_ROW_EACH = (KIND.RESIDENTS, KIND.DOSES_WIDE)
_MESSAGE_COLUMNS = ("roster_id", "level", "row", "column", "person", "content", "code", "message")


@dataclass
class Decided:
    """A roster read and decided: the plan, what was recognised, and the counts of `import_roster --json`."""

    plan: Plan
    layout: dict[str, Any]
    counts: dict[str, int]
    # An import of the very same file that has been written already; then this one changes nothing.
    repeats: RosterImport | None


def wait_for_turn() -> None:
    """Hold the importers' lock until the transaction ends.

    Foreign keys are then checked batch by batch, while the next rows are read, and not all at the end.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            # Each batch asks for a few thousand people by key. As the server is delivered it takes an index for so
            # dear that it reads whole tables instead, and a batch costs the more the larger the registry is.
            cursor.execute("SET LOCAL random_page_cost = 1.1")


def decide(
    roster: RosterImport, data: bytes, *, entry: Entry | None = None, progress: Callable[[int, int, str], None]
) -> Decided:
    """Read a roster's file and decide what it would do. Raises Refused for the file as a whole.

    With `entry` it is written as well, under that entry and in the caller's transaction: each batch
    while the next is decided. The same file again is never written.
    """
    plan = Plan(
        roster.campaign, source=roster.source, today=clock.today(), village=roster.village, lock=entry is not None
    )
    writer = None
    with _read(roster, data, plan) as reading, Background() as hands:
        # The reader has it now.
        del data
        plan.roster = roster
        plan.use(reading.kind, reading.columns)
        roster.kind = reading.kind
        repeats = same_import(roster)
        if entry is not None and repeats is None:
            writer = Writer(plan, entry)
        streams = writer is not None and reading.kind in ONE_ROW_EACH
        plan.take(
            reading.rows(), hands, lambda done: progress(done, 0, "正在核对"), writer.write_batch if streams else None
        )
    plan.finish()
    if writer is not None:
        progress(plan.counts["rows"], plan.counts["rows"], "正在入库")
        writer.finish()
        roster.before = writer.log.as_json()
    layout = {
        "sheets": reading.sheets, "sheet": reading.sheet, "header_row": reading.header_row, "columns": reading.columns,
    }  # fmt: skip
    counts = {name: plan.counts[name] for name in COUNTS}
    if repeats is not None:
        counts[UNCHANGED] += counts[CREATED] + counts[UPDATED]
        counts[CREATED] = counts[UPDATED] = counts["doses_created"] = 0
    return Decided(plan, layout, counts, repeats)


def same_import(roster: RosterImport) -> RosterImport | None:
    """Return the latest import of the same bytes, read the same way, that stands in the registry."""
    same = RosterImport.objects.filter(
        sha256=roster.sha256, campaign=roster.campaign, kind=roster.kind, village=roster.village, source=roster.source,
        chosen_sheet=roster.chosen_sheet, chosen_columns=roster.chosen_columns, state=RosterImport.State.DONE,
    )  # fmt: skip
    return same.exclude(pk=roster.pk).order_by("-pk").first()


def reading_of(roster: RosterImport) -> Reading:
    """Read a roster's file once more, as it was read for its preview."""
    plan = Plan(roster.campaign, source=roster.source, today=clock.today(), village=roster.village)
    with roster.file.open("rb") as file:
        return _read(roster, file.read(), plan)


def keep_messages(roster: RosterImport, plan: Plan) -> None:
    """Keep the messages of a reading in place of those of the reading before."""
    RosterMessage.objects.filter(roster=roster).delete()
    bulk.insert(
        RosterMessage,
        _MESSAGE_COLUMNS,
        (
            (roster.pk, m.level, m.row, m.column[:60], person[:60], content[:60], m.code, m.message[:200])
            for m, person, content in plan.messages
        ),
    )


def _read(roster: RosterImport, data: bytes, plan: Plan) -> Reading:
    """Read as staff chose, else as they chose for the same headings before, else as recognised."""
    context = _context(roster, plan, kind=roster.chosen_kind, columns=_numbered(roster.chosen_columns))
    reading = read_roster(data, roster.name, context=context)
    if roster.chosen_kind or roster.chosen_columns:
        return reading
    known = ColumnLayout.objects.filter(fingerprint=fingerprint(reading.columns)).first()
    if known is None:
        return reading
    reading.close()
    return read_roster(
        data, roster.name, context=_context(roster, plan, kind=known.kind, columns=_numbered(known.columns))
    )


def _context(roster: RosterImport, plan: Plan, *, kind: str, columns: dict[int, str]) -> ReadingContext:
    campaign = roster.campaign
    return ReadingContext(
        today=plan.today,
        first_use_on=campaign.first_use_on,
        source=roster.source,
        limits=Limits(settings.ROSTER_MAX_BYTES, settings.ROSTER_MAX_UNPACKED_BYTES, settings.ROSTER_MAX_ROWS),
        products=plan.directory.vocabulary,
        census_heading=campaign.census_heading,
        kind=kind,
        sheet=roster.chosen_sheet,
        columns=columns,
    )


def _numbered(columns: dict[str, str]) -> dict[int, str]:
    return {int(index): field for index, field in columns.items()}
