"""进度总览 on a small street: literal figures, who sees what, and how many queries a page takes (rules 4-6)."""

from datetime import date
from fractions import Fraction

import pytest
from django.core.cache import cache

from registry.models import Place, Role, Unit, User
from reports.dashboard.frame import read_frame
from reports.dashboard.kept import stamp_of
from reports.dashboard.pages import dashboard_page
from reports.dashboard.village_page import village_page
from reports.storing import recompute
from tests.factories import make_place, make_user
from tests.ledgers import make
from tests.reports.lists_cast import ON, counted_street, fix_today, stand

DAY = date(2021, 8, 16)
DASHBOARD_QUERIES = 30
# Once its parts are kept: who reads, what for, and whether the figures are still the same.
DASHBOARD_QUERIES_KEPT = 14
VILLAGE_QUERIES = 40


@pytest.fixture
def town(baiping, huanggu):
    """Nine people: in 常住口径 five of eight have a first dose, two of them all; see lists_cast."""
    return counted_street(baiping, huanggu)


@pytest.fixture
def page(town, staff):
    return dashboard_page(staff, _frame(town))


def _frame(town, **asked):
    return read_frame(town.campaign, asked, DAY)


def test_top_names_who_is_missing_to_the_goal(page):
    # ⌈0.908 × 15⌉ = 14; five have a first dose, two of them both.
    assert (page.top.goal, page.top.done, page.top.gap) == (14, 5, 9)
    assert (page.top.first.shown, page.top.full.shown) == (Fraction(5, 15), Fraction(2, 15))
    assert (page.top.line.all.unvaccinated, page.top.line.permanent.unvaccinated) == (3, 2)


def test_top_foresees_the_day_from_the_last_seven(page):
    # One first dose in seven days; 9 remain, 77 days are left, today counted.
    speed = page.top.speed
    assert (speed.actual, speed.required) == (Fraction(1, 7), Fraction(9, 77))
    assert (speed.forecast, speed.late, speed.short) == (date(2021, 10, 18), -13, 0)


def test_dropout_says_how_many_must_catch_up(page):
    # Of three whose second dose is past its day, one is overdue; below 5 % nobody may be.
    assert (page.top.dropout_rate, page.top.over_limit, page.top.catch_up) == (Fraction(1, 3), True, 1)


def test_change_is_the_difference_of_two_days(town, staff):
    top = dashboard_page(staff, _frame(town, on="2021-08-10")).top
    assert (top.change.first_dose, top.change.full, top.change.unvaccinated) == (1, 0, -1)


def test_matrix_has_the_furthest_behind_first(page):
    assert [(row.line.name, row.gap) for row in page.matrix.rows] == [("黄谷村", 5), ("白坪村", 5)]
    assert page.matrix.total.gap == 9
    assert page.rounding == 15


def test_matrix_sorts_by_any_column_and_back(town, staff):
    def names(sort):
        return [row.line.name for row in dashboard_page(staff, _frame(town, sort=sort)).matrix.rows]

    assert names("unvaccinated") == ["白坪村", "黄谷村"]
    assert names("-unvaccinated") == ["黄谷村", "白坪村"]
    assert names("nonsense") == names("first")


def test_unplaced_people_have_a_row_of_their_own(town, staff):
    make.resident()
    stand(town)
    matrix = dashboard_page(staff, _frame(town)).matrix
    assert matrix.unplaced.all.unvaccinated == 1
    assert matrix.total.line.all.unvaccinated == 4


def test_remainder_splits_those_without_a_dose(page):
    parts = {part.name: part.count for part in page.remainder.parts if part.count}
    assert parts == {"可动员": 1, "不愿意": 1, "禁忌": 1}
    assert (page.remainder.needed, page.remainder.still_needed) == (9, 8)


def test_list_of_who_can_be_won_holds_as_many_as_the_figure(town, staff, client_of):
    address = f"/ledgers/unvaccinated/?residency=permanent&reason=winnable&on={ON}"
    text = client_of(staff).get(address).content.decode()
    # 王勇 of whom nothing was said; 陈建军 is unwilling, 秦玉珍 lives elsewhere.
    assert ["王勇" in text, "陈建军" in text, "秦玉珍" in text] == [True, False, False]


def test_age_bands_use_the_registry_as_their_base(page):
    rows = {row.name: (row.in_scope, row.missing) for row in page.ages.rows if row.in_scope}
    assert rows == {"70–79岁": (1, 0), "60–69岁": (2, 0), "18–59岁": (4, 3), "15–17岁": (1, 0)}


def test_phases_follow_the_plan(page):
    states = {row.item.key: row.progress.status for row in page.phases.rows}
    assert (states["overall"], states["teens-12-14-first"], len(states)) == ("behind", "upcoming", 11)


def test_village_page_adds_its_groups_up(town, staff):
    page = village_page(staff, town.baiping, _frame(town))
    rows = {row.line.name: (row.line.all.in_scope, row.line.all.unvaccinated) for row in page.groups.rows}
    assert rows == {"1组": (3, 0), "2组": (5, 2)}
    assert [(part.name, part.count) for part in page.states.parts] == [
        ("超期未种", 1), ("到期可种", 1), ("间隔未到", 1), ("暂缓中", 0),
    ]  # fmt: skip


