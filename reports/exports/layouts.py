"""The office's spreadsheet layouts of the three ledgers and the exempt register (domain 5.3).

django-import-export's Resource declares the columns: heading, attribute and widget, in their order.
Its own exporter takes a few hundred rows; the bulk path (`sheet.py`) reads the same declaration.
"""

from __future__ import annotations

from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from import_export import widgets
from import_export.fields import Field
from import_export.resources import Resource

TEXT, NUMBER, DAY = widgets.CharWidget, widgets.IntegerWidget, widgets.DateWidget
# Filled in by hand on paper: the system has nothing to say there.
BY_HAND = "by_hand"


class Column(Field):
    """A field that also says how wide its column is and under which common heading it stands."""

    def __init__(self, attribute: str, heading: str, width: float, widget: Any = TEXT, group: str = "") -> None:
        super().__init__(attribute=attribute, column_name=heading, widget=widget(), readonly=True)
        self.width = width
        self.group = group


class LedgerResource(Resource):
    """What all four layouts begin with: who, where, and how to reach them, masked unless let go (access.md)."""

    number_in_list = Column("serial", "序号", 6, NUMBER)
    village = Column("village", "村（社区）", 12)
    group = Column("group", "组", 7)
    name = Column("name", "姓名", 10)
    sex = Column("sex", "性别", 5)
    age = Column("age", "年龄", 5, NUMBER)
    number = Column("number_masked", "身份证号码", 10)
    phone = Column("phone_masked", "联系电话", 11)


class CompletedResource(LedgerResource):
    """台账一 已完成接种人员台账."""

    address = Column("address", "现住址", 22)
    groups = Column("groups_words", "人群分类", 14)
    platform = Column("platform", "疫苗种类", 10)
    manufacturer = Column("manufacturer", "生产企业", 16)
    first = Column("first_on", "第一针接种时间", 12, DAY)
    second = Column("second_on", "第二针接种时间", 12, DAY)
    third = Column("third_on", "第三针接种时间", 12, DAY)
    site = Column("site", "接种单位", 18)
    completed_on = Column("completed_on", "完成日期", 12, DAY)
    remarks = Column(BY_HAND, "备注", 10)


class IncompleteResource(LedgerResource):
    """台账二 未完成全程接种人员台账."""

    address = Column("address", "现住址", 22)
    platform = Column("platform", "疫苗种类", 10)
    manufacturer = Column("manufacturer", "生产企业", 16)
    counted = Column("counted", "已种针次", 6, NUMBER)
    last_on = Column("last_on", "最近一针时间", 12, DAY)
    coming = Column("coming", "应种下一针次", 8)
    next_from = Column("next_from", "最早可种日期", 12, DAY)
    next_by = Column("next_by", "最迟应种日期", 12, DAY)
    overdue_days = Column("overdue_days_or_none", "超期天数", 6, NUMBER)
    told_on = Column("told_on", "时间", 12, DAY, group="通知")
    told_how = Column("told_how", "方式", 8, group="通知")
    told_by = Column("told_by", "人", 8, group="通知")
    reason = Column("reason", "未种原因", 12)
    caretaker = Column("caretaker", "包保责任人", 10)
    remarks = Column("check", "备注", 10)


class UnvaccinatedResource(LedgerResource):
    """台账三 应种未种人员台账."""

    registered_address = Column("registered_address", "户籍地址", 22)
    address = Column("address", "现住址", 22)
    residency = Column("residency", "居住类型", 9)
    groups = Column("groups_words", "人群分类", 14)
    reason = Column("reason", "未接种原因", 14)
    exemption = Column("exemption", "是否禁忌/缓种", 8)
    evidence = Column("evidence", "佐证材料", 9)
    end_on = Column("end_on", "缓种至", 12, DAY)
    efforts = Column(BY_HAND, "动员情况", 12)
    promised_on = Column("promised_on", "预计接种时间", 12, DAY)
    caretaker = Column("caretaker", "包保责任人", 10)
    caretaker_phone = Column("caretaker_phone", "包保人电话", 14)
    # Who stands in this ledger is not struck off yet: the day is written on paper.
    closed_on = Column(BY_HAND, "销号时间", 9)
    remarks = Column(BY_HAND, "备注", 10)


class ExemptResource(LedgerResource):
    """禁忌缓种登记表."""

    address = Column("address", "现住址", 22)
    residency = Column("residency", "居住类型", 9)
    groups = Column("groups_words", "人群分类", 14)
    exemption = Column("exemption", "类型", 7)
    ground = Column("ground", "原因", 7)
    evidence = Column("evidence", "佐证材料", 9)
    end_on = Column("end_on", "缓种至", 12, DAY)
    caretaker = Column("caretaker", "包保责任人", 10)
    remarks = Column(BY_HAND, "备注", 10)


class EverybodyResource(LedgerResource):
    """在册人员名单: people of all four, such as those behind a figure of the dashboard."""

    address = Column("address", "现住址", 22)
    residency = Column("residency", "居住类型", 9)
    groups = Column("groups_words", "人群分类", 14)
    ledger = Column("ledger_words", "所在台账", 9)
    platform = Column("platform", "疫苗种类", 10)
    counted = Column("counted", "已种针次", 6, NUMBER)
    first = Column("first_on", "第一针接种时间", 12, DAY)
    last_on = Column("last_on", "最近一针时间", 12, DAY)
    completed_on = Column("completed_on", "完成日期", 12, DAY)
    reason = Column("reason", "未接种原因", 14)
    remarks = Column(BY_HAND, "备注", 10)


@dataclass(frozen=True)
class Layout:
    """A ledger's sheet: its title and its columns."""

    title: str
    columns: tuple[Column, ...]
    # Whether a hidden column behind the last bears a key for each row, by which a sheet sent back is known again.
    is_keyed: bool = False

    @property
    def headings(self) -> list[str]:
        return [column.column_name for column in self.columns]

    def getter(self) -> Any:
        """One call that takes all cells of a row; a column by hand is always empty."""
        return attrgetter(*(column.attribute for column in self.columns))


def layout_of(ledger: str, *, is_full: bool = False) -> Layout:
    """Read a layout from its Resource; in full, numbers and phones stand whole in the same columns."""
    resource, title = _LAYOUTS[ledger]
    made = resource()
    whole = _whole_numbers() if is_full else {}
    columns = tuple(whole.get(name) or made.fields[name] for name in made.get_export_order())
    return Layout(title, columns, is_keyed=ledger in SENT_BACK)


def _whole_numbers() -> dict[str, Column]:
    return {
        "number": Column("number_full", "身份证号码", 21),
        "phone": Column("phone_full", "联系电话", 14),
    }


# 台账二 and 台账三: what villages fill in and send back.
SENT_BACK = ("incomplete", "unvaccinated")
_LAYOUTS = {
    "completed": (CompletedResource, "已完成接种人员台账"),
    "incomplete": (IncompleteResource, "未完成全程接种人员台账"),
    "unvaccinated": (UnvaccinatedResource, "应种未种人员台账"),
    "exempt": (ExemptResource, "禁忌缓种人员登记表"),
    "everybody": (EverybodyResource, "在册人员名单"),
}
