"""A table of figures as the office's sheet: title, line, two-level heading, total, notes, signatures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from reports.exports.cells import safe_cell
from reports.rates import rounded

A4, A3 = 9, 8
HEAD = 4
NOTHING = "—"
# Persons; rates with two decimals, rounded before they are written, so that no program rounds them otherwise.
COUNT, SIGNED, RATE, TEXT, MIDDLE = "count", "signed", "rate", "text", "middle"
_NUMBER_FORMATS = {COUNT: "#,##0", SIGNED: "+#,##0;−#,##0;0", RATE: "0.00%"}
_FONT = {"font_name": "宋体", "font_size": 11, "valign": "vcenter"}
_BORDERED = _FONT | {"border": 1, "border_color": "#8793A0"}

Value = int | Fraction | str | None


@dataclass(frozen=True)
class Column:
    """A column: its heading, the common heading over it (""), how wide, what kind, and its value of a row."""

    heading: str
    value: Callable[[Any], Value]
    width: float = 6
    kind: str = COUNT
    group: str = ""


@dataclass(frozen=True)
class Grid:
    """A sheet to be written; `total` is the last row, `notes` stand under it."""

    name: str
    title: str
    line: str
    columns: Sequence[Column]
    rows: Sequence[Any]
    total: Any = None
    notes: Sequence[str] = ()
    paper: int = A4
    # Columns that stay in sight when one scrolls to the right.
    frozen: int = 2
    # Between the rows and the total: sums of some of the rows.
    subtotals: Sequence[Any] = ()

    @property
    def tall(self) -> float:
        """How much higher the rows of a large sheet are, where one column more would be too many."""
        return 1.35 if self.paper == A3 else 1


def write_grid(book: xlsxwriter.Workbook, grid: Grid, footer: str) -> None:
    """Add the sheet to the book, ready for paper."""
    sheet = book.add_worksheet(grid.name)
    _set_up(sheet, grid, footer)
    _write_head(book, sheet, grid)
    formats = {kind: _cell_format(book, kind) for kind in (COUNT, SIGNED, RATE, TEXT, MIDDLE)}
    bold = {kind: _cell_format(book, kind, bold=True, top=2) for kind in formats}
    part = {kind: _cell_format(book, kind, bg_color="#F6F8FA") for kind in formats}
    rows = [*((row, formats) for row in grid.rows), *((row, part) for row in grid.subtotals)]
    for number, (row, styles) in enumerate(rows):
        sheet.set_row(HEAD + number, 24 * grid.tall)
        _write_row(sheet, HEAD + number, grid.columns, row, styles)
    end = HEAD + len(rows)
    if grid.total is not None:
        sheet.set_row(end, 26 * grid.tall)
        _write_row(sheet, end, grid.columns, grid.total, bold)
        end += 1
    _write_foot(book, sheet, grid, end)


def _set_up(sheet: Worksheet, grid: Grid, footer: str) -> None:
    for index, column in enumerate(grid.columns):
        sheet.set_column(index, index, column.width)
    sheet.set_landscape()
    sheet.set_paper(grid.paper)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.center_horizontally()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(2, 3)
    sheet.freeze_panes(HEAD, grid.frozen)
    # In a printed footer & begins a code.
    sheet.set_footer(f"&L{footer.replace('&', '&&')}&R第 &P 页 共 &N 页")


def _write_head(book: xlsxwriter.Workbook, sheet: Worksheet, grid: Grid) -> None:
    last = len(grid.columns) - 1
    title = book.add_format(
        {"bold": True, "font_name": "宋体", "font_size": 18, "align": "center", "valign": "vcenter"}
    )
    heading = book.add_format(_BORDERED | {"bold": True, "align": "center", "text_wrap": True, "bg_color": "#EDF0F3"})
    sheet.set_row(0, 32)
    sheet.merge_range(0, 0, 0, last, safe_cell(grid.title), title)
    sheet.set_row(1, 20)
    sheet.merge_range(1, 0, 1, last, safe_cell(grid.line), book.add_format(_FONT))
    sheet.set_row(2, 26 * grid.tall)
    sheet.set_row(3, 48 * grid.tall)
    for first, end in _groups(grid.columns):
        group = grid.columns[first].group
        for index in range(first, end + 1) if group else ():
            sheet.write_string(3, index, grid.columns[index].heading, heading)
        text = group or grid.columns[first].heading
        _merge(sheet, (2, first), (2 if group else 3, end), text, heading)


def _groups(columns: Sequence[Column]) -> list[tuple[int, int]]:
    """First and last column of each heading of the upper row; a column without a group stands alone."""
    found: list[tuple[int, int]] = []
    for index, column in enumerate(columns):
        if found and column.group and columns[found[-1][0]].group == column.group:
            found[-1] = (found[-1][0], index)
        else:
            found.append((index, index))
    return found


def _merge(sheet: Worksheet, start: tuple[int, int], end: tuple[int, int], text: str, style: Format) -> None:
    if start == end:
        sheet.write_string(*start, text, style)
    else:
        sheet.merge_range(*start, *end, text, style)


def _cell_format(book: xlsxwriter.Workbook, kind: str, **more: Any) -> Format:
    align = {TEXT: "left", MIDDLE: "center"}.get(kind, "right")
    number = {"num_format": _NUMBER_FORMATS[kind]} if kind in _NUMBER_FORMATS else {}
    return book.add_format(_BORDERED | {"align": align, "text_wrap": kind == TEXT} | number | more)


def _write_row(sheet: Worksheet, number: int, columns: Sequence[Column], row: Any, formats: dict[str, Format]) -> None:
    for index, column in enumerate(columns):
        value, style = column.value(row), formats[column.kind]
        if isinstance(value, str):
            sheet.write_string(number, index, safe_cell(value), style)
        elif value is None:
            sheet.write_string(number, index, "" if column.kind == MIDDLE else NOTHING, style)
        else:
            sheet.write_number(number, index, _number(value, column.kind), style)


def _number(value: int | Fraction | Decimal, kind: str) -> float:
    return float(rounded(Fraction(value), 4)) if kind == RATE else value


def _write_foot(book: xlsxwriter.Workbook, sheet: Worksheet, grid: Grid, row: int) -> None:
    last = len(grid.columns) - 1
    plain = book.add_format(_FONT | {"text_wrap": True, "font_size": 9, "valign": "top"})
    width = sum(column.width for column in grid.columns)
    for number, note in enumerate(grid.notes):
        # A merged cell does not grow with its text: a Chinese character takes some two units of width.
        lines = -(-2 * len(note) // int(width)) or 1
        sheet.set_row(row + number, 14 * lines + 3)
        sheet.merge_range(row + number, 0, row + number, last, safe_cell(note), plain)
    end = row + len(grid.notes)
    sheet.set_row(end, 30)
    words = "填表人：{gap}审核人：{gap}单位负责人（签字）：{gap}报送时间：　　　年　　月　　日　　时".format(
        gap="　" * 10
    )
    sheet.merge_range(end, 0, end, last, words, book.add_format(_FONT))
