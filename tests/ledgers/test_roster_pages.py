"""Rosters in the browser's hands: upload, waiting, refusal, preview, approval, undo, and who may."""

from datetime import date, timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import load_workbook

from ledgers.models import ColumnLayout, RosterImport, RosterMessage
from ledgers.rosters.recognition import recognise
from registry import jobs
from registry.models import AuditEntry, Job, Resident
from tests.ledgers import make
from tests.ledgers.pages import HEADINGS, RAN, RESIDENTS, imported, previewed, send, text, work
from tests.sheets import csv_text, identity_number

DOSES = csv_text(["姓名", "身份证号", "第一剂接种日期"], ["冉启华", RAN, "2021-07-16"]).encode()


@pytest.fixture(autouse=True)
def campaign(street, baiping, settings):
    settings.TODAY = date(2021, 8, 16)
    return make.campaign()


def test_an_empty_history_shows_the_four_steps(client_of, staff):
    page = text(client_of(staff).get("/rosters/"))
    assert "导入居民名册后，这里显示导入记录" in page
    assert "接种花名册" in page


def test_upload_leads_to_a_page_that_waits_visibly(client_of, staff):
    client = client_of(staff)
    response = send(client)
    roster = RosterImport.objects.get()
    assert response.url == f"/rosters/{roster.pk}/"
    assert "排队中" in text(client.get(response.url))
    assert "可能没有运行" not in text(client.get(response.url))


def test_a_job_that_nobody_takes_up_says_so_after_a_while(client_of, staff):
    client = client_of(staff)
    send(client)
    Job.objects.update(created_at=timezone.now() - timedelta(minutes=5))
    page = text(client.get(f"/rosters/{RosterImport.objects.get().pk}/"))
    assert "已经等了 5 分钟，后台处理程序可能没有运行" in page
    assert "不用重新上传" in page


def test_several_files_at_once_are_several_imports(client_of, staff):
    files = [SimpleUploadedFile("甲.csv", RESIDENTS), SimpleUploadedFile("乙.csv", DOSES)]
    assert client_of(staff).post("/rosters/", {"files": files}).url == "/rosters/"
    assert sorted(RosterImport.objects.values_list("name", flat=True)) == ["乙.csv", "甲.csv"]


def test_upload_without_a_file_says_what_to_do(client_of, staff):
    response = client_of(staff).post("/rosters/", {})
    assert (response.status_code, "先选一个文件" in text(response)) == (422, True)


def test_a_double_click_on_upload_is_one_import(client_of, staff):
    client = client_of(staff)
    assert send(client).url == send(client).url
    assert RosterImport.objects.count() == 1


def test_progress_reloads_the_page_once_there_is_something_to_see(client_of, staff):
    client = client_of(staff)
    send(client)
    path = f"/rosters/{RosterImport.objects.get().pk}/progress/"
    assert "排队中" in text(client.get(path))
    work()
    assert client.get(path).headers["HX-Refresh"] == "true"


def test_preview_counts_add_up_and_nothing_is_written(client_of, staff):
    client = client_of(staff)
    roster = previewed(client)
    page = text(client.get(f"/rosters/{roster.pk}/"))
    assert "2 + 0 + 0 + 1 = 3 行" in page
    assert "确认入库 2 行" in page
    assert "台账将这样变动" in page
    assert Resident.objects.count() == 0


def test_preview_shows_why_a_row_is_rejected_with_its_original_cell(client_of, staff):
    client = client_of(staff)
    roster = previewed(client)
    page = text(client.get(f"/rosters/{roster.pk}/?tab=rejected&code=id_precision_lost"))
    assert "秦桂英" in page
    assert '<span class="cell-text">5.12223E+17</span>' in page


def test_preview_tabs_are_partials_for_htmx(client_of, staff):
    client = client_of(staff)
    roster = previewed(client)
    headers = {"HX-Request": "true", "HX-Target": "messages"}
    page = text(client.get(f"/rosters/{roster.pk}/?tab=unplaced", headers=headers))
    assert page.lstrip().startswith("<section")
    assert "谭秀英" in page


def test_rejected_rows_come_back_as_a_spreadsheet_with_a_trace(client_of, staff):
    client = client_of(staff)
    roster = previewed(client)
    response = client.get(f"/rosters/{roster.pk}/rejected.xlsx")
    rows = list(load_workbook(BytesIO(response.content)).active.values)
    assert (len(rows), rows[1][:2]) == (2, ("4", "秦桂英"))
    assert AuditEntry.objects.filter(action="roster.rejected", user=staff).count() == 1


