"""Tables kept as text: separated values in any encoding of ours, and HTML tables called .xls (interfaces, Rosters)."""

import codecs
import csv
import io
import re
from collections.abc import Iterator
from html.parser import HTMLParser

from registry.spreadsheets.refusals import Refused

DELIMITERS = ",\t;"
_SAMPLE_LINES = 60
_MAX_CELL = 128 * 1024
_HTML_CHARSET = re.compile(rb"charset\s*=\s*[\"']?([A-Za-z0-9_-]{2,20})", re.IGNORECASE)
# Characters that text files of tables do not hold; a few may be dirt, many mean that it is no text.
_CONTROLS = bytes(set(range(32)) - {9, 10, 12, 13, 27})


# What programs that open a text file take for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def inert(text: str) -> str:
    """Return a cell for a text file that no program runs as a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def encoding_of(data: bytes) -> str:
    """Return the encoding of a text: byte order mark, else strict UTF-8, else strict GB18030."""
    for mark, name in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if data.startswith(mark):
            return _decodable(data, [name])
    head = data[:4096]
    if head.count(0) > len(head) // 5:
        # UTF-16 without its mark: the zeros of the ASCII part stand on one side.
        return _decodable(data, ["utf-16-le" if head[1::2].count(0) >= head[0::2].count(0) else "utf-16-be"])
    if len(head) - len(head.translate(None, _CONTROLS)) > max(2, len(head) // 50):
        raise Refused("not_a_spreadsheet")
    return _decodable(data, ["utf-8", "gb18030"])


def _decodable(data: bytes, encodings: list[str]) -> str:
    for name in encodings:
        decoder = codecs.getincrementaldecoder(name)()
        try:
            for start in range(0, len(data), 1 << 20):
                decoder.decode(data[start : start + (1 << 20)])
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            continue
        return name
    raise Refused("not_a_spreadsheet", "文字编码无法识别，请用表格软件打开后另存为 .xlsx 再上传。")


def delimiter_of(sample: list[str]) -> str:
    """Return what separates the cells of these lines; Refused where no line has two cells."""
    best, best_score = "", 0
    for delimiter in DELIMITERS:
        widths = [len(record) for record in csv.reader(sample, delimiter=delimiter)]
        usual = max(set(widths), key=lambda width: (widths.count(width) * (width - 1), width), default=0)
        score = widths.count(usual) * (usual - 1)
        if score > best_score:
            best, best_score = delimiter, score
    if not best:
        raise Refused("not_a_spreadsheet")
    return best


class TextTable:
    """Separated values as one sheet."""

    def __init__(self, data: bytes):
        csv.field_size_limit(_MAX_CELL)
        self._data = data
        self._encoding = encoding_of(data)
        sample = self._sample()
        # A file written in the same manner is read by the same programs.
        self.line_ending = "\r\n" if any(line.endswith("\r\n") for line in sample) else "\n"
        try:
            self.delimiter = delimiter_of(sample)
        except csv.Error as error:
            raise Refused("not_a_spreadsheet") from error

    def rows(self) -> Iterator[list[str]]:
        """Yield the records from the first on; a blank line is an empty record, as programs number rows."""
        try:
            yield from csv.reader(self._open(), delimiter=self.delimiter)
        except csv.Error as error:
            raise Refused("not_a_spreadsheet", "文件里的引号不成对，无法分清单元格，请另存为 .xlsx 再上传。") from error

    def encoded(self, text: str) -> bytes:
        """Return a text in the encoding of this one, with its byte order mark; GB18030 takes any character."""
        return text.encode(self._encoding)

    def _open(self) -> io.TextIOWrapper:
        return io.TextIOWrapper(io.BytesIO(self._data), encoding=self._encoding, newline="")

    def _sample(self) -> list[str]:
        # A line is cut: a sample is for counting separators only.
        lines = []
        with self._open() as text:
            for line in text:
                lines.append(line[:_MAX_CELL])
                if len(lines) >= _SAMPLE_LINES:
                    break
        return lines


class HtmlTable:
    """The largest table of an HTML page as one sheet; `merged` are its spans, as (row, column, row, column)."""

    def __init__(self, data: bytes):
        parser = _TableParser()
        declared = _HTML_CHARSET.search(data[:2048])
        parser.feed(_html_text(data, declared[1].decode() if declared else ""))
        parser.close()
        if not parser.tables:
            raise Refused("not_a_spreadsheet")
        self._table, self.merged = max(parser.tables, key=lambda table: len(table[0]))

    def rows(self) -> Iterator[list[str]]:
        yield from self._table


def _html_text(data: bytes, declared: str) -> str:
    try:
        return data.decode(encoding_of(data))
    except Refused:
        if declared.lower() not in ("gb2312", "gbk", "gb18030", "utf-8", "utf8"):
            raise
        return data.decode("gb18030" if declared.lower().startswith("gb") else "utf-8", "replace")


class _TableParser(HTMLParser):
    """Collects each table's cells on a grid; cells that a span covers are empty."""

    MAX_SPAN = 500

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[tuple[list[list[str]], list[tuple[int, int, int, int]]]] = []
        self._cell: list[str] | None = None
        self._spans = (1, 1)
        # Columns of the rows to come that a rowspan covers: row → columns.
        self._covered: dict[int, set[int]] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self._end_cell()
            self.tables.append(([], []))
            self._covered = {}
        elif not self.tables:
            return
        elif tag == "tr":
            self._end_cell()
            self.tables[-1][0].append([])
        elif tag in ("td", "th"):
            self._end_cell()
            if not self.tables[-1][0]:
                self.tables[-1][0].append([])
            given = dict(attrs)
            self._spans = (_span(given.get("rowspan")), _span(given.get("colspan")))
            self._cell = []
        elif tag == "br" and self._cell is not None:
            self._cell.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th", "tr", "table"):
            self._end_cell()

    def handle_data(self, data: str) -> None:
        if self._cell is not None:
            self._cell.append(data)

    def close(self) -> None:
        super().close()
        self._end_cell()

    def _end_cell(self) -> None:
        if self._cell is None:
            return
        rows, merged = self.tables[-1]
        row = rows[-1]
        number = len(rows) - 1
        while len(row) in self._covered.get(number, ()):
            row.append("")
        column = len(row)
        row.append("".join(self._cell).strip())
        down, right = self._spans
        row.extend([""] * (right - 1))
        for below in range(number + 1, number + down):
            self._covered.setdefault(below, set()).update(range(column, column + right))
        if (down, right) != (1, 1):
            merged.append((number, column, number + down - 1, column + right - 1))
        self._cell = None


def _span(value: str | None) -> int:
    return (
        min(int(value), _TableParser.MAX_SPAN) if value and value.isascii() and value.isdigit() and value != "0" else 1
    )
