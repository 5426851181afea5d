"""报送 in the browser: who reads, who issues, what is marked, corrected and downloaded."""

import pytest
from django.urls import reverse

from campaigns.models import Campaign
from ledgers.corrections import remove_dose
from ledgers.models import Dose, RosterImport
from registry.jobs import run_now
from registry.models import AuditEntry, Job, Role
from reports.models import Issue, IssueHour, Sending
from tests.factories import make_user
from tests.ledgers import make
from tests.reports import lists_cast
from tests.reports.briefing_cast import FIRST, issue, town
from tests.reports.test_briefings import dose

pytestmark = pytest.mark.django_db


@pytest.fixture
def place(settings, baiping, huanggu):
    settings.TODAY = FIRST
    return town(baiping, huanggu)


@pytest.fixture
def people(place):
    return lists_cast.fill(place)


@pytest.fixture
def made(place, people):
    return issue(place.campaign, FIRST)


def text_of(response):
    return response.content.decode()


def test_staff_make_todays_report_at_once(place, people, staff, client_of):
    client = client_of(staff)
    assert "17:00 自动截数生成" in text_of(client.get("/briefings/"))
    assert client.post("/briefings/make/").status_code == 302
    run_now(Job.objects.get(kind="briefing.issue"))
    page = text_of(client.get("/briefings/"))
    assert "今天的日报 RB20210816" in page
    assert "待报送" in page
    assert "今天的日报已经有了" in text_of(client.post("/briefings/make/", follow=True))


def test_list_says_which_rosters_no_report_counts_yet(place, people, staff, client_of):
    client = client_of(staff)
    assert "还没有入库" not in text_of(client.get("/briefings/"))
    roster = {"campaign": place.campaign, "file": "late.xlsx", "name": "late.xlsx", "sha256": "0", "size": 1}
    for kind, state in (("doses_long", "preview"), ("doses_long", "discarded"), ("residents", "preview")):
        RosterImport.objects.create(**roster, kind=kind, state=state, uploaded_by=staff)
    assert "1 份接种花名册还没有入库" in text_of(client.get("/briefings/"))


def test_ended_campaign_has_no_more_reports_made_nor_its_hour_changed(place, people, staff, client_of):
    Campaign.objects.update(is_active=False, is_default=False)
    client = client_of(staff)
    answers = [client.post(reverse("briefing_make")), client.post(reverse("briefing_hour"), {"at": "16:00"})]
    assert ([answer.status_code for answer in answers], Job.objects.filter(kind="briefing.issue").exists()) == (
        [409, 409],
        False,
    )


def test_list_says_that_a_report_is_being_made_and_that_one_failed(place, people, staff, client_of):
    client = client_of(staff)
    client.post("/briefings/make/")
    assert "正在生成" in text_of(client.get("/briefings/"))
    Job.objects.update(state="failed")
    assert "自动生成没有成功" in text_of(client.get("/briefings/"))


def test_report_shows_its_sentences_table_and_text_for_the_group(made, leader, client_of):
    page = text_of(client_of(leader).get(reverse("briefing", args=[made.pk])))
    assert "已接种第一针 5 人" in page
    assert "【乌杨街道接种日报】" in page
    assert 'data-copy="chat"' in page
    assert "标为已报送</button>" not in page


@pytest.mark.parametrize("who", ["cadre_baiping", "unit_contact", "department_user", "clinic_user", "auditor"])
def test_others_are_refused(request, made, client_of, who):
    client = client_of(request.getfixturevalue(who))
    urls = ["/briefings/", reverse("briefing", args=[made.pk]), reverse("briefing_file", args=[made.pk, "xlsx"])]
    assert [client.get(url).status_code for url in urls] == [403, 403, 403]


def test_nobody_is_sent_to_the_login(made, nobody):
    assert nobody.get(reverse("briefing", args=[made.pk]))["Location"].startswith("/login/")


def test_leader_of_some_villages_finds_no_report_of_the_street(made, baiping, client_of):
    client = client_of(make_user("hezhengqing", Role.LEADER, place=baiping))
    assert "日报是全辖区的" in text_of(client.get("/briefings/"))
    assert client.get(reverse("briefing", args=[made.pk])).status_code == 404
    assert client.get(reverse("briefing_file", args=[made.pk, "xlsx"])).status_code == 404


def test_leader_reads_and_downloads_but_neither_sends_nor_corrects(made, leader, client_of):
    client = client_of(leader)
    assert b"".join(client.get(reverse("briefing_file", args=[made.pk, "docx"])).streaming_content)[:2] == b"PK"
    names = ("briefing_sent", "briefing_unsent", "briefing_correct")
    assert [client.post(reverse(name, args=[made.pk])).status_code for name in names] == [403, 403, 403]
    assert client.post("/briefings/make/").status_code == 403


def test_sent_is_marked_once_with_who_and_to_whom(made, staff, client_of):
    client, url = client_of(staff), reverse("briefing_sent", args=[made.pk])
    assert client.post(url, {"to": " "}).status_code == 422
    client.post(url, {"to": "县指挥部"})
    assert "已经标过报送" in text_of(client.post(url, {"to": "县指挥部"}, follow=True))
    assert [(sent.to, sent.by) for sent in Sending.objects.all()] == [("县指挥部", staff)]
    assert "已报给县指挥部" in text_of(client.get(reverse("briefing", args=[made.pk])))


