"""大屏 and 挂图: what they show, how a poll that brings nothing is quiet, and what a given-up session opens."""

import time

import pytest
from django.conf import settings as project
from django.contrib.auth import SESSION_KEY
from django.urls import reverse

from campaigns.models import Target
from registry.models import Role
from tests.factories import make_user
from tests.ledgers import make
from tests.reports import lists_cast

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _that_day(settings):
    settings.TODAY = make.day("08-16")


@pytest.fixture
def town(baiping, huanggu):
    town = lists_cast.street(baiping, huanggu)
    Target.objects.create(campaign=town.campaign, place=baiping, census_base=10)
    Target.objects.create(campaign=town.campaign, place=huanggu, census_base=5)
    return town


@pytest.fixture
def people(town):
    return lists_cast.fill(town)


@pytest.fixture
def opened(people, client_of, leader):
    """A leader's session that was given up for the large screen."""
    client = client_of(leader)
    client.post(reverse("screen"))
    return client


def stamp_in(html):
    return html.split("stamp=")[1].split('"')[0]


def test_opening_says_first_what_becomes_of_the_session(people, client_of, leader):
    html = client_of(leader).get(reverse("screen")).content.decode()
    assert "这次登录只能看大屏" in html
    assert "hx-trigger" not in html


def test_screen_shows_figures_their_moment_and_asks_for_itself(opened):
    html = opened.get(reverse("screen")).content.decode()
    assert [part in html for part in ("距目标还差 <b>9 人</b>", "算出", "黄谷村", 'hx-trigger="every 60s"')] == [
        True
    ] * 4
    assert "href=" not in html.split('id="figures"')[1].split("<footer")[0].replace("<use href=", "")


def test_poll_brings_nothing_while_figures_are_the_same_and_all_of_them_once_they_change(opened, town, people):
    stamp = stamp_in(opened.get(reverse("screen")).content.decode())
    figures = reverse("screen_figures")
    assert opened.get(figures, {"stamp": stamp}).status_code == 204
    make.dose(people["silent"], "08-16", campaign=town.campaign)
    lists_cast.stand(town)
    response = opened.get(figures, {"stamp": stamp})
    assert (response.status_code, stamp_in(response.content.decode()) == stamp) == (200, False)


def test_poll_that_brings_nothing_takes_few_queries(opened, django_assert_num_queries):
    stamp = stamp_in(opened.get(reverse("screen")).content.decode())
    with django_assert_num_queries(7):
        opened.get(reverse("screen_figures"), {"stamp": stamp})


@pytest.mark.parametrize("path", ["/ledgers/", "/progress/", "/", "/me/"])
def test_given_up_session_ends_when_it_asks_for_anything_else(opened, path):
    response = opened.get(path)
    assert (response.status_code, response.url.partition("?")[0]) == (302, "/login/")
    assert SESSION_KEY not in opened.session


def test_given_up_session_outlives_a_lost_connection_but_not_its_day(opened):
    session = opened.session
    session["seen"] = session["since"] = int(time.time()) - 3 * 3600
    session.save()
    assert opened.get(reverse("screen")).status_code == 200
    session = opened.session
    session["since"] = int(time.time()) - project.SESSION_COOKIE_AGE - 1
    session.save()
    assert opened.get(reverse("screen")).status_code == 302


def test_poll_after_the_end_of_the_session_is_told_to_htmx(opened):
    opened.logout()
    response = opened.get(reverse("screen_figures"), headers={"HX-Request": "true"})
    assert (response.status_code, response["HX-Redirect"].partition("?")[0]) == (204, "/login/")


def test_poll_of_a_session_not_given_up_brings_no_figures(people, client_of, staff):
    assert client_of(staff).get(reverse("screen_figures")).url == reverse("screen")


def test_leader_of_one_village_sees_it_alone(people, client_of, baiping):
    client = client_of(make_user("hezhengqing", Role.LEADER, place=baiping, name="何正清"))
    client.post(reverse("screen"))
    html = client.get(reverse("screen")).content.decode()
    assert ["白坪村" in html, "黄谷村" in html] == [True, False]


def test_screen_without_a_plan_or_people_says_what_it_waits_for(street, client_of, staff):
    client = client_of(staff)
    client.post(reverse("screen"))
    assert "还没有可显示的进度" in client.get(reverse("screen")).content.decode()


@pytest.mark.parametrize("who", ["cadre_baiping", "unit_contact", "clinic_user", "auditor"])
def test_others_open_no_screen(request, people, client_of, who):
    client = client_of(request.getfixturevalue(who))
    assert client.post(reverse("screen")).status_code == 403
    assert client.session.get("screen") is None


def test_chart_on_the_wall_ranks_villages_and_names_both_populations(people, client_of, leader):
    html = client_of(leader).get(reverse("wall_chart")).content.decode()
    head, body = html.split("<tbody>")
    assert [part in head for part in ("常住口径", "全口径", "A3横向一张")] == [True] * 3
    assert body.index("白坪村") < body.index("黄谷村") < body.index("合计")
