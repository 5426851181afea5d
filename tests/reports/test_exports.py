"""Exported sheets read again: layout, masks, text that stays text, who took it out."""

import json
from datetime import datetime
from pathlib import Path

import pytest
from django.core.management import call_command
from openpyxl import load_workbook

from ledgers.models import Contact
from registry.commands import Refusal
from registry.jobs import run_now
from registry.models import AuditEntry, Resident
from reports.exports.cells import safe_cell, serial
from reports.exports.layouts import layout_of
from reports.exports.ledger_files import order_export
from reports.exports.make import file_hash
from reports.exports.order import Terms
from reports.lists.asked import LISTS, Asked
from reports.lists.people import Question
from reports.models import Export
from tests.ledgers import make
from tests.reports.lists_cast import people, town

__all__ = ["people", "town"]

ON = make.day("08-16")
HEADINGS = {
    "completed": "序号 村（社区） 组 姓名 性别 年龄 身份证号码 联系电话 现住址 人群分类 疫苗种类 生产企业 "
    "第一针接种时间 第二针接种时间 第三针接种时间 接种单位 完成日期 备注",
    "unvaccinated": "序号 村（社区） 组 姓名 性别 年龄 身份证号码 联系电话 户籍地址 现住址 居住类型 人群分类 "
    "未接种原因 是否禁忌/缓种 佐证材料 缓种至 动员情况 预计接种时间 包保责任人 包保人电话 销号时间 备注",
}


def exported(town, user, ledger, **said):
    question = Question(Asked(ledger=ledger, on=ON, **said), town.campaign, user)
    export = order_export(question, terms=Terms("街道调度研判"), by=user)
    run_now(export.job)
    return Export.objects.get(pk=export.pk)


def sheet_of(export):
    return load_workbook(export.file.path)["台账"]


def rows_of(sheet):
    """The rows of people: below the two heading rows, above the two closing ones."""
    return [[cell.value for cell in row] for row in sheet.iter_rows(min_row=5, max_row=sheet.max_row - 2)]


@pytest.mark.parametrize("ledger", sorted(HEADINGS))
def test_headings_are_those_of_the_office(ledger):
    assert " ".join(layout_of(ledger).headings) == HEADINGS[ledger]


def test_sheet_of_the_completed(town, people, staff):
    export = exported(town, staff, "completed")
    sheet = sheet_of(export)
    assert sheet["A1"].value == "乌杨街道已完成接种人员台账"
    assert "填报单位（盖章）" in sheet["A2"].value
    first = rows_of(sheet)[0]
    number = people["done"].documents.get().number
    assert first[:8] == [1, "白坪村", "1组", "冉启华", None, 67, f"****{number[-2:]}", "****6032"]
    assert first[12:14] == [datetime(2021, 6, 1), datetime(2021, 6, 25)]
    assert (export.rows, len(rows_of(sheet))) == (2, 2)


def test_common_heading_stands_over_its_columns(town, people, staff):
    sheet = sheet_of(exported(town, staff, "incomplete"))
    column = next(cell.column_letter for cell in sheet[3] if cell.value == "通知")
    start = sheet[f"{column}3"].column
    assert [sheet.cell(4, start + offset).value for offset in range(3)] == ["时间", "方式", "人"]
    assert f"{sheet.cell(3, start).coordinate}:{sheet.cell(3, start + 2).coordinate}" in map(
        str, sheet.merged_cells.ranges
    )


def test_last_contact_stands_in_the_columns_of_the_sheet_of_the_incomplete(town, people, staff):
    for on, way in (("08-10", "slip"), ("08-12", "call")):
        Contact.objects.create(
            resident=people["overdue"], campaign=town.campaign, way=way, outcome="no_answer",
            at=f"2021-{on}T10:00:00+08:00", by=staff, entry=people["overdue"].entry,
        )  # fmt: skip
    sheet = sheet_of(exported(town, staff, "incomplete"))
    start = next(cell.column for cell in sheet[3] if cell.value == "通知")
    told = {row[3]: row[start - 1 : start + 2] for row in rows_of(sheet)}
    assert told.pop(people["overdue"].name) == [datetime(2021, 8, 12), "电话", "刘明"]
    assert set(map(tuple, told.values())) == {(None, None, None)}


