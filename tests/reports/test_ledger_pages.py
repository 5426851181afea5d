"""The pages of lists and exports: the right person, the wrong person, nobody; as many queries for three as for one."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from registry.models import AuditEntry
from reports.lists.asked import LISTS
from tests.ledgers import make
from tests.reports import lists_cast
from tests.reports.lists_cast import people, town

__all__ = ["people", "town"]


@pytest.fixture(autouse=True)
def _on_the_day(settings):
    settings.TODAY = make.day("08-16")


def path(ledger="unvaccinated", query=""):
    return f"{reverse('ledger', args=[ledger])}?{query}"


@pytest.mark.parametrize("who", ["cadre_baiping", "unit_contact", "department_user", "staff", "leader"])
def test_those_with_lists_see_them(request, town, people, client_of, who):
    response = client_of(request.getfixturevalue(who)).get(path())
    assert response.status_code == 200


@pytest.mark.parametrize("who", ["clinic_user", "auditor", "sysadmin"])
def test_those_without_lists_are_told_so(request, people, client_of, who):
    assert client_of(request.getfixturevalue(who)).get(path()).status_code == 403


def test_nobody_is_asked_to_log_in(people, nobody):
    assert nobody.get(path()).status_code == 302


def test_another_village_is_not_found(people, client_of, cadre_huanggu):
    assert client_of(cadre_huanggu).get(path(query="village=500233003215")).status_code == 404


def test_unknown_ledger_is_not_found(people, client_of, staff):
    assert client_of(staff).get("/ledgers/elsewhere/").status_code == 404


def test_page_names_its_day_population_and_sum(people, client_of, staff):
    html = client_of(staff).get(path()).content.decode()
    assert "全口径 · 截至 2021年8月16日 24:00" in html
    words = re.sub(r"<[^>]*>", "", html)
    assert "2 + 3 + 3 + 1 = 在册 12 岁及以上 9 人" in words
    html = client_of(staff).get(path(query="residency=permanent")).content.decode()
    assert "常住口径 · 截至 2021年8月16日 24:00" in html


def test_day_to_come_says_that_it_is_to_come(people, client_of, staff):
    client = client_of(staff)
    assert "这一天还没有到" in client.get(path(query="on=2021-08-17")).content.decode()
    assert "这一天还没有到" not in client.get(path(query="on=2021-08-16")).content.decode()


@pytest.mark.parametrize(("asked", "shown"), [("0001-01-01", "2020年7月22日"), ("2030-01-01", "2021年10月31日")])
def test_day_outside_the_campaign_says_which_is_shown(people, client_of, staff, asked, shown):
    html = client_of(staff).get(path(query=f"on={asked}")).content.decode()
    assert f"不在可看的日期内（2020年7月22日至2021年10月31日），现在显示的是 {shown}。" in html
    assert f"截至 {shown} 24:00" in html


def test_page_shows_no_birth_date_and_no_full_number(people, client_of, staff):
    html = client_of(staff).get(path("incomplete")).content.decode()
    number = people["overdue"].documents.get().number
    assert f"****{number[-2:]}" in html
    assert number not in html
    assert "19900000916" not in html
    assert "1943-01-01" not in html


@pytest.mark.parametrize("ledger", LISTS)
def test_every_ledger_and_its_totals_open(people, client_of, staff, ledger):
    client = client_of(staff)
    assert client.get(path(ledger)).status_code == 200
    assert client.get(reverse("ledger_totals", args=[ledger])).status_code == 200


def test_totals_follow_the_filters(people, client_of, staff):
    response = client_of(staff).get(reverse("ledger_totals", args=["unvaccinated"]) + "?tag=党员")
    assert "共 1 人" in response.content.decode()


def test_search_travels_by_post_and_stays_out_of_the_address(people, client_of, staff):
    client = client_of(staff)
    number = people["refuses"].documents.get().number
    address = reverse("ledger_search", args=["unvaccinated"]) + "?on=2021-08-16"
    response = client.post(address, {"search": number})
    assert response.url == "/ledgers/unvaccinated/?on=2021-08-16&found=1"
    html = client.get(response.url).content.decode()
    assert "陈建军" in html
    assert "秦玉珍" not in html
    assert client.post(f"{address}&found=1", {"search": " "}).url == "/ledgers/unvaccinated/?on=2021-08-16"


def test_empty_list_says_why_and_what_to_do(people, client_of, staff):
    html = client_of(staff).get(path("exempt", "tag=党员")).content.decode()
    assert "没有符合条件的人" in html
    assert "清除筛选，看全部" in html


def test_without_a_plan_the_page_says_what_comes_first(client_of, staff):
    assert "还没有接种工作" in client_of(staff).get(path()).content.decode()


def counted(client, address):
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


@pytest.mark.parametrize("query", ["", "tag=党员&age=18-59", "village=500233003215&sort=name"])
def test_as_many_queries_for_three_as_for_one(town, client_of, staff, query):
    lists_cast.person(town.first, "冉启华", "1980-01-01")
    make.tag(lists_cast.person(town.first, "冉启明", "1980-01-01"), "党员")
    lists_cast.stand(town)
    client = client_of(staff)
    client.get(path(query=query))
    few = counted(client, path(query=query))
    for name in ("谭一", "谭二", "谭三"):
        make.tag(lists_cast.person(town.second, name, "1981-01-01", phone="19900006032"), "党员")
    lists_cast.stand(town)
    client.get(path(query=query))
    assert counted(client, path(query=query)) == few


def test_cadre_prints_its_own_list_with_phones_and_leaves_a_trace(people, client_of, cadre_baiping):
    html = client_of(cadre_baiping).post(reverse("ledger_print", args=["incomplete"])).content.decode()
    assert "19900000916" in html
    entry = AuditEntry.objects.latest("number")
    assert (entry.action, entry.user, entry.detail["人数"]) == ("ledger.print", cadre_baiping, 3)


def test_printed_list_gives_each_group_sheets_of_its_own(people, client_of, cadre_baiping):
    response = client_of(cadre_baiping).post(reverse("ledger_print", args=["incomplete"]))
    sections = [(section.place, len(section.lines)) for section in response.context["sections"]]
    assert sections == [("白坪村1组", 1), ("白坪村2组", 2)]
    assert response.content.decode().count("tick-box") == 3


@pytest.mark.parametrize("who", ["staff", "leader", "unit_contact"])
def test_only_a_cadre_prints_with_phones(request, people, client_of, who):
    client = client_of(request.getfixturevalue(who))
    assert client.post(reverse("ledger_print", args=["incomplete"])).status_code == 403


def test_export_asks_for_a_purpose(people, client_of, staff):
    response = client_of(staff).post(reverse("export_new") + "?ledger=unvaccinated", {"purpose": "other", "note": " "})
    assert response.status_code == 422
    assert "写明这份名单给谁、做什么用。" in response.content.decode()


def test_short_export_is_written_at_once_and_listed(people, client_of, staff, settings):
    client = client_of(staff)
    response = client.post(reverse("export_new") + "?ledger=unvaccinated", {"purpose": "街道调度研判", "note": ""})
    assert response.url == reverse("exports")
    html = client.get(reverse("exports")).content.decode()
    assert "街道调度研判" in html
    link = html.split('class="button" href="')[1].split('"')[0]
    assert b"".join(client.get(link).streaming_content)[:2] == b"PK"
    assert list(AuditEntry.objects.order_by("number").values_list("action", flat=True))[-2:] == [
        "ledger.export",
        "export.download",
    ]


@pytest.mark.parametrize("who", ["cadre_baiping", "leader", "unit_contact"])
def test_exports_are_for_staff(request, people, client_of, who):
    client = client_of(request.getfixturevalue(who))
    assert client.get(reverse("export_new") + "?ledger=unvaccinated").status_code == 403
    assert client.get(reverse("exports")).status_code == 403