def test_approval_writes_and_the_result_says_what_happened(client_of, staff):
    client = client_of(staff)
    roster = imported(client)
    page = text(client.get(f"/rosters/{roster.pk}/"))
    assert roster.state == "done"
    assert Resident.objects.count() == 2
    assert "刘明" in page
    assert "确认入库 2 行" in page
    assert "撤销本次导入" in page


def test_a_double_click_on_approval_is_one_job(client_of, staff):
    client = client_of(staff)
    roster = previewed(client)
    for _ in range(2):
        assert client.post(f"/rosters/{roster.pk}/approve/").url == f"/rosters/{roster.pk}/"
    assert Job.objects.filter(kind="roster.write").count() == 1


def test_discarding_writes_nothing_and_cannot_be_approved_any_more(client_of, staff):
    client = client_of(staff)
    roster = previewed(client)
    client.post(f"/rosters/{roster.pk}/discard/")
    client.post(f"/rosters/{roster.pk}/approve/")
    work()
    roster.refresh_from_db()
    assert (roster.state, Resident.objects.count()) == ("discarded", 0)


def test_undo_takes_the_import_back_once(client_of, staff):
    client = client_of(staff)
    roster = imported(client)
    for _ in range(2):
        client.post(f"/rosters/{roster.pk}/undo/")
    roster.refresh_from_db()
    assert (roster.state, roster.undone_by, Resident.objects.count()) == ("undone", staff, 0)
    assert "撤销了这次导入" in text(client.get(f"/rosters/{roster.pk}/"))


def test_approving_undoing_and_discarding_leave_who_and_from_where(client_of, staff):
    client = client_of(staff)
    done = imported(client)
    client.post(f"/rosters/{done.pk}/undo/", REMOTE_ADDR="10.20.0.7")
    given_up = previewed(client, DOSES)
    for act in ("discard", "discard", "approve"):
        client.post(f"/rosters/{given_up.pk}/{act}/", REMOTE_ADDR="10.20.0.8")
    traces = AuditEntry.objects.filter(action__in=["roster.approve", "roster.undo", "roster.discard"])
    assert list(traces.values_list("action", "user", "subject", "address")) == [
        ("roster.approve", staff.pk, f"rosterimport {done.pk}", "127.0.0.1"),
        ("roster.undo", staff.pk, f"rosterimport {done.pk}", "10.20.0.7"),
        ("roster.discard", staff.pk, f"rosterimport {given_up.pk}", "10.20.0.8"),
    ]


def test_undo_is_refused_with_its_reason_where_something_was_built_on_it(client_of, staff):
    client = client_of(staff)
    roster = imported(client)
    imported(client, DOSES, name="接种.csv")
    page = text(client.post(f"/rosters/{roster.pk}/undo/", follow=True))
    roster.refresh_from_db()
    assert roster.state == "done"
    assert "toast error" in page


def test_the_same_file_again_says_so(client_of, staff):
    client = client_of(staff)
    imported(client)
    again = previewed(client, name="又一次.csv")
    page = text(client.get(f"/rosters/{again.pk}/"))
    assert "的文件完全相同" in page


def test_a_refused_file_says_what_why_and_what_to_do(client_of, staff):
    client = client_of(staff)
    roster = previewed(client, b"no table at all", name="说明.txt")
    page = text(client.get(f"/rosters/{roster.pk}/"))
    assert roster.state == "refused"
    assert "读不了：说明.txt 不是表格" in page
    assert "没有写入任何数据" in page


def test_a_job_that_gave_up_can_be_tried_again_once(client_of, staff):
    client = client_of(staff)
    send(client)
    roster = RosterImport.objects.get()
    Job.objects.update(state="failed", attempts=3, error="程序出错")
    assert "中断 3 次" in text(client.get("/rosters/"))
    for _ in range(2):
        client.post(f"/rosters/{roster.pk}/retry/")
    assert Job.objects.filter(state="waiting").count() == 1
    work()
    roster.refresh_from_db()
    assert roster.state == "preview"


def test_columns_can_be_changed_and_the_layout_is_remembered(client_of, staff):
    client = client_of(staff)
    sheet = csv_text(["姓名", "身份证号", "住在哪"], ["冉启华", RAN, "白坪村"]).encode()
    roster = previewed(client, sheet)
    assert roster.counts["unassigned"] == 1
    chosen = {"kind": "residents", "sheet": roster.layout["sheet"], "column_0": "name", "column_1": "document"}
    response = client.post(f"/rosters/{roster.pk}/layout/", chosen | {"column_2": "village"})
    assert response.status_code == 302
    work()
    roster.refresh_from_db()
    assert (roster.state, roster.counts["unassigned"]) == ("preview", 0)
    assert ColumnLayout.objects.count() == 1
    other = csv_text(["姓名", "身份证号", "住在哪"], ["谭秀英", identity_number("19800101"), "白坪村"]).encode()
    assert previewed(client, other).counts["unassigned"] == 0


