"""Cleaning of single cells: texts, dates, numbers, and the words offices write for "empty" (interfaces, Cells, Dates).

A cell is a str, an int, a float, or a tuple (year, month, day[, hour, minute, second]) for a date.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta

Cell = str | int | float | tuple

EMPTY = frozenset(
    [
        "",
        "无",
        "-",
        "/",
        "—",
        "——",
        "－",
        "／",
        "\\",
        "--",
        "---",
        "–",
        "空",
        "暂无",
        "没有",
        "//",
        "、",
        ".",
        "。",
        "*",
    ]
)
DITTO = frozenset(["同上", "〃", "″", "同 上", "＂", '"', "''", "”", "''同上"])
# Error values of spreadsheet programs, Chinese ones included.
CELL_ERRORS = frozenset(
    ["#N/A", "#REF!", "#DIV/0!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!", "#GETTING_DATA",
     "#N/A!", "#REF", "#VALUE", "#NAME", "#NUM", "#NULL", "#DIV/0", "#ERROR!", "#BLOCKED!", "#FIELD!", "#BUSY!"]
)  # fmt: skip
_INVISIBLE = re.compile(
    "[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\uffff\ud800-\udfff]"
)
_APOSTROPHES = "'‘’`"
# Some programs keep a number's digits in a text file by writing it as a formula: ="500233…".
_AS_FORMULA = re.compile('="([^"]*)"')
_MARKED = f"{_APOSTROPHES}="
# Nine digits and more: a date of eight, such as 20210902, stays readable in its message.
_LONG_NUMBER = re.compile(r"\d{9,}")


def text_of(cell: Cell) -> str:
    """Return a cell as clean text: no invisible characters, single spaces, no leading apostrophe.

    Letters keep their width: what compares texts folds them. A date becomes ISO text.
    """
    if cell.__class__ is not str:
        return shown(cell)
    if cell.isprintable() and "  " not in cell and cell[:1] not in _MARKED:
        return cell.strip()
    text = " ".join(_INVISIBLE.sub("", cell).split())
    if formula := _AS_FORMULA.fullmatch(text):
        return formula[1].strip()
    return text[1:].lstrip() if text[:1] and text[0] in _APOSTROPHES else text


def is_empty(text: str) -> bool:
    """Tell whether a clean text is one of the ways to write nothing."""
    return text in EMPTY


def shown(cell: Cell) -> str:
    """Return a cell as a spreadsheet program shows it, for display and for rejected rows."""
    if cell.__class__ is str:
        return cell
    if cell.__class__ is tuple:
        day = f"{cell[0]:04d}-{cell[1]:02d}-{cell[2]:02d}"
        return day if len(cell) == 3 else f"{day} {cell[3]:02d}:{cell[4]:02d}:{cell[5]:02d}"
    return str(cell)


def quoted(cell: Cell) -> str:
    """Return a short form of a cell for a message, with anything like a personal number masked."""
    text = _LONG_NUMBER.sub(lambda match: f"{match[0][:2]}****", text_of(cell)[:60])
    return text if len(text) <= 20 else f"{text[:20]}…"


def folded(cell: Cell) -> str:
    """Return the form in which words of a cell are looked up: half width, no spaces, upper case."""
    return "".join(unicodedata.normalize("NFKC", text_of(cell)[:200]).split()).upper()


def whole_number(cell: Cell) -> int | None:
    """Read a count such as 156, "1,560" or "156人"; None for anything else, negatives included."""
    if cell.__class__ is str:
        text = folded(cell).replace(",", "").rstrip("人名户个")
        if text.endswith(".0"):
            text = text[:-2]
        return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else None
    if cell.__class__ is tuple or cell < 0 or cell != int(cell) or cell >= 10**9:
        return None
    return int(cell)


@dataclass(frozen=True, slots=True)
class Day:
    """What a date cell names, before the calendar of its column is asked.

    `problem` is "" or a code; a missing year or day is 0.
    """

    year: int = 0
    month: int = 0
    day: int = 0
    problem: str = ""

    def on(self) -> date | None:
        """Return the date, or None where a part is missing or the day does not exist."""
        try:
            return date(self.year, self.month, self.day)
        except ValueError:
            return None


_HALF_A_YEAR = timedelta(days=183)
UNREADABLE = Day(problem="date_unreadable")
AMBIGUOUS = Day(problem="date_ambiguous")
_TIME = r"(?:[ T]*(?:(?:上午|下午)?\d{1,2}[:时点]\d{0,2}(?:[:分]?\d{0,2})?(?:\.\d{1,6})?[秒Z]?(?:AM|PM)?|上午|下午))?"
_WEEKDAY = r"(?:\(?(?:星期|周)[一二三四五六日天]\)?)?"
_FULL = re.compile(rf"(\d{{4}})[-/.年,、](\d{{1,2}})[-/.月,、](\d{{1,2}})(?:[日号]|\.)?{_WEEKDAY}{_TIME}")
_COMPACT = re.compile(rf"(\d{{4}})(\d\d)(\d\d){_TIME}")
_MONTH = re.compile(r"(\d{4})[-/.年](\d{1,2})月?(?:份)?")
_WITHOUT_YEAR = re.compile(rf"(\d{{1,2}})[-/.月](\d{{1,2}})[日号]?{_TIME}")
_ONLY_MONTH = re.compile(r"(\d{1,2})月(?:份)?")
_SERIAL = re.compile(r"[1-7]\d{4}(?:\.\d{1,15})?")
_EPOCH = date(1899, 12, 30)
# Beyond this a text is no date, and no pattern is tried on it.
_MAX_DATE_LENGTH = 40
_SEPARATORS = str.maketrans({"—": "-", "–": "-", "。": ".", "−": "-", "‐": "-", "·": ".", "\\": "/"})
_SPACE_AT_SEPARATOR = re.compile(r"\s*([-/.年月日号,、])\s*(?=\d|$)")


def read_day(cell: Cell, *, from_text_file: bool = False) -> Day:
    """Read what a date cell names (interfaces, Dates); never guesses a missing part.

    In a text file a 7.1 may have been the number of a spreadsheet, so it is as ambiguous as there.
    """
    if cell.__class__ is tuple:
        return Day(*cell[:3])
    if cell.__class__ is not str:
        return _day_of_number(cell)
    text = unicodedata.normalize("NFKC", text_of(cell)[: _MAX_DATE_LENGTH + 1])
    if len(text) > _MAX_DATE_LENGTH:
        return UNREADABLE
    text = _SPACE_AT_SEPARATOR.sub(r"\1", text.translate(_SEPARATORS)).strip()
    if from_text_file and re.fullmatch(r"\d{1,2}\.[1-9]", text):
        return _day_of_number(float(text))
    return _day_of_text(text)


def _day_of_text(text: str) -> Day:
    if match := _FULL.fullmatch(text) or _COMPACT.fullmatch(text):
        return _checked(int(match[1]), int(match[2]), int(match[3]))
    if _SERIAL.fullmatch(text):
        return _day_of_serial(float(text))
    if match := _MONTH.fullmatch(text) or re.fullmatch(r"(\d{4})(\d\d)", text):
        return _checked(int(match[1]), int(match[2]), 0)
    if match := _WITHOUT_YEAR.fullmatch(text):
        return _checked(0, int(match[1]), int(match[2]))
    if match := _ONLY_MONTH.fullmatch(text):
        return _checked(0, int(match[1]), 0)
    return UNREADABLE


def _day_of_number(number: float) -> Day:
    """Read a number cell: 20210716, the serial 44393 (with a time), 202107, 7.16, 2021.07."""
    if 10_000 <= number < 80_000:
        return _day_of_serial(number)
    if number == int(number):
        text = str(int(number))
        return _day_of_text(text) if len(text) in (6, 8) else UNREADABLE
    whole, _, fraction = repr(float(number)).partition(".")
    if number < 0 or len(fraction) > 2 or not (1 <= int(whole) <= 12 or 1900 <= int(whole) <= 2100):
        return UNREADABLE
    is_month_and_day = int(whole) <= 12
    # 7.1 may have been written 7.10: a number keeps no trailing zero.
    read = [Day(0, int(whole), int(f)) if is_month_and_day else Day(int(whole), int(f), 0) for f in _both(fraction)]
    possible = [day for day in read if _exists(day)]
    if len(possible) > 1:
        return AMBIGUOUS
    return possible[0] if possible else UNREADABLE


def _both(fraction: str) -> list[str]:
    return [fraction, fraction + "0"] if len(fraction) == 1 else [fraction]


def _exists(day: Day) -> bool:
    # A leap year stands in for an unknown one, the first day for an unknown one.
    return Day(day.year or 2000, day.month, day.day or 1).on() is not None


def _checked(year: int, month: int, day: int) -> Day:
    found = Day(year, month, day)
    return found if _exists(found) and (not year or 1850 <= year <= 2200) else UNREADABLE


def _day_of_serial(number: float) -> Day:
    on = _EPOCH + timedelta(days=int(number))
    return Day(on.year, on.month, on.day)


def newest_year(day: Day, *, first: date, last: date) -> date | None:
    """Return the newest date of a day without year that lies from `first` to `last`, both inclusive."""
    for year in range(last.year, first.year - 1, -1):
        on = Day(year, day.month, day.day or 1).on()
        if on and first <= on <= last:
            return on
    return None


def nearest_year(day: Day, *, today: date) -> date | None:
    """Return the date of a day without year that lies within half a year of `today`; None where it has none there."""
    for year in (today.year + 1, today.year, today.year - 1):
        on = Day(year, day.month, day.day).on()
        if on and abs(on - today) <= _HALF_A_YEAR:
            return on
    return None
