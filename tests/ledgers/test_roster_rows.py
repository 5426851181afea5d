"""What a row of a roster says of a person, their doses and exemptions, a village, a unit (interfaces, Rosters)."""

import re
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledgers.rosters.cleaning import RowCleaner
from ledgers.rosters.messages import ERROR_SENTENCES, WARNING_SENTENCES
from ledgers.rosters.resources import RESOURCES
from ledgers.rosters.rows import ExemptionCell, PlaceCell, Row, UnitCell
from ledgers.rosters.vocabulary import ReadingContext
from tests.ledgers.rosters import PRODUCTS, A, B, C, codes, read, rows_of, wide
from tests.sheets import FIRST_USE, TODAY, csv_text, identity_number


def test_person_of_a_residents_roster() -> None:
    [row] = rows_of(
        [
            "姓名",
            "证件号码",
            "性别",
            "户号",
            "户主",
            "关系",
            "村（社区）",
            "户籍村",
            "组",
            "人口类型",
            "联系电话",
            "监护人",
            "监护人电话",
            "现住址",
            "户籍地址",
            "就读学校",
            "班级",
            "人员类别",
            "标签",
            "状态",
            "变动日期",
            "未接种原因",
            "预计接种时间",
            "包保人",
            "备注",
        ],
        f"王小明 {C} 女 0012 王大明 子女 朱河社区 青岭村 3组 户籍常住 13812345678/13912345678 王大明 13712345678 "
        "朱河1号 青岭2号 乌杨中学 初三(1)班 学生 低保、住校 迁出 2021-08-01 外出 2021-09-01 李主任 常在外".split(),
    )
    assert row.document == ("resident", C)
    assert (row.sex, row.birth_on, row.village, row.registered_village) == ("F", date(2005, 5, 5), "朱河社区", "青岭村")
    assert (row.household, row.head, row.relation, row.group) == ("0012", "王大明", "子女", "3组")
    assert row.phones == (("13812345678", ""), ("13912345678", ""), ("13712345678", "guardian"))
    assert (row.residency, row.member_kind, row.school, row.class_name) == ("local", "student", "乌杨中学", "初三(1)班")
    assert (row.tags, row.status, row.status_on) == (("低保", "住校"), "moved_out", date(2021, 8, 1))
    assert (row.reason, row.promised_on, row.caretaker, row.remarks) == ("外出", date(2021, 9, 1), "李主任", "常在外")
    assert row.messages == []


@pytest.mark.parametrize(
    ("words", "residency"),
    [("户籍常住", "local"), ("常住人口", "local"), ("在家", "local"), ("租户", "incoming"), ("流入人员", "incoming"),
     ("空挂", "away"), ("外出务工", "away"), ("在外", "away"), ("暂住", "transient"), ("流动人口", "transient"),
     ("", "")],
)  # fmt: skip
def test_residency_is_read(words: str, residency: str) -> None:
    [row] = rows_of(["姓名", "身份证号", "人口类型"], ["张三", A, words])
    assert (row.residency, row.messages) == (residency, [])


def test_residency_that_cannot_be_read_is_unknown_and_told() -> None:
    [row] = rows_of(["姓名", "身份证号", "人口类型"], ["张三", A, "半年在家"])
    assert (row.residency, codes(row)) == ("unknown", ["residency_unknown"])


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["", "1973-06-15", "男"], []),
        (["无", "", "男"], ["birth_missing"]),
        (["", "2022-01-01", ""], ["date_future"]),
        (["", "6月15日", ""], ["date_unreadable"]),
        ([A, "1973-06-16", ""], ["birth_mismatch"]),
        ([A, "看不清", "男"], []),
        ([identity_number("19730615", 901), "", "女"], ["sex_mismatch"]),
        ([identity_number("19730615", region="992233"), "", ""], ["id_region"]),
        (["12345", "1973-06-15", ""], ["id_length"]),
        (["5.00233E+17", "", ""], ["id_precision_lost"]),
    ],
)
def test_number_and_birth_date(cells: list, expected: list) -> None:
    [row] = rows_of(["姓名", "证件号码", "出生日期", "性别"], ["张三", *cells])
    assert [code for code in codes(row) if code != "sex_mismatch" or "sex_mismatch" in expected] == expected


