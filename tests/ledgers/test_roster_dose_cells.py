"""What a row of a roster says of doses: days, products, numbers (interfaces, Rosters)."""

from datetime import date

import pytest

from ledgers.rosters.products import ProductName, ProductVocabulary
from tests.ledgers.rosters import PRODUCTS, A, B, C, codes, rows_of, wide
from tests.sheets import FIRST_USE


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["2021-06-31"], ["date_unreadable"]),
        (["已打完"], ["date_unreadable"]),
        (["√"], ["date_unreadable"]),
        (["2021-7"], ["date_unreadable"]),
        (["21.7.16"], ["date_unreadable"]),
        (["7.1"], ["date_ambiguous"]),
        (["2021-08-21"], ["date_future"]),
        (["2020-07-21"], ["date_too_early"]),
        (["1973-06-14"], ["date_before_birth"]),
        (["7月16日"], ["date_year_inferred"]),
        (["", "北京生物"], ["date_missing"]),
        (["2021-07-10", "", "2021-06-10"], ["dose_order"]),
        (["2021-07-10", "北京生物", "2021-07-10"], []),
        (["2021-07-10", "北京生物", "2021-06-10", "智飞"], []),
        (["", "", "2021-06-10", "北京生物"], ["dose_missing"]),
        (["2021-07-10", "某某生物"], ["product_unknown"]),
        (["未接种"], []),
        ([""], []),
    ],
)
def test_doses_side_by_side(cells: list, expected: list) -> None:
    assert codes(wide(*cells)) == expected


@pytest.mark.parametrize(
    ("cells", "stated"),
    [
        (["2021-03-01", "北京生物", "2021-04-01", "科兴", "2021-05-01", "智飞"], [1, 2, 1]),
        (["2021-03-01", "智飞", "2021-04-01", "", "2021-05-01", "智飞"], [1, 2, 3]),
        (["2021-03-01", "灭活", "2021-04-01", "智飞", "2021-05-01", "智飞"], [1, 1, 2]),
        (["", "", "2021-04-01", "北京生物"], [2]),
    ],
)
def test_stated_numbers_count_within_one_vaccine(cells: list, stated: list) -> None:
    assert [dose.stated_number for dose in wide(*cells).doses] == stated


def test_product_without_number_holds_for_all_doses_of_the_row() -> None:
    [row] = rows_of(
        ["姓名", "身份证号", "疫苗种类", "生产企业", "批号", "接种单位", "第一针时间", "第二针时间"],
        ["张三", A, "新型冠状病毒灭活疫苗(Vero细胞)", "国药中生北京生物制品研究所", "L1", "乌杨卫生院",
         "2021-06-01", "2021-07-01"],
    )  # fmt: skip
    assert [(d.product, d.lot, d.site) for d in row.doses] == [("bibp", "L1", "乌杨卫生院")] * 2


@pytest.mark.parametrize(
    ("product", "maker", "key"),
    [
        ("灭活", "北京生物", "bibp"),
        ("灭活", "", "vero"),
        ("", "北京科兴中维生物技术有限公司", "sinovac"),
        ("灭活", "智飞", None),
        ("北京生物/科兴", "", None),
        ("第一针", "", None),
        ("", "某某", None),
    ],
)
def test_product_is_known_only_where_the_words_agree(product: str, maker: str, key: str | None) -> None:
    found = PRODUCTS.find(product, maker)
    assert (found and found.key) == key


WUHAN = ("武汉生物", "武汉生物制品研究所")
VOCABULARY = ProductVocabulary(
    (words, product)
    for product, *names in [
        (ProductName("wibp", "inactivated"), *WUHAN),
        (ProductName("kangtai", "inactivated"), "深圳康泰", "可维克"),
        (ProductName("kangtai-new", "inactivated"), "深圳康泰", "可维克二代"),
        (ProductName("vero", "inactivated", platform_only=True), "灭活"),
        (ProductName("ad5", "adenovirus"), "康希诺", "克威莎"),
        (ProductName("ad5-inhaled", "aerosol"), "康希诺", "克威莎雾优"),
        (ProductName("flu4", "flu", first_use_on=FIRST_USE), *WUHAN, "四价流感"),
        (ProductName("flu3", "flu", first_use_on=FIRST_USE), "华兰生物", "三价流感"),
        (ProductName("flu4-hualan", "flu", first_use_on=FIRST_USE), "华兰生物", "四价流感裂解"),
    ]
    for words in names
)


@pytest.mark.parametrize(
    ("product", "maker", "key"),
    [
        ("可维克二代", "深圳康泰", "kangtai-new"),
        ("可维克", "深圳康泰", "kangtai"),
        ("", "深圳康泰", "vero"),
        ("灭活", "深圳康泰", "vero"),
        ("", "康希诺", None),
        ("克威莎", "康希诺", "ad5"),
        ("灭活", "康希诺", None),
        ("", "武汉生物", "wibp"),
        ("灭活疫苗", "武汉生物制品研究所", "wibp"),
        ("四价流感", "武汉生物", "flu4"),
        ("三价流感", "武汉生物", None),
        ("", "华兰生物", "flu3"),
        ("四价流感裂解疫苗", "华兰生物", "flu4-hualan"),
    ],
)
def test_several_products_of_one_maker_are_told_apart(product: str, maker: str, key: str | None) -> None:
    found = VOCABULARY.find(product, maker)
    assert (found and found.key) == key


@pytest.mark.parametrize(
    ("words", "number"),
    [("1", 1), ("一", 1), ("第1剂", 1), ("第一针", 1), ("首针", 1), ("1/2", 1), ("2/3", 2), ("3-1", 1), ("第二剂次", 2),
     ("", None)],
)  # fmt: skip
def test_stated_number_of_a_long_roster(words: str, number: int | None) -> None:
    [row] = rows_of(["姓名", "证件号码", "剂次", "接种日期"], ["张三", A, words, "2021-07-01"])
    assert ([d.stated_number for d in row.doses], row.messages) == ([number], [])


def test_dose_order_within_a_file_is_an_error_of_the_later_row() -> None:
    rows = rows_of(
        ["姓名", "证件号码", "剂次", "接种日期", "生产企业"],
        ["张三", A, "2", "2021-07-20", "北京生物"],
        ["李四", B, "1", "2021-07-25", "北京生物"],
        ["张三", A, "1", "2021-07-25", "科兴"],
        ["张三", A, "1", "2021-07-26", "智飞"],
        ["张三", A, "3", "2021-07-20", "北京生物"],
    )
    assert [codes(row) for row in rows] == [[], [], ["dose_order"], [], []]


def test_long_row_without_date_is_told() -> None:
    rows = rows_of(["姓名", "证件号码", "接种日期", "批号"], ["张三", A, "", "L1"], ["李四", B, "", ""])
    assert [codes(row) for row in rows] == [["date_missing"], ["date_missing"]]


def test_word_of_mouth_may_know_only_the_month() -> None:
    table = ["姓名", "证件号码", "接种日期"]
    rows = rows_of(
        table,
        ["张三", A, "2021-7"],
        ["李四", B, "2021-07-16"],
        ["王五", C, "2021-9"],
        ["张三", A, "7月"],
        source="verbal",
    )
    assert [(d.given_on, d.month) for row in rows[:2] for d in row.doses] == [
        (None, date(2021, 7, 1)),
        (date(2021, 7, 16), date(2021, 7, 1)),
    ]
    assert [codes(row) for row in rows] == [[], [], ["date_future"], ["date_year_inferred"]]
