"""What one row of a roster says, once cleaned: everything that the file alone decides (interfaces, Rosters)."""

from dataclasses import dataclass
from datetime import date
from typing import Any

ERROR = "error"
WARNING = "warning"


@dataclass(slots=True)
class Message:
    """One sentence about one cell: what is wrong and what to do; personal data in it is masked."""

    level: str
    row: int
    column: str
    code: str
    message: str


@dataclass(slots=True)
class DoseCell:
    """A dose as a row states it.

    `position` is the column set (1 to 3), or 0 in a long roster. `month` is the first of the month
    of a dose told by word of mouth, whose day may be unknown. `product` is a key of the vocabulary
    that was passed in, "" where none was recognised; the words stay in `product_text`.
    """

    position: int
    given_on: date | None
    month: date | None
    product: str
    product_text: str
    lot: str
    site: str
    stated_number: int | None


@dataclass(slots=True)
class ExemptionCell:
    """An exemption as a row states it; `start_on` is today where the row gives no day."""

    kind: str
    reason: str
    diagnosis: str
    institution: str
    level: int | None
    start_on: date
    end_on: date | None
    approved: bool


@dataclass(slots=True)
class PlaceCell:
    code: str
    name: str
    kind: str = ""
    census_base: int | None = None
    goal: int | None = None
    linked_leader: str = ""
    district_group: str = ""
    phone: str = ""


@dataclass(slots=True)
class UnitCell:
    name: str
    trade: str = ""
    village: str = ""
    department: str = ""
    contact: str = ""
    phone: str = ""
    staff_count: int | None = None


@dataclass(init=False)
class Row:
    """A data row. A row with any error is rejected as a whole; its other fields are then not to be used.

    Texts are cleaned, "" where the column is absent or empty. `number` is the row number that the
    spreadsheet program shows, `cells` the cells as read, unused columns included. What a row does not
    say stays the class's: nearly all of its fields, in 200,000 rows.
    """

    number: int
    cells: list
    messages: list[Message]
    name: str = ""
    name_key: str = ""
    document: tuple[str, str] | None = None
    sex: str = ""
    birth_on: date | None = None
    village: str = ""
    registered_village: str = ""
    group: str = ""
    household: str = ""
    head: str = ""
    relation: str = ""
    residency: str = ""
    phones: tuple[tuple[str, str], ...] = ()
    guardian: str = ""
    address: str = ""
    registered_address: str = ""
    unit: str = ""
    school: str = ""
    class_name: str = ""
    member_kind: str = ""
    tags: tuple[str, ...] = ()
    status: str = ""
    status_on: date | None = None
    reason: str = ""
    promised_on: date | None = None
    caretaker: str = ""
    remarks: str = ""
    # Of lists that come back: what is left of a number that cannot be one, to look for whom it may mean.
    damaged: str = ""
    # Of our own ledgers sent back.
    row_key: str = ""
    efforts: str = ""
    exemption_word: str = ""
    doses: tuple[DoseCell, ...] = ()
    exemption: ExemptionCell | None = None
    place: PlaceCell | None = None
    work_unit: UnitCell | None = None

    def __init__(self, number: int, cells: list, **said: Any):
        self.number, self.cells, self.messages = number, cells, []
        self.__dict__.update(said)

    @property
    def is_rejected(self) -> bool:
        return bool(self.messages) and any(message.level == ERROR for message in self.messages)
