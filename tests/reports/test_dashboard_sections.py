"""The sections of 进度总览 on the nine people of lists_cast: what is ahead, what moved, who is told apart."""

import re
from datetime import date, timedelta
from fractions import Fraction

import pytest

from campaigns.models import Target
from campaigns.phase_dates import change_phase_dates
from ledgers.models import Visit
from registry.clock import start_of
from registry.models import Place, Role
from reports.dashboard.access import reach_of
from reports.dashboard.frame import read_frame
from reports.dashboard.pages import dashboard_page
from reports.dashboard.phase_page import phase_page
from reports.dashboard.village_page import village_page
from reports.figures import total_at
from tests.campaigns.nudges import send
from tests.factories import make_user
from tests.ledgers import make
from tests.ledgers.follow_up import household
from tests.reports.lists_cast import ON, counted_street, stand

DAY = date(2021, 8, 16)
PHASE_QUERIES = 21


@pytest.fixture
def town(baiping, huanggu):
    return counted_street(baiping, huanggu)


def _page(town, user, **asked):
    return dashboard_page(user, read_frame(town.campaign, asked, DAY))


# What is ahead.


def test_who_is_overdue_soon_and_what_dropout_becomes(town, staff):
    # 向世明's second dose is due by 08-26: soon from 08-20 on; nobody else comes into the base by then.
    before, then = (_page(town, staff, on=on).coming.overdue for on in ("2021-08-19", "2021-08-20"))
    assert (before.soon, then.soon, then.on) == (0, 1, date(2021, 8, 27))
    assert (then.lost, then.ahead.base, then.ahead.lost_if_all, then.ahead.lost_if_none) == (1, 4, 1, 2)
    later = total_at(town.campaign, date(2021, 8, 27)).counts.permanent
    assert (later.dropout_base, later.dropout_lost) == (then.ahead.base, then.ahead.lost_if_none)


@pytest.mark.parametrize(
    ("on", "finishing", "starting"),
    [
        (ON, 3, 2),
        # 谭文华's second dose may be given on the last day, and the day after on none.
        ("2021-10-31", 3, 2),
    ],
)
def test_ceiling_of_full_coverage(town, staff, on, finishing, starting):
    reach = _page(town, staff, on=on).coming.reach
    assert (reach.full, reach.finishing, reach.starting) == (2, finishing, starting)
    assert reach.total == 2 + finishing + starting


def test_after_the_last_day_nobody_can_be_completed_any_more(town):
    ahead = total_at(town.campaign, date(2021, 11, 1)).ahead
    assert (ahead.finishing, ahead.starting) == (0, 0)


def test_teens_miss_the_last_day_before_adults(town, staff):
    make.resident(town.first, "2006-02-01")
    stand(town)
    assert [_page(town, staff, on=on).coming.reach.starting for on in ("2021-10-10", "2021-10-11")] == [3, 2]


def test_three_doses_need_two_gaps(town, staff):
    person = make.resident(town.first)
    make.dose(person, "09-05", "zf2001", campaign=town.campaign)
    late = make.resident(town.first)
    make.dose(late, "09-06", "zf2001", campaign=town.campaign)
    stand(town)
    # 09-05 leaves 10-03 and 10-31; a day later the third would be 11-01.
    assert _page(town, staff, on="2021-09-10").coming.reach.finishing == 3 + 1


def test_exempt_are_told_apart_by_their_end(town, staff):
    make.exemption(make.resident(town.first), "08-01", "09-30", campaign=town.campaign)
    stand(town)
    parts = {part.name: part.count for part in _page(town, staff).remainder.parts}
    assert (parts["缓种"], parts["禁忌"]) == (1, 1)


def test_remainder_names_who_has_begun_and_can_go_on(town, staff):
    rest = _page(town, staff).remainder
    assert (rest.begun, rest.ready, rest.full_needed) == (3, 2, 12)
    assert (rest.winnable, rest.untold) == (1, 1)


# What moved.


def test_changes_are_shown_since_yesterday_and_since_a_chosen_day(town, staff):
    top = _page(town, staff, on="2021-08-11", since="2021-07-31").top
    # 谭文华's first dose on 08-10; 罗德芳 has been overdue since 08-08; 周小琴 is exempt since 08-01.
    assert (top.change.since, top.change.first_dose, top.change.dropout_lost) == (date(2021, 8, 10), 0, 0)
    assert (top.further.first_dose, top.further.dropout_lost, top.further.all.exempt) == (1, 1, 1)
    assert (top.first.change.number, top.first.further.number, top.first.further.rate) == (0, 1, Fraction(1, 15))


@pytest.mark.parametrize("since", ["2021-08-15", "2021-08-16", "2021-09-01", "soon", "2019-01-01"])
def test_a_day_that_cannot_be_compared_with_says_nothing(town, since):
    assert read_frame(town.campaign, {"since": since}, DAY).since is None


