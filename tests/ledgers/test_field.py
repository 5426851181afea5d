"""What the server gives a phone and takes from it: only the own, each entry once, each answered by itself."""

import json
from datetime import date, timedelta

import pytest
from django.test import Client
from django.test.client import MULTIPART_CONTENT
from django.utils import timezone

from ledgers.models import Reason, Visit
from registry.models import Household, User
from tests.factories import make_entry, make_number, make_resident
from tests.ledgers import make
from tests.ledgers.households import make_group, make_household

FORMS = ("/field/member/", "/field/household/")
KEY = "6f1c3a52-8d0e-4b57-9c11-2f4f1f0a9e0{}"


@pytest.fixture
def campaign(street, settings):
    settings.TODAY = date(2021, 8, 16)
    return make.campaign()


@pytest.fixture
def door(campaign, baiping) -> Household:
    group = make_group(baiping, 3)
    household = make_household(group, 17, head="冉启华")
    make_resident(group, "冉启华", household=household, number=make_number(), phone="19912345678", relation="本人")
    return household


@pytest.fixture
def phone(door, cadre_baiping, client_of) -> Client:
    return client_of(cadre_baiping)


def _fields(door: Household, n: int = 1, **more: str) -> list[list[str]]:
    member = door.members.get()
    said = {"key": KEY.format(n), "at": "2021-08-16T10:24:00+08:00", "outcome": "visited"}
    said |= {f"m{member.pk}-kind": "same", f"m{member.pk}-seen-status": "active", f"m{member.pk}-seen-promised_on": ""}
    return [[name, value] for name, value in (said | more).items()]


def _send(phone: Client, user: User, *entries: dict) -> list[dict]:
    parcel = {"account": user.pk, "entries": list(entries)}
    return phone.post("/field/send/", json.dumps(parcel), content_type="application/json").json()["answers"]


def test_bundle_holds_own_households_today_and_nothing_that_identifies(phone, door):
    found = phone.get("/field/bundle/").json()
    card = found["pages"][f"/survey/households/{door.pk}/"]
    assert "3组-017户 冉启华户" in card["title"]
    assert set(found["pages"]) == {"/today/", "/survey/", f"/survey/households/{door.pk}/", *FORMS}
    everything = json.dumps(found, ensure_ascii=False)
    number = door.members.get().documents.get().number
    assert number not in everything and number[-4:] not in everything
    assert "19912345678" not in everything and "<img" not in everything


def test_bundle_leaves_out_what_somebody_else_looks_after(phone, door, cadre_baiping, huanggu):
    other = make_household(make_group(huanggu, 1), 1, head="秦大勇")
    given = make_household(door.place, 18, head="谭秀英", caretaker=User.objects.create_user("colleague"))
    pages = phone.get("/field/bundle/").json()["pages"]
    assert f"/survey/households/{other.pk}/" not in pages
    assert f"/survey/households/{given.pk}/" not in pages


def test_bundle_is_the_same_until_something_changes(phone, door):
    digest = phone.get("/field/bundle/").json()["digest"]
    assert phone.get("/field/bundle/", {"have": digest}).json()["same"] is True
    Household.objects.filter(pk=door.pk).update(head="冉启明")
    assert "pages" in phone.get("/field/bundle/", {"have": digest}).json()


def test_bundle_asks_as_often_for_one_household_as_for_three(phone, door, django_assert_num_queries):
    phone.get("/field/bundle/")
    with django_assert_num_queries(QUERIES):
        phone.get("/field/bundle/")
    for n in (18, 19):
        make_resident(door.place, "向国强", household=make_household(door.place, n))
    with django_assert_num_queries(QUERIES):
        phone.get("/field/bundle/")


QUERIES = 78


def test_staff_keep_no_households_on_a_phone(staff, door, client_of):
    assert client_of(staff).get("/field/bundle/").json()["pages"] == {}


def test_entry_is_received_once_however_often_it_is_sent(phone, cadre_baiping, door):
    entry = {"household": door.pk, "fields": _fields(door)}
    answers = [_send(phone, cadre_baiping, entry)[0] for _ in range(3)]
    assert {answer["state"] for answer in answers} == {"received"}
    assert len({answer["receipt"] for answer in answers}) == 1
    assert Visit.objects.count() == 1


def test_each_entry_is_answered_by_itself(phone, cadre_baiping, door, huanggu):
    foreign = make_household(make_group(huanggu, 1), 1)
    entries = [
        {"household": foreign.pk, "fields": _fields(door, 1)},
        {"household": door.pk, "fields": _fields(door, 2)},
        {"household": door.pk, "fields": [["key", KEY.format(3)], ["outcome", "nonsense"]]},
        {"household": 999_999_999, "fields": []},
    ]
    answers = _send(phone, cadre_baiping, *entries)
    assert [answer["state"] for answer in answers] == ["refused", "received", "refused", "refused"]
    assert [answer["key"][-1:] for answer in answers] == ["1", "2", "3", ""]
    assert "不在你的范围" in answers[0]["sentence"] and answers[3]["sentence"] == answers[0]["sentence"]
    assert Visit.objects.get().household == door


def _promised_meanwhile(door: Household, by: User, campaign, on: date) -> None:
    Reason.objects.create(
        resident=door.members.get(), campaign=campaign, code="7", promised_on=on, entry=make_entry(by=by)
    )


