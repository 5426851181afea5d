"""Sheets given back: a sender's own file filled in, any list matched; masked or let go; who may and who may not."""

import csv
import io
from datetime import date
from pathlib import Path
from zipfile import ZipFile

import pytest
from django.conf import settings as django_settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment
from openpyxl.styles import Font
from python_calamine import CalamineWorkbook

from ledgers.checklists.answers import Said, answer
from registry.jobs import run_now
from registry.models import AuditEntry
from reports.exports.order import Terms
from reports.exports.release import release_export
from reports.models import Export, MatchedSheet
from reports.returned.checklists import order_return
from reports.returned.matching import end_sheets
from tests.factories import make_resident
from tests.ledgers import make
from tests.ledgers.lists import HEAD, QIN, RAN, TAN, TITLE, brought, row_of, text_sheet
from tests.ledgers.pages import text
from tests.sheets import csv_text

ON = date(2021, 8, 20)
XLS = (django_settings.BASE_DIR / "tests/rosters/messy/old.xls").read_bytes


@pytest.fixture(autouse=True)
def campaign(street, baiping, huanggu, settings):
    settings.TODAY = ON
    return make.campaign()


@pytest.fixture
def people(campaign, baiping, huanggu):
    group = make.group(baiping, 3)
    ran = make_resident(group, "冉启华", number=RAN, phone="13800001111", residency="local")
    tan = make_resident(huanggu, "谭秀英", birth_on=date(1980, 1, 1), number=TAN, residency="incoming")
    make.dose(tan, "06-01", campaign=campaign)
    make.dose(tan, "06-25", campaign=campaign)
    make.stand(campaign)
    return ran, tan


def senders_workbook() -> bytes:
    """As an office sends it: a merged title, a two-level heading, widths, bold headings, a signature line."""
    book = Workbook()
    sheet = book.active
    sheet.title = "名单"
    for row in (
        TITLE[:1],
        ["序号", "姓名", "公民身份号码", "手机号码", "核查", None],
        [None, None, None, None, "核查结果", "第一针接种时间"],
        [1, "冉启华", RAN, 13800001111, None, None],
        [2, "谭秀英", TAN, None, None, None],
        [3, "秦桂英", QIN, None, None, None],
        [4, "文大勇", 500233196608089120, None, None, None],
        ["填表人：李敏 联系电话：023-54230001"],
    ):
        sheet.append(row)
    for area in ("A1:F1", "A2:A3", "B2:B3", "C2:C3", "D2:D3", "E2:F2"):
        sheet.merge_cells(area)
    sheet.column_dimensions["C"].width = 23.5
    sheet["B2"].font = Font(name="宋体", bold=True, size=14)
    output = io.BytesIO()
    book.save(output)
    return output.getvalue()


def returned(checklist, staff, *, released_by=None):
    terms = Terms("村（社区）核对名单", recipient="县公安局" if released_by else "", is_full=bool(released_by))
    export = order_return(checklist, terms=terms, by=staff)
    if released_by:
        release_export(export, by=released_by)
    run_now(Export.objects.get(pk=export.pk).job)
    return Export.objects.get(pk=export.pk)


def bytes_of(export):
    return Path(export.file.path).read_bytes()


def table(export, sheet="名单"):
    return [[cell.value for cell in row] for row in load_workbook(export.file.path)[sheet].iter_rows()]


def test_senders_rows_order_widths_and_merges_stay_and_ours_fill_in(campaign, people, staff, leader):
    checklist = brought(campaign, senders_workbook())
    export = returned(checklist, staff, released_by=leader)
    sheet = load_workbook(export.file.path)["名单"]
    before = load_workbook(io.BytesIO(senders_workbook()))["名单"]
    theirs = [[cell.value for cell in row[:4]] for row in before.iter_rows()]
    assert [[cell.value for cell in row[:4]] for row in sheet.iter_rows(max_row=8)] == theirs
    assert sheet.column_dimensions["C"].width == 23.5
    assert (sheet["B2"].font.name, sheet["B2"].font.size) == ("宋体", 14)
    assert {str(area) for area in before.merged_cells.ranges} <= {str(area) for area in sheet.merged_cells.ranges}
    # Our result and the first dose stand where the sender left room, the rest behind the last column.
    assert [sheet.cell(row, 5).value for row in range(4, 8)] == [
        "核查中", "已完成接种", "在册没有这个人（按证件号码），核查中",
        "身份证号被表格存成了数字，后几位已丢失；请把这一列设为文本格式后重新填写，核查中",
    ]  # fmt: skip
    assert [sheet.cell(row, 6).value for row in (4, 5)] == [None, "2021-06-01"]
    assert [sheet.cell(3, column).value for column in range(7, 10)] == ["接种状态", "第二针时间", "第三针时间"]
    assert sheet.cell(5, 7).value == "已完成接种"
    assert sheet.cell(4, 11).value == "白坪村"


