"""The workbook and the Word file of a report, read back: layout, totals equal to the page's, nothing personal."""

import io
import zipfile
from pathlib import Path

import pytest
from docx import Document
from docx.oxml.ns import qn
from openpyxl import load_workbook

from registry.models import Place
from reports.briefing import table
from reports.briefing.issuing import correct
from reports.briefing.small import given
from reports.dashboard.frame import read_frame
from reports.dashboard.pages import dashboard_page
from reports.exports.make import file_hash
from tests.ledgers import make
from tests.reports import lists_cast
from tests.reports.briefing_cast import FIRST, SECOND, issue, town
from tests.reports.test_briefings import dose

pytestmark = pytest.mark.django_db


@pytest.fixture
def place(settings, baiping, huanggu):
    settings.TODAY = SECOND
    return town(baiping, huanggu)


@pytest.fixture
def people(place):
    who = lists_cast.fill(place)
    waterworks = make.unit("乌杨水厂", "水电气暖油", place.baiping.code)
    make.member(waterworks, who["refuses"])
    make.member(waterworks, who["done"])
    return who


@pytest.fixture
def made(place, people):
    return issue(place.campaign, FIRST)


def path_of(issue, kind):
    return Path(issue.files.get(kind=kind).file.path)


def rows_of(sheet):
    """The sheet's rows by their first text, from the headings on."""
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=5)]
    return {next((value for value in row[:3] if isinstance(value, str) and value), None): row for row in rows}


def column(sheet, *heading):
    """The number of the column below these headings; a merged heading stands at its first column."""
    upper, lower = "", []
    for index in range(1, sheet.max_column + 1):
        upper = sheet.cell(3, index).value or upper
        lower.append((upper, sheet.cell(4, index).value) if sheet.cell(4, index).value else (upper,))
    return lower.index(heading)


@pytest.fixture
def book(made):
    return load_workbook(path_of(made, "xlsx"))


@pytest.fixture
def names_everybody(place):
    """A plan that tells figures of few people too."""
    place.campaign.thresholds = {"small_cell": 1}
    place.campaign.save()


def test_workbook_has_the_tables_of_the_office(book):
    assert book.sheetnames == ["村（社区）进度", "年龄段", "单位", "本期新增构成"]
    sheet = book["村（社区）进度"]
    assert sheet["A1"].value == "乌杨街道2021年下半年新冠病毒疫苗接种村（社区）进度日报表"
    assert "填报单位（盖章）：忠县乌杨街道" in sheet["A2"].value
    assert "第 1 期" in sheet["A2"].value
    assert "签字" in sheet.cell(sheet.max_row, 1).value


def test_village_sheet_has_a_two_level_heading_and_is_ready_for_a3(book):
    sheet = book["村（社区）进度"]
    merged = set(map(str, sheet.merged_cells.ranges))
    assert {"A3:A4", "E3:H3"} <= merged
    assert [sheet.cell(4, number).value for number in range(5, 9)] == ["第一针", "第二针", "第三针", "小计"]
    assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (8, "landscape")
    assert (sheet.print_title_rows, sheet.freeze_panes, sheet.page_setup.fitToHeight) == ("$3:$4", "C5", 0)
    assert book["年龄段"].page_setup.paperSize == 9


def test_totals_of_the_sheet_are_those_of_the_page(names_everybody, book, place, staff):
    page = dashboard_page(staff, read_frame(place.campaign, {}, FIRST))
    cover, permanent = page.top.line.coverage, page.top.line.permanent
    sheet = book["村（社区）进度"]
    total = rows_of(sheet)["合计"]
    expected = {
        ("累计", "第一针\n人数"): cover.first_dose,
        ("累计", "还差\n（人）"): cover.first_gap,
        ("累计", "全程\n人数"): cover.full,
        ("未完成全程接种", "超期未种"): permanent.overdue,
        ("应种未种", "常住口径"): permanent.unvaccinated,
        ("应种未种", "全口径"): page.top.line.all.unvaccinated,
        ("目标任务数\n（90.8%）",): cover.goal,
    }
    assert {heading: total[column(sheet, *heading)] for heading in expected} == expected
    # 5 of 15, recomputed: the mean of 50 % and 0 % would be 25 %.
    assert total[column(sheet, "累计", "第一针\n接种率")] == 0.3333
    for name, age in {row.name: row for row in page.ages.rows}.items():
        row = rows_of(book["年龄段"])[name]
        assert (row[1], row[1] - row[2]) == (age.in_scope, age.missing)


