"""Reading of rosters made in a test."""

from typing import Any

import pytest

from ledgers.rosters.products import ProductName, ProductVocabulary
from ledgers.rosters.reading import Reading, read_roster
from ledgers.rosters.rows import Row
from ledgers.rosters.vocabulary import ReadingContext
from registry.spreadsheets import Refused
from tests.sheets import FIRST_USE, TODAY, csv_text, identity_number

BIBP = ProductName("bibp", "inactivated")
SINOVAC = ProductName("sinovac", "inactivated")
ZHIFEI = ProductName("zhifei", "recombinant")
VERO = ProductName("vero", "inactivated", platform_only=True)
PRODUCTS = ProductVocabulary(
    [
        ("北京生物", BIBP),
        ("北京生物制品研究所", BIBP),
        ("武汉生物", ProductName("wibp", "inactivated")),
        ("北京科兴中维", SINOVAC),
        ("科兴", SINOVAC),
        ("智飞龙科马", ZHIFEI),
        ("智飞", ZHIFEI),
        ("灭活", VERO),
        ("新型冠状病毒灭活疫苗（Vero细胞）", VERO),
        ("一针", ProductName("ad5", "adenovirus", platform_only=True)),
    ]
)
A, B, C = identity_number("19730615"), identity_number("19800101", 901), identity_number("20050505", 902)


def read(data: bytes, **choices: Any) -> tuple[Reading, list[Row]]:
    context = ReadingContext(
        **{"today": TODAY, "first_use_on": FIRST_USE, "products": PRODUCTS, "census_heading": "七普12岁及以上常住人口"}
        | choices
    )
    with read_roster(data, "名单.xlsx", context=context) as reading:
        return reading, list(reading.rows())


def rows_of(*table: list, **choices: Any) -> list[Row]:
    return read(csv_text(*table).encode(), **choices)[1]


def codes(row: Row) -> list[str]:
    return [message.code for message in row.messages]


def refusal_of(data: bytes, **choices: Any) -> str:
    with pytest.raises(Refused) as caught:
        read(data, **choices)
    return caught.value.code


def wide(*cells: str, **choices: Any) -> Row:
    """Read one row of doses side by side."""
    headings = ["姓名", "证件号码"]
    for number in "一二三"[: (len(cells) + 1) // 2]:
        headings += [f"第{number}针接种时间", f"第{number}针生产企业"]
    return rows_of(headings, ["张三", A, *cells, *[""] * (len(headings) - 2 - len(cells))], **choices)[0]
