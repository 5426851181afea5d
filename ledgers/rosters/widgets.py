"""How each kind of cell of a roster is cleaned: once, for the fast reader and for django-import-export alike.

`read` returns (value, code, sentence): value None for empty, code "" where nothing is to be said.
`clean` is what import-export calls; it raises the sentence of an error.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from import_export.widgets import Widget

from ledgers.rosters.messages import ERROR_SENTENCES, sentence_of
from registry import identity, names, phones
from registry.spreadsheets import cells
from registry.spreadsheets.cells import Cell, Day
from registry.spreadsheets.workbook import plain_cell

if TYPE_CHECKING:
    from ledgers.rosters.vocabulary import ReadingContext

Reading = tuple[Any, str, str]
NOTHING: Reading = (None, "", "")
DITTO: Reading = (None, "ditto", "")


def problem(code: str, cell: Cell, value: Any = None, **details: object) -> Reading:
    return value, code, sentence_of(code, text=cells.quoted(cell), **details)


class CellWidget(Widget):
    """The base: empty cells, 同上 and error cells are the same in every column."""

    # Whether the same cells come again and again, so that remembering what they say is worth it.
    repeats = True

    def __init__(self) -> None:
        super().__init__()
        self.context: ReadingContext | None = None
        self.from_text_file = False

    def bind(self, context: ReadingContext) -> None:
        self.context = context

    def read(self, cell: Cell) -> Reading:
        """Read one cell that is not "" (interfaces, Cells)."""
        if cell.__class__ is str:
            text = cells.text_of(cell)
            if text in cells.EMPTY:
                return NOTHING
            if text in cells.DITTO:
                return DITTO
            if text[0] == "#" and text.upper() in cells.CELL_ERRORS:
                return problem("cell_error", text)
            return self.read_text(text)
        return self.read_value(cell)

    def read_value(self, cell: Cell) -> Reading:
        return self.read_text(cells.shown(cell))

    def read_text(self, text: str) -> Reading:
        raise NotImplementedError

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        cell = plain_cell(value) if value is not None else ""
        found, code, sentence = self.read(cell) if cell != "" else NOTHING
        if code in ERROR_SENTENCES:
            raise ValueError(sentence)
        return found

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return "" if value is None else str(value)


class TextWidget(CellWidget):
    """Words as they stand, cut to what can be stored."""

    def __init__(self, max_length: int = 200, *, repeats: bool = True):
        super().__init__()
        self.max_length, self.repeats = max_length, repeats

    def read_text(self, text: str) -> Reading:
        if len(text) > self.max_length:
            kept = text[: self.max_length]
            return kept, "value_unreadable", f"内容超过{self.max_length}个字，只保留了前面的部分，请核对。"
        return text, "", ""


class NameWidget(CellWidget):
    repeats = False

    def read_text(self, text: str) -> Reading:
        name = names.clean_name(text)
        return (name, "", "") if len(name) <= 60 else problem("name_missing", text)


class DocumentWidget(CellWidget):
    """A number as it stands; what it says depends on 证件类型 and is read with the row."""

    repeats = False

    def read_text(self, text: str) -> Reading:
        return text, "", ""

    def read_value(self, cell: Cell) -> Reading:
        # A date is no number; as text it is refused for its length.
        return (cells.shown(cell) if cell.__class__ is tuple else cell), "", ""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str | None:
        found = super().clean(value, row, **kwargs)
        return identity.read_number(found, today=self.context.today).number if found is not None else None


class ChoiceWidget(CellWidget):
    """Words that stand for a code; others give a warning and nothing, or `otherwise`."""

    def __init__(self, words: Mapping[str, str], warning: str = "value_unreadable", otherwise: str | None = None):
        super().__init__()
        self.codes = {cells.folded(word): code for code, text in words.items() for word in text.split()}
        self.labels = {code: text.split()[0] for code, text in words.items()}
        self.warning, self.otherwise = warning, otherwise

    def read_text(self, text: str) -> Reading:
        word = cells.folded(text)
        for form in (word, word.removesuffix("人口").removesuffix("人员"), word.partition("(")[0]):
            if form in self.codes:
                return self.codes[form], "", ""
        return problem(self.warning, text, self.otherwise)

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return self.labels.get(value, "")


class PhoneWidget(CellWidget):
    repeats = False

    def __init__(self, whose: str = ""):
        super().__init__()
        self.whose = whose

    def read_value(self, cell: Cell) -> Reading:
        return problem("phone_unreadable", cell) if cell.__class__ is tuple else self._found(cell)

    def read_text(self, text: str) -> Reading:
        return self._found(text)

    def _found(self, cell: Cell) -> Reading:
        found, understood = phones.read_phones(cell, self.whose)
        return (found or None, "", "") if understood else problem("phone_unreadable", cell, found or None)

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return "、".join(number for number, _ in value or ())


class OwnPhoneWidget(PhoneWidget):
    """A phone of our own ledger: what we had masked says nothing (****6032)."""

    def read_text(self, text: str) -> Reading:
        return NOTHING if "*" in text else super().read_text(text)


class TagsWidget(CellWidget):
    """Several words in a cell: 党员、村组干部."""

    def read_text(self, text: str) -> Reading:
        for sign in "，,;；/|+":
            text = text.replace(sign, "、")
        parts = [part for word in text.split("、") for part in word.split()]
        tags = tuple(dict.fromkeys(part[:40] for part in parts if part not in cells.EMPTY))
        return tags or None, "", ""

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return "、".join(value or ())


class NumberWidget(CellWidget):
    """A count; anything else is an error."""

    def read_text(self, text: str) -> Reading:
        return self.read_value(text)

    def read_value(self, cell: Cell) -> Reading:
        number = cells.whole_number(cell)
        return (number, "", "") if number is not None else problem("number_unreadable", cell)


class PlaceCodeWidget(CellWidget):
    """The 12 digits of a village."""

    def read_text(self, text: str) -> Reading:
        code = cells.folded(text)
        is_village = len(code) == 12 and code.isascii() and code.isdigit() and not code.endswith("000")
        return (code, "", "") if is_village else problem("code_invalid", text)


class DateWidget(CellWidget):
    """A day with its year; anything else is an error."""

    def read_text(self, text: str) -> Reading:
        return self.read_value(text)

    def read_value(self, cell: Cell) -> Reading:
        return self.resolve(cells.read_day(cell, from_text_file=self.from_text_file), cell)

    def resolve(self, day: Day, cell: Cell) -> Reading:
        on = day.on() if not day.problem else None
        return (on, "", "") if on else problem(day.problem or "date_unreadable", cell)

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return value.isoformat() if value else ""


class PastDateWidget(DateWidget):
    """A diagnosis: without a year the newest possible, never after today (interfaces, Dates)."""

    def resolve(self, day: Day, cell: Cell) -> Reading:
        if day.problem or not day.day:
            return problem(day.problem or "date_unreadable", cell)
        first, last = self.context.first_use_on, self.context.today
        if not day.year:
            on = cells.newest_year(day, first=first, last=last)
            if on is None:
                return problem("date_unreadable", cell)
            return problem("date_year_inferred", cell, on, date=on)
        on = day.on()
        return problem("date_future", cell) if on > last else (on, "", "")


class PromiseWidget(DateWidget):
    """The day somebody is expected: "8月30日" is the one about now. An unreadable one is a warning: it is no fact."""

    def resolve(self, day: Day, cell: Cell) -> Reading:
        is_short = day.day and not day.year and not day.problem
        on = cells.nearest_year(day, today=self.context.today) if is_short else super().resolve(day, cell)[0]
        if on is None:
            return problem("value_unreadable", cell)
        return problem("date_year_inferred", cell, on, date=on) if is_short else (on, "", "")


class DoseDateWidget(PastDateWidget):
    """The day of a dose; told by word of mouth, (None, first of the month) is enough."""

    # What is written where no dose was given; anything like 已打完 is unreadable instead.
    NOT_GIVEN = frozenset("未接种 未种 未打 没打 未接 否 未".split())  # noqa: SIM905

    def read_text(self, text: str) -> Reading:
        return NOTHING if text in self.NOT_GIVEN else super().read_text(text)

    def resolve(self, day: Day, cell: Cell) -> Reading:
        if self.context.source != "verbal":
            return super().resolve(day, cell)
        if day.problem or day.day:
            found, code, sentence = super().resolve(day, cell)
            return (found and (found, found.replace(day=1))), code, sentence
        return self._resolve_month(day, cell)

    def _resolve_month(self, day: Day, cell: Cell) -> Reading:
        first, today = self.context.first_use_on.replace(day=1), self.context.today
        if day.year:
            month = date(day.year, day.month, 1)
            return problem("date_future", cell) if month > today else ((None, month), "", "")
        month = cells.newest_year(day, first=first, last=today)
        if month is None:
            return problem("date_unreadable", cell)
        return problem("date_year_inferred", cell, (None, month), date=f"{month:%Y-%m}")


class DoseNumberWidget(CellWidget):
    """剂次: 1, 一, 第1剂, 首针, 1/2 (of two), 3-1 (the first of three) (domain 5.2)."""

    _DIGITS = str.maketrans("一二三四五", "12345")

    def read_value(self, cell: Cell) -> Reading:
        if cell.__class__ is int and 1 <= cell <= 5:
            return cell, "", ""
        return problem("value_unreadable", cell)

    def read_text(self, text: str) -> Reading:
        word = cells.folded(text).translate(self._DIGITS).replace("首", "1")
        for mark in "第剂针次":
            word = word.replace(mark, "")
        if len(word) == 3 and word[1] == "/":
            word = word[0]
        elif len(word) == 3 and word[1] == "-":
            word = word[2]
        return (int(word), "", "") if word in {"1", "2", "3", "4", "5"} else problem("value_unreadable", text)


class GroundWidget(CellWidget):
    """原因 of an exemption: its ground and the words, which are the diagnosis (interfaces, Exemptions)."""

    def read_text(self, text: str) -> Reading:
        if "过敏" in text:
            ground = "allergy"
        elif "妊娠" in text or "怀孕" in text:
            ground = "pregnancy"
        else:
            ground = "other" if text in ("其他", "其它") else "disease"
        return (ground, text[:200]), "", ""

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return value[1] if value else ""
