"""Lists handed down as offices send them, and their answers."""

from typing import Any

from django.core.files.base import ContentFile

from campaigns.models import Campaign
from ledgers.models import Checklist, ChecklistRow
from ledgers.rosters import actions
from ledgers.rosters.pipeline import Decided
from registry.accounts import system_user
from registry.models import User
from tests.sheets import csv_text, identity_number, xlsx

TITLE = ["忠县公安局大数据比对疑似未接种人员核查名单（乌杨街道）", None, None, None, None, None]
HEAD = ["序号", "姓名", "公民身份号码", "手机号码", "户籍地", "核查结果"]
RAN, TAN, QIN, WEN = (identity_number(birth, 910) for birth in ("19540302", "19800101", "19730615", "19660808"))


def sheet(*rows: list[Any]) -> bytes:
    """A workbook as an office sends it: a merged title, the headings, people, a signature line."""
    table = [TITLE, HEAD, *rows, ["填表人：", None, None, None, None, None]]
    return xlsx(table, names=["名单"], merged=["A1:F1"])


def bring(
    campaign: Campaign, data: bytes, *, by: User | None = None, kind: str = "checklist", **options: Any
) -> Decided:
    """Import a list at once, as the command does."""
    file = ContentFile(data, name=options.pop("name", "核查.xlsx"))
    return actions.import_now(file, campaign=campaign, by=by or system_user(), source="roster", kind=kind, **options)


def brought(campaign: Campaign, data: bytes, **options: Any) -> Checklist:
    bring(campaign, data, **options)
    return Checklist.objects.latest("pk")


def row_of(checklist: Checklist, number: int) -> ChecklistRow:
    return checklist.rows.get(number=number)


def text_sheet(*rows: list[Any], encoding: str = "gb18030") -> bytes:
    return csv_text(HEAD, *rows).encode(encoding)
