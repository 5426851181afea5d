"""Rosters of the last days, made as real files and sent through the real import.

So that the lists of rosters, 待核实 and 待归类 hold what a street office has on its desk on any day.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from django.core.files.base import ContentFile
from django.utils import timezone
from openpyxl import Workbook

from campaigns.models import Campaign
from ledgers.models import RosterImport
from ledgers.rosters import actions
from registry import jobs
from registry.models import Entry, Source, User
from reports.demo import names
from reports.demo.people import Person
from reports.demo.story import Story
from reports.demo.street import BY_NAME, DEMO_DAY, VILLAGES

# How a clinic's export writes the maker; "" stays empty.
_MAKERS = {
    "bibp": "北京生物", "wibp": "武汉生物", "sinovac": "北京科兴中维", "kconvac": "深圳康泰", "imbcams": "医科院生物所",
    "cansino": "康希诺", "zf2001": "智飞龙科马", "": "",
}  # fmt: skip
_OTHER_MAKER = {"bibp": "武汉生物", "wibp": "北京生物", "sinovac": "北京生物"}
_WIDE = ["序号", "姓名", "身份证号", "联系电话", "现住村（社区）", "第一针", "", "第二针", ""]
_WIDE_2 = ["", "", "", "", "", "接种时间", "生产企业", "接种时间", "生产企业"]
_NAMES = {village.code: village.name for village in VILLAGES}

Row = Sequence[Any]


class Desk:
    """Picks the people whom the rosters speak of, nobody twice, and sends the rosters in."""

    def __init__(self, story: Story, campaign: Campaign, accounts: dict[str, User], seed: int):
        self._rng = Random(seed)  # noqa: S311 - invented people, no secrets
        self._story, self._campaign, self._accounts = story, campaign, accounts
        self._open = [p for p in story.people if p.status == "active" and p.group and p.age() >= 18 and p.phones]
        self._rng.shuffle(self._open)

    def fill(self) -> None:
        self._import("卫生院接种花名册0813.xlsx", self._clinic(), "jiezhong", Source.CLINIC, date(2021, 8, 14))
        self._import("街道人口补充名单.xlsx", self._residents(), "zhuanban", Source.ROSTER, date(2021, 8, 14))
        self._import("县返回外地接种人员名单.csv", self._strangers(), "zhuanban", Source.ROSTER, date(2021, 8, 15))
        self._upload("关于报送花名册的通知.xlsx", _letter(), "zhuanban", date(2021, 8, 15))
        self._upload("普乐村接种花名册.xlsx", self._untidy(), "zhuanban", date(2021, 8, 16))
        given_up = self._upload("卫生院接种花名册0812.xlsx", self._old_export(), "jiezhong", date(2021, 8, 13))
        actions.discard(given_up, by=self._accounts["zhuanban"])

    def _count(self, full: int) -> int:
        return max(1, round(full * self._story.scale))

    def _take(self, count: int, wanted: Any) -> list[Person]:
        """Take up to `count` people for whom `wanted` holds out of those nobody has spoken of."""
        taken: list[Person] = []
        rest: list[Person] = []
        for person in self._open:
            (taken if len(taken) < count and wanted(person) else rest).append(person)
        self._open = rest
        return taken

    # The rosters

    def _clinic(self) -> bytes:
        """Second doses of the last days; here and there another name, another maker, another day."""
        rows = [self._with_second(p) for p in self._take(self._count(90), self._is_waiting_for_second)]
        for person in self._take(self._count(3), _has_clinic_dose):
            rows.append(_wide(person, name=names.full_name(self._rng, person.sex, person.birth_on.year)))
        for person in self._take(self._count(3), lambda p: _has_clinic_dose(p) and p.doses[0].product in _OTHER_MAKER):
            row = _wide(person)
            row[6] = _OTHER_MAKER[person.doses[0].product]
            rows.append(row)
        for person in self._take(self._count(3), lambda p: _has_clinic_dose(p) and len(p.doses) == 1):
            row = _wide(person)
            row[5] = person.doses[0].on - timedelta(days=self._rng.randint(2, 6))
            rows.append(row)
        return workbook("新冠病毒疫苗接种人员花名册", _numbered(rows), _WIDE, _WIDE_2)

    def _is_waiting_for_second(self, person: Person) -> bool:
        last = DEMO_DAY - timedelta(days=24)
        return len(person.doses) == 1 and person.doses[0].product in _OTHER_MAKER and person.doses[0].on <= last

    def _with_second(self, person: Person) -> list[Any]:
        row = _wide(person)
        row[7] = DEMO_DAY - timedelta(days=self._rng.randint(2, 4))
        row[8] = row[6]
        return row

    def _residents(self) -> bytes:
        """A supplement by the street: new facts for some, and some that contradict what is on record."""
        head = ["序号", "姓名", "身份证号", "出生日期", "村（社区）", "组", "人口类型", "联系电话", "备注"]
        rows = [
            _resident(person, phone=self._story.numbers.phone())
            for person in self._take(self._count(25), lambda p: p.residency == "local")
        ]
        for person in self._take(self._count(3), lambda p: p.residency == "local"):
            rows.append(_resident(person, village=self._other_village(person)))
        for person in self._take(self._count(3), lambda p: p.residency == "local"):
            rows.append(_resident(person, residency="户籍外出"))
        # No number, and a name, birthday and village that two people on record share.
        rows += [_resident(person, number="", phone=self._story.numbers.phone()) for person in self._story.namesakes]
        return workbook("乌杨街道人口补充名单", _numbered(rows), head)

    def _other_village(self, person: Person) -> str:
        return self._rng.choice([name for code, name in _NAMES.items() if code != person.village])

    def _strangers(self) -> bytes:
        """People vaccinated elsewhere whom no village has on its list yet: they wait in 待归类."""
        lines: list[Row] = [["姓名", "身份证号码", "联系电话", "接种日期", "剂次", "疫苗名称", "接种单位"]]
        for _ in range(self._count(140)):
            sex = self._rng.choice("MF")
            birth_on = date(self._rng.randint(1950, 2002), self._rng.randint(1, 12), self._rng.randint(1, 28))
            name, number = names.full_name(self._rng, sex, birth_on.year), self._story.numbers.identity(birth_on, sex)
            first = DEMO_DAY - timedelta(days=self._rng.randint(30, 120))
            phone, maker = self._story.numbers.phone(), self._rng.choice(("北京生物", "北京科兴中维", "武汉生物"))
            lines.append([name, number, phone, f"{first:%Y.%m.%d}", 1, maker, "广东省东莞市某社区卫生服务中心"])
            if self._rng.random() < 0.6:
                second = first + timedelta(days=self._rng.randint(21, 29))
                lines.append([name, number, phone, f"{second:%Y.%m.%d}", 2, maker, "广东省东莞市某社区卫生服务中心"])
        out = io.StringIO()
        csv.writer(out).writerows(lines)
        return out.getvalue().encode("gb18030")

    def _untidy(self) -> bytes:
        """A village's own list with the mistakes that villages make: it waits in the preview."""
        code = BY_NAME["普乐村"].code
        people = self._take(max(12, self._count(60)), lambda p: p.village == code and self._is_waiting_for_second(p))
        people += self._take(max(0, 12 - len(people)), lambda p: len(p.doses) == 1)
        rows = [self._with_second(person) for person in people]
        wrong_digit = "0" if rows[0][2][-1] != "0" else "1"
        rows[0][2] = rows[0][2][:-1] + wrong_digit
        rows[1][7] = "已打完"
        rows[2][7] = "2021年8月32日"
        rows[3][2] = int(float(rows[3][2][:15] + "000"))
        rows[4][1] = ""
        rows[5][7] = "2021.9.30"
        rows[6][7] = 7.1
        rows[7][2] = rows[7][2][:16]
        return workbook("普乐村新冠疫苗接种人员花名册", _numbered(rows), _WIDE, _WIDE_2)

    def _old_export(self) -> bytes:
        rows = [_wide(person) for person in self._take(self._count(30), _has_clinic_dose)]
        return workbook("新冠病毒疫苗接种人员花名册", _numbered(rows), _WIDE, _WIDE_2)

    # Sending them in

    def _import(self, name: str, content: bytes, username: str, source: str, on: date) -> None:
        by = self._accounts[username]
        actions.import_now(ContentFile(content, name), campaign=self._campaign, by=by, source=source)
        roster = RosterImport.objects.get(name=name)
        at = _at(on)
        RosterImport.objects.filter(pk=roster.pk).update(uploaded_at=at, approved_at=at)
        Entry.objects.filter(pk=roster.entry_id).update(at=at)

    def _upload(self, name: str, content: bytes, username: str, on: date) -> RosterImport:
        """Send a file in and preview it at once, without waiting for a worker."""
        roster = actions.upload(ContentFile(content, name), campaign=self._campaign, by=self._accounts[username])
        jobs.run_now(roster.job)
        RosterImport.objects.filter(pk=roster.pk).update(uploaded_at=_at(on))
        return roster


