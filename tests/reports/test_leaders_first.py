"""What a leader sees first: linked villages by 片区, sheets and alerts; and what presses on a village's own page."""

import re
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from campaigns.measures.actions import write_measure
from campaigns.models import Target
from registry.models import Place, Role
from reports.alerts.check import check_alerts
from reports.nudges.linked import leaders_page
from tests.campaigns.nudges import send
from tests.factories import make_user
from tests.reports.lists_cast import fill, fix_today, stand, street

DAY = date(2021, 8, 16)
LEADERS_QUERIES = 9


@pytest.fixture
def town(baiping, huanggu, zhuhe):
    """Of 白坪村 five miss to ten, of 黄谷村 five to five; both in 第七片区, 朱河社区 in none."""
    fix_today()
    town = street(baiping, huanggu)
    for village, base in ((baiping, 10), (huanggu, 5), (zhuhe, 2)):
        Target.objects.create(campaign=town.campaign, place=village, census_base=base)
    fill(town)
    Place.objects.filter(pk__in=[baiping.pk, huanggu.pk]).update(district_group="第七片区")
    return town


def _link(leader, *villages):
    Place.objects.filter(pk__in=[one.pk for one in villages]).update(linked_leader=leader.name)


def test_linked_villages_stand_by_district_with_what_is_missing(town, baiping, zhuhe, leader):
    _link(leader, baiping, zhuhe)
    page = leaders_page(leader, town.campaign, DAY)
    said = [
        (one.name, [v.line.name for v in one.villages], [v.line.name for v in one.others]) for one in page.districts
    ]
    assert said == [("", ["朱河社区"], []), ("第七片区", ["白坪村"], ["黄谷村"])]
    # On the sum: ⌈0.908 × 12⌉ = 11 less five, not the villages' own 2 and 5.
    assert (page.villages, page.gap, page.districts[1].gap, page.winnable) == (2, 6, 5, 0)


def test_leader_of_a_village_alone_reads_no_other_of_the_district(town, huanggu):
    linked = make_user("tanyonggu", Role.LEADER, place=huanggu, name="谭永固")
    (district,) = leaders_page(linked, town.campaign, DAY).districts
    assert ([v.line.name for v in district.villages], district.others) == (["黄谷村"], [])


def test_leader_without_a_linked_village_has_sheets_and_alerts_alone(town, baiping, leader, staff, client_of):
    send(baiping, town.campaign, leader)
    check_alerts(town.campaign, DAY)
    page = leaders_page(leader, town.campaign, DAY)
    assert (page.districts, page.nudges.open, page.alerts > 0) == ([], 1, True)
    assert [(line.nudge.of, line.state_words) for line in page.pressed] == [(baiping, "待反馈")]
    text = client_of(leader).get("/progress/").content.decode()
    assert "1 张督办单没销号" in text
    assert leaders_page(staff, town.campaign, DAY) is None


def test_new_sheet_is_on_the_dashboard_at_once(town, baiping, leader, client_of):
    _link(leader, baiping)
    client = client_of(leader)
    assert "没有没销号的督办单" in client.get("/progress/").content.decode()
    send(baiping, town.campaign, leader)
    text = client.get("/progress/").content.decode()
    assert ("1 张督办单没销号" in text, "督办单 1 张" in text) == (True, True)
    text = re.sub(r"<[^>]*>", "", text)
    assert text.index("1 个村（社区）还差 5 人，其中可动员 0 人") < text.index("阶段进度")


@pytest.mark.parametrize("number", [1, 3])
def test_linked_villages_take_the_same_queries(number, town, baiping, huanggu, zhuhe, leader):
    _link(leader, *(baiping, huanggu, zhuhe)[:number])
    leaders_page(leader, town.campaign, DAY)
    with CaptureQueriesContext(connection) as queries:
        leaders_page(leader, town.campaign, DAY)
    assert len(queries) == LEADERS_QUERIES


def test_village_page_shows_sheets_alerts_and_its_measures(town, baiping, leader, cadre_baiping, client_of):
    send(baiping, town.campaign, leader)
    check_alerts(town.campaign, DAY)
    write_measure(
        town.campaign, baiping, text="逢场天设点", responsible="冉红梅", start_on=DAY, due_on=DAY, by=cadre_baiping
    )
    page = client_of(cadre_baiping).get(f"/progress/{baiping.code}/").content.decode()
    assert ("督办第 1 号" in page, "脱失率偏高" in page, "逢场天设点" in page) == (True, True, True)
    assert ("写或改措施" in page, "/nudges/new/" in page) == (True, False)
    assert "/nudges/new/" in client_of(leader).get(f"/progress/{baiping.code}/").content.decode()
    stand(town)
