"""The rejected rows of a roster as a spreadsheet: corrected there, it is imported again as it is."""

from __future__ import annotations

import io
from collections import defaultdict
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from ledgers.models import RosterImport
from ledgers.rosters.pipeline import reading_of
from registry.spreadsheets.cells import shown

ROW_HEADING, REASON_HEADING = "原行号", "退回原因"


def rejected_rows_workbook(roster: RosterImport) -> bytes:
    """Return the rejected rows with their original cells, the row number of the sender's file, and the reasons.

    The file is read again. Every cell is text: identity numbers keep their digits, and what began as a
    formula stays words.
    """
    reasons: dict[int, list[str]] = defaultdict(list)
    for message in roster.messages.filter(level="error"):
        reasons[message.row].append(f"{message.column}：{message.message}" if message.column else message.message)
    book = Workbook(write_only=True)
    sheet = book.create_sheet("退回行")
    with reading_of(roster) as reading:
        headings = [column["heading"] for column in reading.columns]
        _set_widths(sheet, headings)
        sheet.append([_cell(sheet, text, bold=True) for text in (ROW_HEADING, *headings, REASON_HEADING)])
        for row in reading.rows() if reasons else ():
            if row.number in reasons:
                cells = [*row.cells[: len(headings)], *[""] * (len(headings) - len(row.cells))]
                texts = [str(row.number), *(shown(cell) for cell in cells), "；".join(reasons[row.number])]
                sheet.append([_cell(sheet, text) for text in texts])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _set_widths(sheet: Any, headings: list[str]) -> None:
    for index, heading in enumerate((ROW_HEADING, *headings, REASON_HEADING), start=1):
        width = 40 if heading == REASON_HEADING else 22 if "证" in heading or "址" in heading else 14
        sheet.column_dimensions[get_column_letter(index)].width = width


def _cell(sheet: Any, text: str, *, bold: bool = False) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet)
    # The type is set by hand: openpyxl would take a text that begins with = for a formula.
    cell.value, cell.data_type, cell.number_format = ILLEGAL_CHARACTERS_RE.sub("", text), "s", "@"
    if bold:
        cell.font = Font(bold=True)
    return cell
