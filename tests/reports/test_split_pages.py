"""任务分解 in the browser: previewed before it is locked, adjusted with a reason, and never by the wrong person."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from campaigns.models import Target, TargetVersion
from registry.models import Department, Role
from tests.factories import make_member, make_unit, make_user
from tests.ledgers import make
from tests.reports.lists_cast import counted_street, stand

SPLIT = "/targets/split/"
SPLIT_QUERIES = 15


@pytest.fixture
def town(baiping, huanggu):
    """Ten on the census of 白坪村, five of 黄谷村: the goal of the whole is ⌈0.908 × 15⌉ = 14."""
    return counted_street(baiping, huanggu)


def _cells(page: str, village: str) -> str:
    start = page.index(f'<td class="first">{village}</td>')
    return page[start : page.index("</tr>", start)]


def test_page_opens_with_a_split_that_adds_up(town, staff, client_of):
    page = client_of(staff).get(SPLIT).content.decode()
    # 14 × 10/15 = 9.33, 14 × 5/15 = 4.67: the person left over is 黄谷村's.
    assert '<td class="num" data-name="分得"><b>9</b></td>' in _cells(page, "白坪村")
    assert '<td class="num" data-name="分得"><b>5</b></td>' in _cells(page, "黄谷村")
    assert TargetVersion.objects.count() == 0


def test_split_by_the_registry_goes_by_permanent_residents(town, staff, client_of):
    page = client_of(staff).get(f"{SPLIT}?kind=villages&basis=registry").content.decode()
    assert '<td class="num" data-name="基数">7</td>' in _cells(page, "白坪村")
    assert '<td class="num" data-name="基数">1</td>' in _cells(page, "黄谷村")


def test_preview_writes_nothing_and_lock_writes_what_was_previewed(town, baiping, staff, client_of):
    asked = {"total": "14", "reason": "8月16日例会", f"fixed_{baiping.code}": "8", f"why_{baiping.code}": "外出多"}
    client = client_of(staff)
    page = client.post(SPLIT, asked | {"decision": "preview"}).content.decode()
    assert '<td class="num" data-name="分得"><b>6</b></td>' in _cells(page, "黄谷村")
    assert ("锁定这一版，分给 2 个村（社区）" in page, TargetVersion.objects.count()) == (True, 0)
    assert client.post(SPLIT, asked | {"decision": "lock"}).status_code == 302
    version = TargetVersion.objects.get()
    shares = version.shares.order_by("place_id").values_list("place__name", "computed", "goal", "reason")
    assert list(shares) == [("黄谷村", 5, 6, ""), ("白坪村", 9, 8, "外出多")]
    assert dict(Target.objects.values_list("place__name", "goal")) == {"白坪村": 8, "黄谷村": 6, "乌杨街道": 14}


def test_another_split_than_the_one_previewed_is_not_locked(town, staff, client_of):
    client, page_of = client_of(staff), f"{SPLIT}?kind=villages&basis=registry"
    asked = {"total": "14", "reason": "8月16日例会"}
    previewed = client.post(page_of, asked | {"decision": "preview"}).content.decode()
    [seen] = re.findall(r'name="seen" value="(\w{16})"', previewed)
    # Meanwhile a roster brings people to the other village.
    for number in range(9):
        make.resident(town.huanggu, name=f"新来{number}")
    stand(town)
    response = client.post(page_of, asked | {"decision": "lock", "seen": seen})
    assert (response.status_code, TargetVersion.objects.count()) == (422, 0)
    assert "和预览时不一样了" in response.content.decode()
    again = client.post(page_of, asked | {"decision": "preview"}).content.decode()
    [seen] = re.findall(r'name="seen" value="(\w{16})"', again)
    assert client.post(page_of, asked | {"decision": "lock", "seen": seen}).status_code == 302


def test_adjusted_line_without_a_reason_and_a_split_that_does_not_add_up_come_back(town, baiping, staff, client_of):
    client = client_of(staff)
    silent = client.post(SPLIT, {"total": "14", f"fixed_{baiping.code}": "8"})
    assert (silent.status_code, "白坪村调整了，写明为什么" in silent.content.decode()) == (422, True)
    asked = {"total": "14", f"fixed_{baiping.code}": "20", f"why_{baiping.code}": "x", "decision": "lock"}
    over = client.post(SPLIT, asked)
    assert (over.status_code, "多 6 人，先减下来" in over.content.decode()) == (422, True)
    unreasoned = client.post(SPLIT, {"total": "14", "decision": "lock"})
    assert (unreasoned.status_code, "写明为什么这样分" in unreasoned.content.decode()) == (422, True)
    assert TargetVersion.objects.count() == 0


def test_village_without_a_census_number_is_named(town, zhuhe, staff, client_of):
    assert "朱河社区没有普查常住人口，先补上，或者改按在册人数分" in client_of(staff).get(SPLIT).content.decode()


def test_departments_share_by_the_members_of_their_units(town, baiping, staff, client_of):
    office = Department.objects.get(name="经发办")
    works = make_unit("乌杨水厂", baiping, department=office)
    for number in range(3):
        make_member(make.resident(town.first, name=f"职工{number}"), works)
    stand(town)
    asked = {"total": "2", "reason": "分工会", "decision": "lock"}
    response = client_of(staff).post(f"{SPLIT}?kind=departments", asked)
    share = TargetVersion.objects.get(kind="departments").shares.get()
    assert (response.status_code, share.department, share.weight, share.goal) == (302, office, 3, 2)
    page = client_of(staff).get(response.url).content.decode()
    assert "现在用这一版" in page


def test_department_sees_its_share_of_the_task_and_nobody_elses(town, baiping, staff, leader, client_of):
    office, other = Department.objects.get(name="经发办"), Department.objects.create(name="农业服务中心")
    works = make_unit("乌杨水厂", baiping, department=office)
    for number in range(3):
        make_member(make.resident(town.first, name=f"职工{number}"), works)
    stand(town)
    kept = make_user("jingfa", Role.DEPARTMENT, department=office)
    assert "分到的任务" not in client_of(kept).get("/units/").content.decode()
    client_of(staff).post(f"{SPLIT}?kind=departments", {"total": "2", "reason": "分工会", "decision": "lock"})
    page = client_of(kept).get("/units/").content.decode()
    assert "经发办分到的任务是 <b>2 人</b>，已打第一针 0 人，还差 <b>2 人</b>" in page
    version = TargetVersion.objects.get()
    assert client_of(kept).get(f"/targets/versions/{version.pk}/").status_code == 200
    for user in (make_user("nongye", Role.DEPARTMENT, department=other), staff, leader):
        assert "分到的任务" not in client_of(user).get("/units/").content.decode()


def test_versions_stay_and_say_which_holds(town, staff, leader, client_of):
    client = client_of(staff)
    for total in ("14", "15"):
        client.post(SPLIT, {"total": total, "reason": f"任务{total}", "decision": "lock"})
    first, second = TargetVersion.objects.order_by("number")
    reader = client_of(leader)
    page = reader.get("/targets/versions/").content.decode()
    assert ("原因：任务14" in page, "原因：任务15" in page, "分解任务" in page) == (True, True, False)
    assert "有更新的版" in reader.get(f"/targets/versions/{first.pk}/").content.decode()
    assert "现在用这一版" in reader.get(f"/targets/versions/{second.pk}/").content.decode()
    Target.objects.filter(place=town.baiping).update(goal=3)
    assert "锁定以后又单独改过" in reader.get(f"/targets/versions/{second.pk}/").content.decode()


def test_only_staff_of_the_street_split(town, leader, cadre_baiping, auditor, nobody, client_of):
    codes = [client_of(user).get(SPLIT).status_code for user in (leader, cadre_baiping, auditor)]
    assert (codes, nobody.get(SPLIT).status_code) == ([403, 403, 403], 302)
    assert client_of(auditor).get("/targets/versions/").status_code == 403


@pytest.mark.parametrize("number", [1, 3])
def test_page_takes_the_same_queries_for_more_villages(number, town, staff, client_of):
    for position in range(number):
        village = make.village(f"50023300322{position}", f"村{position}", base=5, of=town.campaign)
        make.resident(village, name=f"村民{position}")
    stand(town)
    client = client_of(staff)
    client.get(SPLIT)
    with CaptureQueriesContext(connection) as queries:
        client.get(SPLIT)
    assert len(queries) == SPLIT_QUERIES
