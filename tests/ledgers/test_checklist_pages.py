"""核查名单 in the browser: the staff's desk, the questions on the phone, who may and who may not."""

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from ledgers.models import Checklist, ChecklistRow, Reason
from registry import clock
from registry.models import AuditEntry, Resident
from tests.factories import make_resident, make_user
from tests.ledgers import make
from tests.ledgers.lists import QIN, RAN, TAN, brought, row_of, sheet
from tests.ledgers.pages import text, work

ON = date(2021, 8, 20)


@pytest.fixture(autouse=True)
def campaign(street, baiping, huanggu, settings):
    settings.TODAY = ON
    return make.campaign()


@pytest.fixture
def ran(baiping):
    return make_resident(baiping, "冉启华", number=RAN, phone="13800001111", residency="local")


@pytest.fixture
def checklist(campaign, ran):
    return brought(campaign, sheet([1, "冉启华", RAN, "", "", ""], [2, "秦桂英", QIN, "", "", ""]))


def _form(**changed):
    data = sheet([1, "冉启华", RAN, "", "", ""])
    tomorrow = clock.today() + timedelta(days=1)
    sent = {
        "file": SimpleUploadedFile("县局名单.xlsx", data), "sender": "县公安局", "due_on": tomorrow.isoformat(),
        "due_at": "17:00", "holds": "unvaccinated",
    }  # fmt: skip
    return sent | changed


def test_report_is_due_by_default_the_business_day_after_today(staff, client_of):
    page = client_of(staff).get("/checklists/").content.decode()
    assert 'name="due_on" value="2021-08-21"' in page
    assert 'name="due_at" value="17:00' in page


def test_due_hour_is_kept_as_the_moment_at_which_it_will_be_that_hour(staff, client_of):
    answer = client_of(staff).post("/checklists/", _form())
    work()
    client_of(staff).post(f"{answer.url}approve/")
    work()
    one = Checklist.objects.get()
    assert 0 < (one.due_at - timezone.now()).days + 1 <= 2
    assert "8月21日 17:00 前" in text(client_of(staff).get("/checklists/"))


def test_list_is_previewed_and_asked_only_once_approved(ran, staff, cadre_baiping, client_of):
    client = client_of(staff)
    answer = client.post("/checklists/", _form())
    work()
    page = text(client.get(answer.url))
    assert "要回报的人" in page
    assert "1 + 0 + 0 = 1 行" in page
    assert "冉启华" not in text(client_of(cadre_baiping).get("/checklists/questions/"))
    client.post(f"{answer.url}approve/")
    work()
    one = Checklist.objects.get()
    assert (one.sender, one.holds, one.asked_on) == ("县公安局", "unvaccinated", ON)
    assert f"/checklists/{one.pk}/" in text(client.get(answer.url))
    assert "冉启华" in text(client_of(cadre_baiping).get("/checklists/questions/"))


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"file": ""}, "先选名单文件"),
        ({"due_on": ""}, "写明哪一天以前回报"),
        ({"due_on": "2020-01-01"}, "回报时限已经过了"),
    ],
)
def test_what_is_wrong_with_a_list_is_said(staff, client_of, wrong, sentence):
    answer = client_of(staff).post("/checklists/", _form(**wrong))
    assert (answer.status_code, Checklist.objects.count()) == (422, 0)
    assert sentence in text(answer)


def _due(on="2099-01-02", at="17:00"):
    return {"due_on": on, "due_at": at}


def test_due_hour_is_changed_with_its_history(checklist, staff, cadre_baiping, client_of):
    old = f"{clock.moment_of(checklist.due_at):%Y-%m-%d %H:%M}"
    answer = client_of(staff).post(f"/checklists/{checklist.pk}/due/", _due(), follow=True)
    assert "回报时限改到 1月2日 17:00" in text(answer)
    assert "1月2日 17:00 前回报" in text(client_of(cadre_baiping).get("/checklists/questions/"))
    trail = AuditEntry.objects.get(action="checklist.due")
    assert (trail.user, trail.detail) == (staff, {"回报时限": [old, "2099-01-02 17:00"]})


def test_due_hour_in_the_past_is_refused(checklist, staff, client_of):
    answer = client_of(staff).post(f"/checklists/{checklist.pk}/due/", _due("2020-01-01"), follow=True)
    assert "回报时限没有改：回报时限已经过了" in text(answer)
    assert Checklist.objects.get().due_at == checklist.due_at


