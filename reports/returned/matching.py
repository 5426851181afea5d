"""名单比对: any sheet with numbers, or names and phones, comes back with what the registry knows of its people."""

from __future__ import annotations

import hashlib
from datetime import datetime
from pathlib import Path, PurePath

from django.conf import settings
from django.core.files.base import ContentFile, File
from django.db import transaction

from campaigns.models import Campaign
from ledgers.checklists.matching import Match, Matcher
from ledgers.rosters.plan import CHUNK_ROWS
from ledgers.rosters.reading import read_roster
from ledgers.rosters.rows import ERROR, Row
from ledgers.rosters.vocabulary import ReadingContext
from registry import clock
from registry.models import User
from registry.spreadsheets import Refused
from reports.exports.kinds import FileKind, Report, cover_line, register
from reports.exports.order import ASKED_FOR, Terms, order
from reports.models import Export, MatchedSheet
from reports.returned.columns import MATCHED
from reports.returned.people import said_of
from reports.returned.sheets import Sheet, ending_of, limits, returned

LAYOUT = "list_match"


def drop_sheet(
    file: File, *, campaign: Campaign, terms: Terms, by: User, address: str = ""
) -> tuple[MatchedSheet, Export]:
    """Keep a sheet, match it and order its return. Raises Refused for a file that is no list of people.

    Read and matched outside the transaction: one that writes keeps all other writers of SQLite waiting.
    """
    if file.size > settings.ROSTER_MAX_BYTES:
        raise Refused("too_large")
    data, name = file.read(), PurePath(file.name or "").name[-200:]
    sheet = _read(data, name, campaign)
    matches = matches_of(sheet.rows, campaign)
    kept = MatchedSheet(
        campaign=campaign, name=name, sha256=hashlib.sha256(data).hexdigest(), by=by, rows=len(sheet.rows),
        found=sum(match.resident is not None for match in matches.values()),
    )  # fmt: skip
    kept.file.save(f"{kept.sha256[:16]}{PurePath(name).suffix[:8]}", ContentFile(data), save=False)
    return kept, _order(kept, sheet, terms, by, address)


@transaction.atomic
def _order(kept: MatchedSheet, sheet: Sheet, terms: Terms, by: User, address: str) -> Export:
    kept.save()
    return order(
        layout=LAYOUT, campaign=kept.campaign, place=kept.campaign.place,
        params={"sheet": kept.pk, "on": f"{clock.today()}", "ending": sheet.ending},
        terms=terms, people=kept.rows, by=by, address=address,
    )  # fmt: skip


def _read(data: bytes, name: str, campaign: Campaign) -> Sheet:
    context = ReadingContext(
        today=clock.today(),
        first_use_on=campaign.first_use_on,
        limits=limits(),
        kind="checklist",
    )
    with read_roster(data, name, context=context) as reading:
        return Sheet(data, reading, list(reading.rows()))


def matches_of(rows: list[Row], campaign: Campaign) -> dict[int, Match]:
    """Tell who each row means, by its number; four queries for each chunk of rows."""
    matcher = Matcher(campaign.place.prefix)
    found = {}
    for start in range(0, len(rows), CHUNK_ROWS):
        chunk = rows[start : start + CHUNK_ROWS]
        matcher.load(chunk)
        found |= {row.number: _match(matcher, row) for row in chunk}
    return found


def _match(matcher: Matcher, row: Row) -> Match:
    problem = next((message.message for message in row.messages if message.level == ERROR), "")
    return Match(None, problem.removesuffix("。"), "unreadable") if problem else matcher.match(row)


def write_matched(export: Export, path: Path, report: Report = lambda done: None) -> int:
    """Write the sheet with our columns; return its rows."""
    kept = MatchedSheet.objects.get(pk=export.params["sheet"])
    with kept.file.open("rb") as file:
        sheet = _read(file.read(), kept.name, export.campaign)
    matches = matches_of(sheet.rows, export.campaign)
    on = clock.today()
    people = said_of((m.resident for m in matches.values() if m.resident), export.campaign, on, export.by)
    report(len(sheet.rows))
    said = {number: people.get(match.resident, {"state": match.problem}) for number, match in matches.items()}
    content = returned(sheet, MATCHED, said, last_line=cover_line(export), is_full=export.is_full)
    path.write_bytes(content)
    return len(sheet.rows)


def end_sheets(now: datetime) -> int:
    """Delete the files whose export is written, or can no longer be let go; return how many. Safe to run twice."""
    ended = 0
    for kept in MatchedSheet.objects.exclude(file=""):
        written = Export.objects.filter(layout=LAYOUT, params__sheet=kept.pk).exclude(sha256="").exists()
        if written or now - kept.at > 2 * ASKED_FOR:
            kept.file.delete(save=False)
            MatchedSheet.objects.filter(pk=kept.pk).update(file="")
            ended += 1
    return ended


def _name(export: Export) -> str:
    kept = MatchedSheet.objects.filter(pk=export.params.get("sheet")).first()
    return f"{PurePath(kept.name).stem}_比对" if kept else "名单比对"


register(FileKind(LAYOUT, "名单比对", write_matched, name=_name, suffix_of=ending_of))
