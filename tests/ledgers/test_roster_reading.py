"""From a file to rows: kinds, sheets, headers, and the lines that are no people (interfaces, Layout)."""

import json
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledgers.rosters.resources import RESOURCES, DosesLongResource, ResidentsResource
from ledgers.rosters.vocabulary import ReadingContext
from registry.spreadsheets import Limits
from tests.ledgers.rosters import A, B, C, codes, read, refusal_of, rows_of
from tests.sheets import FIRST_USE, TODAY, csv_text, with_error_cell, xlsx

ROSTERS = Path(__file__).parents[1] / "rosters"
EXPECTED = json.loads((ROSTERS / "messy" / "expected.json").read_text())


@pytest.mark.parametrize("case", EXPECTED, ids=lambda case: case["file"])
def test_messy_file_answers_as_expected(case: dict) -> None:
    data, expect = (ROSTERS / "messy" / case["file"]).read_bytes(), case["expect"]
    if "refused" in expect:
        assert refusal_of(data) == expect["refused"]
        return
    reading, rows = read(data)
    rejected = [row for row in rows if row.is_rejected]
    assert reading.count == len(rows) == expect["rows"]
    assert len(rejected) == expect.get("rejected", 0)
    if "kind" in expect:
        assert reading.kind == expect["kind"]
    if "codes" in expect:
        assert Counter(message.code for row in rejected for message in row.messages) == expect["codes"]
    if case["file"] != "known1.xlsx":
        doses = sum(len(row.doses) for row in rows if not row.is_rejected)
        assert doses == expect.get("doses_created", 0)


@pytest.mark.parametrize(
    ("file", "kind", "count"),
    [
        ("1-villages.xlsx", "villages", 8),
        ("2-units.xlsx", "units", 7),
        ("3-residents.xlsx", "residents", 2000),
        ("4-doses-wide.xlsx", "doses_wide", 1458),
        ("5-doses-long.csv", "doses_long", 2534),
        ("6-exemptions.xlsx", "exemptions", 121),
    ],
)
def test_street_file_is_read_without_errors(file: str, kind: str, count: int) -> None:
    reading, rows = read((ROSTERS / "street" / file).read_bytes(), today=date(2021, 10, 31))
    assert (reading.kind, reading.count) == (kind, count)
    assert not any(row.is_rejected for row in rows)
    assert all(column["field"] for column in reading.columns)


def test_layout_with_explanation_titles_groups_totals_and_signatures() -> None:
    reading, rows = read((ROSTERS / "messy" / "layout.xlsx").read_bytes())
    assert (reading.sheet, reading.sheets, reading.header_row) == ("花名册", ["填表说明", "花名册"], 4)
    assert [row.number for row in rows] == [6, 7, 8, 9, 10, 11, 15, 16, 17, 18, 19, 20]
    assert [row.group for row in rows] == ["一组"] * 6 + ["二组"] * 6
    assert (rows[0].name, rows[0].phones) == ("高磊涵", (("13755947090", ""),))
    assert [column["heading"] for column in reading.columns][2:4] == ["公民 身份号码", "联系电话 （手机）"]


def test_two_level_header_of_doses() -> None:
    data = xlsx(
        [
            ["接种花名册"],
            ["序号", "姓名", "身份证号", "第一针", None, None, "第二针", None, None],
            [None, None, None, "接种时间", "厂家", "批号", "接种时间", "厂家", "批号"],
            [1, "张三", A, "2021-06-01", "北京生物", "L1", "2021-07-01", "北京生物", "L2"],
        ],
        merged=["A1:I1", "A2:A3", "B2:B3", "C2:C3", "D2:F2", "G2:I2"],
    )
    reading, [row] = read(data)
    assert (reading.kind, reading.header_row) == ("doses_wide", 3)
    assert [(d.position, d.given_on, d.product, d.lot, d.stated_number) for d in row.doses] == [
        (1, date(2021, 6, 1), "bibp", "L1", 1),
        (2, date(2021, 7, 1), "bibp", "L2", 2),
    ]


@pytest.mark.parametrize(
    "heading",
    [
        "第一针接种时间",
        "第一针时间",
        "第1针接种日期",
        "首针时间",
        "首剂接种日期",
        "一针",
        "第一剂次接种时间",
        "接种日期1",
        "第一针",
        "接种时间（第一针）",
        "第 一 剂\n接种日期*",
        "新冠疫苗第一针接种时间",
        "第１剂接种时间：",
        "1剂时间",
    ],
)
def test_heading_of_the_first_dose(heading: str) -> None:
    reading, _ = read(xlsx([["姓名", "证件号码", heading], ["张三", A, "2021-07-01"]]))
    assert reading.columns[2]["field"] == "dose1_given_on"


