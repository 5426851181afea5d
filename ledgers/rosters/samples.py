"""Blank sample sheets per kind, from the same declaration that the reader follows."""

from __future__ import annotations

from io import BytesIO

import xlsxwriter

from ledgers.models import RosterImport
from ledgers.rosters.resources import RESOURCES

_WIDTHS = {"document": 22, "address": 26, "registered_address": 26, "code": 16}


def sample_sheet(kind: str) -> bytes:
    """Return an .xlsx with the headings of a kind in the declared order; those it needs are bold.

    All cells are text, so that identity numbers keep their last digits.
    """
    resource = RESOURCES[kind]
    needed = {field for any_of in resource.needs for field in any_of}
    target = BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    sheet = book.add_worksheet(RosterImport.Kind(kind).label[:31])
    text = book.add_format({"num_format": "@"})
    heading = book.add_format({"text_wrap": True, "border": 1, "align": "center", "valign": "vcenter"})
    required = book.add_format(
        {"bold": True, "bg_color": "#E9F1FA", "border": 1, "align": "center", "valign": "vcenter"}
    )
    for index, (field, names) in enumerate(resource.headings().items()):
        sheet.set_column(index, index, _WIDTHS.get(field, 14), text)
        sheet.write_string(0, index, names[0], required if field in needed else heading)
    sheet.freeze_panes(1, 0)
    _notes(book, resource)
    book.close()
    return target.getvalue()


def _notes(book: xlsxwriter.Workbook, resource: type) -> None:
    """A second sheet says which headings must be there; the reader passes over it."""
    sheet = book.add_worksheet("填写说明")
    sheet.set_column(0, 0, 80)
    names = resource.headings()
    needed = ["或".join(names[field][0] for field in any_of[:2]) for any_of in resource.needs]
    lines = (
        f"必须有的栏目：{'；'.join(needed)}。其余栏目可以删去，顺序可以调换。",
        "栏目名写法不同也能识别；认不出的栏目会原样留着，不影响导入。",
        "证件号码按文本填写，不要让表格软件改成数字，否则最后几位会丢失。",
        "日期写成 2021-07-16，写全年份。",
    )
    for row, line in enumerate(lines):
        sheet.write_string(row, 0, line)
