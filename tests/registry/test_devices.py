"""Phones remembered for thirty days: remember, open a session again, and every way they end."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from registry import devices
from registry.actions import disable_account, remove_grant, reset_password
from registry.models import AuditEntry, Device, RoleGrant

PIXEL = "Mozilla/5.0 (Linux; Android 10; MI 8 Lite Build/QKQ1) AppleWebKit/537.36 Chrome/98.0 Mobile Safari/537.36"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 15_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148"


@pytest.fixture(autouse=True)
def _no_tries_left_over():
    cache.clear()


@pytest.fixture
def phone(cadre_baiping, client_of) -> Client:
    return client_of(cadre_baiping)


@pytest.fixture
def secret(phone) -> str:
    return phone.post("/device/remember/", headers={"User-Agent": PIXEL}).json()["secret"]


def _resume(secret: str, client: Client | None = None) -> int:
    return (client or Client()).post("/device/resume/", {"secret": secret}).status_code


def test_remembered_phone_opens_a_session_with_its_secret(secret, cadre_baiping):
    later = Client()
    assert _resume(secret, later) == 200
    assert later.get("/me/").status_code == 200
    device = Device.objects.get()
    assert (device.user, device.name) == (cadre_baiping, "MI 8 Lite")
    assert secret not in device.secret_hash
    assert AuditEntry.objects.filter(action="device.resume", user=cadre_baiping).count() == 1


def test_wrong_secret_opens_nothing_and_says_the_phone_is_over(secret):
    stranger = Client()
    answer = stranger.post("/device/resume/", {"secret": secret[:-1] + "!"})
    assert answer.status_code == 410
    assert "重新登录" in answer.json()["sentence"]
    assert stranger.get("/me/").status_code == 302


@pytest.mark.parametrize("days, status", [(29, 200), (31, 410)])
def test_phone_is_remembered_for_thirty_days(secret, days, status):
    Device.objects.update(expires_at=timezone.now() + timedelta(days=devices.DAYS - days))
    assert _resume(secret) == status


def test_logout_ends_the_phone_it_happens_on_and_no_other(secret, phone, cadre_baiping, client_of):
    other = client_of(cadre_baiping).post("/device/remember/").json()["secret"]
    phone.post("/logout/")
    assert (_resume(secret), _resume(other)) == (410, 200)


@pytest.mark.parametrize("act", [disable_account, reset_password])
def test_account_disabled_or_reset_ends_its_phones(secret, cadre_baiping, staff, act):
    act(cadre_baiping, by=staff)
    assert _resume(secret) == 410
    assert Device.objects.get().ended_at is not None


def test_withdrawn_scope_ends_phones_and_the_sessions_they_opened(secret, cadre_baiping, staff, huanggu):
    RoleGrant.objects.create(user=cadre_baiping, role="cadre", place=huanggu)
    later = Client()
    _resume(secret, later)
    remove_grant(cadre_baiping.grants.first(), by=staff)
    assert later.get("/me/").status_code == 302
    assert _resume(secret) == 410


def test_own_new_password_ends_the_other_phones(secret, phone, cadre_baiping, client_of):
    cadre_baiping.set_password("wuliqiao-4127")
    cadre_baiping.save()
    here = client_of(cadre_baiping)
    kept = here.post("/device/remember/").json()["secret"]
    new = {"old_password": "wuliqiao-4127", "new_password1": "baiping-9931-x", "new_password2": "baiping-9931-x"}
    assert here.post("/me/password/", new).status_code == 302
    assert (_resume(secret), _resume(kept)) == (410, 200)


def test_phone_remembered_again_replaces_its_former_secret(secret, phone):
    again = phone.post("/device/remember/").json()["secret"]
    assert (_resume(secret), _resume(again)) == (410, 200)


def test_own_phones_are_listed_and_ended_on_the_own_page(secret, phone):
    assert "MI 8 Lite（这部）" in phone.get("/me/").content.decode()
    assert phone.post(f"/me/devices/{Device.objects.get().pk}/end/").status_code == 302
    assert _resume(secret) == 410
    assert Device.objects.get().ended_at is not None


def test_foreign_phone_is_not_found(secret, cadre_huanggu, client_of):
    foreign = client_of(cadre_huanggu)
    assert "MI 8 Lite" not in foreign.get("/me/").content.decode()
    assert foreign.post(f"/me/devices/{Device.objects.get().pk}/end/").status_code == 404
    assert _resume(secret) == 200


def test_account_without_a_role_opens_no_session(secret, cadre_baiping):
    cadre_baiping.grants.all().delete()
    assert _resume(secret) == 410


def test_guessing_from_one_address_has_to_wait(secret):
    for _ in range(devices.FAILURES):
        assert _resume("guess") == 410
    assert _resume("guess") == 429
    assert _resume(secret) == 200
    assert Client(REMOTE_ADDR="10.0.0.9").post("/device/resume/", {"secret": "guess"}).status_code == 410


def test_nobody_remembers_no_phone(nobody, db):
    assert nobody.post("/device/remember/").status_code == 302
    assert not Device.objects.exists()


@pytest.mark.parametrize("agent, name", [(PIXEL, "MI 8 Lite"), (IPHONE, "iPhone"), ("curl", "电脑"), ("", "电脑")])
def test_phone_bears_the_name_its_owner_knows(agent, name):
    assert devices.phone_name(agent) == name


def test_sealed_android_agent_is_just_a_phone():
    assert devices.phone_name("Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36") == "Android 手机"