def test_tables_say_how_much_each_figure_moved(town, staff, client_of):
    text = client_of(staff).get("/progress/?on=2021-08-16&since=2021-07-31").content.decode()
    assert "较 8月1日" not in text
    assert "数字后的 ± 为较 7月31日 的变化" in text
    assert "较前一日 0 人，较 7月31日 +1 人（+6.67）" in re.sub(r"<[^>]*>", "", text)


# Villages told apart.


def test_villages_without_a_new_first_dose_are_named(town, staff):
    matrix = _page(town, staff).matrix
    # 谭文华 of 白坪村 had his on 08-10; 黄谷村 never had one.
    assert [row.line.name for row in matrix.silent_longer] == ["黄谷村", "白坪村"]
    on_11 = _page(town, staff, on="2021-08-11").matrix
    assert [row.line.name for row in on_11.silent_today] == ["黄谷村", "白坪村"]
    assert [row.line.name for row in on_11.silent_longer] == ["黄谷村"]
    assert [row.line.name for row in _page(town, staff, on="2021-08-10").matrix.silent_today] == ["黄谷村"]


def test_bases_are_doubted_where_the_registry_differs(town, staff, client_of):
    Target.objects.filter(place=town.huanggu).update(census_base=1)
    matrix = _page(town, staff).matrix
    # 白坪村: 7 permanent residents of 10; 黄谷村: 1 of 1.
    assert [(row.line.name, row.line.doubt, row.line.registry_excess) for row in matrix.doubted] == [
        ("白坪村", "differs", -3)
    ]
    assert "1 个村（社区）要核对" in client_of(staff).get("/progress/").content.decode()


def test_districts_have_subtotals_from_sums(town, staff):
    Place.objects.filter(code=town.baiping.code).update(district_group="第一片区")
    Place.objects.filter(code=town.huanggu.code).update(district_group="第二片区")
    rows = _page(town, staff).matrix.districts
    assert [(row.line.name, row.line.coverage.goal, row.gap) for row in rows] == [
        ("第二片区", 5, 5),
        ("第一片区", 10, 5),
    ]
    assert rows[1].line.all.in_scope == 8


def test_one_district_that_holds_all_is_the_total_and_not_said_twice(town, staff):
    Place.objects.filter(level=Place.Level.VILLAGE).update(district_group="全街道")
    assert _page(town, staff).matrix.districts == []


def test_age_bands_of_the_young_and_the_old_have_sums(town, staff):
    sums = {row.name: (row.in_scope, row.unvaccinated) for row in _page(town, staff).ages.sums}
    assert sums == {"60岁及以上": (3, 0), "12–17岁": (1, 0)}


def test_a_campaign_for_the_old_has_no_sum_of_all_its_bands(town, staff):
    town.campaign.age_bands.all().delete()
    for key, first, last in (("60-69", 60, 69), ("70-79", 70, 79), ("80+", 80, None)):
        town.campaign.age_bands.create(key=key, from_age=first, to_age=last)
    assert _page(town, staff).ages.sums == []


# A phase and its villages.


def _phase(town, user, key, on=DAY):
    return phase_page(user, read_frame(town.campaign, {"on": on.isoformat()}, DAY), key, reach_of(user, town.campaign))


def test_a_phase_opens_its_villages_the_widest_gap_first(town, staff):
    make.resident(town.huanggu)
    stand(town)
    page = _phase(town, staff, "adults-first")
    # 陈建军 of 白坪村; 王勇 and one more of 黄谷村. 周小琴 is exempt, 秦玉珍 lives elsewhere.
    assert [(row.place.name, row.row.progress.remaining) for row in page.villages] == [("黄谷村", 2), ("白坪村", 1)]
    assert (page.whole.progress.remaining, page.elsewhere, page.half) == (3, None, 1)


def test_key_groups_elsewhere_are_a_row_of_their_own(town, staff):
    school = make.unit("乌杨初级中学", "教育")
    make.member(school, make.resident(town.first))
    make.member(school, make.resident(town.first, status="outside"))
    stand(town)
    page = _phase(town, staff, "key-groups", date(2021, 7, 20))
    assert (page.whole.progress.remaining, page.remaining, page.elsewhere.remaining) == (2, 1, 1)


def test_a_phase_is_for_who_reads_its_villages(town, staff, leader, cadre_baiping, unit_contact, nobody, client_of):
    path = "/progress/phases/adults-first/"
    assert {client_of(user).get(path).status_code for user in (staff, leader)} == {200}
    text = client_of(cadre_baiping).get(path).content.decode()
    assert ("白坪村" in text, "黄谷村" in text, "合计</td>" in text) == (True, False, False)
    grid = make_user("wangge", Role.CADRE, place=town.second)
    assert client_of(grid).get(path).status_code == 404
    assert client_of(unit_contact).get(path).status_code == 403
    assert nobody.get(path)["Location"].startswith("/login/")
    assert client_of(staff).get("/progress/phases/no-such-item/").status_code == 404


