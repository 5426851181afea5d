"""督办 in the browser: who sends, who answers from a phone, who judges, and the figures beside each sheet."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from campaigns.models import Nudge
from campaigns.nudges import actions
from registry.models import Place, Unit
from tests.campaigns.nudges import send
from tests.ledgers import make
from tests.reports.lists_cast import counted_street, stand

LIST_QUERIES = 24
SHEET_QUERIES = 19


@pytest.fixture
def town(baiping, huanggu):
    """See lists_cast; of 白坪村 ten are on the census, of 黄谷村 five."""
    return counted_street(baiping, huanggu)


@pytest.fixture
def nudge(town, baiping, leader) -> Nudge:
    return send(baiping, town.campaign, leader)


def _text(response) -> str:
    return response.content.decode()


NEW = "/nudges/new/?to=village:{code}&subject={subject}"


def test_sender_sees_the_figures_and_a_first_sentence_before_sending(town, huanggu, leader, client_of):
    page = _text(client_of(leader).get(NEW.format(code=huanggu.code, subject="first")))
    assert "截至8月16日，黄谷村离目标任务数还差 5 人，其中可动员 1 人。" in page
    assert 'value="2021-08-19"' in page
    assert "reason=winnable" in page


def test_first_sentence_of_a_phase_names_deadline_and_pace(town, huanggu, staff, client_of):
    page = _text(client_of(staff).get(NEW.format(code=huanggu.code, subject="phase:adults-first")))
    assert "黄谷村“18岁及以上第一针”（8月31日截止）还差 1 人，滞后，其中可动员 1 人。每天需完成 1 人。" in page


def test_first_sentence_to_a_unit_counts_its_members(town, waterworks, staff, client_of):
    who = make.resident(town.second, name="余勇")
    make.member(waterworks, who)
    stand(town)
    page = _text(client_of(staff).get(f"/nudges/new/?to=unit:{waterworks.pk}&subject=zeroing"))
    assert "乌杨水厂应种未种清零还差 1 人，其中可动员 1 人。" in page


def test_sheet_is_sent_with_the_figures_of_the_day(town, huanggu, leader, client_of):
    asked = {"text": "两天内走完没打的户。", "due_on": "2021-08-18"}
    response = client_of(leader).post(NEW.format(code=huanggu.code, subject="first"), asked)
    sent = Nudge.objects.get()
    assert (response.status_code, response.url) == (302, f"/nudges/{sent.pk}/")
    assert (sent.village, sent.sent_by, sent.due_on, sent.figures) == (
        huanggu, leader, date(2021, 8, 18), {"remaining": 5, "winnable": 1, "overdue": 0},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"text": "", "due_on": "2021-08-18"}, "写几个字再交"),
        ({"text": "办", "due_on": "2021-08-15"}, "反馈期限不能早于今天"),
        ({"text": "办", "due_on": "下周"}, "日期写成 2021-08-18 这样"),
    ],
)
def test_sheet_that_says_too_little_comes_back_with_what_to_do(asked, sentence, town, huanggu, leader, client_of):
    response = client_of(leader).post(NEW.format(code=huanggu.code, subject="first"), asked)
    assert (response.status_code, sentence in _text(response), Nudge.objects.count()) == (422, True, 0)


def test_second_sheet_about_the_same_says_which_comes_first(nudge, baiping, staff, client_of):
    asked = {"text": "再办", "due_on": "2021-08-18"}
    response = client_of(staff).post(NEW.format(code=baiping.code, subject="first"), asked)
    assert (response.status_code, Nudge.objects.count()) == (422, 1)
    assert "已有一张没销号的督办单，先处理那一张" in _text(response)


def test_place_outside_the_leaders_villages_cannot_be_chosen(town, baiping, huanggu, client_of):
    from registry.models import Role
    from tests.factories import make_user

    linked = make_user("tanyonggu", Role.LEADER, place=huanggu, name="谭永固")
    response = client_of(linked).get(NEW.format(code=baiping.code, subject="first"))
    assert (response.status_code, "不在你的范围内" in _text(response)) == (422, True)


def test_linked_villages_stand_first_in_the_choice(town, huanggu, leader, client_of):
    Place.objects.filter(pk=huanggu.pk).update(linked_leader=leader.name)
    page = _text(client_of(leader).get("/nudges/new/"))
    assert page.index("我联系的村（社区）") < page.index("黄谷村") < page.index("其他村（社区）") < page.index("白坪村")


def test_village_answers_and_the_sender_strikes_it_off(nudge, cadre_baiping, leader, client_of):
    village = client_of(cadre_baiping)
    assert "反馈这张督办单" in _text(village.get(f"/nudges/{nudge.pk}/"))
    answer = village.post(f"/nudges/{nudge.pk}/answer/", {"text": "走了 30 户，约好 12 人。"})
    assert (answer.status_code, Nudge.objects.get().state) == (302, "answered")
    sender = client_of(leader)
    assert "走了 30 户，约好 12 人。" in _text(sender.get(f"/nudges/{nudge.pk}/"))
    closed = sender.post(f"/nudges/{nudge.pk}/judge/", {"decision": "close"})
    assert (closed.status_code, Nudge.objects.get().state) == (302, "closed")


def test_sender_returns_it_with_words_and_a_day(nudge, cadre_baiping, leader, client_of):
    actions.answer(nudge, text="办了。", on=make.day("08-16"), by=cadre_baiping)
    sender = client_of(leader)
    refused = sender.post(f"/nudges/{nudge.pk}/judge/", {"decision": "return", "text": ""})
    assert (refused.status_code, "写明还要办什么" in _text(refused)) == (422, True)
    sender.post(f"/nudges/{nudge.pk}/judge/", {"decision": "return", "text": "还差哪些人？", "due_on": "2021-08-20"})
    returned = Nudge.objects.get()
    assert (returned.state, returned.due_on) == ("returned", date(2021, 8, 20))


def test_answer_given_twice_is_refused_and_says_so(nudge, cadre_baiping, client_of):
    village = client_of(cadre_baiping)
    village.post(f"/nudges/{nudge.pk}/answer/", {"text": "办了。"})
    again = village.post(f"/nudges/{nudge.pk}/answer/", {"text": "办了。"})
    assert (again.status_code, "什么也没有写入" in _text(again), nudge.steps.count()) == (422, True, 2)


def test_sheet_of_another_village_is_not_found(nudge, cadre_huanggu, unit_contact, nobody, client_of):
    for user in (cadre_huanggu, unit_contact):
        client = client_of(user)
        assert client.get(f"/nudges/{nudge.pk}/").status_code == 404
        assert client.get(f"/nudges/{nudge.pk}/print/").status_code == 404
        assert client.post(f"/nudges/{nudge.pk}/answer/", {"text": "办"}).status_code == 404
        assert "督办第" not in _text(client.get("/nudges/"))
    assert nobody.get(f"/nudges/{nudge.pk}/").status_code == 302


def test_who_only_reads_a_sheet_may_neither_answer_nor_judge(nudge, street, cadre_baiping, staff, client_of):
    from registry.models import Role
    from tests.factories import make_user

    other = make_user("xiangqianjin", Role.LEADER, place=street)
    assert client_of(staff).post(f"/nudges/{nudge.pk}/answer/", {"text": "办"}).status_code == 403
    assert client_of(other).post(f"/nudges/{nudge.pk}/judge/", {"decision": "close", "text": "x"}).status_code == 403
    assert client_of(cadre_baiping).post(f"/nudges/{nudge.pk}/judge/", {"decision": "close"}).status_code == 403
    assert "销号这张督办单" not in _text(client_of(other).get(f"/nudges/{nudge.pk}/"))


def test_numbers_of_people_typed_into_a_sheet_are_not_shown(town, baiping, leader, cadre_baiping, client_of):
    sheet = send(baiping, town.campaign, leader, text="冉启华 500233195403029024 还没打")
    for page in ("", "print/"):
        shown = _text(client_of(cadre_baiping).get(f"/nudges/{sheet.pk}/{page}"))
        assert ("冉启华" in shown, "500233195403029024" in shown) == (True, False)


def test_paper_says_where_it_stands_and_has_room_to_sign(nudge, cadre_baiping, client_of):
    page = _text(client_of(cadre_baiping).get(f"/nudges/{nudge.pk}/print/"))
    assert ("乌杨街道督办单" in page, "反馈人签字" in page, "下发时：还差 38 人" in page) == (True, True, True)


def test_list_counts_late_ones_and_shows_what_is_missing_today(town, baiping, huanggu, leader, client_of, settings):
    send(baiping, town.campaign, leader)
    send(huanggu, town.campaign, leader, due_on=date(2021, 8, 30))
    settings.TODAY = date(2021, 8, 20)
    page = _text(client_of(leader).get("/nudges/"))
    assert "逾期 2 天" in page
    assert page.index("逾期 2 天") < page.index("黄谷村</a>")
    assert '<td class="num" data-name="可动员">1</td>' in page
    late = _text(client_of(leader).get("/nudges/?show=late"))
    assert ("白坪村</a>" in late, "黄谷村</a>" in late) == (True, False)


def test_card_and_badge_tell_the_village_and_its_unit(nudge, town, waterworks, leader, cadre_baiping, unit_contact,
                                                      client_of, settings):  # fmt: skip
    send(waterworks, town.campaign, leader)
    unit = _text(client_of(unit_contact).get("/"))
    assert ("督办单待反馈" in unit, "去反馈" in unit) == (True, True)
    village = _text(client_of(cadre_baiping).get("/today/"))
    assert "督办单待反馈 <b>1</b>" in village
    assert '>督办<span class="count">1</span>' in village
    settings.TODAY = date(2021, 8, 20)
    assert "其中 1 张逾期，先反馈" in _text(client_of(unit_contact).get("/"))


def test_home_of_staff_tells_what_was_answered_and_what_is_late(nudge, staff, cadre_baiping, client_of, settings):
    assert "督办单待销号" not in _text(client_of(staff).get("/"))
    actions.answer(nudge, text="办了。", on=make.day("08-16"), by=cadre_baiping)
    assert "督办单待销号" in _text(client_of(staff).get("/"))


@pytest.mark.parametrize("number", [1, 3])
def test_list_takes_the_same_queries_for_one_sheet_and_three(number, town, baiping, huanggu, zhuhe, staff, client_of):
    phase = town.campaign.phase_items.get(key="adults-first")
    for village in (baiping, huanggu, zhuhe)[:number]:
        send(village, town.campaign, staff, subject="phase", phase=phase)
    _warm(town, staff, client_of)
    client = client_of(staff)
    with CaptureQueriesContext(connection) as queries:
        client.get("/nudges/")
    assert len(queries) == LIST_QUERIES


@pytest.mark.parametrize("number", [1, 3])
def test_sheet_takes_the_same_queries_however_many_steps(number, nudge, town, staff, cadre_baiping, client_of):
    for _ in range(number // 2):
        actions.answer(nudge, text="办了。", on=make.day("08-16"), by=cadre_baiping)
        actions.give_back(nudge, text="再办。", due_on=make.day("08-18"), on=make.day("08-16"), by=staff)
    _warm(town, staff, client_of)
    client = client_of(staff)
    with CaptureQueriesContext(connection) as queries:
        client.get(f"/nudges/{nudge.pk}/")
    assert len(queries) == SHEET_QUERIES


def _warm(town, staff, client_of):
    """Have the day's figures counted and kept."""
    client_of(staff).get("/progress/")


def test_department_reads_the_sheet_of_its_unit_and_has_nothing_to_press(
    town, waterworks, nudge, staff, economy_office, department_user, client_of
):
    Unit.objects.filter(pk=waterworks.pk).update(department=economy_office)
    sheet = send(waterworks, town.campaign, staff)
    client = client_of(department_user)
    page = _text(client.get("/nudges/"))
    assert (f"/nudges/{sheet.pk}/" in page, f"/nudges/{nudge.pk}/" in page, "下发一张" in page) == (True, False, False)
    page = _text(client.get(f"/nudges/{sheet.pk}/"))
    assert ("逐户动员" in page, f"/nudges/{sheet.pk}/answer/" in page, f"/nudges/{sheet.pk}/judge/" in page) == (
        True, False, False,
    )  # fmt: skip
    codes = [client.post(f"/nudges/{sheet.pk}/{act}/", {"text": "办了"}).status_code for act in ("answer", "judge")]
    assert (client.get(f"/nudges/{nudge.pk}/").status_code, codes) == (404, [403, 403])