@pytest.mark.parametrize("heading", ["最近一针时间", "应种下一针次", "是否接种", "第一针是否接种", "完成日期", "序列"])
def test_heading_that_is_no_dose_is_not_used(heading: str) -> None:
    reading, _ = read(csv_text(["姓名", "证件号码", heading], ["张三", A, "2021-07-01"]).encode())
    assert (reading.kind, reading.columns[2]["field"]) == ("residents", "")


@pytest.mark.parametrize(
    ("headings", "kind"),
    [
        ("姓名 出生日期", "residents"),
        ("姓名 身份证号 未接种原因 缓种至", "residents"),
        ("姓名 身份证号 原因", "exemptions"),
        ("姓名 身份证号 禁忌症 诊断机构", "exemptions"),
        ("姓名 身份证号 原因 接种时间", "doses_long"),
        ("姓名 身份证号 接种时间 剂次", "doses_long"),
        ("姓名 身份证号 第二针时间", "doses_wide"),
        ("村（社区）代码 名称", "villages"),
        ("单位名称 主管部门", "units"),
        ("姓名 身份证号 单位名称", "residents"),
    ],
)
def test_kind_is_recognised_from_the_headings(headings: str, kind: str) -> None:
    row = ["张三", A, "2021-07-01", "1"][: len(headings.split())]
    assert read(csv_text(headings.split(), row).encode())[0].kind == kind


@pytest.mark.parametrize("headings", ["姓名 性别", "身份证号 村", "张三 李四", "名称 类型"])
def test_table_without_the_headings_has_no_header(headings: str) -> None:
    assert refusal_of(csv_text(headings.split(), ["a", "b"]).encode()) == "no_header"


def test_forced_kind_asks_for_its_own_headings() -> None:
    data = csv_text(["姓名", "身份证号", "接种时间"], ["张三", A, "2021-07-01"]).encode()
    assert read(data, kind="residents")[0].kind == "residents"
    assert refusal_of(data, kind="villages") == "no_header"


def test_chosen_sheet_and_columns_are_taken() -> None:
    table = [["姓名", "身份证号", "住处"], ["张三", A, "朱河社区"]]
    data = xlsx(table, [table[0], ["李四", B, "青岭村"]], names=["甲", "乙"])
    _, [row] = read(data, sheet="乙", columns={2: "village"})
    assert (row.name, row.village) == ("李四", "青岭村")
    _, [row] = read(xlsx([["姓名", "身份证号", "村"], ["张三", A, "朱河社区"]]), columns={2: ""})
    assert row.village == ""


def test_the_sample_in_an_explanation_is_not_the_roster() -> None:
    sample = [["姓名", "身份证号"], ["张三", "18位"]]
    data = xlsx(sample, [["姓名", "身份证号"], ["李四", A]], names=["填表说明", "名单"])
    assert read(data)[0].sheet == "名单"


def test_first_sheet_with_data_is_taken() -> None:
    data = xlsx([["说明"]], [["姓名", "身份证号"]], [["姓名", "身份证号"], ["张三", A]], names=["说明", "样表", "名单"])
    assert read(data)[0].sheet == "名单"


def test_more_rows_than_allowed_are_too_many() -> None:
    data = csv_text(["姓名", "身份证号"], *[["张三", A]] * 4).encode()
    assert refusal_of(data, limits=Limits(max_rows=3)) == "too_large"
    assert len(read(data, limits=Limits(max_rows=4))[1]) == 4


def test_lines_around_the_people_are_no_people() -> None:
    rows = rows_of(
        ["序号", "姓名", "身份证号", "接种日期"],
        ["1", "张三", A, "2021-07-01"],
        ["2", "", "", ""],
        ["", "合计", "", ""],
        ["高寨村小计", "", "", "1"],
        ["说明", "以上人员均已核实", "", ""],
        ["本页小计：", "1人", "", ""],
        ["填表人：", "王芳", "审核人：", "李强"],
        ["", "单位负责人：王五", "", "联系电话：13812345678"],
        ["村支书（签字）：", "", "", "2021年8月1日"],
        ["村（社区）盖章", "", "", "2021年8月1日"],
        ["", "驻村干部：赵六", "", "日期：2021.8.1"],
        ["备注：1.本表一式两份", "", "", ""],
        ["", "共2人", "", ""],
        ["联系电话", "54230000", "", ""],
        ["第一网格", "", "", ""],
        ["高寨村三组", "", "", ""],
        ["序 号", "姓 名", "身份证号", "接种日期"],
        ["", "", "", ""],
        ["3", "李四", B, "2021-07-02"],
        ["以下空白", "", "", ""],
    )
    assert [(row.number, row.name, row.group) for row in rows] == [(2, "张三", ""), (20, "李四", "三组")]
    assert not any(row.is_rejected for row in rows)


def test_remark_about_a_person_makes_no_signature_line_of_the_row() -> None:
    rows = rows_of(["姓名", "出生日期", "备注"], ["张三", "1973-06-15", "负责人：李四"], ["王五", "1980-01-01", "无"])
    assert [row.name for row in rows] == ["张三", "王五"]