def _at(on: date) -> datetime:
    return timezone.make_aware(datetime.combine(on, time(9, 20)))


def _has_clinic_dose(person: Person) -> bool:
    return bool(person.doses) and person.doses[0].source == "clinic" and person.doses[0].product != ""


def _wide(person: Person, name: str = "") -> list[Any]:
    row: list[Any] = [0, name or person.name, person.number, person.phones[0][0], _NAMES[person.village]]
    for dose in person.doses[:2]:
        row += [dose.on, _MAKERS[dose.product]]
    return row + [""] * (9 - len(row))


def _resident(
    person: Person, *, number: str | None = None, village: str = "", residency: str = "户籍常住", phone: str = ""
) -> list[Any]:
    return [
        0, person.name, person.number if number is None else number, person.birth_on, village or _NAMES[person.village],
        f"{person.group}组", residency, phone or person.phones[0][0], "",
    ]  # fmt: skip


def _numbered(rows: Iterable[list[Any]]) -> list[list[Any]]:
    return [[number, *row[1:]] for number, row in enumerate(rows, start=1)]


def workbook(title: str, rows: Sequence[Row], *head: Row) -> bytes:
    """A spreadsheet as offices make them: a title, who filled it in, the header, the rows, a signature."""
    book = Workbook()
    sheet = book.active
    sheet.append([title])
    sheet.append(["填报单位（盖章）：", "", "", "填报时间：2021年8月"])
    for row in (*head, *rows):
        sheet.append(list(row))
    sheet.append(["填表人：", "", "审核人："])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _letter() -> bytes:
    """A letter saved as a spreadsheet: a table cannot be found in it."""
    book = Workbook()
    for line in ("关于报送接种人员花名册的通知", "各村（社区）：", "请于8月16日前将花名册报街道专班。", "联系人：刘明"):
        book.active.append([line, ""])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
