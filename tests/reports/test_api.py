"""Interfaces for others: by token, within its place, no small cells of health, as the description says."""

import csv
import io
import json
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

from campaigns.models import Campaign
from registry.models import AuditEntry, Role, RoleGrant
from reports.api import tokens
from reports.api.description import description
from reports.api.tokens import make_token, withdraw_token
from reports.models import ApiToken
from reports.small_cells import hide_small
from tests.factories import make_place, make_user
from tests.ledgers import make
from tests.reports.lists_cast import people, town
from tests.routes import all_routes

__all__ = ["people", "town"]

pytestmark = pytest.mark.django_db
ON = "2021-08-16"


@pytest.fixture(autouse=True)
def _that_day(settings):
    settings.TODAY = make.day("08-16")
    # Another test's token of the same key has had its requests counted here.
    cache.clear()


@pytest.fixture
def secret(street, staff):
    return make_token(name="县疾控中心", place=street, days=30, by=staff)[1]


@pytest.fixture
def of_village(baiping, staff):
    return make_token(name="白坪村大屏", place=baiping, days=30, by=staff)[1]


def ask(name, secret, **parameters):
    return Client().get(reverse(name), parameters, headers={"Authorization": f"Bearer {secret}"})


def lines_of(response):
    text = b"".join(response.streaming_content).decode()
    assert text[0] == "\ufeff"
    return list(csv.DictReader(io.StringIO(text[1:])))


def command(name, *arguments):
    out = io.StringIO()
    call_command(name, *arguments, "--json", stdout=out)
    return json.loads(out.getvalue())


def without_small(document):
    hide_small(document["rows"], document["total"], add_up=document["by"] != "tag", least=5)
    return document


# The same figures as the commands


@pytest.mark.parametrize("by", ["village", "unit", "age", "tag"])
@pytest.mark.parametrize("residency", ["all", "permanent"])
def test_summary_is_what_the_command_says_without_small_cells(people, secret, waterworks, by, residency):
    make.member(waterworks, people["done"])
    answer = ask("api_summary", secret, as_of=ON, by=by, residency=residency).json()
    assert answer.pop("computed_at").startswith("20")
    said = command("ledger_summary", "--as-of", ON, "--by", by, "--residency", residency)
    assert answer == without_small(said)


@pytest.mark.parametrize("village", ["", "500233003215"])
def test_phases_are_what_the_command_says(people, secret, village):
    answer = ask("api_phases", secret, as_of=ON, village=village).json()
    said = command("phase_progress", "--as-of", ON, *(["--village", village] if village else []))
    assert answer == said


def test_csv_has_a_line_per_place_and_day_with_the_figures_of_the_summary(people, secret, street):
    lines = lines_of(ask("api_daily", secret, **{"from": "2021-08-10", "to": ON}))
    villages = ["500233003210", "500233003215", "", street.pk]
    assert [(line["as_of"], line["key"]) for line in lines[:5]] == [
        *(("2021-08-10", key) for key in villages),
        ("2021-08-11", villages[0]),
    ]
    assert len(lines) == 7 * 4
    summary = ask("api_summary", secret, as_of=ON).json()
    for line, row in zip(lines[-4:], [*summary["rows"], summary["total"] | {"key": street.pk}], strict=True):
        assert {k: line[k] for k in row} == {k: _as_text(v) for k, v in row.items()}


def _as_text(value):
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def test_csv_defaults_to_the_week_up_to_today(people, secret):
    days = [line["as_of"] for line in lines_of(ask("api_daily", secret))]
    assert (days[0], days[-1]) == ("2021-08-10", ON)


def test_csv_of_stored_days_takes_as_many_queries_for_a_month_as_for_a_day(people, secret):
    def counted(first):
        with CaptureQueriesContext(connection) as captured:
            lines_of(ask("api_daily", secret, **{"from": first, "to": ON}))
        return len(captured)

    counted("2021-07-20")
    # A day that others are compared with has its places alone on record: asked for itself it is counted whole.
    counted(ON)
    assert counted("2021-07-20") == counted(ON) == 10


