"""核查名单 in the demonstration: a list of the county's that is being asked, with some rows answered."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from django.core.files.base import ContentFile
from django.utils import timezone

from campaigns.models import Campaign
from ledgers.checklists.answers import Said, answer
from ledgers.checklists.asking import rows_asked_of
from ledgers.models import Checklist, RosterImport, Standing
from ledgers.rosters import actions
from registry.models import Resident, Source, User
from reports.demo.numbers import Numbers
from reports.demo.rosters import workbook
from reports.demo.street import BY_NAME, DEMO_DAY

_HEAD = ["序号", "姓名", "公民身份号码", "联系电话", "核查结果", "未接种原因"]
_NAME = "县大数据中心疑似未接种人员核查名单.xlsx"
# How many of each village the list names, and what the cadres have answered so far.
_VILLAGES = {"白坪村": 24, "黄谷村": 18, "朱河社区": 14}
_ANSWERS = {"baiping": ("refused", "away", "unreached"), "huanggu": ("away", "today")}
# Nobody on record: staff pass them on.
_STRANGERS = ("彭玉珍", "蒋小琴", "覃光碧")


def write_lists(campaign: Campaign, accounts: dict[str, User], numbers: Numbers) -> None:
    """Bring the list, half of whose people the registry knows, and answer a few rows."""
    rows = [row for village, most in _VILLAGES.items() for row in _people(campaign, BY_NAME[village].code, most)]
    rows += [["", name, numbers.identity(DEMO_DAY.replace(year=1970), "F"), "", "", ""] for name in _STRANGERS]
    numbered = [[position, *row[1:]] for position, row in enumerate(rows, start=1)]
    file = ContentFile(workbook("忠县疑似未接种人员核查名单（乌杨街道）", numbered, _HEAD), _NAME)
    actions.import_now(
        file, campaign=campaign, by=accounts["zhuanban"], source=Source.ROSTER, kind=RosterImport.Kind.CHECKLIST
    )
    checklist = Checklist.objects.get(roster__name=_NAME)
    checklist.sender = "县大数据中心"
    # The demonstration noted most reasons in its last days: only those of the very last are fresh, or nobody is asked.
    checklist.fresh_from = datetime.combine(DEMO_DAY, time(8), tzinfo=timezone.get_current_timezone())
    checklist.save(update_fields=["sender", "fresh_from"])
    for username, said in _ANSWERS.items():
        asked = rows_asked_of(accounts[username], campaign, DEMO_DAY)[: len(said)]
        for row, kind in zip(list(asked), said, strict=False):
            answer(row, Said(kind), by=accounts[username])


def _people(campaign: Campaign, code: str, most: int) -> list[list[Any]]:
    """People of a village as a list handed down names them: mostly not done, every fifth by a phone only."""
    done = Standing.objects.filter(campaign=campaign, completed_on__isnull=False)
    found = Resident.objects.inside(code).filter(
        status="active", documents__isnull=False, phones__isnull=False, birth_on__lt=DEMO_DAY.replace(year=2000)
    )
    sides = (found.exclude(pk__in=done.values("resident")), found.filter(pk__in=done.values("resident")))
    rows = []
    for side, share in zip(sides, (most * 3 // 4, most // 4), strict=True):
        for person in side.order_by("birth_on", "pk").distinct()[:share]:
            number, phone = person.documents.first().number, person.phones.first().number
            rows.append(["", person.name, "" if len(rows) % 5 == 4 else number, phone, "", ""])
    return rows
