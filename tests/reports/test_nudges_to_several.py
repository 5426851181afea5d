"""督办 to several villages at once: a sheet for each, begun with its own figures."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from campaigns.models import Nudge
from tests.campaigns.nudges import send
from tests.reports.lists_cast import counted_street, stand

ASKED = {"text": "两天内走完没打的户。", "due_on": "2021-08-18"}


@pytest.fixture
def town(baiping, huanggu):
    town = counted_street(baiping, huanggu)
    stand(town)
    return town


def _to(*places) -> str:
    first, *more = places
    several = "".join(f"&more=village:{place.code}" for place in more)
    return f"/nudges/new/?to=village:{first.code}&subject=first{several}"


def test_each_gets_a_sheet_with_its_own_first_sentence(town, baiping, huanggu, leader, client_of):
    client = client_of(leader)
    page = client.get(_to(huanggu, baiping, huanggu)).content.decode()
    assert "截至8月16日，黄谷村离目标任务数还差 5 人，其中可动员 1 人。" in page
    assert "下发 2 张" in page
    answer = client.post(_to(huanggu, baiping), ASKED, follow=True).content.decode()
    assert "已下发 2 张给黄谷村、白坪村，8月18日前反馈" in answer
    sheets = {one.village.name: one for one in Nudge.objects.select_related("village")}
    assert sheets["黄谷村"].text == "截至8月16日，黄谷村离目标任务数还差 5 人，其中可动员 1 人。两天内走完没打的户。"
    assert sheets["白坪村"].text.startswith("截至8月16日，白坪村离目标任务数还差 5 人，其中可动员 ")


def test_who_has_an_open_sheet_keeps_it_and_the_others_get_theirs(town, baiping, huanggu, leader, client_of):
    send(baiping, town.campaign, leader)
    answer = client_of(leader).post(_to(huanggu, baiping), ASKED, follow=True).content.decode()
    assert "已下发 1 张给黄谷村" in answer
    assert "已有一张没销号的督办单，先处理那一张" in answer
    assert Nudge.objects.count() == 2


def test_words_leave_room_for_the_first_sentence(town, baiping, huanggu, leader, client_of):
    answer = client_of(leader).post(_to(huanggu, baiping), ASKED | {"text": "办" * 490})
    assert (answer.status_code, Nudge.objects.count()) == (422, 0)
    assert "前面还有一句按今天的数写的" in answer.content.decode()


def test_village_out_of_reach_is_refused(town, baiping, huanggu, leader, client_of):
    leader.grants.update(place=baiping)
    answer = client_of(leader).post(_to(baiping, huanggu), ASKED)
    assert (answer.status_code, Nudge.objects.count()) == (422, 0)


def test_figures_of_three_cost_as_much_as_of_two(town, baiping, huanggu, zhuhe, staff, client_of):
    client = client_of(staff)
    asked = []
    for places in ((baiping, huanggu), (baiping, huanggu, zhuhe)):
        client.get(_to(*places))
        with CaptureQueriesContext(connection) as queries:
            client.get(_to(*places))
        asked.append(len(queries))
    assert asked[0] == asked[1]