def test_number_wins_over_what_the_row_says() -> None:
    [row] = rows_of(["姓名", "证件号码", "出生日期", "性别"], ["张三", A, "1973-06-16", "男"])
    assert (row.birth_on, row.sex) == (date(1973, 6, 15), "F")


def test_other_document_needs_a_birth_date() -> None:
    table = ["姓名", "证件类型", "证件号码", "出生日期"]
    rows = rows_of(table, ["张三", "护照", "e1234567", "1973-06-15"], ["李四", "护照", "E1234567", ""])
    assert rows[0].document == ("passport", "E1234567")
    assert codes(rows[1]) == ["birth_missing"]


def test_missing_name_and_number_are_told() -> None:
    rows = rows_of(["姓名", "证件号码", "接种日期"], ["", A, "2021-07-01"], ["李四", "无", "2021-07-01"])
    assert [codes(row) for row in rows] == [["name_missing"], ["id_missing"]]


def test_gone_without_a_day_is_gone_today() -> None:
    [row] = rows_of(["姓名", "身份证号", "状态", "变动日期"], ["张三", A, "死亡", ""])
    assert (row.status, row.status_on, codes(row)) == ("deceased", TODAY, ["start_assumed"])


def test_gone_on_a_day_to_come_is_taken_and_told() -> None:
    table = ["姓名", "身份证号", "状态", "变动日期"]
    rows = rows_of(table, ["张三", A, "死亡", "2021-08-21"], ["李四", B, "死亡", "2021-08-20"])
    assert [(row.status_on, codes(row)) for row in rows] == [
        (date(2021, 8, 21), ["value_unreadable"]),
        (TODAY, []),
    ]
    [message] = rows[0].messages
    assert (message.level, message.column) == ("warning", "变动日期")
    assert message.message == "“2021-08-21”晚于今天，已照此登记，到那一天才变动，请核对。"


@pytest.mark.parametrize(
    ("cell", "promised_on", "expected"),
    [
        ("8月30日", date(2021, 8, 30), ["date_year_inferred"]),
        ("8月10日", date(2021, 8, 10), ["date_year_inferred"]),
        ("1月5日", date(2022, 1, 5), ["date_year_inferred"]),
        ("2月29日", None, ["value_unreadable"]),
        ("9月", None, ["value_unreadable"]),
        ("过几天", None, ["value_unreadable"]),
        ("2022年3月1日", date(2022, 3, 1), []),
    ],
)
def test_promised_day_without_year_is_the_one_about_now(cell: str, promised_on: date | None, expected: list) -> None:
    [row] = rows_of(["姓名", "身份证号", "未接种原因", "预计接种时间"], ["张三", A, "外出", cell])
    assert (row.promised_on, codes(row)) == (promised_on, expected)


def exemption(**given: str) -> Row:
    return rows_of(["姓名", "证件号码", *given], ["张三", A, *given.values()])[0]


def test_exemption_in_full() -> None:
    row = exemption(
        类型="缓种",
        原因="妊娠",
        诊断机构="忠县人民医院",
        机构等级="二甲",
        诊断日期="2021-08-01",
        缓种至="2022-05-01",
        审核结果="通过",
    )
    assert row.messages == []
    assert row.exemption == ExemptionCell(
        "deferral", "pregnancy", "妊娠", "忠县人民医院", 2, date(2021, 8, 1), date(2022, 5, 1), approved=True
    )


@pytest.mark.parametrize(
    ("given", "kind", "reason", "expected"),
    [
        ({"原因": "青霉素过敏", "诊断日期": "2021-08-01"}, "contraindication", "allergy", []),
        ({"原因": "癫痫", "缓种至": "2021-12-01", "诊断日期": "8月1日"}, "deferral", "disease", ["date_year_inferred"]),
        ({"原因": "其他", "类型": "禁忌"}, "contraindication", "other", ["start_assumed"]),
        ({"原因": "发热", "类型": "缓种", "诊断日期": "2021-08-01"}, "deferral", "disease", ["end_missing"]),
        ({"原因": "发热", "缓种至": "2021-07-31", "诊断日期": "2021-08-01"}, "deferral", "disease", ["date_order"]),
    ],
)
def test_exemption_with_something_left_out(given: dict, kind: str, reason: str, expected: list) -> None:
    row = exemption(**given)
    assert (row.exemption.kind, row.exemption.reason, codes(row)) == (kind, reason, expected)