def test_home_asks_for_the_report_until_it_is_sent(made, staff, client_of):
    client = client_of(staff)
    assert "今天的日报待报送" in text_of(client.get("/"))
    client.post(reverse("briefing_sent", args=[made.pk]), {"to": "县指挥部"})
    assert "今天的日报待报送" not in text_of(client.get("/"))


def test_mark_is_taken_back_and_the_trail_keeps_both(made, staff, client_of):
    client = client_of(staff)
    client.post(reverse("briefing_sent", args=[made.pk]), {"to": "县指挥部"})
    client.post(reverse("briefing_unsent", args=[made.pk]))
    assert not Sending.objects.exists()
    actions = AuditEntry.objects.filter(action__in=["briefing.sent", "briefing.unsent"]).order_by("number")
    assert [entry.action for entry in actions] == ["briefing.sent", "briefing.unsent"]


def test_receiver_is_typed_once(made, place, staff, client_of, settings):
    client = client_of(staff)
    client.post(reverse("briefing_sent", args=[made.pk]), {"to": "县指挥部"})
    settings.TODAY = make.day("08-17")
    page = text_of(client.get(reverse("briefing", args=[issue(place.campaign, make.day("08-17")).pk])))
    assert 'value="县指挥部"' in page


def test_correction_shows_what_it_would_change_and_asks_why(made, place, people, staff, client_of):
    client, url = client_of(staff), reverse("briefing_correct", args=[made.pk])
    assert "现在的数和已报的一样" in text_of(client.get(url))
    dose(people["refuses"], "08-16", place)
    assert "出更正 1（改 " in text_of(client.get(url))
    assert client.post(url, {"reason": ""}).status_code == 422
    answer = client.post(url, {"reason": "卫生院补报"}, follow=True)
    assert "更正 1 改了" in text_of(answer)
    before = text_of(client.get(reverse("briefing", args=[made.pk])))
    assert "这一期后来出过更正" in before and "已出更正" in before and "待报送" not in before
    listed = text_of(client.get("/briefings/"))
    assert (listed.count("已出更正"), "待报送" in listed) == (1, True)


def test_each_part_of_the_new_opens_its_people(made, place, people, staff, client_of, settings):
    settings.TODAY = make.day("08-17")
    dose(people["elsewhere"], "08-17", place)
    dose(people["refuses"], "07-20", place)
    remove_dose(Dose.objects.get(resident=people["waiting"]), reason="录错", by=staff)
    url = reverse("briefing_people", args=[issue(place.campaign, make.day("08-17")).pk])
    dose(people["silent"], "07-21", place)
    client = client_of(staff)

    def rows(part, row="total"):
        context = client.get(url, {"measure": "first", "part": part, "row": row}).context
        return [(one.name, one.number, one.cause) for one in context["people"]]

    assert rows("given") == [("王勇", 1, "本期接种")]
    assert rows("late") == [("陈建军", 1, "补录以前接种")]
    assert rows("corrected") == [("谭文华", -1, "更正接种记录")]
    assert [name for name, *_ in rows("", place.baiping.code)] == ["谭文华", "陈建军"]
    assert client.get(url, {"measure": "fifth", "row": "total"}).status_code == 404
    assert client.get(url, {"measure": "first", "row": "500233003999"}).status_code == 404


def test_downloads_stand_in_the_trail(made, staff, client_of):
    answer = client_of(staff).get(reverse("briefing_file", args=[made.pk, "xlsx"]))
    assert b"".join(answer.streaming_content)[:2] == b"PK"
    entry = AuditEntry.objects.get(action="briefing.download")
    assert (entry.user, entry.detail["编号"], entry.detail["文件"]) == (staff, "RB20210816", "进度表（Excel）")


def test_file_of_another_kind_is_not_found(made, staff, client_of):
    assert client_of(staff).get(reverse("briefing_file", args=[made.pk, "exe"])).status_code == 404


def test_hour_is_chosen_in_the_browser(place, staff, client_of):
    client = client_of(staff)
    assert client.post("/briefings/hour/", {"at": "25:00"}).status_code == 422
    assert client.post("/briefings/hour/", {"at": "16:30", "is_on": "on"}).status_code == 302
    assert [(f"{hour.at:%H:%M}", hour.is_on) for hour in IssueHour.objects.all()] == [("16:30", True)]
    client.post("/briefings/hour/", {"at": "16:30"})
    assert "不自动生成" in text_of(client.get("/briefings/"))


LIST_QUERIES, PAGE_QUERIES = 20, 16


@pytest.mark.parametrize("number", [1, 3])
def test_list_takes_as_many_queries_for_three_reports_as_for_one(
    place, people, staff, client_of, number, django_assert_num_queries
):
    for day in (16, 15, 14)[:number]:
        issue(place.campaign, make.day(f"08-{day}"))
    client = client_of(staff)
    client.get("/briefings/")
    with django_assert_num_queries(LIST_QUERIES):
        client.get("/briefings/")
    with django_assert_num_queries(PAGE_QUERIES):
        client.get(reverse("briefing", args=[Issue.objects.first().pk]))
