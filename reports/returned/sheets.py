"""Putting our columns into a sender's sheet, masked or as it came."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.conf import settings

from ledgers.rosters.reading import Reading
from ledgers.rosters.rows import Row
from registry.masking import hide_numbers
from registry.spreadsheets import Limits
from registry.spreadsheets.sniff import Format, sniff
from reports.models import Export
from reports.returned.columns import OwnColumn, left_for


@dataclass(frozen=True)
class Sheet:
    """A sender's sheet as it was read: its bytes, how it was recognised, its rows."""

    data: bytes
    reading: Reading
    rows: Sequence[Row]

    @property
    def form(self) -> Format:
        return sniff(self.data, limits())

    @property
    def ending(self) -> str:
        """The ending of the file that goes back: text stays text, everything else is a workbook."""
        return ".csv" if self.form is Format.TEXT else ".xlsx"

    @property
    def headings(self) -> list[str]:
        return [column["heading"] for column in self.reading.columns]


def returned(
    sheet: Sheet,
    columns: tuple[OwnColumn, ...],
    said: Mapping[int, Mapping[str, str]],
    *,
    last_line: str,
    is_full: bool,
) -> bytes:
    """Return the sheet with our columns. `said` are our cells by row number and column key."""
    # Asked for here: the library that fills in a workbook weighs 7 MB, which each page and each import would carry.
    from registry.spreadsheets.filling import Filling, fill, left_empty

    headings = sheet.headings
    asked = left_for(columns, headings, set(range(len(headings))))
    empty = left_empty((row.cells for row in sheet.rows), asked.values())
    filling = Filling(
        sheet=sheet.reading.sheet,
        header_row=sheet.reading.header_row,
        width=len(headings),
        headings=[column.heading for column in columns],
        rows={row.number: [said.get(row.number, {}).get(c.key, "") for c in columns] for row in sheet.rows},
        columns=left_for(columns, headings, empty),
        hide=None if is_full else hide_numbers,
        last_line=last_line,
    )
    return fill(sheet.data, sheet.form, filling)


def ending_of(export: Export) -> str:
    """The ending that was told when the export was ordered."""
    return export.params["ending"]


def limits() -> Limits:
    return Limits(settings.ROSTER_MAX_BYTES, settings.ROSTER_MAX_UNPACKED_BYTES, settings.ROSTER_MAX_ROWS)
