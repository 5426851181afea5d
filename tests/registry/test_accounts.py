"""账号管理: who may keep which accounts, and what each act leaves behind."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from registry.accounts import system_user
from registry.models import AuditEntry, Role, User
from tests.factories import make_place, make_user

pytestmark = pytest.mark.django_db


def _new(place, **fields):
    return {"username": "tanxiuying", "name": "谭秀英", "role": "cadre", "place": place.pk} | fields


def _actions() -> list[str]:
    return list(AuditEntry.objects.exclude(action="login").values_list("action", flat=True))


def test_staff_list_the_accounts_of_their_street_only(staff, cadre_baiping, leader, sysadmin, street, client_of):
    elsewhere = make_place("500233004001", "别村")
    make_user("other", Role.CADRE, place=elsewhere, name="别人")
    text = client_of(staff).get("/accounts/").content.decode()
    shown = {name for name in ("冉红梅", "王建华", "向阳", "别人", "刘明") if f'/">{name}</a>' in text}
    assert shown == {"冉红梅"}


def test_sysadmin_lists_everybody(sysadmin, staff, leader, client_of):
    text = client_of(sysadmin).get("/accounts/").content.decode()
    assert all(f'/">{name}</a>' in text for name in ("刘明", "王建华", "向阳"))


def test_search_and_role_narrow_the_list(staff, cadre_baiping, clinic_user, client_of):
    client = client_of(staff)
    by_name = client.get("/accounts/?q=红梅").content.decode()
    by_role = client.get("/accounts/?role=clinic").content.decode()
    assert ("冉红梅" in by_name, "李敏" in by_name) == (True, False)
    assert ("冉红梅" in by_role, "李敏" in by_role) == (False, True)


def test_new_account_gets_an_initial_password_shown_once(staff, baiping, client_of, nobody):
    answer = client_of(staff).post("/accounts/new/", _new(baiping))
    password = re.search(r'class="lead">([^<]+)<', answer.content.decode())[1]
    person = User.objects.get(username="tanxiuying")
    assert person.check_password(password)
    assert person.must_change_password
    assert [str(grant) for grant in person.grants.all()] == ["村社干部 白坪村"]
    assert _actions() == ["account.create", "account.grant"]
    assert password not in str(list(AuditEntry.objects.values()))


@pytest.mark.parametrize("role", ["staff", "leader", "auditor", "sysadmin"])
def test_staff_cannot_make_a_role_above_theirs(staff, street, client_of, role):
    answer = client_of(staff).post("/accounts/new/", _new(street, role=role))
    assert answer.status_code == 422
    assert not User.objects.filter(username="tanxiuying").exists()


def test_staff_cannot_give_a_place_outside_their_street(staff, client_of):
    elsewhere = make_place("500233004001", "别村")
    assert client_of(staff).post("/accounts/new/", _new(elsewhere)).status_code == 422


def test_role_without_its_scope_is_refused_beside_the_field(staff, baiping, client_of):
    answer = client_of(staff).post("/accounts/new/", _new(baiping, role="unit"))
    assert "这个角色要选定范围。" in answer.content.decode()


def test_staff_find_no_account_of_a_role_above(staff, leader, client_of):
    assert client_of(staff).get(f"/accounts/{leader.pk}/").status_code == 404
    assert client_of(staff).post(f"/accounts/{leader.pk}/reset/").status_code == 404


def test_account_with_one_role_above_is_not_for_staff(staff, cadre_baiping, street, client_of):
    cadre_baiping.grants.create(role=Role.LEADER, place=street)
    assert client_of(staff).get(f"/accounts/{cadre_baiping.pk}/").status_code == 404


def test_change_keeps_old_and_new_in_the_trail(staff, cadre_baiping, client_of):
    url = f"/accounts/{cadre_baiping.pk}/"
    client_of(staff).post(url, {"username": "ranhongmei", "name": "冉洪梅", "phone": "", "work_line": ""})
    entry = AuditEntry.objects.get(action="account.change")
    assert entry.detail == {"name": ["冉红梅", "冉洪梅"]}


def test_grant_is_added_once_and_the_last_one_stays(staff, cadre_baiping, huanggu, client_of):
    client, url = client_of(staff), f"/accounts/{cadre_baiping.pk}/"
    assert client.post(f"{url}grants/", {"role": "cadre", "place": huanggu.pk}).status_code == 302
    again = client.post(f"{url}grants/", {"role": "cadre", "place": huanggu.pk})
    assert (again.status_code, "已经有这个角色" in again.content.decode()) == (422, True)
    first, second = cadre_baiping.grants.order_by("pk")
    client.post(f"{url}grants/{first.pk}/revoke/")
    client.post(f"{url}grants/{second.pk}/revoke/")
    assert list(cadre_baiping.grants.all()) == [second]
    assert _actions() == ["account.grant", "account.revoke"]


def test_grant_of_another_account_is_not_found(staff, cadre_baiping, cadre_huanggu, client_of):
    other = cadre_huanggu.grants.get()
    assert client_of(staff).post(f"/accounts/{cadre_baiping.pk}/grants/{other.pk}/revoke/").status_code == 404


def test_new_scope_counts_at_the_next_request(staff, cadre_baiping, client_of):
    cadre = client_of(cadre_baiping)
    assert cadre.get("/accounts/").status_code == 403
    cadre_baiping.grants.create(role=Role.SYSADMIN)
    assert cadre.get("/accounts/").status_code == 200


def test_disabled_account_is_out_at_once_and_stays_out_when_opened_again(staff, cadre_baiping, client_of):
    cadre, client = client_of(cadre_baiping), client_of(staff)
    client.post(f"/accounts/{cadre_baiping.pk}/disable/")
    assert cadre.get("/me/").status_code == 302
    client.post(f"/accounts/{cadre_baiping.pk}/reset/")
    cadre_baiping.refresh_from_db()
    assert cadre_baiping.is_active
    assert cadre.get("/me/").status_code == 302
    assert _actions() == ["account.disable", "account.reset"]


@pytest.mark.parametrize("act", ["disable/", "reset/", "grants/"])
def test_nobody_changes_their_own_rights(sysadmin, client_of, act):
    assert client_of(sysadmin).post(f"/accounts/{sysadmin.pk}/{act}").status_code == 403


def test_the_machines_account_is_not_found(sysadmin, client_of):
    assert client_of(sysadmin).get(f"/accounts/{system_user().pk}/").status_code == 404


def test_list_takes_as_many_queries_for_three_accounts_as_for_one(staff, cadre_baiping, huanggu, zhuhe, client_of):
    client = client_of(staff)
    client.get("/accounts/")
    for_one = _queries(client)
    make_user("two", Role.CADRE, place=huanggu)
    make_user("three", Role.CADRE, place=zhuhe)
    assert _queries(client) == for_one


def _queries(client) -> int:
    with CaptureQueriesContext(connection) as queries:
        client.get("/accounts/")
    return len(queries)