def test_age_sheet_adds_the_young_and_the_old_up(book):
    rows = rows_of(book["年龄段"])
    assert list(rows)[:9] == [
        "12–14岁", "15–17岁", "18–59岁", "60–69岁", "70–79岁", "80岁及以上",
        "其中：12–17岁", "其中：60岁及以上", "合计",
    ]  # fmt: skip
    assert [rows["其中：12–17岁"][2], rows["其中：60岁及以上"][2], rows["合计"][2]] == [1, 3, 5]


def test_unit_sheet_counts_its_people(book):
    row = rows_of(book["单位"])["乌杨水厂"]
    assert row[:7] == [1, "乌杨水厂", "白坪村", "水电气暖油", "", "是", 2]
    assert (row[7], row[-2]) == (1, 1)


def test_sheet_of_the_new_reconciles(place, people):
    issue(place.campaign, FIRST)
    dose(people["refuses"], "07-20", place)
    sheet = load_workbook(path_of(issue(place.campaign, SECOND), "xlsx"))["本期新增构成"]
    rows = rows_of(sheet)
    assert rows["白坪村"][1:7] == [5, 0, 1, 0, 0, 6]
    assert all(sum(row[1:6]) == row[6] for name, row in rows.items() if name in ("白坪村", "黄谷村", "合计"))


@pytest.fixture
def districts(place, people):
    """白坪村 and 青岭村 are one 片区, 黄谷村 is another."""
    upper = make.village("500233003220", "青岭村", base=20, of=place.campaign)
    for village, name in ((place.baiping, "第一片区"), (place.huanggu, "第二片区"), (upper, "第一片区")):
        Place.objects.filter(pk=village.pk).update(district_group=name)
    for birth in ("1960-01-01", "1970-01-01"):
        make.dose(make.resident(upper, birth), "08-10", campaign=place.campaign)
    lists_cast.stand(place)


def test_sheets_and_word_have_subtotals_of_the_districts_from_sums(districts, book, made):
    sheet = book["村（社区）进度"]
    rows = rows_of(sheet)
    names = ["黄谷村", "白坪村", "青岭村", "第二片区", "第一片区", "合计"]
    assert list(rows)[:6] == names
    told = {
        # Of 30 together; of the villages' own it would be 29.
        ("目标任务数\n（90.8%）",): 28,
        ("累计", "第一针\n人数"): 7,
        # 7 of 30, recomputed; the mean of the villages' rates is 30 %.
        ("累计", "第一针\n接种率"): 0.2333,
        ("禁忌缓种\n（有佐证）", "禁忌"): "<5",
    }
    assert {heading: rows["第一片区"][column(sheet, *heading)] for heading in told} == told
    new = rows_of(book["本期新增构成"])
    assert new["第一片区"][6] == new["白坪村"][6] + new["青岭村"][6] == 7
    [*_, written] = Document(path_of(made, "docx")).tables
    assert [row.cells[1].text for row in written.rows][1:] == names


def test_few_exempt_people_are_not_told_nor_what_they_follow_from(book):
    sheet = book["村（社区）进度"]
    rows = rows_of(sheet)
    told = {
        ("禁忌缓种\n（有佐证）", "禁忌"): "<5",
        ("禁忌缓种\n（有佐证）", "缓种"): "<5",
        # One who refuses and one who is exempt: what receivers can add up anyway, and no more.
        ("应种未种", "常住口径"): "≤2",
    }
    assert {heading: rows["白坪村"][column(sheet, *heading)] for heading in told} == told
    # Nobody is exempt there, which tells nobody.
    assert rows["黄谷村"][column(sheet, "应种未种", "常住口径")] == 1
    assert rows["合计"][column(sheet, "应种未种", "常住口径")] == "≤3"
    ages = rows_of(book["年龄段"])
    assert ages["18–59岁"][-2:] == ["≤3", "<5"]
    assert ages["其中：60岁及以上"][-2:] == [0, 0]