def test_text_that_a_spreadsheet_would_run_is_kept_from_it(people, secret, baiping):
    baiping.name = "=1+1"
    baiping.save()
    names = {line["name"] for line in lines_of(ask("api_daily", secret, **{"from": ON, "to": ON}))}
    assert "'=1+1" in names


# Small cells


def row(exempt, unvaccinated=50, excused=0, waiting=9):
    return {"exempt": exempt, "unvaccinated": unvaccinated, "excused": excused, "waiting": waiting}


def hidden(rows, *, add_up=True):
    rows = [row(exempt) for exempt in rows]
    total = row(sum(found["exempt"] for found in rows), 500)
    hide_small(rows, total, add_up=add_up, least=5)
    for found in [*rows, total]:
        assert (found["exempt"] is None) == (found["unvaccinated"] is None)
        assert (found["excused"], found["waiting"]) == (0, 9)
    return [found["exempt"] for found in [*rows, total]]


@pytest.mark.parametrize(
    ("exempt", "shown"),
    [
        ([0, 5, 9], [0, 5, 9, 14]),
        # The one small row would be the rest of the total: the next smallest goes with it.
        ([0, 4, 9, 7], [0, None, 9, None, 20]),
        ([2, 3, 9], [None, None, 9, 14]),
        # 1 and 1 would be told by their sum.
        ([1, 1, 9, 8], [None, None, 9, None, 19]),
        ([0, 4, 0], [0, None, 0, None]),
        ([2, 2, 0], [None, None, 0, None]),
    ],
)
def test_small_figures_of_health_and_what_gives_them_away_are_not_given(exempt, shown):
    assert hidden(exempt) == shown


def test_rows_that_overlap_hide_only_themselves():
    assert hidden([0, 4, 9, 7], add_up=False) == [0, None, 9, 7, 20]


def test_excused_hides_those_waiting():
    rows, total = [row(0, excused=3), row(0, excused=8)], row(0, excused=11)
    hide_small(rows, total, add_up=True, least=5)
    assert [(found["excused"], found["waiting"]) for found in [*rows, total]] == [(None, None), (None, None), (11, 9)]


def test_plan_says_how_small_a_figure_is_not_given(people, secret):
    Campaign.objects.update(thresholds={"small_cell": 1})
    rows = {found["key"]: found for found in ask("api_summary", secret, as_of=ON).json()["rows"]}
    assert rows["500233003215"]["exempt"] == 1


def test_village_of_one_exempt_person_says_nothing_of_them(people, secret):
    rows = {found["key"]: found for found in ask("api_summary", secret, as_of=ON).json()["rows"]}
    found = rows["500233003215"]
    assert (found["exempt"], found["unvaccinated"], found["in_scope"], found["completed"]) == (None, None, 8, 2)


def test_no_answer_names_anybody(people, secret):
    texts = [ask(name, secret).content.decode() for name in ("api_summary", "api_phases", "api_campaigns")]
    texts += [json.dumps(lines_of(ask("api_daily", secret)), ensure_ascii=False)]
    texts += [ask("api_summary", secret, by=by).content.decode() for by in ("unit", "age", "tag")]
    for text in texts:
        assert [who.name for who in people.values() if who.name in text] == []


# Who gets an answer

READ = ["api_campaigns", "api_summary", "api_phases", "api_daily"]


