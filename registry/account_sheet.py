"""Reading a spreadsheet of accounts: who shall log in by which phone number, for which village, grid or unit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings

from registry.names import clean_name
from registry.phones import read_phones
from registry.spreadsheets.cells import folded, is_empty, text_of
from registry.spreadsheets.child import open_book
from registry.spreadsheets.header import Header, find_header, forms_of
from registry.spreadsheets.refusals import Limits, Refused
from registry.spreadsheets.sniff import sniff

# What the columns are called.
HEADINGS = {
    "name": "姓名 干部姓名 人员姓名",
    "phone": "手机号 手机号码 手机 电话 联系电话 电话号码",
    "village": "村(社区) 村 社区 村居 所在村 所属村(社区) 村社区",
    "group": "组 社 组/社 组(社)",
    "grid": "网格 所属网格 网格名称",
    "unit": "单位 工作单位 单位名称 所在单位",
    "duty": "职务 岗位 角色 备注",
}
_FIELDS = {folded(word): field for field, words in HEADINGS.items() for word in words.split()}
MOST_ROWS = 1000


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A row as written, cleaned; `phone` is "" where the cell holds none or several."""

    number: int
    name: str
    phone: str
    village: str = ""
    group: str = ""
    grid: str = ""
    unit: str = ""
    duty: str = ""


def read_accounts(data: bytes) -> list[SheetRow]:
    """Read the first sheet that has a header with 姓名 and 手机号; raises Refused (interfaces, Rosters)."""
    limits = Limits(settings.ROSTER_MAX_BYTES, settings.ROSTER_MAX_UNPACKED_BYTES, MOST_ROWS)
    book = open_book(data, sniff(data, limits))
    try:
        for index in range(len(book.sheets)):
            head = book.head(index)
            header = find_header(head.rows, head.merged, is_known=_is_known, score=_score)
            if header:
                return list(_rows(book.rows(index), header))
    finally:
        book.close()
    raise Refused("no_header", "没有找到表头：要有“姓名”和“手机号”两栏，村干部再写“村（社区）”，单位联系人写“单位”。")


def _field(heading: str) -> str:
    return next((_FIELDS[form] for form in forms_of(heading) if form in _FIELDS), "")


def _is_known(heading: str) -> bool:
    return bool(_field(heading))


def _score(headings: list[str]) -> int:
    fields = {_field(heading) for heading in headings}
    return len(fields - {""}) if {"name", "phone"} <= fields else 0


def _rows(cells: Iterator[list], header: Header) -> Iterator[SheetRow]:
    columns = {_field(heading): index for index, heading in reversed(list(enumerate(header.headings)))}
    columns.pop("", None)
    found = 0
    for number, row in enumerate(cells, start=1):
        if number <= header.bottom + 1:
            continue
        values = {field: row[index] if index < len(row) else "" for field, index in columns.items()}
        texts = {field: text_of(cell)[:60] for field, cell in values.items()}
        texts = {field: "" if is_empty(text) else text for field, text in texts.items()}
        phones, _ = read_phones(values["phone"]) if values["phone"] != "" else ((), True)
        mobiles = [phone for phone, _ in phones if len(phone) == 11 and phone.startswith("1")]
        if not texts["name"] or not (mobiles or any(texts[field] for field in texts if field not in ("name", "duty"))):
            continue
        found += 1
        if found > MOST_ROWS:
            raise Refused("too_large", f"表格超过{MOST_ROWS}行，请分几次导入。")
        texts["phone"] = mobiles[0] if len(mobiles) == 1 else ""
        texts["name"] = clean_name(texts["name"])
        yield SheetRow(number, **texts)
    if not found:
        raise Refused("no_rows")
