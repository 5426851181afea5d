"""Login, lock-out, the first password, and how sessions end."""

import pytest
from django.contrib.auth import SESSION_KEY

from registry.models import AuditEntry, Role, RoleGrant
from tests.cast import PASSWORD

pytestmark = pytest.mark.django_db


def _login(client, username="ranhongmei", password=PASSWORD, **extra):
    return client.post("/login/", {"username": username, "password": password}, **extra)


def test_login_leads_home_and_is_in_the_trail(cadre, nobody):
    answer = _login(nobody, REMOTE_ADDR="10.1.2.3")
    assert (answer.status_code, answer["Location"]) == (302, "/")
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.user, entry.subject, entry.address) == ("login", cadre, f"user {cadre.pk}", "10.1.2.3")


def test_login_goes_on_to_the_page_asked_for_but_never_to_another_site(cadre, nobody):
    to_own = nobody.post("/login/", {"username": "ranhongmei", "password": PASSWORD, "next": "/me/"})
    assert to_own["Location"] == "/me/"
    nobody.post("/logout/")
    away = nobody.post("/login/", {"username": "ranhongmei", "password": PASSWORD, "next": "https://example.com/"})
    assert away["Location"] == "/"


def test_unknown_wrong_and_disabled_read_the_same(cadre, nobody, django_user_model):
    wrong = _login(nobody, password="wrong-password")
    unknown = _login(nobody, username="nosuchname")
    django_user_model.objects.update(is_active=False)
    disabled = _login(nobody)
    texts = {_without_token(answer, name) for answer, name in ((wrong, ""), (unknown, "nosuchname"), (disabled, ""))}
    assert len(texts) == 1
    assert "账号或密码不对。" in texts.pop()


def _without_token(answer, name: str) -> str:
    lines = answer.content.decode().replace(name or "ranhongmei", "NAME").splitlines()
    return "\n".join(line for line in lines if "csrfmiddlewaretoken" not in line and "X-CSRFToken" not in line)


def test_five_failures_lock_the_account_for_that_address_only(cadre, client):
    for _ in range(5):
        answer = _login(client, password="wrong-password", REMOTE_ADDR="10.0.0.9")
    assert answer.status_code == 429
    assert "账号暂停 15 分钟" in answer.content.decode()
    assert _login(client, REMOTE_ADDR="10.0.0.9").status_code == 429
    assert _login(client, REMOTE_ADDR="10.0.0.10").status_code == 302


def test_failure_names_no_account_that_does_not_exist(nobody):
    _login(nobody, username="mypassword123")
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.user, entry.subject, entry.detail) == ("login.failed", None, "", {})


def test_logout_ends_the_session_and_empties_the_browser(cadre, client_of):
    client = client_of(cadre)
    answer = client.post("/logout/")
    assert answer["Clear-Site-Data"] == '"cache", "storage"'
    assert SESSION_KEY not in client.session


def test_logout_by_get_does_nothing(cadre, client_of):
    client = client_of(cadre)
    assert client.get("/logout/").status_code == 405
    assert SESSION_KEY in client.session


def test_initial_password_must_be_changed_before_anything_else(cadre, nobody):
    cadre.must_change_password = True
    cadre.save()
    _login(nobody)
    assert nobody.get("/")["Location"] == "/me/password/"
    answer = _change(nobody, "shanchengyu-88")
    assert answer["Location"] == "/"
    assert nobody.get("/me/").status_code == 200


def test_changing_the_password_ends_other_sessions(cadre, nobody, client_of):
    elsewhere = client_of(cadre)
    _login(nobody)
    _change(nobody, "shanchengyu-88")
    assert nobody.get("/me/").status_code == 200
    assert elsewhere.get("/me/").status_code == 302


def test_password_errors_stand_beside_their_fields(cadre, nobody):
    _login(nobody)
    answer = _change(nobody, "12345678", old="not-mine")
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "原密码不对，再输一次。" in text


def _change(client, new: str, old: str = PASSWORD):
    return client.post("/me/password/", {"old_password": old, "new_password1": new, "new_password2": new})


@pytest.mark.parametrize(
    ("who", "seconds", "status"),
    [
        ("cadre", 1799, 200),
        ("cadre", 1801, 302),
        ("clinic_user", 1799, 200),
        ("staff", 899, 200),
        ("staff", 901, 302),
        ("auditor", 901, 302),
        ("sysadmin", 901, 302),
    ],
)
def test_quiet_session_ends_after_half_an_hour_in_the_office_after_a_quarter(
    request, client_of, monkeypatch, who, seconds, status
):
    client = client_of(request.getfixturevalue(who))
    monkeypatch.setattr("wuyang.middleware.time.time", lambda: 1_000_000)
    assert client.get("/me/").status_code == 200
    monkeypatch.setattr("wuyang.middleware.time.time", lambda: 1_000_000 + seconds)
    assert client.get("/me/").status_code == status


def test_the_shortest_time_of_several_roles_holds(cadre, street, client_of, monkeypatch):
    RoleGrant.objects.create(user=cadre, role=Role.STAFF, place=street)
    client = client_of(cadre)
    monkeypatch.setattr("wuyang.middleware.time.time", lambda: 1_000_000)
    client.get("/me/")
    monkeypatch.setattr("wuyang.middleware.time.time", lambda: 1_000_000 + 901)
    assert client.get("/me/").status_code == 302


def test_busy_session_ends_after_twelve_hours(cadre, client_of, monkeypatch):
    client = client_of(cadre)
    statuses = []
    for minutes in range(0, 12 * 60 + 21, 20):
        monkeypatch.setattr("wuyang.middleware.time.time", lambda at=minutes: 1_000_000 + at * 60)
        statuses.append(client.get("/me/").status_code)
    assert statuses == [200] * 37 + [302]


def test_large_type_is_remembered_with_the_account(cadre, client_of):
    client = client_of(cadre)
    client.post("/me/type-size/")
    assert '<html lang="zh-CN" class="large">' in client_of(cadre).get("/me/").content.decode()
