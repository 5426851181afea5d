"""Rosters for the benchmark: invented people, the same for the same numbers, in any amount.

Identity numbers carry right checksums and order codes of 900 and over, which are hardly ever given out.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import xlsxwriter

HEADINGS = [
    "姓名", "性别", "年龄", "身份证号", "联系电话", "村（社区）", "组", "户号", "人口类型", "现住址", "标签",
    "第一针接种时间", "第一针生产企业", "第一针批号",
    "第二针接种时间", "第二针生产企业", "第二针批号",
    "第三针接种时间", "第三针生产企业", "第三针批号",
]  # fmt: skip
RESIDENT_COLUMNS = 11
VILLAGES = 300

_SURNAMES = "李王张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗秦谭冉向邓"
_GIVEN = "秀英桂兰玉建国华军勇伟强丽艳芳敏静娜燕磊涛超杰鹏婷丹雪浩宇然俊欣怡子涵悦文明德福"
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_FIRST_BIRTH = date(1931, 1, 1)
_BIRTH_DAYS = (date(2013, 1, 1) - _FIRST_BIRTH).days
_TODAY = date(2021, 8, 16)
_INACTIVATED = ("北京生物", "北京科兴中维", "武汉生物")


def village_name(index: int) -> str:
    return f"样村{index % VILLAGES + 1:03d}村"


def villages() -> list[list[object]]:
    """Rows of a roster of villages with a census base each, its heading first."""
    rows: list[list[object]] = [["代码", "名称", "七普12岁及以上常住人口"]]
    rows += [[f"500233003{index + 1:03d}", village_name(index), 3000] for index in range(VILLAGES)]
    return rows


def identity_number(index: int) -> str:
    """The number of person `index` (0 to about 3 million), each its own."""
    birth = birth_on(index)
    body = f"500233{birth:%Y%m%d}{900 + index // _BIRTH_DAYS % 100:03d}"
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, body, strict=True))
    return body + "10X98765432"[total % 11]


def birth_on(index: int) -> date:
    # A stride coprime with the number of days visits each day before any comes again.
    return _FIRST_BIRTH + timedelta(days=index * 7919 % _BIRTH_DAYS)


def person(index: int) -> list[object]:
    """One row of a wide roster, twenty cells under `HEADINGS`."""
    birth = birth_on(index)
    name = _SURNAMES[index % 25] + _GIVEN[index // 25 % 40] + _GIVEN[index // 1000 % 40]
    return [
        name,
        "男" if int(identity_number(index)[16]) % 2 else "女",
        _TODAY.year - birth.year - ((_TODAY.month, _TODAY.day) < (birth.month, birth.day)),
        identity_number(index),
        f"199{index % 100_000_000:08d}",
        village_name(index),
        f"{index // VILLAGES % 8 + 1}组",
        f"{index // VILLAGES // 3:05d}",
        ("户籍常住", "户籍常住", "外来常住", "户籍外出", "户籍常住")[index % 5],
        f"{village_name(index)}{index // VILLAGES % 8 + 1}组{index % 97}号",
        "党员" if index % 29 == 0 else "",
        *_doses(index),
    ]


def _doses(index: int) -> list[object]:
    kind = index % 20
    first = date(2021, 3, 1) + timedelta(days=index * 31 % 150)
    lot = f"2021{index % 9:02d}{index % 500:04d}"
    if kind < 8 or (_TODAY - birth_on(index)).days < 12 * 366:
        return [""] * 9
    if kind == 8:
        return [first, "康希诺", lot, *[""] * 6]
    if kind == 9:
        later = [first + timedelta(days=30), "智飞龙科马", lot, first + timedelta(days=62), "智飞龙科马", lot]
        return [first, "智飞龙科马", lot, *(later if first < date(2021, 6, 1) else [""] * 6)]
    maker = _INACTIVATED[index % 3]
    second = (
        [first + timedelta(days=24 + index % 20), maker, lot] if kind < 16 and first < date(2021, 7, 1) else [""] * 3
    )
    return [first, maker, lot, *second, *[""] * 3]


def write_roster(path: Path, rows: Iterator[list[object]] | list[list[object]]) -> None:
    """Write rows as an .xlsx file: dates as dates, all else as it is."""
    book = xlsxwriter.Workbook(path, {"constant_memory": True, "default_date_format": "yyyy-mm-dd"})
    sheet = book.add_worksheet("花名册")
    for number, row in enumerate(rows):
        sheet.write_row(number, 0, row)
    book.close()


def wide_roster(path: Path, first: int, count: int) -> None:
    """Write `count` people from number `first` on, with their doses."""
    write_roster(path, _with_heading(HEADINGS, (person(index) for index in range(first, first + count))))


def resident_roster(path: Path, first: int, count: int) -> None:
    """Write the same people without their doses."""
    rows = (person(index)[:RESIDENT_COLUMNS] for index in range(first, first + count))
    write_roster(path, _with_heading(HEADINGS[:RESIDENT_COLUMNS], rows))


def _with_heading(headings: list[str], rows: Iterator[list[object]]) -> Iterator[list[object]]:
    yield list(headings)
    yield from rows