def test_field_changed_by_somebody_else_is_shown_on_both_sides_and_chosen(phone, cadre_baiping, staff, door, campaign):
    _promised_meanwhile(door, staff, campaign, date(2021, 8, 19))
    member = door.members.get().pk
    fields = _fields(
        door, **{f"m{member}-kind": "promise", f"m{member}-promise": "other", f"m{member}-on": "2021-08-17"}
    )
    (answer,) = _send(phone, cadre_baiping, {"household": door.pk, "fields": fields})
    assert answer["state"] == "differs"
    (both,) = answer["differences"]
    assert (both["name"], both["mine"], both["theirs"], both["by"]) == ("冉启华", "8月17日", "8月19日", "刘明")
    assert Reason.objects.get().promised_on == date(2021, 8, 19)
    choice = {"household": door.pk, "fields": [["key", KEY.format(9)]], "choices": [[both["answer"], "mine"]]}
    for _ in range(2):
        (settled,) = _send(phone, cadre_baiping, choice)
        assert settled == {"key": KEY.format(9), "state": "received"}
    assert Reason.objects.get().promised_on == date(2021, 8, 17)


def test_day_promised_at_the_door_stands_although_it_arrives_after_that_day(phone, cadre_baiping, door, settings):
    settings.TODAY = date(2021, 8, 19)
    member = door.members.get().pk
    three_days_ago = (timezone.now() - timedelta(days=3)).isoformat()
    fields = _fields(door, at=three_days_ago, **{f"m{member}-kind": "promise", f"m{member}-promise": "1"})
    (answer,) = _send(phone, cadre_baiping, {"household": door.pk, "fields": fields})
    assert answer["state"] == "received"
    assert Reason.objects.get().promised_on == date(2021, 8, 17)


def test_choice_about_a_foreign_answer_changes_nothing(
    phone, cadre_baiping, cadre_huanggu, staff, door, campaign, client_of
):
    _promised_meanwhile(door, staff, campaign, date(2021, 8, 19))
    member = door.members.get().pk
    fields = _fields(
        door, **{f"m{member}-kind": "promise", f"m{member}-promise": "other", f"m{member}-on": "2021-08-17"}
    )
    (answer,) = _send(phone, cadre_baiping, {"household": door.pk, "fields": fields})
    choice = {"household": door.pk, "fields": [], "choices": [[answer["differences"][0]["answer"], "mine"]]}
    (refused,) = _send(client_of(cadre_huanggu), cadre_huanggu, choice)
    assert refused["state"] == "refused"
    assert Reason.objects.get().promised_on == date(2021, 8, 19)


@pytest.mark.parametrize("body", [
    b"", b"[]", b"{}", b"\xff", b'{"account": 1}', b'{"account": "x", "entries": []}',
    b'{"account": 1, "entries": [1]}', b'{"account": 1, "entries": [{"household": 1e999, "fields": []}]}',
    b'{"account": 1, "entries": [{"household": -1, "fields": []}]}',
    b'{"account": 1, "entries": [{"household": 1, "fields": [["a"]]}]}', b'{"account":1,"entries":' + b"[" * 50_000,
])  # fmt: skip
def test_what_is_no_parcel_is_refused_whole(phone, body):
    answer = phone.post("/field/send/", body, content_type="application/json")
    assert (answer.status_code, Visit.objects.count()) == (400, 0)
    assert "没有写入" in answer.json()["sentence"]


@pytest.mark.parametrize("content_type", ["application/x-www-form-urlencoded", MULTIPART_CONTENT])
def test_a_plain_form_is_no_parcel(phone, content_type):
    body = {"account": "1"} if content_type == MULTIPART_CONTENT else "account=1"
    # With the check for forgery the form is read before the view is asked.
    phone.handler.enforce_csrf_checks = True
    phone.get("/field/bundle/")
    phone.cookies["csrftoken"] = token = "t" * 32
    answer = phone.post("/field/send/", body, content_type=content_type, headers={"X-CSRFToken": token})
    assert (answer.status_code, "没有写入" in answer.json()["sentence"]) == (400, True)


def test_too_many_entries_at_once_are_refused_whole(phone, cadre_baiping, door):
    entry = {"household": door.pk, "fields": _fields(door)}
    parcel = json.dumps({"account": cadre_baiping.pk, "entries": [entry] * 51})
    assert phone.post("/field/send/", parcel, content_type="application/json").status_code == 400
    assert not Visit.objects.exists()


def test_entries_of_another_account_are_not_taken_under_this_name(phone, cadre_huanggu, door):
    parcel = json.dumps({"account": cadre_huanggu.pk, "entries": [{"household": door.pk, "fields": _fields(door)}]})
    assert phone.post("/field/send/", parcel, content_type="application/json").status_code == 409
    assert not Visit.objects.exists()


def test_shell_and_worker_are_the_same_for_everybody(nobody, phone):
    for address in ("/field/", "/field/unsent/", "/field-worker.js"):
        assert nobody.get(address).content == phone.get(address).content
    assert nobody.get("/field-worker.js")["Content-Type"].startswith("text/javascript")
    assert "冉" not in nobody.get("/field/").content.decode()


def test_pages_say_whose_phone_it_is_to_cadres_alone(phone, cadre_baiping, staff, client_of):
    assert f'data-field="{cadre_baiping.pk}"' in phone.get("/me/").content.decode()
    assert "data-field" not in client_of(staff).get("/me/").content.decode()