def test_units_may_be_a_list_of_names_alone() -> None:
    rows = rows_of(["单位名称", ""], ["高寨村村委会", ""], ["乌杨中心小学", ""], ["合计：2家", ""])
    assert [row.name for row in rows] == ["高寨村村委会", "乌杨中心小学"]


def test_same_headings_behind_each_date_belong_to_that_dose() -> None:
    [row] = rows_of(
        ["姓名", "身份证号", "第一针时间", "厂家", "批号", "第二针时间", "厂家", "批号"],
        ["张三", A, "2021-06-01", "北京生物", "L1", "2021-07-01", "科兴", "L2"],
    )
    assert [(dose.product, dose.lot) for dose in row.doses] == [("bibp", "L1"), ("sinovac", "L2")]


@given(st.integers(0, 28), st.permutations(["姓名", "身份证号", "村（社区）", "接种时间", "备注"]), st.data())
def test_header_is_found_wherever_it_stands(above: int, headings: list[str], data: st.DataObject) -> None:
    dressed = [
        data.draw(st.sampled_from([h, f" {h} ", h[0] + "　" + h[1:], f"{h}*", f"{h}（必填）"])) for h in headings
    ]
    cells = {"姓名": "张三", "身份证号": A, "村（社区）": "朱河社区", "接种时间": "2021-07-01", "备注": "无"}
    table = [["标题", ""]] * above + [dressed, [cells[heading] for heading in headings]]
    reading, [row] = read(csv_text(*table).encode())
    assert (reading.kind, reading.header_row, row.number) == ("doses_long", above + 1, above + 2)
    assert (row.name, row.village, len(row.doses), row.messages) == ("张三", "朱河社区", 1, [])


def test_group_line_gives_nothing_where_a_column_says_the_group() -> None:
    rows = rows_of(["姓名", "身份证号", "组"], ["一组", "", ""], ["张三", A, "2组"], ["李四", B, ""])
    assert [row.group for row in rows] == ["2组", ""]


def test_cell_merged_downwards_holds_for_every_row() -> None:
    data = xlsx([["村", "姓名", "身份证号"], ["朱河社区", "张三", A], [None, "李四", B]], merged=["A2:A3"])
    assert [row.village for row in read(data)[1]] == ["朱河社区", "朱河社区"]


def test_ditto_is_the_value_above() -> None:
    rows = rows_of(
        ["姓名", "身份证号", "村", "联系电话"],
        ["张三", A, "朱河社区", "13812345678"],
        ["李四", B, "同上", "〃"],
        ["王五", C, "〃", "无"],
    )
    assert [row.village for row in rows] == ["朱河社区"] * 3
    assert [len(row.phones) for row in rows] == [1, 1, 0]


@pytest.mark.parametrize("empty", ["无", "-", "/", "—", "  ", "'"])
def test_words_for_empty_are_empty(empty: str) -> None:
    [row] = rows_of(["姓名", "身份证号", "村", "标签", "第一针时间"], ["张三", A, empty, empty, empty])
    assert (row.village, row.tags, row.doses, row.messages) == ("", (), (), [])


def test_error_cell_rejects_its_row_only() -> None:
    table = [["姓名", "身份证号", "村"], ["张三", A, "x"], ["李四", B, "朱河社区"]]
    rows = read(with_error_cell(table, 2, 3, "#REF!"))[1]
    assert codes(rows[0]) == ["cell_error"]
    assert not rows[1].is_rejected


def test_error_in_a_column_that_is_not_used_is_nobodys() -> None:
    table = [["姓名", "身份证号", "别的"], ["张三", A, "x"]]
    assert not read(with_error_cell(table, 2, 3, "#N/A"))[1][0].messages


def test_cells_of_unused_columns_stay_with_the_row() -> None:
    [row] = rows_of(["姓名", "身份证号", "政治面貌"], ["张三", A, "党员"])
    assert row.cells == ["张三", A, "党员"]


def test_resources_declare_headings_and_clean_as_the_fast_reader_does() -> None:
    assert set(RESOURCES) == {"villages", "units", "residents", "doses_wide", "doses_long", "exemptions"}
    resource = DosesLongResource(ReadingContext(today=TODAY, first_use_on=FIRST_USE))
    assert resource.fields["given_on"].column_name == "接种日期"
    assert resource.fields["given_on"].widget.clean("2021年7月16日") == date(2021, 7, 16)
    assert resource.fields["document"].widget.clean(A) == A
    with pytest.raises(ValueError, match="晚于今天"):
        resource.fields["given_on"].widget.clean("2021-08-21")
    [row] = rows_of(["姓名", "身份证号", "标签"], ["张三", A, "党员，低保"])
    exported = dict(zip(ResidentsResource.headings(), ResidentsResource().export_resource(row), strict=False))
    assert (exported["name"], exported["tags"]) == ("张三", "党员、低保")