def test_word_table_hides_what_the_workbook_hides(made):
    [*_, table] = Document(path_of(made, "docx")).tables
    row = next(cells for cells in ([cell.text for cell in row.cells] for row in table.rows) if cells[1] == "白坪村")
    assert row[-3:-1] == ["≤2", "<5"]


def test_sum_of_age_bands_is_not_told_where_one_of_them_is_not():
    band = {"in_scope": 40, "completed": 20, "unvaccinated": 10}
    rows = [
        {"key": "12-14", **band, "exempt": 2},
        {"key": "15-17", **band, "exempt": 6},
        {"key": "18-59", **band, "exempt": 30},
    ]
    ages = {row.name: (given(row, "exempt", 5), given(row, "unvaccinated", 5)) for row in table._ages(rows, 5)}
    assert ages == {
        "12–14岁": ("<5", "≤12"),
        "15–17岁": ("＊", "≤16"),
        "18–59岁": (30, 10),
        "其中：12–17岁": ("＊", "≤28"),
        "合计": (38, 30),
    }


def test_correction_begins_with_what_it_changed(names_everybody, made, place, people, staff):
    dose(people["refuses"], "08-16", place)
    corrected = correct(made, reason="卫生院补报", by=staff)
    book = load_workbook(path_of(corrected, "xlsx"))
    assert book.sheetnames[0] == "更正说明"
    assert rows_of(book["更正说明"])["白坪村"][:2] == ["白坪村", "应种未种"]
    text = "".join(paragraph.text for paragraph in Document(path_of(corrected, "docx")).paragraphs)
    assert "卫生院补报" in text
    assert "白坪村第一针人数原报 5，更正为 6" in text


def test_word_has_sentences_chart_and_table(made):
    document = Document(path_of(made, "docx"))
    text = [paragraph.text for paragraph in document.paragraphs]
    assert text[0] == "乌杨街道2021年下半年新冠病毒疫苗接种日报"
    assert "一、总体进度" in text
    assert any("已接种第一针 5 人" in line for line in text)
    assert len(document.element.findall(f".//{qn('c:chart')}")) == 1
    [table] = document.tables
    total = [cell.text for cell in table.rows[-1].cells]
    assert (total[1], total[2], total[4], total[6]) == ("合计", "14", "5", "9")
    assert table.rows[0]._tr.find(f".//{qn('w:tblHeader')}") is not None
    assert [section.orientation for section in document.sections] == [0, 1]


def test_properties_of_the_head_stand_in_the_order_that_word_wants(made):
    head = Document(path_of(made, "docx")).paragraphs[1]
    head_properties = [part.tag.partition("}")[2] for part in head._p.pPr]
    assert head_properties == ["pBdr", "jc"]


def test_chart_brings_its_numbers_along(made):
    with zipfile.ZipFile(path_of(made, "docx")) as archive:
        chart = archive.read("word/charts/chart1.xml").decode()
        sheet = load_workbook(io.BytesIO(archive.read("word/embeddings/chart1.xlsx"))).active
    assert "<c:v>白坪村</c:v>" in chart
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [
        [None, "第一针接种率", "全程接种率"], ["白坪村", 0.5, 0.2], ["黄谷村", 0, 0],
    ]  # fmt: skip


def test_files_are_kept_with_their_hashes(made):
    for file in made.files.all():
        assert file.sha256 == file_hash(Path(file.file.path))


def test_files_name_no_person(made, people):
    with zipfile.ZipFile(path_of(made, "xlsx")) as book, zipfile.ZipFile(path_of(made, "docx")) as word:
        text = "".join(
            archive.read(name).decode("utf-8", "ignore") for archive in (book, word) for name in archive.namelist()
        )
    assert [who.name for who in people.values() if who.name in text] == []


def test_names_with_codes_stay_texts(place, people):
    Place.objects.filter(pk=place.baiping.pk).update(name="=1+1&<村>")
    made = issue(place.campaign, FIRST)
    cell = load_workbook(path_of(made, "xlsx"))["村（社区）进度"]["B6"]
    assert (cell.value, cell.data_type) == ("=1+1&<村>", "s")
    assert Document(path_of(made, "docx")).tables[0].rows[2].cells[1].text == "=1+1&<村>"