def test_due_hour_of_an_ended_asking_stays(checklist, staff, client_of):
    client = client_of(staff)
    client.post(f"/checklists/{checklist.pk}/end/")
    client.post(f"/checklists/{checklist.pk}/due/", _due())
    assert Checklist.objects.get().due_at == checklist.due_at


def test_due_hour_is_the_staff_s(checklist, cadre_baiping, client_of, county):
    other = make_user("staff-other", "staff", place=county)
    path = f"/checklists/{checklist.pk}/due/"
    assert client_of(cadre_baiping).post(path, _due()).status_code == 403
    assert Checklist.objects.get().due_at == checklist.due_at
    assert client_of(other).post("/checklists/999/due/", _due()).status_code == 404


def test_what_was_reported_is_answered_anew_on_another_day(checklist, cadre_baiping, client_of, settings):
    row = row_of(checklist, 3)
    client = client_of(cadre_baiping)
    client.post(f"/checklists/rows/{row.pk}/answer/", {"answer": "unreached"})
    assert "我回报过的 1 人" in text(client.get("/checklists/questions/"))
    ChecklistRow.objects.filter(pk=row.pk).update(answered_at=timezone.now() - timezone.timedelta(days=1))
    assert f"?again={row.pk}" in client.get("/checklists/questions/").content.decode()
    page = text(client.get(f"/checklists/questions/?again={row.pk}"))
    assert "改答" in page
    assert "冉红梅回报：联系不上" in page
    client.post(f"/checklists/rows/{row.pk}/answer/", {"answer": "refused"})
    assert row_of(checklist, 3).answer == "refused"


def test_row_of_another_village_is_not_answered_anew(checklist, cadre_huanggu, client_of):
    row = row_of(checklist, 3)
    assert client_of(cadre_huanggu).get(f"/checklists/questions/?again={row.pk}").status_code == 404


def test_one_tap_records_and_offers_the_way_back(checklist, ran, cadre_baiping, client_of):
    row = row_of(checklist, 3)
    client = client_of(cadre_baiping)
    answer = client.post(f"/checklists/rows/{row.pk}/answer/", {"answer": "refused"}, headers={"HX-Request": "true"})
    assert "不愿意" in text(answer)
    assert "撤销" in text(answer)
    assert Reason.objects.get().code == "4"
    client.post(f"/checklists/rows/{row.pk}/undo/", headers={"HX-Request": "true"})
    assert (Reason.objects.count(), row_of(checklist, 3).answer) == (0, "")


def test_answer_without_scripts_returns_to_the_questions(checklist, cadre_baiping, client_of):
    row = row_of(checklist, 3)
    answer = client_of(cadre_baiping).post(f"/checklists/rows/{row.pk}/answer/", {"answer": "unreached"}, follow=True)
    assert "冉启华：联系不上" in text(answer)
    assert "没有要你回报的人" in text(answer)


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"answer": "dosed"}, "写明哪一天打的"),
        ({"answer": "dosed", "on": "2021-08-16"}, "选一下凭什么知道的"),
        ({"answer": "promised", "on": "2021-08-01"}, "从今天算起"),
        ({"answer": "deceased", "on": "2021-08-01"}, "勾上“确认”再答"),
        ({"answer": "exempt", "kind": "deferral", "ground": "disease", "on": "2021-08-01"}, "缓种须写明缓种至哪一天"),
        ({"answer": "??"}, "选一个核查结果"),
    ],
)
def test_what_an_answer_lacks_is_said_and_nothing_written(checklist, cadre_baiping, client_of, sent, sentence):
    row = row_of(checklist, 3)
    answer = client_of(cadre_baiping).post(f"/checklists/rows/{row.pk}/answer/", sent, headers={"HX-Request": "true"})
    assert (answer.status_code, row_of(checklist, 3).answer) == (422, "")
    assert sentence in text(answer)


def test_another_village_finds_nothing(checklist, cadre_huanggu, client_of):
    row = row_of(checklist, 3)
    client = client_of(cadre_huanggu)
    assert client.post(f"/checklists/rows/{row.pk}/answer/", {"answer": "refused"}).status_code == 404
    assert client.get(f"/checklists/{checklist.pk}/").status_code == 403


def test_staff_of_another_street_find_nothing(checklist, client_of, county):
    other = make.village("500233004201", "邻街村")
    stranger = make_user("linjie", "staff", place=other, name="邻街")
    assert client_of(stranger).get(f"/checklists/{checklist.pk}/").status_code == 404