def test_exemption_without_reason_or_with_a_future_diagnosis_is_rejected() -> None:
    assert codes(exemption(原因="", 类型="禁忌")) == ["value_missing"]
    assert "date_future" in codes(exemption(原因="癫痫", 诊断日期="2021-08-21"))


def test_villages_with_their_numbers() -> None:
    rows = rows_of(
        [
            "村（社区）代码",
            "名称",
            "类型",
            "七普12岁及以上常住人口（人）",
            "目标任务数",
            "联村领导",
            "片区",
            "联系电话",
        ],
        ["500233003001", "朱河社区", "社区", "1,560", "", "张主任", "一片", "54212345"],
        ["50023300320", "青岭村", "村", "约300", "", "", "", ""],
        ["500233003202", "", "", "", "", "", "", ""],
        ["500233003000", "街道", "", "", "", "", "", ""],
        ["", "合计", "", "1860", "", "", "", ""],
    )
    assert rows[0].place == PlaceCell("500233003001", "朱河社区", "社区", 1560, None, "张主任", "一片", "54212345")
    assert [codes(row) for row in rows[1:]] == [
        ["code_invalid", "number_unreadable"],
        ["value_missing"],
        ["code_invalid"],
    ]


def test_census_base_stands_under_the_heading_of_the_plan() -> None:
    data = csv_text(["代码", "名称", "七普60岁及以上常住人口"], ["500233003001", "朱河社区", "300"]).encode()
    assert read(data, census_heading="七普60岁及以上常住人口")[1][0].place.census_base == 300
    assert read(data)[1][0].place.census_base is None


def test_units_with_their_contact() -> None:
    rows = rows_of(
        ["单位名称", "行业类别", "所在村社区", "主管部门", "联系人", "联系电话", "职工人数"],
        ["乌杨小学", "教育", "朱河社区", "社事办", "王芳", "13812345678", "45"],
        ["乌杨面馆", "餐饮", "", "", "", "", "几个"],
    )
    assert rows[0].work_unit == UnitCell("乌杨小学", "教育", "朱河社区", "社事办", "王芳", "13812345678", 45)
    assert codes(rows[1]) == ["number_unreadable"]


def test_long_texts_are_cut_and_told() -> None:
    [row] = rows_of(["姓名", "身份证号", "现住址"], ["张三", A, "长" * 100_000])
    assert (len(row.address), codes(row)) == (200, ["value_unreadable"])


def test_every_sentence_is_one_chinese_sentence_without_personal_data() -> None:
    for sentence in (ERROR_SENTENCES | WARNING_SENTENCES).values():
        assert sentence.endswith("。")
        assert sentence.count("。") == 1
    row = wide(f"{A}电话13812345678")
    assert not re.search(r"\d{7}", row.messages[0].message)
    assert "{" not in row.messages[0].message


CELLS = st.one_of(
    st.sampled_from(["", "同上", "#N/A", "无", A, "2021-07-01", "1", "5.12E+17", "\x00", "\ud800", "一组", "合计"]),
    st.text(max_size=30),
    st.integers(-(10**20), 10**20),
    st.floats(allow_nan=False, allow_infinity=False),
    st.dates(date(1900, 1, 1), date(2100, 1, 1)).map(lambda day: (day.year, day.month, day.day)),
    st.dates(date(1900, 1, 1), date(2100, 1, 1)).map(lambda day: (day.year, day.month, day.day, 8, 30, 0)),
)


@pytest.mark.parametrize("kind", RESOURCES)
@given(st.lists(st.dictionaries(st.integers(0, 49), CELLS, max_size=6), min_size=2, max_size=2), st.booleans())
def test_no_cells_break_the_reader(kind: str, sparse: list[dict[int, Any]], is_verbal: bool) -> None:
    fields = list(RESOURCES[kind].fields)
    source = "verbal" if is_verbal else "roster"
    context = ReadingContext(today=TODAY, first_use_on=FIRST_USE, source=source, products=PRODUCTS)
    cleaner = RowCleaner(kind, fields, fields, context, from_text=False)
    for number, cells in enumerate(sparse):
        row = cleaner.clean(number, [cells.get(index, "") for index in range(len(fields))], "")
        assert {message.code for message in row.messages} <= {*ERROR_SENTENCES, *WARNING_SENTENCES}
        assert all(len(message.message) <= 200 and "\x00" not in message.message for message in row.messages)
        assert row.is_rejected or row.name
