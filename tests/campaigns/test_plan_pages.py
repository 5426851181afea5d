"""The plan's pages: who sees them, who changes dates and task numbers, and what stays on record."""

from datetime import date
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from campaigns.actions import load_plan
from campaigns.models import Campaign, PhaseItem, PhaseItemChange, Target
from campaigns.overview import phase_rows
from campaigns.plan_files import plan_path, read_plan
from campaigns.signals import plan_changed
from campaigns.targets import target_lines
from registry.accounts import system_user
from registry.models import AuditEntry, Role
from tests.factories import make_place, make_user


@pytest.fixture
def campaign(street) -> Campaign:
    text = Path(plan_path("wuyang-2021")).read_text(encoding="utf-8")
    return load_plan(read_plan(text), by=system_user())[0]


@pytest.fixture
def adults_first(campaign) -> PhaseItem:
    return campaign.phase_items.get(key="adults-first")


@pytest.fixture
def told():
    """The campaigns of which the floors above were told that their plan changed."""
    heard = []

    def hear(campaign, **_):
        heard.append(campaign.key)

    plan_changed.connect(hear)
    yield heard
    plan_changed.disconnect(hear)


NEW_DATES = {"start_on": "2021-07-16", "deadline_on": "2021-09-10", "reason": "县指挥部8月20日通知"}


def test_plan_page_names_each_fact_with_its_article(campaign, client_of, cadre_baiping):
    page = client_of(cadre_baiping).get("/plan/").content.decode()
    assert "10月31日前，第一针接种率达到 90.8 %，脱失率低于 5 %" in page
    assert "第二针最迟在第一针后 56 天" in page
    assert "忠县人民医院" in page


def test_plan_page_without_a_plan_says_what_to_do(client_of, staff):
    assert "还没有载入方案" in client_of(staff).get("/plan/").content.decode()


@pytest.mark.parametrize("path", ["/plan/", "/plan/phases/", "/plan/targets/"])
def test_plan_pages_are_for_the_office_alone(path, campaign, client_of, leader, auditor, sysadmin, nobody):
    codes = [client_of(user).get(path).status_code for user in (leader, auditor, sysadmin)]
    assert (codes, nobody.get(path).status_code) == ([200, 403, 403], 302)


def test_unknown_campaign_is_not_found(campaign, client_of, staff):
    assert client_of(staff).get("/plan/?campaign=measles").status_code == 404


def test_phases_page_shows_windows_as_seen_today(campaign, client_of, staff, settings):
    settings.TODAY = date(2021, 8, 16)
    page = client_of(staff).get("/plan/phases/").content.decode()
    assert ("还有 16 天" in page, "已截止 16 天" in page, "还有 46 天开始" in page) == (True, True, True)


def test_staff_change_a_deadline_and_the_old_day_who_and_why_are_kept(adults_first, client_of, staff, told):
    response = client_of(staff).post(f"/plan/phases/{adults_first.pk}/", NEW_DATES)
    assert response.url == "/plan/phases/?campaign=wuyang-2021"
    change = PhaseItemChange.objects.get()
    assert (change.field, change.old, change.new) == ("deadline_on", date(2021, 8, 31), date(2021, 9, 10))
    assert (change.by, change.reason) == (staff, "县指挥部8月20日通知")
    assert AuditEntry.objects.filter(action="phase.dates", user=staff).count() == 1
    assert told == ["wuyang-2021"]
    page = client_of(staff).get("/plan/phases/").content.decode()
    assert "截止日 2021年8月31日 改为 2021年9月10日" in page


def test_changing_a_deadline_twice_by_a_double_click_is_one_change(adults_first, client_of, staff):
    client = client_of(staff)
    for _ in range(2):
        client.post(f"/plan/phases/{adults_first.pk}/", NEW_DATES)
    assert PhaseItemChange.objects.count() == 1


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"reason": "  "}, "写明为什么改"),
        ({"deadline_on": "2021-07-15"}, "截止日不能早于开始日"),
        ({"deadline_on": "31.8."}, "日期写成 2021-08-31 这样"),
    ],
)
def test_a_change_of_dates_that_cannot_stand_is_refused_beside_its_field(
    wrong, sentence, adults_first, client_of, staff
):
    response = client_of(staff).post(f"/plan/phases/{adults_first.pk}/", NEW_DATES | wrong)
    assert (response.status_code, sentence in response.content.decode()) == (422, True)
    assert PhaseItemChange.objects.count() == 0


def test_dates_are_changed_by_staff_of_the_street_alone(adults_first, client_of, cadre_baiping, leader, nobody):
    path = f"/plan/phases/{adults_first.pk}/"
    codes = [client_of(user).post(path, NEW_DATES).status_code for user in (cadre_baiping, leader)]
    assert (codes, nobody.post(path, NEW_DATES).status_code) == ([403, 403], 302)
    assert PhaseItemChange.objects.count() == 0