def test_key_units_with_somebody_missing_are_named(town, staff):
    school = make.unit("乌杨初级中学", "教育")
    shop = make.unit("河边小店")
    unvaccinated = make.resident(town.first)
    make.member(school, unvaccinated)
    make.member(shop, unvaccinated)
    stand(town)
    units = dashboard_page(staff, _frame(town)).units
    assert [(row.name, row.counts.unvaccinated) for row in units.rows] == [("乌杨初级中学", 1)]
    assert (units.total, units.cleared, units.missing) == (1, 0, 1)


def test_key_units_miss_their_staff_as_the_key_groups_do(town, staff, client_of):
    school = make.unit("乌杨初级中学", "教育")
    teacher, pupil = make.resident(town.first), make.resident(town.first, "2007-01-01")
    guest = make.resident(town.huanggu, status="outside")
    for who, kind in ((teacher, "staff"), (pupil, "student"), (guest, "temporary")):
        make.member(school, who, kind)
    make.tag(make.resident(town.first), "村组干部")
    stand(town)
    page = dashboard_page(staff, read_frame(town.campaign, {"on": "2021-07-20"}, DAY))
    [remaining] = [row.progress.remaining for row in page.phases.rows if row.item.key == "key-groups"]
    # Two of the school, and one 村组干部, who is of no unit; a pupil is of no key group.
    assert (page.units.missing, remaining) == (2, 3)
    [row] = page.units.rows
    assert _total(client_of(staff), row.lists.unvaccinated) == "共 2 人"


def _total(client, url: str) -> str:
    path, _, query = str(url).replace("&amp;", "&").partition("?")
    return client.get(f"{path}totals/?{query}").content.decode().split("人")[0] + "人"


def test_dashboard_says_its_figures_and_links_to_their_lists(town, staff, client_of):
    text = client_of(staff).get(f"/progress/?on={ON}").content.decode()
    assert "距目标还差 <b>9 人</b>" in text
    assert "<b>10月18日</b>可达到 90.8 %" in text
    assert "截至 8月16日 24:00" in text
    assert f'href="/ledgers/unvaccinated/?residency=permanent&amp;on={ON}"' in text


def test_dashboard_shows_any_day(town, staff, client_of):
    text = client_of(staff).get("/progress/?on=2021-06-30").content.decode()
    # done, young and overdue had a first dose by then.
    assert "第一针接种 3 人，距目标还差 <b>11 人</b>" in text


def test_day_to_come_says_that_it_is_to_come(town, staff, client_of):
    client = client_of(staff)
    assert "这一天还没有到" in client.get("/progress/?on=2021-08-17").content.decode()
    assert "这一天还没有到" not in client.get("/progress/?on=2021-08-16").content.decode()


@pytest.mark.parametrize(("asked", "shown"), [("2020-07-21", "2020年7月22日"), ("2021-11-01", "2021年10月31日")])
def test_day_outside_the_campaign_says_which_is_shown(town, staff, client_of, asked, shown):
    client = client_of(staff)
    text = client.get(f"/progress/?on={asked}").content.decode()
    assert f"不在可看的日期内（2020年7月22日至2021年10月31日），现在显示的是 {shown}。" in text
    # The same figures are kept for a minute; the note is not.
    day = shown.replace("年", "-").replace("月", "-").replace("日", "").replace("-7-", "-07-")
    assert "不在可看的日期内" not in client.get(f"/progress/?on={day}").content.decode()


def test_whoever_is_sent_on_is_told_the_day_outside_there(town, cadre_baiping, client_of):
    client = client_of(cadre_baiping)
    address = client.get("/progress/?on=2030-01-01")["Location"]
    assert address == f"/progress/{town.baiping.code}/?on=2030-01-01"
    assert "要看的 2030年1月1日 不在可看的日期内" in client.get(address).content.decode()


def test_unreadable_day_is_today(town, staff, client_of):
    assert "截至 8月16日 24:00" in client_of(staff).get("/progress/?on=gestern").content.decode()


def test_dashboard_before_anybody_is_on_record_says_the_next_step(campaign_only, staff, client_of):
    text = client_of(staff).get("/progress/").content.decode()
    assert "导入居民花名册后，这里显示进度" in text
    assert "0.00" not in text


@pytest.fixture
def campaign_only(baiping):
    fix_today()
    return make.campaign()


@pytest.mark.parametrize("path", ["/progress/", "/progress/wall/"])
def test_dashboard_is_for_the_street(town, staff, leader, unit_contact, auditor, nobody, client_of, path):
    assert {client_of(user).get(path).status_code for user in (staff, leader)} == {200}
    assert {client_of(user).get(path).status_code for user in (unit_contact, auditor)} == {403}
    assert nobody.get(path)["Location"].startswith("/login/")


