"""One way to ask any spreadsheet for its sheets and rows (libraries 1).

Rows come from the spreadsheet's row 1 and column A on, as lists of str, int, float, or a tuple for
a date. Merged cells of several rows repeat their value downwards; error cells come as their text.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from itertools import islice
from typing import Any, Protocol

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError, SheetVisibleEnum

from registry.spreadsheets import archive
from registry.spreadsheets.refusals import Refused
from registry.spreadsheets.sniff import Format
from registry.spreadsheets.texts import HtmlTable, TextTable

# Enough for a header within the first 30 rows and a first row of data below it.
HEAD_ROWS = 80
MAX_COLUMNS = 200

Merged = list[tuple[int, int, int, int]]


@dataclass(frozen=True, slots=True)
class SheetName:
    name: str
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Head:
    """The first rows of a sheet, its merged ranges there (from 0), and whether more rows follow."""

    rows: list[list[Any]]
    merged: Merged
    has_more: bool


class Book(Protocol):
    """A spreadsheet of any format, read in this process or in a child."""

    sheets: list[SheetName]
    is_text: bool

    def head(self, index: int) -> Head: ...

    def rows(self, index: int) -> Iterator[list[Any]]: ...

    def close(self) -> None: ...


def open_here(data: bytes, form: Format) -> "LocalBook":
    """Open a spreadsheet in this process; raises Refused."""
    if form is Format.WORKBOOK:
        return WorkbookFile(data)
    return TextFile(HtmlTable(data) if form is Format.HTML else TextTable(data))


class LocalBook:
    """What both kinds of book share: the head is the first of the rows."""

    is_text = False
    sheets: list[SheetName]

    def rows(self, index: int) -> Iterator[list[Any]]:
        raise NotImplementedError

    def merged(self, index: int) -> Merged:
        raise NotImplementedError

    def head(self, index: int) -> Head:
        rows = list(islice(self.rows(index), HEAD_ROWS + 1))
        merged = [area for area in self.merged(index) if area[0] < HEAD_ROWS]
        return Head(rows[:HEAD_ROWS], merged, len(rows) > HEAD_ROWS)

    def close(self) -> None:
        """Nothing is held that needs closing."""


class TextFile(LocalBook):
    def __init__(self, table: TextTable | HtmlTable):
        self._table = table
        self.is_text = isinstance(table, TextTable)
        self.sheets = [SheetName("")]

    def merged(self, index: int) -> Merged:
        return getattr(self._table, "merged", [])

    def rows(self, index: int) -> Iterator[list[str]]:
        rows: Iterable[list[str]] = (row[:MAX_COLUMNS] for row in self._table.rows())
        return filled_down(rows, self.merged(index))


class WorkbookFile(LocalBook):
    """An .xlsx, .xls, .et or .ods file; one sheet is held at a time."""

    def __init__(self, data: bytes):
        try:
            self._workbook = CalamineWorkbook.from_filelike(BytesIO(data))
        except PasswordError as error:
            raise Refused("encrypted") from error
        except (CalamineError, OSError, ValueError) as error:
            raise Refused("not_a_spreadsheet") from error
        self.sheets = [
            SheetName(sheet.name, sheet.visible != SheetVisibleEnum.Visible) for sheet in self._workbook.sheets_metadata
        ]
        # Asked for all sheets at once, so that the file need not be kept beside the sheet made of it.
        is_zip = data.startswith(b"PK")
        self._errors = [archive.error_cells(data, sheet.name) if is_zip else {} for sheet in self.sheets]
        self._loaded: tuple[int, CalamineSheet] | None = None

    def merged(self, index: int) -> Merged:
        return [(*start, *end) for start, end in self._sheet(index).merged_cell_ranges or ()]

    def rows(self, index: int) -> Iterator[list[Any]]:
        sheet = self._sheet(index)
        if sheet.start is None:
            return iter(())
        # The reader leaves out empty columns on the left, but not empty rows above.
        rows = _plain_rows(sheet.iter_rows(), [""] * sheet.start[1])
        if self._errors[index]:
            rows = _with_errors(rows, self._errors[index])
        return filled_down(rows, self.merged(index))

    def _sheet(self, index: int) -> CalamineSheet:
        if self._loaded is None or self._loaded[0] != index:
            self._loaded = None
            try:
                sheet = self._workbook.get_sheet_by_index(index)
            except (CalamineError, OSError, ValueError) as error:
                raise Refused("not_a_spreadsheet") from error
            self._loaded = (index, sheet)
        return self._loaded[1]


def _plain_rows(rows: Iterable[list[Any]], left: list[str]) -> Iterator[list[Any]]:
    width = MAX_COLUMNS - len(left)
    for row in rows:
        plain = [cell if cell.__class__ is str else plain_cell(cell) for cell in row[:width]]
        yield left + plain if left else plain


def plain_cell(cell: Any) -> Any:
    """Return a cell as text, number or tuple; a number without fraction is an int."""
    if cell.__class__ is float:
        return int(cell) if cell.is_integer() else cell
    if isinstance(cell, datetime):
        return cell.timetuple()[:6] if cell.time() else cell.timetuple()[:3]
    if isinstance(cell, date):
        return cell.timetuple()[:3]
    if cell.__class__ is int:
        return cell
    return str(cell).upper() if cell.__class__ is bool else str(cell)


def _with_errors(rows: Iterator[list[Any]], errors: dict[int, dict[int, str]]) -> Iterator[list[Any]]:
    for number, row in enumerate(rows):
        for column, text in errors.get(number, {}).items():
            if column < len(row) and row[column] == "":
                row[column] = text
        yield row


def filled_down(rows: Iterable[list[Any]], merged: Merged) -> Iterator[list[Any]]:
    """Repeat the value of cells merged over several rows in their first column."""
    areas: dict[int, list[tuple[int, int]]] = {}
    for top, left, bottom, _ in merged:
        if bottom > top and left < MAX_COLUMNS:
            areas.setdefault(top, []).append((left, bottom))
    return _filled_down(rows, areas) if areas else iter(rows)


def _filled_down(rows: Iterable[list[Any]], areas: dict[int, list[tuple[int, int]]]) -> Iterator[list[Any]]:
    # column → (last row, value)
    open_areas: dict[int, tuple[int, Any]] = {}
    for number, row in enumerate(rows):
        for column, (last, value) in list(open_areas.items()):
            if number > last:
                del open_areas[column]
            elif column < len(row) and row[column] == "":
                row[column] = value
            elif column == len(row):
                row.append(value)
        for column, last in areas.get(number, ()):
            if column < len(row):
                open_areas[column] = (last, row[column])
        yield row
