"""Default deny: every route of the resolver, for every role and for nobody (access.md)."""

import re

import pytest
from django.contrib.auth import SESSION_KEY
from django.db import connection
from django.test import Client

from registry.models import Role
from registry.rights import PER_ACCOUNT, RIGHTS
from tests.routes import all_routes
from wuyang.menu import ME, MENU, ON_PHONE

ROUTES = all_routes()
OWN = [route for route in ROUTES if route.right != "public"]
# Pages that say "not found" unless the address names what they are about after its question mark.
NEEDS_A_QUERY = {"export_new"}
UNSAFE_SQL = re.compile(r'^\s*(INSERT INTO|UPDATE|DELETE FROM)\s+"?(\w+)', re.IGNORECASE)
# Reading may leave: the session's last sign of life, entries of the trail, figures worked out and kept.
MAY_BE_WRITTEN_BY_READING = re.compile(r"^(django_session|registry_audit\w+|reports_(figure|computation)\w*)$")


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_every_route_declares_a_right_of_the_table(route):
    assert route.right == "public" or route.right in RIGHTS


def test_only_the_login_is_public():
    assert [route.name for route in ROUTES if route.right == "public"] == [
        "login", "device_resume", "field_shell", "field_unsent", "field_member", "field_household", "field_worker",
        # Programs of other offices: all but the description ask for a token (tests/reports/test_api.py).
        "api_openapi", "api_campaigns", "api_summary", "api_phases", "api_daily",
    ]  # fmt: skip


@pytest.mark.django_db
def test_nobody_is_sent_to_the_login_from_every_route(nobody):
    answers = {route.url: nobody.get(route.url) for route in OWN}
    astray = {url: answer.status_code for url, answer in answers.items() if answer.status_code != 302}
    assert astray == {}
    assert {answer["Location"].partition("?")[0] for answer in answers.values()} == {"/login/"}


@pytest.mark.sqlite
@pytest.mark.django_db
@pytest.mark.parametrize("role", Role.values)
def test_role_without_the_right_is_not_allowed(role, everybody, client_of):
    client = client_of(everybody[role])
    refused = [route for route in OWN if role not in RIGHTS[route.right]]
    answers = {(route.url, method): getattr(client, method)(route.url) for route in refused for method in _METHODS}
    assert {key: answer.status_code for key, answer in answers.items() if answer.status_code != 403} == {}


_METHODS = ("get", "post")


@pytest.mark.django_db
@pytest.mark.parametrize("role", Role.values)
def test_role_with_the_right_gets_its_pages_and_no_object_that_is_not_there(role, everybody, client_of):
    client = client_of(everybody[role])
    answers = {}
    for route in OWN:
        if role in RIGHTS[route.right] and role not in _per_account(route.right):
            answers[route.url] = (
                route.names_an_object or route.name in NEEDS_A_QUERY,
                client.get(route.url).status_code,
            )
    expected = {True: {404, 405}, False: {200, 302, 405}}
    astray = {url: status for url, (named, status) in answers.items() if status not in expected[named]}
    assert astray == {}


def _per_account(right: str) -> frozenset[str]:
    """The roles that have the right only where the account itself carries it."""
    return PER_ACCOUNT.get(right, (frozenset(), ""))[0]


@pytest.mark.django_db
def test_right_given_per_account_is_refused_to_others_of_the_role(everybody, client_of):
    client = client_of(everybody[Role.CLINIC])
    given = [route.url for route in OWN if Role.CLINIC in _per_account(route.right)]
    assert given
    assert {client.get(url).status_code for url in given} | {client.post(url).status_code for url in given} == {403}


@pytest.mark.django_db
def test_account_without_a_role_sees_its_own_pages_only(client_of, django_user_model):
    client = client_of(django_user_model.objects.create_user("norole"))
    allowed = {route.right for route in OWN if client.get(route.url).status_code != 403}
    assert allowed == {"own"}


@pytest.mark.sqlite
@pytest.mark.django_db
@pytest.mark.parametrize("role", Role.values)
def test_reading_writes_nothing(role, everybody, client_of):
    client = client_of(everybody[role])
    written: list[str] = []

    def note(execute, sql, params, many, context):
        found = UNSAFE_SQL.match(sql)
        if found and not MAY_BE_WRITTEN_BY_READING.match(found[2]):
            written.append(f"{where}: {found[2]}")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        for route in OWN:
            where = route.url
            client.get(route.url)
    assert written == []


@pytest.mark.sqlite
@pytest.mark.django_db
def test_every_post_without_a_token_is_refused(everybody):
    for user in (everybody[Role.STAFF], everybody[Role.SYSADMIN]):
        client = Client(enforce_csrf_checks=True)
        client.force_login(user)
        statuses = {route.url: client.post(route.url).status_code for route in ROUTES}
        assert {url: status for url, status in statuses.items() if status != 403} == {}
        assert SESSION_KEY in client.session


@pytest.mark.django_db
def test_pages_that_know_their_reader_are_never_kept(staff, client_of):
    answer = client_of(staff).get("/")
    assert answer["Cache-Control"] == "no-store"
    assert "unsafe-inline" not in answer["Content-Security-Policy"]
    assert answer["Content-Security-Policy"].startswith("default-src 'self'")


def test_menu_leads_to_routes_that_exist():
    names = {route.name for route in ROUTES}
    assert {entry.route for entry in [*MENU, ME]} <= names
    assert {route for routes in ON_PHONE.values() for route in routes} <= {entry.route for entry in MENU}
