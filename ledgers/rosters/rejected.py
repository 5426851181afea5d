"""The rejected rows of a roster as a spreadsheet: corrected there, it is imported again as it is."""

from __future__ import annotations

import io
import re
from collections import defaultdict

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from ledgers.models import RosterImport
from ledgers.rosters.pipeline import reading_of
from registry.spreadsheets.cells import shown

ROW_HEADING, REASON_HEADING = "原行号", "退回原因"
# What a workbook cannot hold, and how much of a text.
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
_MAX_LENGTH = 32_767


def rejected_rows_workbook(roster: RosterImport) -> bytes:
    """Return the rejected rows with their original cells, the row number of the sender's file, and the reasons.

    The file is read again. Every cell is text: identity numbers keep their digits, and what began as a
    formula stays words.
    """
    reasons: dict[int, list[str]] = defaultdict(list)
    for message in roster.messages.filter(level="error"):
        reasons[message.row].append(f"{message.column}：{message.message}" if message.column else message.message)
    stream = io.BytesIO()
    book = Workbook(stream, {"constant_memory": True, "in_memory": True})
    sheet = book.add_worksheet("退回行")
    bold, plain = (book.add_format({"num_format": "@", "bold": is_bold}) for is_bold in (True, False))
    with reading_of(roster) as reading:
        headings = [column["heading"] for column in reading.columns]
        _set_widths(sheet, headings)
        _write(sheet, 0, [ROW_HEADING, *headings, REASON_HEADING], bold)
        rejected = (row for row in reading.rows() if row.number in reasons) if reasons else ()
        for line, row in enumerate(rejected, start=1):
            cells = [*row.cells[: len(headings)], *[""] * (len(headings) - len(row.cells))]
            texts = [str(row.number), *(shown(cell) for cell in cells), "；".join(reasons[row.number])]
            _write(sheet, line, texts, plain)
    book.close()
    return stream.getvalue()


def _set_widths(sheet: Worksheet, headings: list[str]) -> None:
    for index, heading in enumerate((ROW_HEADING, *headings, REASON_HEADING)):
        width = 40 if heading == REASON_HEADING else 22 if "证" in heading or "址" in heading else 14
        sheet.set_column(index, index, width)


def _write(sheet: Worksheet, line: int, texts: list[str], format: Format) -> None:
    for column, text in enumerate(texts):
        # As text whatever it begins with: never as a formula.
        sheet.write_string(line, column, _ILLEGAL.sub("", text)[:_MAX_LENGTH], format)
