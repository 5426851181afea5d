"""A ledger as a file: the same list as on the page, walked in blocks and written once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from django.urls import reverse
from django.utils import timezone

from ledgers.rosters.background import Background
from registry.models import Place, User
from reports.exports.full import add_full_numbers
from reports.exports.keys import keys_of
from reports.exports.kinds import FileKind, Report, cover_line, register
from reports.exports.layouts import Layout, layout_of
from reports.exports.order import Terms, order
from reports.exports.sheet import Cover, write_sheet
from reports.lists.asked import LISTS, Asked
from reports.lists.choices import where
from reports.lists.pages import walk
from reports.lists.people import Question, is_loose, people_asked
from reports.lists.rows import Row, add_last_contacts, rows_of
from reports.lists.tabs import WORDS
from reports.models import Export

# Small enough that PostgreSQL looks people up by their keys instead of reading whole tables.
BLOCK = 500


def order_export(question: Question, *, terms: Terms, by: User, address: str = "") -> Export:
    """Register the export of a ledger list; `reports.exports.order` says what happens then."""
    asked = question.asked
    return order(
        layout=asked.ledger,
        campaign=question.campaign,
        place=_place_of(question),
        # A search is personal and so it is not kept; such a list is not exported.
        params=asked.parameters() | ({"whole": "1"} if question.is_whole else {}),
        terms=terms,
        people=people_asked(question).order_by().count() if terms.is_full else None,
        by=by,
        address=address,
    )


def _place_of(question: Question) -> Place:
    """The narrowest place that holds the list: the one that was asked for, else the asker's, else the campaign's."""
    code = question.asked.group or question.asked.village
    if is_loose(code):
        code = code[: Place.Level.VILLAGE]
    if not code and len(question.places) == 1:
        code = question.places[0].ljust(Place.Level.VILLAGE, "0")
    whole = question.campaign.place
    return Place.objects.get(pk=code) if code.startswith(whole.prefix) and code != whole.code else whole


def write_export(export: Export, path: Path, report: Report = lambda done: None) -> int:
    """Write an export's rows to `path`; return how many."""
    question = question_of_export(export)
    layout = layout_of(export.layout, is_full=export.is_full)
    return write_sheet(path, layout, _cover(export, question, layout), _cells(question, layout, report, export.is_full))


def question_of_export(export: Export) -> Question:
    """Ask again what was asked when the export was ordered, as its maker may see it now."""
    said = {key: value for key, value in export.params.items() if key not in ("on", "found", "whole")}
    asked = Asked(ledger=export.layout, on=date.fromisoformat(export.params["on"]), **said)
    return Question(asked, export.campaign, export.by, is_whole="whole" in export.params)


def _cells(question: Question, layout: Layout, report: Report, is_full: bool) -> Iterator[tuple[Any, ...]]:
    get = layout.getter()
    key = keys_of(layout, question.campaign) if layout.is_keyed else None
    with Background() as hands:
        for rows in hands.ahead(_blocks(question, report, is_full)):
            for row in rows:
                yield (*get(row), key(row)) if key else get(row)


def _blocks(question: Question, report: Report, is_full: bool) -> Iterator[list[Row]]:
    """Yield the rows block by block, numbered; all that asks the database is done here."""
    done = 0
    for ids in walk(question, BLOCK):
        rows = rows_of(question, ids)
        if question.asked.ledger == "incomplete":
            add_last_contacts(rows, question.campaign)
        if is_full:
            add_full_numbers(rows)
        for row in rows:
            done += 1
            row.serial = done
        report(done)
        yield rows


def _cover(export: Export, question: Question, layout: Layout) -> Cover:
    at = timezone.localtime(export.at)
    place = question.campaign.place.name
    name = where(question)
    return Cover(
        title=f"{place}{'' if name == place else name}{layout.title}",
        population="常住口径" if question.asked.is_permanent else "全口径",
        on=question.asked.on,
        number=export.number,
        by=str(export.by),
        at=f"{at:%Y-%m-%d %H:%M}",
        line=cover_line(export),
    )


def _name(export: Export) -> str:
    return f"{WORDS[export.layout]}{export.params.get('on', '')}"


def _shown_at(export: Export) -> str:
    return f"{reverse('ledger', args=[export.layout])}?{question_of_export(export).asked.query()}"


for _ledger in LISTS:
    register(FileKind(_ledger, layout_of(_ledger).title, write_export, name=_name, shown_at=_shown_at))
