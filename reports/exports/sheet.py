"""Writing a ledger as the office's spreadsheet: title, 填报单位 line, headings, borders, ready for A4 paper.

XlsxWriter in constant memory lays out the sheet. The rows of people bypass its cell by cell path: a
ledger of 100,000 rows has two million cells, all of four kinds, and writing their XML a row at a time
takes a tenth of its time. Every text is an inline string, so nothing that a roster brought becomes a
formula.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from ledgers.rosters.resources import ROW_KEY_HEADING
from reports.exports.cells import safe_cell, serial
from reports.exports.layouts import DAY, NUMBER, Layout

_FIRST_ROW = 4
_MEMO_SIZE = 10_000
# Each write lets go of the interpreter, which whoever fetches the next people then holds for a while.
_AT_ONCE = 200
_BORDERS = {"border": 1, "border_color": "#8793A0", "valign": "vcenter", "font_name": "宋体", "font_size": 10}


@dataclass(frozen=True)
class Cover:
    """What the sheet says of itself: in its title, on its last line, on each printed page, in its properties."""

    title: str
    population: str
    on: date
    number: str
    by: str
    at: str
    # Which export this is, in one line (`reports.exports.kinds.cover_line`).
    line: str


class LedgerSheet(Worksheet):
    """A worksheet that also takes rows whose XML is ready, and merges of cells already written."""

    def frame(self, first_row: int, first_col: int, last_row: int, last_col: int) -> None:
        """Merge cells without writing any: in constant memory a row that is out cannot be written again."""
        if (first_row, first_col) != (last_row, last_col):
            self.merge.append([first_row, first_col, last_row, last_col])

    def write_ready_rows(self, last: int, xml: Sequence[str]) -> None:
        """Write rows that end with row `last`, all of them behind those that came cell by cell."""
        first = last - len(xml) + 1
        if first > self.previous_row:
            # Puts out the row before these, if it came cell by cell.
            self._write_single_row(first)
        self.dim_rowmax = last
        self.fh.write("".join(xml))


def write_sheet(path: Path, layout: Layout, cover: Cover, rows: Iterable[tuple[Any, ...]]) -> int:
    """Write the rows, each a tuple in the layout's order, its key behind it; return how many there were."""
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(str(path), options) as book:
        book.set_properties({"title": cover.title, "author": cover.by, "comments": cover.line, "subject": cover.number})
        sheet = book.add_worksheet("台账", worksheet_class=LedgerSheet)
        _set_up(sheet, layout, cover)
        _write_head(book, sheet, layout, cover)
        count = _write_rows(book, sheet, layout, rows)
        _write_foot(book, sheet, layout, cover, _FIRST_ROW + count)
    return count


def _set_up(sheet: LedgerSheet, layout: Layout, cover: Cover) -> None:
    for index, column in enumerate(layout.columns):
        sheet.set_column(index, index, column.width)
    if layout.is_keyed:
        sheet.set_column(len(layout.columns), len(layout.columns), 2, None, {"hidden": True})
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(2, 3)
    sheet.freeze_panes(_FIRST_ROW, 4)
    # In a printed footer & begins a code.
    number, by = (text.replace("&", "&&") for text in (cover.number, cover.by))
    sheet.set_footer(f"&L{number} {by}&C第 &P 页 共 &N 页&R{cover.at}")


def _write_head(book: xlsxwriter.Workbook, sheet: LedgerSheet, layout: Layout, cover: Cover) -> None:
    """Two heading rows: a common heading over its columns, any other over both rows."""
    last = len(layout.columns) - 1
    title = book.add_format({"bold": True, "font_size": 16, "align": "center", "valign": "vcenter"})
    plain = book.add_format({"font_size": 10, "valign": "vcenter"})
    heading = book.add_format(_BORDERS | {"bold": True, "align": "center", "text_wrap": True, "bg_color": "#EDF0F3"})
    sheet.set_row(0, 30)
    sheet.merge_range(0, 0, 0, last, safe_cell(cover.title), title)
    day = f"{cover.on.year}年{cover.on.month}月{cover.on.day}日"
    line = (
        f"填报单位（盖章）：　　　　　　　填报人：　　　　联系电话：　　　　　填报时间：{day}　（{cover.population}）"
    )
    sheet.merge_range(1, 0, 1, last, line, plain)
    # In constant memory rows go out in order: first all of row 3, then of row 4; merges only frame them.
    for index, column in enumerate(layout.columns):
        sheet.write_string(2, index, column.group or column.column_name, heading)
    if layout.is_keyed:
        sheet.write_string(2, last + 1, ROW_KEY_HEADING, heading)
    for index, column in enumerate(layout.columns):
        sheet.write_string(3, index, column.column_name if column.group else "", heading)
    for first, end in _merges(layout):
        sheet.frame(*first, *end)