@pytest.mark.parametrize("villages", [1, 3])
def test_a_phase_takes_the_same_queries_whatever_the_number_of_villages(
    town, staff, client_of, django_assert_num_queries, villages
):
    for number in range(villages):
        make.resident(make.village(f"50023300322{number}", f"新村{number}"))
    stand(town)
    client = client_of(staff)
    client.get("/progress/phases/adults-first/")
    with django_assert_num_queries(PHASE_QUERIES):
        client.get("/progress/phases/adults-first/")


# One definition: paces and silence are told from the same ledgers as the days themselves.


def test_earlier_days_are_the_figures_of_those_days(town):
    now = total_at(town.campaign, DAY)
    for days in (3, 7):
        then = total_at(town.campaign, DAY - timedelta(days=days)).counts.permanent
        assert now.before(days) == (then.first_dose, then.full)


# The trend and the village.


def test_the_trend_is_drawn_by_the_server_with_changed_deadlines(town, staff, client_of):
    item = town.campaign.phase_items.get(key="adults-first")
    change_phase_dates(item, start_on=item.start_on, deadline_on=date(2021, 9, 10), reason="县里通知", by=staff)
    total_at(town.campaign, date(2021, 8, 9))
    text = client_of(staff).get("/progress/").content.decode()
    drawn = text[text.index('<svg class="trend-plain"') : text.index('<div id="trend-chart"')]
    assert [drawn.count(f'<polyline class="{kind}"') for kind in ("first-line", "full-line", "goal-line")] == [1, 1, 2]
    assert ("第一针 5" in drawn, "全程 2" in drawn, "目标 14" in drawn) == (True, True, True)
    assert (drawn.count('<circle class="old-deadline"'), drawn.count('<circle class="new-deadline"')) == (1, 1)
    assert "截止日 ○ 8月31日 改为 ● <b>9月10日</b>（县里通知，" in text


def test_a_village_shows_its_ages_visits_and_open_sheets(town, staff, client_of):
    page = village_page(staff, town.baiping, read_frame(town.campaign, {}, DAY))
    assert [(row.name, row.in_scope) for row in page.ages.sums] == [("60岁及以上", 3), ("12–17岁", 1)]
    assert (page.visits.round, page.visits.week) == (None, 0)
    text = client_of(staff).get(f"/progress/{town.baiping.code}/").content.decode()
    assert "没有没销号的督办单" in text
    # Over the dropout limit one more is about those overdue, not about first doses.
    assert f"to=village:{town.baiping.code}&amp;subject=overdue" in text


def test_open_sheets_of_a_village_are_for_who_reads_them(town, staff, cadre_baiping, client_of):
    send(town.baiping, town.campaign, staff)
    text = client_of(cadre_baiping).get(f"/progress/{town.baiping.code}/").content.decode()
    assert (text.count("督办第 1 号"), f"督办{town.baiping}</a>" in text) == (1, False)
    # A grid worker's page is of a group, which answers for none.
    grid = make_user("wangge", Role.CADRE, place=town.second)
    assert "督办单" not in client_of(grid).get(f"/progress/{town.second.code}/").content.decode()


def test_visits_of_the_week_are_counted_by_outcome(town, staff):
    house = household(town.first, 1)
    for day, outcome in ((9, "visited"), (10, "visited"), (16, "nobody"), (17, "visited")):
        at = start_of(date(2021, 8, day)) + timedelta(hours=9)
        Visit.objects.create(
            household=house, campaign=town.campaign, outcome=outcome, at=at, received_at=at, by=staff,
            entry=make.entry(),
        )  # fmt: skip
    visits = village_page(staff, town.baiping, read_frame(town.campaign, {}, DAY)).visits
    assert visits.outcomes == [("入户完成", 1), ("家中无人", 1)]


def test_campaign_two_days_old_has_no_village_silent_for_three(town, staff):
    town.campaign.start_on = DAY - timedelta(days=2)
    town.campaign.save()
    matrix = _page(town, staff).matrix
    assert (len(matrix.silent_today) > 0, matrix.silent_longer) == (True, [])


def test_campaign_without_goals_says_so_of_what_is_running(town, staff, client_of):
    Target.objects.all().delete()
    text = client_of(staff).get("/progress/?on=2021-08-16").content.decode()
    assert "没有正在进行的阶段任务" not in text


def test_villages_within_the_limit_are_told_only_where_dropout_is(town, staff, client_of):
    page = _page(town, staff, on="2021-07-01")
    text = client_of(staff).get("/progress/?on=2021-07-01").content.decode()
    assert (page.matrix.has_dropout, "以下的有" in text) == (False, False)
