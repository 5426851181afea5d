"""From a sheet's cells to typed rows: the fast path of the columns that the resources declare.

Each column is compiled to its place, its field and its widget's `read`; what repeats is read once.
"""

from collections.abc import Callable
from dataclasses import fields as fields_of
from datetime import date
from typing import Any

from ledgers.rosters.doses_of_row import DoseReader
from ledgers.rosters.exemption_of_row import read_exemption
from ledgers.rosters.messages import ERROR_SENTENCES, sentence_of
from ledgers.rosters.resources import RosterResource, resource_of
from ledgers.rosters.rows import ERROR, WARNING, Message, PlaceCell, Row, UnitCell
from ledgers.rosters.vocabulary import ReadingContext
from registry import identity, names
from registry.spreadsheets.cells import quoted

_MEMORY = 20_000
# Fields of a row that a cell's value fills as it is.
_ROW_FIELDS = frozenset(field.name for field in fields_of(Row))
# Where no number is needed, a birth date names a person as well (interfaces, Identity numbers).
_NUMBER_NEEDED = frozenset(["doses_wide", "doses_long", "exemptions"])


class RowCleaner:
    """Turns cells into rows of one kind; one object reads one sheet from top to bottom."""

    def __init__(self, kind: str, fields: list[str], headings: list[str], context: ReadingContext, *, from_text: bool):
        resource: RosterResource = resource_of(kind)(context)
        self.kind, self.context = kind, context
        self.heading_of = {field: heading for field, heading in zip(fields, headings, strict=True) if field}
        self._plan = []
        for index, field in enumerate(fields):
            if field in ("", "serial", "age"):
                continue
            column = resource.fields[field]
            column.widget.from_text_file = from_text
            target = column.attribute if column.attribute in _ROW_FIELDS and column.attribute != "document" else None
            memory: dict | None = {} if column.widget.repeats else None
            self._plan.append((index, field, headings[index], target, memory, column.widget.read))
        self._above: list[Any] = []
        self._finish = {
            "villages": self._finish_place,
            "units": self._finish_unit,
            "checklist": self._finish_listed,
            "followup": self._finish_own,
        }.get(kind, self._finish_person)
        self._doses = DoseReader(self) if kind.startswith("doses_") else None

    def clean(self, number: int, cells: list[Any], group: str) -> Row:
        """Return the typed row; `group` is what the last group line said, for sheets without such a column."""
        row = Row(number, cells)
        own = row.__dict__
        values: dict[str, Any] = {}
        width = len(cells)
        for index, field, heading, target, memory, read in self._plan:
            if index >= width:
                break
            cell = cells[index]
            if cell == "":
                continue
            if memory is None:
                value, code, sentence = read(cell)
            else:
                found = memory.get(cell)
                if found is None:
                    found = _remember(memory, read, cell)
                value, code, sentence = found
            if code:
                if code == "ditto":
                    value, code, sentence = self._from_above(cells, index, read)
                if code:
                    self._say(row, code, heading, sentence)
            if value is not None:
                if target is None:
                    values[field] = value
                else:
                    own[target] = value
        self._above = cells
        self._finish(row, values, group)
        return row

    def say(self, row: Row, code: str, field: str, **details: object) -> None:
        """Add the message of a code about a field's column."""
        heading = self.heading_of.get(field, "")
        self._say(row, code, heading, sentence_of(code, **{"column": heading} | details))

    def has_said(self, row: Row, field: str) -> bool:
        """Tell whether the row already has a message about a field's column."""
        heading = self.heading_of.get(field)
        return any(message.column == heading for message in row.messages)

    def _say(self, row: Row, code: str, heading: str, sentence: str) -> None:
        level = ERROR if code in ERROR_SENTENCES else WARNING
        row.messages.append(Message(level, row.number, heading, code, sentence))

    def _from_above(self, cells: list[Any], index: int, read: Callable) -> tuple[Any, str, str]:
        """Read 同上: the cell above stands in the row from now on."""
        cells[index] = self._above[index] if index < len(self._above) else ""
        value, code, sentence = read(cells[index]) if cells[index] != "" else (None, "", "")
        return (None, "", "") if code == "ditto" else (value, code, sentence)

    def _finish_person(self, row: Row, values: dict[str, Any], group: str) -> None:
        if row.name:
            row.name_key = names.name_key(row.name)
        elif not any(message.code == "name_missing" for message in row.messages):
            self.say(row, "name_missing", "name")
        self._read_document(row, values)
        if values:
            self._gather(row, values)
        if not row.group:
            row.group = values.get("grid") or group
        self._read_status_day(row)
        if self._doses:
            if values or self.kind == "doses_long":
                self._doses.read(row, values)
        elif self.kind == "exemptions":
            read_exemption(self, row, values)

    def _read_status_day(self, row: Row) -> None:
        """Somebody gone is gone from a day on, today where none is given; a day to come is taken and told."""
        if row.status not in ("moved_out", "deceased"):
            row.status_on = None
        elif row.status_on is None:
            row.status_on = self.context.today
            if not self.has_said(row, "status_on"):
                self.say(row, "start_assumed", "status", column="变动日期")
        elif row.status_on > self.context.today:
            sentence = f"“{row.status_on}”晚于今天，已照此登记，到那一天才变动，请核对。"
            self._say(row, "value_unreadable", self.heading_of["status_on"], sentence)

    def _gather(self, row: Row, values: dict[str, Any]) -> None:
        """Put together what several columns may hold."""
        code = values.get("village_code")
        if code and (not row.village or (len(code) >= 12 and code.isdigit())):
            row.village = code
        if not row.address and "house_number" in values:
            row.address = values["house_number"]
        for field in ("phone_self", "phone_family", "phone_guardian"):
            for number, whose in values.get(field, ()):
                if all(number != known for known, _ in row.phones):
                    row.phones = (*row.phones, (number, whose))

    def _read_document(self, row: Row, values: dict[str, Any]) -> None:
        """Read the number by its kind; the birth date and sex of an identity number win (interfaces)."""
        raw = values.pop("document", None)
        if raw is None:
            if self.has_said(row, "document"):
                return
            if self.kind in _NUMBER_NEEDED:
                self.say(row, "id_missing", "document")
            else:
                self._check_birth(row)
            return
        try:
            kind = self._document_kind(row, raw, values)
            if kind != identity.RESIDENT:
                row.document = (kind, identity.read_other_number(raw))
                self._check_birth(row)
                return
            found = identity.read_number(raw, today=self.context.today)
        except identity.InvalidNumber as problem:
            self._say(row, problem.code, self.heading_of.get("document", ""), problem.sentence)
            return
        row.document = (kind, found.number)
        self._compare(row, found)

    def _document_kind(self, row: Row, raw: Any, values: dict[str, Any]) -> str:
        """Return the kind of document; words that name none leave it to the number itself."""
        words = values.get("document_kind")
        if not words:
            return identity.RESIDENT
        kind = identity.document_kind(words)
        if kind:
            return kind
        self.say(row, "value_unreadable", "document_kind", text=quoted(words))
        try:
            identity.read_number(raw, today=self.context.today)
        except identity.InvalidNumber:
            return "other"
        return identity.RESIDENT

    def _compare(self, row: Row, found: identity.IdentityNumber) -> None:
        if not found.region_is_known:
            self.say(row, "id_region", "document")
        if row.sex and row.sex != found.sex:
            self.say(row, "sex_mismatch", "sex")
        if row.birth_on and row.birth_on != found.birth_on:
            self.say(row, "birth_mismatch", "birth_on")
        row.messages = (
            [message for message in row.messages if not self._is_birth_error(message)] if row.messages else []
        )
        row.sex, row.birth_on = found.sex, found.birth_on

    def _is_birth_error(self, message: Message) -> bool:
        """An unreadable 出生日期 beside a good number is no error: the number says it."""
        return message.column == self.heading_of.get("birth_on") and message.code.startswith("date_")

    def _check_birth(self, row: Row) -> None:
        """A person without an identity number needs a birth date that lies in the past."""
        if row.birth_on is None:
            if not any(self._is_birth_error(message) for message in row.messages):
                self.say(row, "birth_missing", "birth_on" if "birth_on" in self.heading_of else "document")
        elif row.birth_on > self.context.today:
            self.say(row, "date_future", "birth_on", text=row.birth_on.isoformat())
        elif row.birth_on < _years_before(self.context.today, identity.MAX_AGE + 1):
            self.say(row, "date_unreadable", "birth_on", text=row.birth_on.isoformat())

    def _finish_listed(self, row: Row, values: dict[str, Any], group: str) -> None:
        """A row of a list handed down: whoever can be told by a number, a phone or a birth date."""
        self._finish_name(row, values, group)
        raw = values.pop("document", None)
        if raw is not None:
            self._read_listed_number(row, raw, values)
        elif not (row.phones or row.birth_on or self.has_said(row, "document")):
            field = "document" if "document" in self.heading_of else "phone"
            self._say(row, "id_missing", self.heading_of.get(field, ""), "没有证件号码，也没有电话，查不出是谁。")

    def _read_listed_number(self, row: Row, raw: Any, values: dict[str, Any]) -> None:
        """A damaged number is never repaired; beside a phone it is set aside, and name and phone tell."""
        heading = self.heading_of.get("document", "")
        try:
            kind = self._document_kind(row, raw, values)
            if kind != identity.RESIDENT:
                row.document = (kind, identity.read_other_number(raw))
                return
            found = identity.read_number(raw, today=self.context.today)
        except identity.InvalidNumber as problem:
            row.damaged = identity.readable_part(raw)
            if row.phones:
                self._say(row, "value_unreadable", heading, f"{problem.sentence}本行按姓名和电话核对。")
            else:
                self._say(row, problem.code, heading, problem.sentence)
            return
        row.document = (kind, found.number)
        self._compare(row, found)

    def _finish_own(self, row: Row, values: dict[str, Any], group: str) -> None:
        """A row of our own ledger sent back: the key tells who is meant, the number is mostly masked."""
        self._finish_name(row, values, group)
        raw = values.pop("document", None)
        if raw is None:
            return
        try:
            found = identity.read_number(raw, today=self.context.today)
        except identity.InvalidNumber:
            row.damaged = identity.clean_number(str(raw))[-2:]
            return
        row.document = (identity.RESIDENT, found.number)

    def _finish_name(self, row: Row, values: dict[str, Any], group: str) -> None:
        if row.name:
            row.name_key = names.name_key(row.name)
        elif not self.has_said(row, "name"):
            self.say(row, "name_missing", "name")
        if values:
            self._gather(row, values)
        row.group = row.group or group

    def _finish_place(self, row: Row, values: dict[str, Any], group: str) -> None:
        self._require(row, values, "code", "name")
        if "code" in values and row.name:
            kind = values.pop("place_kind", "")
            phone = values.pop("contact_phone", "")
            row.place = PlaceCell(name=row.name, kind=kind, phone=phone, **values)

    def _finish_unit(self, row: Row, values: dict[str, Any], group: str) -> None:
        self._require(row, values, "name")
        if row.name:
            row.work_unit = UnitCell(name=row.name, phone=values.pop("contact_phone", ""), **values)

    def _require(self, row: Row, values: dict[str, Any], *fields: str) -> None:
        for field in fields:
            missing = not row.name if field == "name" else field not in values
            if missing and not self.has_said(row, field):
                self.say(row, "value_missing", field)


def _remember(memory: dict, read: Callable, cell: Any) -> tuple[Any, str, str]:
    if len(memory) >= _MEMORY:
        memory.clear()
    found = memory[cell] = read(cell)
    return found


def _years_before(day: date, years: int) -> date:
    return day.replace(year=day.year - years, day=min(day.day, 28))
