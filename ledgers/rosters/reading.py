"""Reading a roster: from the bytes of a file to its typed rows, one after another (interfaces, Rosters)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial

from ledgers.rosters.cleaning import RowCleaner
from ledgers.rosters.contents import content_of
from ledgers.rosters.lines import Line, LineReader
from ledgers.rosters.recognition import Recognition, is_known, recognise
from ledgers.rosters.rows import Row
from ledgers.rosters.vocabulary import ReadingContext
from registry.spreadsheets.cells import Cell
from registry.spreadsheets.child import ChildBook, open_book
from registry.spreadsheets.header import Header, find_header
from registry.spreadsheets.refusals import Refused
from registry.spreadsheets.sniff import sniff
from registry.spreadsheets.workbook import Head, LocalBook

# Columns that say where a row belongs, but not that there is one.
_BESIDE = frozenset(["serial", "village", "village_code", "registered_village", "group", "grid"])

_MOST_COLUMNS = 1000
_EXPLANATION = re.compile("说明|须知|示例|样例|样表")


@dataclass(slots=True)
class Reading:
    """A roster as recognised; `rows()` may be asked for more than once and reads the file each time.

    `header_row` is the last row of the header as the spreadsheet program numbers it; `columns` are
    {"index", "heading", "field", "sample"}, field "" for a column not used, sample a cell as a list may show
    it, "" where the first rows have none; `count` the data rows once read.
    """

    kind: str
    sheet: str
    sheets: list[str]
    header_row: int
    columns: list[dict]
    context: ReadingContext
    count: int = 0
    _book: "LocalBook | ChildBook" = field(default=None, repr=False)
    _index: int = 0

    def rows(self) -> Iterator[Row]:
        """Yield the data rows, cleaned; raises Refused for a sheet with none or with too many."""
        fields = [column["field"] for column in self.columns]
        headings = [column["heading"] for column in self.columns]
        cleaner = RowCleaner(self.kind, fields, headings, self.context, from_text=self._book.is_text)
        lines = _line_reader(self.kind, fields, headings)
        asks_group = "group" not in fields
        number_at = fields.index("document") if "document" in fields else -1
        limit, group, self.count = self.context.limits.max_rows, "", 0
        name_at = fields.index("name")
        for number, cells in enumerate(self._book.rows(self._index), start=1):
            if number <= self.header_row:
                continue
            # Nearly every row has a name and a full number; the others are looked at closely.
            if not (
                0 <= number_at < len(cells)
                and cells[number_at].__class__ is str
                and len(cells[number_at]) == 18
                and cells[number_at].isalnum()
                and cells[name_at] != ""
            ):
                line, words = lines.kind_of(cells)
                if line is Line.GROUP and asks_group:
                    group = words
                if line is not Line.DATA:
                    continue
            self.count += 1
            if self.count > limit:
                raise Refused("too_large", f"表格超过{limit}行，请拆成几个文件后分别导入。")
            yield cleaner.clean(number, cells, group)
        if not self.count:
            raise Refused("no_rows")

    def close(self) -> None:
        self._book.close()

    def __enter__(self) -> "Reading":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def read_roster(data: bytes, name: str, *, context: ReadingContext) -> Reading:
    """Recognise a file; raises Refused with the first reason that holds (interfaces, Rosters).

    `name` is only what the sender called it: the format is told by the content.
    """
    book = open_book(data, sniff(data, context.limits))
    try:
        return _recognised(book, context)
    except BaseException:
        book.close()
        raise


def _recognised(book: LocalBook | ChildBook, context: ReadingContext) -> Reading:
    """Take the chosen sheet, or the first with a header and data, or else the first with a header."""
    empty: Reading | None = None
    # A hidden sheet is read when no other has a roster: it often holds an old copy. An explanation
    # may show a header and a sample row, so it comes after the sheets of people.
    order = sorted(
        range(len(book.sheets)),
        key=lambda index: (book.sheets[index].hidden, bool(_EXPLANATION.search(book.sheets[index].name))),
    )
    if context.sheet:
        order = [index for index in order if book.sheets[index].name == context.sheet] or order
    for index in order:
        head = book.head(index)
        found = _header_of(head, context)
        if found is None:
            continue
        reading = _reading(book, index, *found, context)
        data = _data_of(head, reading)
        _add_samples(reading.columns, data)
        if data or head.has_more:
            return reading
        empty = empty or reading
    raise Refused("no_rows" if empty else "no_header")


def _header_of(head: Head, context: ReadingContext) -> tuple[Header, Recognition] | None:
    ask = partial(recognise, kind=context.kind, columns=context.columns or None, census_heading=context.census_heading)

    def score(headings: list[str]) -> int:
        if not any(is_known(heading) for heading in headings):
            return 0
        found = ask(headings)
        if found is None or context.kind != "checklist":
            return found.score if found else 0
        # The columns left for us count too: they may stand on a second level of which we read nothing.
        return found.score * _MOST_COLUMNS + len({heading for heading in headings if heading})

    header = find_header(head.rows, head.merged, is_known=is_known, score=score)
    return (header, ask(header.headings)) if header else None


def _reading(
    book: LocalBook | ChildBook, index: int, header: Header, found: Recognition, context: ReadingContext
) -> Reading:
    columns = [
        {"index": position, "heading": " ".join(heading.split()), "field": field}
        for position, (heading, field) in enumerate(zip(header.headings, found.fields, strict=True))
    ]
    sheets = [sheet.name for sheet in book.sheets]
    return Reading(found.kind, sheets[index], sheets, header.bottom + 1, columns, context, 0, book, index)


def _data_of(head: Head, reading: Reading) -> list[list[Cell]]:
    """Return the rows of people among the first of a sheet."""
    fields = [column["field"] for column in reading.columns]
    lines = _line_reader(reading.kind, fields, [column["heading"] for column in reading.columns])
    return [cells for cells in head.rows[reading.header_row :] if lines.kind_of(cells)[0] is Line.DATA]


def _add_samples(columns: list[dict], data: list[list[Cell]]) -> None:
    """Give each column the first cell that says something, as a list may show it."""
    for column in columns:
        index = column["index"]
        found = (content_of(cells[index]) for cells in data if index < len(cells))
        column["sample"] = next(filter(None, found), "")


def _line_reader(kind: str, fields: list[str], headings: list[str]) -> LineReader:
    key = next((field for field in ("document", "code") if field in fields), "")
    return LineReader(
        name=fields.index("name"),
        number=fields.index(key) if key else None,
        beside={index for index, field in enumerate(fields) if field in _BESIDE},
        headings=headings,
        of_people=kind not in ("villages", "units"),
    )