def _merges(layout: Layout) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """Ranges of the heading that are one cell: down both rows, or across a group's columns."""
    found = []
    start = 0
    for index, column in enumerate(layout.columns):
        if not column.group:
            found.append(((2, index), (3, index)))
            continue
        if index == 0 or layout.columns[index - 1].group != column.group:
            start = index
        if index + 1 == len(layout.columns) or layout.columns[index + 1].group != column.group:
            found.append(((2, start), (2, index)))
    return found


def _write_rows(book: xlsxwriter.Workbook, sheet: LedgerSheet, layout: Layout, rows: Iterable[tuple[Any, ...]]) -> int:
    writers = _cell_writers(book, layout)
    line = _FIRST_ROW
    ready: list[str] = []
    for row in rows:
        line += 1
        cells = [write(line, value) for write, value in zip(writers, row, strict=True)]
        ready.append(f'<row r="{line}">{"".join(cells)}</row>')
        if len(ready) == _AT_ONCE:
            sheet.write_ready_rows(line - 1, ready)
            ready.clear()
    if ready:
        sheet.write_ready_rows(line - 1, ready)
    return line - _FIRST_ROW


def _cell_writers(book: xlsxwriter.Workbook, layout: Layout) -> list[Callable[[int, Any], str]]:
    """One function per column, which turns the line and the value into the XML of the cell."""
    text = book.add_format(_BORDERS)._get_xf_index()
    number = book.add_format(_BORDERS | {"num_format": "0"})._get_xf_index()
    day = book.add_format(_BORDERS | {"num_format": "yyyy-mm-dd", "align": "center"})._get_xf_index()
    kinds = {NUMBER: (_number_writer, number), DAY: (_day_writer, day)}
    writers = []
    for index, column in enumerate(layout.columns):
        make, style = kinds.get(type(column.widget), (_text_writer, text))
        writers.append(make(xl_col_to_name(index), style))
    if layout.is_keyed:
        letter = xl_col_to_name(len(layout.columns))
        # Each key is different from all others: nothing to remember.
        writers.append(lambda line, key: f'<c r="{letter}{line}{_text_tail(key, text)}')
    return writers


def _text_writer(letter: str, style: int) -> Callable[[int, Any], str]:
    # Villages, groups, vaccines: few different texts fill most cells.
    memo: dict[str, str] = {}

    def write(line: int, value: str) -> str:
        tail = memo.get(value)
        if tail is None:
            if len(memo) > _MEMO_SIZE:
                memo.clear()
            tail = memo[value] = _text_tail(value, style)
        return f'<c r="{letter}{line}{tail}'

    return write


def _text_tail(value: str, style: int) -> str:
    clean = safe_cell(value)
    if not clean:
        return f'" s="{style}"/>'
    space = ' xml:space="preserve"' if clean != clean.strip() or "\n" in clean else ""
    return f'" s="{style}" t="inlineStr"><is><t{space}>{escape(clean)}</t></is></c>'


def _number_writer(letter: str, style: int) -> Callable[[int, Any], str]:
    def write(line: int, value: int | None) -> str:
        if value is None:
            return f'<c r="{letter}{line}" s="{style}"/>'
        return f'<c r="{letter}{line}" s="{style}"><v>{value}</v></c>'

    return write


def _day_writer(letter: str, style: int) -> Callable[[int, Any], str]:
    write_number = _number_writer(letter, style)

    def write(line: int, value: date | None) -> str:
        return write_number(line, None if value is None else serial(value))

    return write


def _write_foot(book: xlsxwriter.Workbook, sheet: LedgerSheet, layout: Layout, cover: Cover, row: int) -> None:
    """Who fills in, who checks, and which export this is: the last two lines of the sheet."""
    plain = book.add_format({"font_size": 10, "valign": "vcenter"})
    last = len(layout.columns) - 1
    sheet.merge_range(row, 0, row, last, "填表人：　　　　　　　审核人：　　　　　　　单位负责人：", plain)
    sheet.merge_range(row + 1, 0, row + 1, last, f"备注：{safe_cell(cover.line)}", plain)