def test_staff_of_another_street_may_not_change_this_plan(adults_first, client_of):
    other = make_user("tanmei", Role.STAFF, place=make_place("500233004000", "忠州街道"))
    assert client_of(other).post(f"/plan/phases/{adults_first.pk}/", NEW_DATES).status_code == 403


def test_goal_of_the_whole_is_the_share_of_the_sum_rounded_up(campaign, baiping, huanggu, zhuhe):
    for place, base in ((baiping, 1001), (huanggu, 1001), (zhuhe, 1001)):
        Target.objects.create(campaign=campaign, place=place, census_base=base)
    villages, whole = target_lines(campaign)
    assert [line.goal for line in villages] == [909, 909, 909]
    assert (whole.census_base, whole.goal) == (3003, 2727)


def test_a_village_without_a_base_leaves_the_whole_without_one(campaign, baiping, huanggu):
    Target.objects.create(campaign=campaign, place=baiping, census_base=1001)
    _, whole = target_lines(campaign)
    assert (whole.census_base, whole.goal) == (None, None)


def test_staff_set_a_village_target_with_a_trace(campaign, baiping, client_of, staff, told):
    path = f"/plan/targets/{baiping.code}/?campaign=wuyang-2021"
    given = {"census_base": "1832", "goal": "1700", "reason": "县级下达"}
    for _ in range(2):
        client_of(staff).post(path, given)
    target = Target.objects.get(place=baiping)
    assert (target.census_base, target.goal) == (1832, 1700)
    entry = AuditEntry.objects.get(action="target.change")
    assert entry.detail == {"census_base": [None, 1832], "goal": [None, 1700], "reason": "县级下达"}
    assert told == ["wuyang-2021"]


def test_the_street_has_a_task_number_but_no_base_of_its_own(campaign, street, client_of, staff):
    client_of(staff).post(f"/plan/targets/{street.code}/", {"census_base": "9", "goal": "25800", "reason": "县级下达"})
    target = Target.objects.get(place=street)
    assert (target.census_base, target.goal) == (None, 25800)


def test_targets_are_changed_by_staff_alone(campaign, baiping, client_of, cadre_baiping, leader):
    given = {"census_base": "1", "goal": "", "reason": "试"}
    path = f"/plan/targets/{baiping.code}/"
    assert [client_of(user).post(path, given).status_code for user in (cadre_baiping, leader)] == [403, 403]
    assert Target.objects.count() == 0


def test_target_of_a_place_elsewhere_is_not_found(campaign, county, client_of, staff):
    assert client_of(staff).get(f"/plan/targets/{county.code}/").status_code == 404


@pytest.mark.parametrize("villages", [1, 3])
def test_target_lines_are_three_queries(villages, campaign, street, django_assert_num_queries):
    for number in range(villages):
        place = make_place(f"5002330032{number:02d}", f"第{number}村")
        Target.objects.create(campaign=campaign, place=place, census_base=1000)
    with django_assert_num_queries(3):
        target_lines(campaign)


@pytest.mark.parametrize("changes", [1, 3])
def test_phase_rows_are_three_queries(changes, adults_first, staff, django_assert_num_queries):
    for number in range(changes):
        PhaseItemChange.objects.create(
            item=adults_first, field="deadline_on", old=date(2021, 8, 31), new=date(2021, 9, 1 + number),
            reason="通知", by=staff,
        )  # fmt: skip
    with django_assert_num_queries(3):
        phase_rows(adults_first.campaign, date(2021, 8, 16))


@pytest.mark.parametrize("path", ["/plan/phases/", "/plan/targets/"])
def test_a_page_asks_no_more_for_more_rows(path, adults_first, street, client_of, staff):
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            client.get(path)
        return len(asked)

    def one_more(number: int) -> None:
        make_place(f"5002330032{number:02d}", f"第{number}村")
        fields = {"field": "start_on", "old": date(2021, 7, 16), "new": date(2021, 9, number), "reason": "通知"}
        PhaseItemChange.objects.create(item=adults_first, by=staff, **fields)

    client = client_of(staff)
    client.get(path)
    one_more(1)
    at_one = queries()
    one_more(2)
    one_more(3)
    assert queries() == at_one


def test_units_and_clinics_see_no_tabs_of_targets_and_changes(campaign, staff, unit_contact, clinic_user, client_of):
    pages = [client_of(user).get("/plan/").content.decode() for user in (staff, unit_contact, clinic_user)]
    assert [("目标任务数</a>" in page, "改动记录</a>" in page) for page in pages] == [
        (True, True), (False, False), (False, False),
    ]  # fmt: skip