def test_cadre_is_sent_to_the_own_village_and_knows_no_other(town, cadre_baiping, client_of):
    client = client_of(cadre_baiping)
    assert client.get("/progress/")["Location"] == f"/progress/{town.baiping.code}/?on={ON}"
    assert client.get(f"/progress/{town.baiping.code}/").status_code == 200
    assert client.get(f"/progress/{town.huanggu.code}/").status_code == 404


def test_grid_worker_sees_the_own_group_only(town, client_of):
    client = client_of(make_user("wangge", Role.CADRE, place=town.second))
    assert client.get(f"/progress/{town.second.code}/").status_code == 200
    assert client.get(f"/progress/{town.baiping.code}/").status_code == 404


def test_leader_of_some_villages_sees_their_sum(town, client_of):
    user = make_user("lianduan", Role.LEADER, place=town.baiping)
    user.grants.create(role=Role.LEADER, place=town.huanggu)
    text = client_of(user).get("/progress/").content.decode()
    assert "白坪村" in text
    assert "黄谷村" in text
    assert "阶段进度" in text


def test_department_sees_its_units_and_no_other(town, economy_office, department_user, client_of):
    own = make.unit("乌杨建材厂")
    Unit.objects.filter(pk=own.pk).update(department=economy_office)
    other = make.unit("别的单位")
    client = client_of(department_user)
    assert client.get("/progress/")["Location"] == f"/units/?on={ON}"
    assert "乌杨建材厂" in client.get("/units/?show=all").content.decode()
    assert [client.get(f"/units/{unit.pk}/").status_code for unit in (own, other)] == [200, 404]


def test_unit_contact_sees_who_is_missing_in_the_own_unit(town, waterworks, unit_contact, client_of):
    make.member(waterworks, make.resident(town.first))
    stand(town)
    client = client_of(unit_contact)
    assert "还有 <b>1 人</b>一针未打" in client.get(f"/units/{waterworks.pk}/").content.decode()
    assert client.get(f"/units/{make.unit('别的单位').pk}/").status_code == 404


def test_home_of_a_cadre_is_the_days_doors(town, cadre_baiping, client_of):
    assert client_of(cadre_baiping).get("/")["Location"] == "/today/"


def test_home_of_who_is_cadre_and_contact_names_who_to_call(town, cadre_baiping, waterworks, client_of):
    cadre_baiping.grants.create(role="unit", unit=waterworks)
    text = client_of(cadre_baiping).get("/").content.decode()
    assert "已过最迟应种日，先打；另有 1 人到期可种" in text


def test_home_of_a_leader_is_the_dashboard(town, leader, client_of):
    assert client_of(leader).get("/", follow=True).redirect_chain[0][0] == "/progress/"


@pytest.mark.parametrize("villages", [1, 3])
def test_dashboard_takes_the_same_queries_whatever_the_number_of_villages(
    town, staff, client_of, django_assert_num_queries, villages
):
    for number in range(villages):
        village = make_place(f"50023300322{number}", f"新村{number}")
        make.resident(make.group(village, 1))
    stand(town)
    client = client_of(staff)
    client.get("/progress/")
    cache.clear()
    with django_assert_num_queries(DASHBOARD_QUERIES):
        client.get("/progress/")
    with django_assert_num_queries(DASHBOARD_QUERIES_KEPT):
        client.get("/progress/")


def test_dashboard_kept_for_one_reader_is_not_another_readers(town, staff, leader, client_of):
    recompute(town.campaign, DAY)
    client_of(staff).get("/progress/")
    village = Place.objects.get(pk=town.huanggu.pk)
    village.linked_leader = leader.name
    village.save(update_fields=["linked_leader"])
    assert "我联系的村（社区）" in client_of(leader).get("/progress/").content.decode()
    assert "我联系的" not in client_of(staff).get("/progress/").content.decode()


def test_dashboard_is_kept_only_while_the_account_answers_for_the_same(town, leader, economy_office):
    before = stamp_of(leader, _frame(town))
    leader.grants.create(role=Role.DEPARTMENT, department=economy_office)
    assert stamp_of(User.objects.get(pk=leader.pk), _frame(town)) != before


@pytest.mark.parametrize("groups", [1, 3])
def test_village_takes_the_same_queries_whatever_the_number_of_groups(
    town, staff, client_of, django_assert_num_queries, groups
):
    for number in range(groups):
        make.resident(make.group(town.huanggu, 7 + number))
    stand(town)
    client = client_of(staff)
    client.get(f"/progress/{town.huanggu.code}/")
    with django_assert_num_queries(VILLAGE_QUERIES):
        client.get(f"/progress/{town.huanggu.code}/")


def test_changed_facts_are_shown_at_once(town, staff, client_of):
    recompute(town.campaign, DAY)
    client = client_of(staff)
    client.get("/progress/")
    person = make.resident(town.first)
    make.dose(person, "08-16", campaign=town.campaign)
    stand(town)
    assert "距目标还差 <b>8 人</b>" in client.get("/progress/").content.decode()