def test_desk_shows_progress_late_ones_first(checklist, staff, client_of):
    Checklist.objects.update(due_at=timezone.now() - timedelta(hours=1))
    page = text(client_of(staff).get(f"/checklists/{checklist.pk}/?show=overdue"))
    assert "还差 <b>2 人</b>" in page
    assert "都已超时" in page
    assert "在册没有这个人" in page
    assert "超时" in text(client_of(staff).get("/checklists/"))


def test_staff_pass_a_stranger_on_to_a_village(checklist, staff, cadre_huanggu, client_of):
    row = row_of(checklist, 4)
    client_of(staff).post(f"/checklists/rows/{row.pk}/", {"act": "pass", "village": "500233003210"})
    assert "秦桂英" in text(client_of(cadre_huanggu).get("/checklists/questions/"))


def test_staff_put_a_stranger_into_unplaced(checklist, staff, client_of):
    client_of(staff).post(f"/checklists/rows/{row_of(checklist, 4).pk}/", {"act": "enter"})
    assert Resident.objects.get(name="秦桂英").place_id == "500233003000"


def test_ended_list_asks_nobody_and_may_be_opened_again(checklist, staff, cadre_baiping, client_of):
    client = client_of(staff)
    client.post(f"/checklists/{checklist.pk}/end/")
    assert "没有要你回报的人" in text(client_of(cadre_baiping).get("/checklists/questions/"))
    client.post(f"/checklists/{checklist.pk}/end/", {"again": "1"})
    assert "冉启华" in text(client_of(cadre_baiping).get("/checklists/questions/"))


def test_differences_both_ways(checklist, baiping, staff, client_of):
    missing = make_resident(baiping, "谭秀英", birth_on=date(1980, 1, 1), number=TAN, residency="local")
    Checklist.objects.update(scope=baiping)
    client = client_of(staff)
    theirs = text(client.get(f"/checklists/{checklist.pk}/differences/"))
    assert "名单多 1 人，少 1 人" in theirs
    assert "秦桂英" in theirs
    assert missing.name in text(client.get(f"/checklists/{checklist.pk}/differences/?side=ours"))


def test_list_without_a_scope_looks_one_way_only(checklist, staff, client_of):
    page = text(client_of(staff).get(f"/checklists/{checklist.pk}/differences/?side=ours"))
    assert "名单里有 1 人在册对不上" in page


def test_questions_stand_in_the_menu_and_on_the_days_page(checklist, cadre_baiping, client_of):
    page = text(client_of(cadre_baiping).get("/today/"))
    assert 'href="/checklists/questions/"' in page
    assert '核查名单<span class="count">1</span>' in page
    assert "核查名单 <b>1</b>" in page


def test_list_that_is_chosen_does_not_change_how_rosters_are_recognised(checklist, staff, client_of):
    from tests.ledgers.pages import previewed

    roster = previewed(client_of(staff), sheet([1, "冉启华", RAN, "", "", ""]))
    assert roster.kind == "residents"


@pytest.mark.parametrize("people", [1, 3])
def test_pages_ask_the_same_whatever_the_length(campaign, baiping, cadre_baiping, staff, client_of, people):
    made = [make_resident(baiping, f"冉{n}", number=number) for n, number in enumerate((RAN, TAN, QIN)[:people])]
    rows = [[n, who.name, who.documents.get().number, "", "", ""] for n, who in enumerate(made)]
    one = brought(campaign, sheet(*rows))
    asked = []
    for user, path in ((cadre_baiping, "/checklists/questions/"), (staff, f"/checklists/{one.pk}/")):
        client = client_of(user)
        client.get(path)
        with CaptureQueriesContext(connection) as queries:
            client.get(path)
        asked.append(len(queries))
    assert asked == [18, 19]


def test_what_was_chosen_stands_open_again_beside_what_it_lacks(checklist, ran, cadre_baiping, client_of):
    row = row_of(checklist, 3)
    said = {"answer": "exempt", "kind": "deferral", "on": "2021-08-12", "ground": "pregnancy"}
    url = f"/checklists/rows/{row.pk}/answer/"
    answer = client_of(cadre_baiping).post(url, said, headers={"HX-Request": "true"})
    page = answer.content.decode()
    assert (answer.status_code, "缓种须写明缓种至哪一天" in page) == (422, True)
    assert "open><summary>禁忌" in page
    assert 'value="deferral" checked' in page
    assert 'name="on" max="2021-08-20" value="2021-08-12"' in page