def test_answers_go_back_with_the_village_and_the_hour(campaign, people, staff, cadre_baiping):
    checklist = brought(campaign, senders_workbook())
    answer(row_of(checklist, 4), Said("promised", date(2021, 8, 25), {}), by=cadre_baiping)
    rows = table(returned(checklist, staff))
    line = dict(zip(rows[2], rows[3], strict=True))
    assert rows[3][4] == "已约（8月25日）"
    assert line["回报人"] == "白坪村"
    assert line["未种原因"] == "已约定"
    assert line["回报时间"].startswith(f"{timezone.localtime():%Y-%m-%d}")


def test_masked_return_hides_numbers_wherever_they_stand(campaign, people, staff):
    export = returned(brought(campaign, senders_workbook()), staff)
    content = str(table(export))
    assert not any(number in content for number in (RAN, TAN, QIN, "13800001111"))
    assert (export.release, export.rows) == ("none", 4)
    assert export.number in content


def test_masked_return_takes_no_other_sheet_note_or_title_with_it(campaign, people, staff):
    book = load_workbook(io.BytesIO(senders_workbook()))
    book["名单"]["B4"].comment = Comment(f"身份证 {QIN}", "派出所")
    book["名单"]["A1"] = "核查名单（联系人电话 13800002222）"
    book.create_sheet("全部").append(["秦桂英", QIN])
    output = io.BytesIO()
    book.save(output)
    export = returned(brought(campaign, output.getvalue()), staff)
    with ZipFile(export.file.path) as parts:
        everything = " ".join(parts.read(name).decode("utf-8", "replace") for name in parts.namelist())
    assert not any(number in everything for number in (RAN, TAN, QIN, "13800002222", "13800001111"))
    assert load_workbook(export.file.path).sheetnames == ["名单"]


def test_masked_text_hides_numbers_outside_the_table_too(campaign, people, staff):
    data = csv_text(["联系人电话 13800002222"], ["姓名", "身份证号"], ["冉启华", RAN]).encode()
    content = bytes_of(returned(brought(campaign, data, name="名单.csv"), staff)).decode()
    assert "13800002222" not in content and RAN not in content
    assert "冉启华" in content


def test_full_return_waits_for_a_second_person(campaign, people, staff, leader):
    checklist = brought(campaign, senders_workbook())
    export = order_return(checklist, terms=Terms("村（社区）核对名单", recipient="县公安局", is_full=True), by=staff)
    assert (export.release, export.job, bool(export.file)) == ("asked", None, False)
    release_export(export, by=leader)
    run_now(Export.objects.get(pk=export.pk).job)
    assert RAN in str(table(Export.objects.get(pk=export.pk)))


def test_returned_workbook_is_read_by_another_program(campaign, people, staff):
    export = returned(brought(campaign, senders_workbook()), staff)
    rows = CalamineWorkbook.from_path(export.file.path).get_sheet_by_name("名单").to_python()
    assert rows[4][1] == "谭秀英"


def test_text_stays_text_in_its_own_encoding(campaign, people, staff, leader):
    data = text_sheet([1, "冉启华", RAN, "", "", ""], [2, "谭秀英", TAN, "", "", ""])
    export = returned(brought(campaign, data, name="名单.csv"), staff, released_by=leader)
    assert export.file.name.endswith(".csv")
    lines = list(csv.reader(bytes_of(export).decode("gb18030").splitlines()))
    assert lines[0][:7] == [*HEAD, "接种状态"]
    assert lines[2][:7] == ["2", "谭秀英", TAN, "", "", "已完成接种", "已完成接种"]
    assert export.number in lines[-1][0]


