"""进度总览 of a grid worker: the groups of the grid, and never a page of villages without any."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from campaigns.models import PhaseItem
from reports.dashboard.access import reach_of
from reports.dashboard.frame import read_frame
from reports.dashboard.own_groups import own_groups_page
from tests.ledgers import make
from tests.ledgers.households import make_grid, make_grid_worker, make_group
from tests.reports.lists_cast import counted_street, person, stand

DAY = make.day("08-16")


@pytest.fixture
def town(baiping, huanggu):
    town = counted_street(baiping, huanggu)
    person(make_group(baiping, 3), "田家英")
    stand(town)
    return town


@pytest.fixture
def worker(town):
    return make_grid_worker("ranhongmei2", make_grid(town.baiping, "第一网格", town.first, town.second), "冉红梅")


def _page(town, user, **asked):
    return own_groups_page(read_frame(town.campaign, asked, DAY), reach_of(user, town.campaign))


def test_groups_of_the_grid_and_their_sum(town, worker):
    groups = _page(town, worker).groups
    assert [(row.line.name, row.line.all.in_scope) for row in groups.rows] == [("1组", 3), ("2组", 5)]
    assert groups.total.line.all.in_scope == 8
    assert groups.worst.line.name == "2组"


def test_page_opens_each_group_and_promises_no_phase(town, worker, client_of):
    client = client_of(worker)
    page = client.get(reverse("dashboard")).content.decode()
    assert "我的组（社）进度" in page and "阶段进度" not in page and "3组" not in page
    for group in (town.first, town.second):
        address = reverse("village", args=[group.code])
        assert address in page and client.get(address).status_code == 200
    for item in PhaseItem.objects.all():
        assert reverse("dashboard_phase", args=[item.key]) not in page


def test_changes_stand_at_the_groups_alone(town, worker):
    """The movements of several groups together have no page."""
    groups = _page(town, worker, since="2021-08-01").groups
    assert all(row.further for row in groups.rows)
    assert (groups.total.change, groups.total.further) == (None, None)


def test_wall_chart_of_villages_sends_back(town, worker, client_of):
    assert client_of(worker).get(reverse("wall_chart"))["Location"] == reverse("dashboard")


def test_as_many_queries_for_four_groups_as_for_two(town, worker, client_of):
    more = [make_group(town.baiping, number) for number in (4, 5, 6, 7)]
    other = make_grid_worker("xiangguoqiang", make_grid(town.baiping, "第二网格", *more), "向国强")
    asked = []
    for user in (worker, other):
        client = client_of(user)
        client.get(reverse("dashboard"))
        with CaptureQueriesContext(connection) as queries:
            assert client.get(reverse("dashboard")).status_code == 200
        asked.append(len(queries))
    assert asked[0] == asked[1]