@pytest.mark.parametrize("name", READ)
def test_nobody_without_a_token_and_no_session_instead_of_one(name, people, client_of, staff):
    for client in (Client(), client_of(staff)):
        response = client.get(reverse(name))
        assert (response.status_code, response.json()["code"]) == (401, "token_missing")
        assert response["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("name", READ)
def test_wrong_withdrawn_and_expired_tokens_are_refused(name, people, secret, staff):
    assert ask(name, secret + "x").json()["code"] == "token_unknown"
    token = ApiToken.objects.get()
    ApiToken.objects.update(expires_at=timezone.now())
    assert ask(name, secret).json()["code"] == "token_expired"
    withdraw_token(token, by=staff)
    response = ask(name, secret)
    assert (response.status_code, response.json()["code"]) == (401, "token_withdrawn")


def test_token_of_a_village_reads_its_village_only(people, of_village, baiping, huanggu):
    document = ask("api_summary", of_village, as_of=ON).json()
    assert [found["key"] for found in document["rows"]] == [baiping.pk]
    assert document["total"]["in_scope"] == document["rows"][0]["in_scope"] == 8
    assert {line["key"] for line in lines_of(ask("api_daily", of_village))} == {baiping.pk}
    assert ask("api_phases", of_village, as_of=ON).json()["village"] == baiping.pk
    assert ask("api_phases", of_village, village=huanggu.pk).json()["code"] == "unknown_village"
    assert ask("api_summary", of_village, by="age").status_code == 403


def test_token_of_another_street_finds_no_campaign(people, county, staff):
    other = make_place("500233004000", "新生街道")
    secret = make_token(name="邻街", place=other, days=1, by=staff)[1]
    assert ask("api_campaigns", secret).json() == {"campaigns": []}
    assert ask("api_summary", secret).status_code == 404


def test_campaign_that_is_being_set_up_is_not_told(people, secret):
    Campaign.objects.update(is_draft=True, is_active=False, is_default=False)
    assert ask("api_campaigns", secret).json() == {"campaigns": []}
    answer = ask("api_summary", secret, campaign="wuyang-2021")
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_campaign")


def test_token_of_the_county_reads_the_whole_campaign(people, county, staff):
    secret = make_token(name="县平台", place=county, days=1, by=staff)[1]
    assert ask("api_summary", secret, as_of=ON).json()["total"]["in_scope"] == 9


@pytest.mark.parametrize(
    ("name", "parameters", "status", "code"),
    [
        ("api_summary", {"as_of": "8月16日"}, 422, "day_unreadable"),
        ("api_summary", {"as_of": "2019-01-01"}, 422, "day_outside"),
        ("api_summary", {"by": "person"}, 422, "by_unknown"),
        ("api_summary", {"residency": "away"}, 422, "residency_unknown"),
        ("api_summary", {"campaign": "flu"}, 404, "unknown_campaign"),
        ("api_phases", {"village": "500233003999"}, 404, "unknown_village"),
        ("api_daily", {"from": "2021-08-10", "to": "2021-08-09"}, 422, "days_reversed"),
        ("api_daily", {"from": "2021-05-01"}, 422, "too_many_days"),
        ("api_daily", {"to": "2021-08-17"}, 422, "day_outside"),
    ],
)
def test_what_cannot_be_answered_is_said_with_a_code(people, secret, name, parameters, status, code):
    response = ask(name, secret, **parameters)
    assert (response.status_code, response.json()["code"]) == (status, code)


def test_more_than_so_many_requests_an_hour_are_refused(people, secret, monkeypatch):
    monkeypatch.setattr(tokens, "PER_HOUR", 2)
    statuses = [ask("api_campaigns", secret) for _ in range(3)]
    assert [response.status_code for response in statuses] == [200, 200, 429]
    assert statuses[-1]["Retry-After"] == "600"


def test_use_is_noted_and_stands_in_the_trail_once_a_day(people, secret):
    for _ in range(3):
        ask("api_campaigns", secret)
    token = ApiToken.objects.get()
    assert timezone.now() - token.last_used_at < timedelta(minutes=1)
    entry = AuditEntry.objects.get(action="token.use")
    assert (entry.user, entry.address, entry.detail["使用单位"]) == (None, "127.0.0.1", "县疾控中心")


# The description


def test_description_is_valid_and_open_to_whoever_writes_the_program(nobody):
    response = nobody.get(reverse("api_openapi"))
    validate(response.json())
    assert response.json() == json.loads(json.dumps(description()))


def test_description_names_every_route_and_no_other():
    served = {route.url for route in all_routes() if route.name.startswith("api_")} - {reverse("api_openapi")}
    assert served == set(description()["paths"])


@pytest.mark.parametrize(
    ("name", "schema", "parameters"),
    [
        ("api_campaigns", "Campaigns", {}),
        *(("api_summary", "Summary", {"by": by, "as_of": ON}) for by in ("village", "unit", "age", "tag")),
        ("api_phases", "Phases", {"as_of": ON}),
        ("api_phases", "Phases", {"as_of": "2021-06-01"}),
        ("api_phases", "Phases", {"as_of": "2021-10-31", "village": "500233003215"}),
        ("api_summary", "Refusal", {"as_of": "x"}),
    ],
)
def test_real_answers_are_as_described(people, secret, name, schema, parameters):
    root = {"$ref": f"#/components/schemas/{schema}", "components": description()["components"]}
    validator = Draft202012Validator(root, format_checker=Draft202012Validator.FORMAT_CHECKER)
    assert [error.message for error in validator.iter_errors(ask(name, secret, **parameters).json())] == []


# Tokens in the browser

NEW = {"name": "县疾控中心日报系统", "days": "180"}


def test_secret_is_shown_once_and_kept_as_a_hash(street, client_of, staff):
    client = client_of(staff)
    html = client.post(reverse("token_new"), NEW | {"place": street.pk}).content.decode()
    secret = html.split('class="secret">')[1].split("<")[0]
    token = ApiToken.objects.get()
    assert (secret[:8], token.hash == secret) == (token.start, False)
    assert ask("api_campaigns", secret).status_code == 200
    listed = client.get(reverse("tokens")).content.decode()
    assert [secret in listed, token.name in listed] == [False, True]
    assert secret not in json.dumps(list(AuditEntry.objects.values_list("detail", flat=True)))


def test_staff_give_tokens_of_their_street_only_a_sysadmin_of_any(street, county, client_of, staff, sysadmin):
    assert client_of(staff).post(reverse("token_new"), NEW | {"place": county.pk}).status_code == 422
    assert client_of(sysadmin).post(reverse("token_new"), NEW | {"place": county.pk}).status_code == 200


def test_staff_keep_tokens_of_their_street_only(secret, county, client_of, staff, sysadmin):
    theirs = make_token(name="县平台", place=county, days=1, by=sysadmin)[0]
    client = client_of(staff)
    assert "县平台" not in client.get(reverse("tokens")).content.decode()
    assert client.post(reverse("token_withdraw", args=[theirs.pk])).status_code == 404


def test_withdrawn_in_the_browser_it_opens_nothing(secret, client_of, sysadmin):
    token = ApiToken.objects.get()
    client_of(sysadmin).post(reverse("token_withdraw", args=[token.pk]))
    assert ask("api_campaigns", secret).status_code == 401
    assert AuditEntry.objects.latest("number").action == "token.withdraw"


@pytest.mark.parametrize("who", ["cadre_baiping", "leader", "auditor", "clinic_user", "unit_contact"])
def test_tokens_are_for_staff_and_sysadmins(request, secret, client_of, who):
    client = client_of(request.getfixturevalue(who))
    assert client.get(reverse("tokens")).status_code == 403
    assert client.post(reverse("token_withdraw", args=[ApiToken.objects.get().pk])).status_code == 403


# The same CSV by hand


def test_staff_and_leaders_take_the_csv_from_the_page_small_cells_and_all(people, client_of, staff, leader):
    for who in (staff, leader):
        lines = lines_of(client_of(who).get(reverse("daily_csv"), {"from": ON, "to": ON}))
        assert [line["exempt"] for line in lines] == ["0", "1", "0", "1"]


def test_leader_of_two_villages_gets_both_and_no_total(people, client_of, baiping, huanggu):
    linked = make_user("hezhengqing", Role.LEADER, place=baiping, name="何正清")
    RoleGrant.objects.create(user=linked, role=Role.LEADER, place=huanggu)
    lines = lines_of(client_of(linked).get(reverse("daily_csv"), {"from": ON, "to": ON}))
    assert [line["key"] for line in lines] == [huanggu.pk, baiping.pk]


def test_cadre_takes_no_csv(people, client_of, cadre_baiping):
    assert client_of(cadre_baiping).get(reverse("daily_csv")).status_code == 403


# What the database refuses


@pytest.mark.parametrize(
    ("name", "values"),
    [("token_says_whose_it_is", {"name": ""}), ("token_withdrawn_by_somebody", {"withdrawn_at": timezone.now()})],
)
def test_tokens_that_cannot_be(secret, name, values):
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        ApiToken.objects.update(**values)
    assert name in str(refusal.value)