def test_what_a_person_typed_never_becomes_a_formula(campaign, people, staff, leader):
    data = csv_text(["姓名", "身份证号"], ["冉启华", RAN]).encode()
    people[0].place.name = "=1+1组"
    people[0].place.save()
    export = returned(brought(campaign, data, name="名单.csv"), staff, released_by=leader)
    assert "'=1+1组" in bytes_of(export).decode()
    export = returned(brought(campaign, senders_workbook()), staff)
    sheet = load_workbook(export.file.path)["名单"]
    assert [
        cell.data_type for row in sheet.iter_rows(min_row=4, max_row=4) for cell in row if cell.value == "=1+1组"
    ] == ["s"]


def _match(client, data, name="名单.xlsx", **said):
    sent = {"file": SimpleUploadedFile(name, data), "purpose": "街道调度研判", "contents": "masked"} | said
    return client.post("/list-match/", sent, follow=True)


def test_any_sheet_is_matched_and_comes_back(campaign, people, staff, client_of):
    page = text(_match(client_of(staff), senders_workbook()))
    assert "名单.xlsx：4 行，在册对上 2 人" in page
    export = Export.objects.get()
    rows = table(export)
    line = dict(zip(rows[2], rows[4], strict=True))
    assert {name: line[name] for name in ("责任村（社区）", "人口类型", "已种针次", "接种状态", "疫苗种类")} == {
        "责任村（社区）": "黄谷村", "人口类型": "外来常住", "已种针次": "2", "接种状态": "已完成接种",
        "疫苗种类": "灭活",
    }  # fmt: skip
    assert dict(zip(rows[2], rows[3], strict=True))["组"] == "3组"
    assert (export.layout, export.rows, len(export.sha256)) == ("list_match", 4, 64)
    assert AuditEntry.objects.filter(action="ledger.export").exists()


def test_old_xls_comes_back_as_a_workbook_with_its_rows(campaign, people, staff, client_of):
    _match(client_of(staff), XLS(), name="old.xls")
    export = Export.objects.get()
    assert export.file.name.endswith(".xlsx")
    before = CalamineWorkbook.from_filelike(io.BytesIO(XLS())).get_sheet_by_index(0).to_python()
    after = CalamineWorkbook.from_path(export.file.path).get_sheet_by_index(0).to_python()
    assert [row[0] for row in after[: len(before)]] == [str(row[0]) for row in before]


def test_match_in_full_is_released_by_somebody_else(campaign, people, staff, client_of):
    page = text(_match(client_of(staff), senders_workbook(), contents="full", recipient="县公安局"))
    assert "已申请，等领导或专班另一位同事放行" in page
    assert Export.objects.get().release == "asked"


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"purpose": ""}, "选一个用途"),
        ({"contents": "full"}, "完整号码要写明交给哪个单位"),
        ({"file": ""}, "先选名单文件"),
        ({"file": SimpleUploadedFile("a.xlsx", b"PK\x03\x04nonsense")}, "不是能读取的表格"),
        ({"file": SimpleUploadedFile("a.csv", "品名,数量\n疫苗,3\n".encode())}, "没有找到表头"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_kept(campaign, staff, client_of, changed, sentence):
    page = _match(client_of(staff), senders_workbook(), **changed)
    assert (page.status_code, Export.objects.count(), MatchedSheet.objects.count()) == (422, 0, 0)
    assert sentence in text(page)


def test_dropped_sheet_ends_once_it_is_written(campaign, people, staff, client_of):
    _match(client_of(staff), senders_workbook())
    assert (end_sheets(timezone.now()), end_sheets(timezone.now())) == (1, 0)
    assert MatchedSheet.objects.get().file.name == ""


def test_return_page_asks_what_for_and_knows_the_sender(campaign, people, staff, client_of):
    checklist = brought(campaign, senders_workbook())
    checklist.sender = "县公安局"
    checklist.save()
    client = client_of(staff)
    assert 'value="县公安局"' in text(client.get(f"/checklists/{checklist.pk}/return/"))
    page = client.post(
        f"/checklists/{checklist.pk}/return/", {"purpose": "街道调度研判", "contents": "masked"}, follow=True
    )
    assert "已回填" in text(page)
    assert "核查名单回填" in text(page)


def test_only_staff_match_and_return(campaign, people, cadre_baiping, leader, client_of):
    checklist = brought(campaign, senders_workbook())
    for user in (cadre_baiping, leader):
        client = client_of(user)
        assert client.get("/list-match/").status_code == 403
        assert client.post(f"/checklists/{checklist.pk}/return/").status_code == 403