def test_phone_of_the_caretaker_is_that_of_the_account(town, people, staff, cadre_baiping):
    type(cadre_baiping).objects.filter(pk=cadre_baiping.pk).update(phone="02354390001")
    Resident.objects.filter(pk=people["refuses"].pk).update(caretaker="谭文书")
    sheet = sheet_of(exported(town, staff, "unvaccinated"))
    start = next(cell.column for cell in sheet[3] if cell.value == "包保责任人")
    told = {row[3]: tuple(row[start - 1 : start + 1]) for row in rows_of(sheet)}
    # 陈建军's is somebody whom a roster names, 王勇 lives in a village of no account.
    assert told == {
        "秦玉珍": ("冉红梅", "02354390001"), "陈建军": ("谭文书", None), "王勇": (None, None),
    }  # fmt: skip


def test_paper_set_up(town, people, staff):
    sheet = sheet_of(exported(town, staff, "exempt"))
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert sheet.print_title_rows == "$3:$4"
    assert sheet["A5"].border.left.style == "thin"


def test_export_says_number_name_and_purpose(town, people, staff):
    export = exported(town, staff, "unvaccinated")
    book = load_workbook(export.file.path)
    last = book["台账"].cell(book["台账"].max_row, 1).value
    assert export.number in last
    assert "刘明" in last
    assert "街道调度研判" in last
    assert book.properties.subject == export.number
    assert book.properties.creator == "刘明"


@pytest.mark.parametrize(
    "payload", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "＝1+1", '=HYPERLINK("http://x","y")', "<b>&amp;"]
)
def test_text_never_becomes_a_formula(town, people, staff, payload):
    people["refuses"].address = payload
    people["refuses"].save(update_fields=["address"])
    sheet = sheet_of(exported(town, staff, "unvaccinated"))
    cell = next(row[9] for row in sheet.iter_rows(min_row=5) if row[3].value == "陈建军")
    assert (cell.data_type, cell.value) == ("s", payload)


def test_cells_drop_what_a_sheet_cannot_hold():
    assert safe_cell("甲\x00乙\x0b丙") == "甲乙丙"
    assert len(safe_cell("长" * 40000)) == 32767
    assert serial(make.day("07-16")) == 44393


@pytest.mark.parametrize("ledger", LISTS)
def test_no_full_number_or_phone_in_any_ledger(town, people, staff, ledger):
    text = json.dumps(rows_of(sheet_of(exported(town, staff, ledger))), default=str, ensure_ascii=False)
    for who in people.values():
        assert who.documents.get().number not in text
    assert "19900006032" not in text
    assert "19900000916" not in text


def test_export_keeps_its_hash_and_its_trace(town, people, staff):
    export = exported(town, staff, "unvaccinated", village="500233003215")
    assert export.sha256 == file_hash(Path(export.file.path))
    entry = AuditEntry.objects.filter(action="ledger.export").get()
    assert entry.detail["用途"] == "街道调度研判"
    assert entry.detail["筛选"] == {"on": "2021-08-16", "village": "500233003215"}


def test_export_holds_what_its_maker_may_see(town, people, cadre_huanggu):
    assert [row[3] for row in rows_of(sheet_of(exported(town, cadre_huanggu, "unvaccinated")))] == ["王勇"]


def test_second_run_of_the_job_changes_nothing(town, people, staff):
    export = exported(town, staff, "exempt")
    export.job.state = "waiting"
    export.job.save()
    run_now(export.job)
    assert Export.objects.get(pk=export.pk).sha256 == export.sha256


def test_command_writes_the_file_and_one_document(town, people, staff, tmp_path, capsys):
    target = tmp_path / "台账三.xlsx"
    call_command(
        "export_ledger", "unvaccinated", "--output", str(target), "--as-of", "2021-08-16", "--purpose", "核对", "--json"
    )
    document = json.loads(capsys.readouterr().out)
    assert (document["ledger"], document["rows"], document["as_of"]) == ("unvaccinated", 3, "2021-08-16")
    assert [row[3] for row in rows_of(load_workbook(target)["台账"])] == ["王勇", "陈建军", "秦玉珍"]


def test_command_narrows_to_a_village(town, people, tmp_path):
    target = tmp_path / "x.xlsx"
    call_command(
        "export_ledger", "exempt", "--output", str(target), "--as-of", "2021-08-16", "--village", "500233003215",
        "--purpose", "核对",
    )  # fmt: skip
    assert [row[3] for row in rows_of(load_workbook(target)["台账"])] == ["周小琴"]


@pytest.mark.parametrize(
    ("options", "code"),
    [(["--village", "500233003999"], "unknown_village"), (["--by", "nobody"], "unknown_user")],
)
def test_command_refuses(town, people, tmp_path, options, code):
    with pytest.raises(Refusal) as refused:
        call_command("export_ledger", "exempt", "--output", str(tmp_path / "x.xlsx"), "--purpose", "核对", *options)
    assert refused.value.code == code
    assert not (tmp_path / "x.xlsx").exists()