def test_each_column_shows_a_cell_of_it_without_numbers_of_people(client_of, staff):
    client = client_of(staff)
    rows = [["一组", "", "", ""], ["冉启华", RAN, "", "<b>白坪村</b>"], ["谭秀英", "", "13896554321", "黄谷村"]]
    sheet = csv_text(["姓名", "身份证号", "联系电话", "住在哪"], *rows).encode()
    page = text(client.get(f"/rosters/{previewed(client, sheet).pk}/layout/"))
    assert "例：冉启华" in page
    assert "例：&lt;b&gt;白坪村&lt;/b&gt;" in page
    assert page.count("例：") == 4
    assert RAN not in page
    assert "13896554321" not in page


def test_two_columns_cannot_be_the_same_field(client_of, staff):
    client = client_of(staff)
    roster = previewed(client)
    chosen = {"kind": "residents", "sheet": roster.layout["sheet"], "column_0": "name", "column_1": "name"}
    response = client.post(f"/rosters/{roster.pk}/layout/", chosen)
    assert (response.status_code, "只能有一列" in text(response)) == (422, True)


@pytest.mark.parametrize("kind", ["villages", "units", "residents", "doses_wide", "doses_long", "exemptions"])
def test_a_blank_sample_is_recognised_as_its_own_kind(kind, client_of, staff):
    content = client_of(staff).get(f"/rosters/samples/{kind}.xlsx").content
    headings = [cell.value for cell in load_workbook(BytesIO(content)).active[1]]
    assert recognise(headings, census_heading="七普12岁及以上常住人口").kind == kind


def test_an_unknown_sample_is_not_found(client_of, staff):
    assert client_of(staff).get("/rosters/samples/dogs.xlsx").status_code == 404


def test_rosters_are_for_staff_and_clinic_alone(everybody, client_of, nobody):
    codes = {role: client_of(user).get("/rosters/").status_code for role, user in everybody.items()}
    assert [role for role, code in codes.items() if code == 200] == ["clinic", "staff"]
    assert nobody.get("/rosters/").status_code == 302


def test_the_clinic_sees_its_own_uploads_alone_and_sends_doses_as_its_records(client_of, staff, clinic_user):
    theirs = previewed(client_of(staff))
    client = client_of(clinic_user)
    assert client.get(f"/rosters/{theirs.pk}/").status_code == 404
    own = previewed(client, DOSES)
    assert (own.source, own.uploaded_by) == ("clinic", clinic_user)
    page = text(client.get(f"/rosters/{own.pk}/"))
    assert ("由街道专班入库" in page, "确认入库" in page) == (True, False)
    assert send(client, DOSES, kind="residents").status_code == 422


@pytest.mark.parametrize("act", ["approve", "undo"])
def test_only_staff_approve_and_undo(act, client_of, clinic_user):
    client = client_of(clinic_user)
    roster = previewed(client, DOSES)
    assert client.post(f"/rosters/{roster.pk}/{act}/").status_code == 403


def test_the_history_asks_no_more_for_more_imports(client_of, staff):
    client = client_of(staff)
    previewed(client)

    def queries(path: str) -> int:
        with CaptureQueriesContext(connection) as asked:
            client.get(path)
        return len(asked)

    at_one = queries("/rosters/")
    for number in (1, 2):
        previewed(client, csv_text(HEADINGS, ["冉启华", RAN, "白坪村", str(number)]).encode())
    assert queries("/rosters/") == at_one


@pytest.mark.parametrize("rows", [1, 3])
def test_a_preview_asks_the_same_for_one_message_and_for_three(rows, client_of, staff):
    client = client_of(staff)
    roster = previewed(client, csv_text(HEADINGS, ["冉启华", RAN, "白坪村", ""]).encode())
    for row in range(rows):
        RosterMessage.objects.create(roster=roster, level="error", row=row, code="id_missing", message="没有号码")
    client.get("/rosters/")
    with CaptureQueriesContext(connection) as asked:
        client.get(f"/rosters/{roster.pk}/")
    own = [query for query in asked if "ledgers_roster" in query["sql"]]
    # The roster, the tabs, the number of messages, the messages, the same file before.
    assert len(own) == 5


def test_jobs_of_rosters_are_known_to_the_worker():
    assert {"roster.preview", "roster.write"} <= set(jobs.HANDLERS)
