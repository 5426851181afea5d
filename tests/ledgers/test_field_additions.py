"""Somebody new and a whole new household, entered on the phone: put on record once, in scope only, with a receipt."""

import json

import pytest
from django.core.cache import cache
from django.test import Client

from ledgers.models import Addition, Handover
from registry.models import AuditEntry, Household, IdentityDocument, Resident, User
from tests.factories import make_number, make_resident
from tests.ledgers import make
from tests.ledgers.households import make_group, make_household

KEY = "6f1c3a52-8d0e-4b57-9c11-2f4f1f0a9e0{}"


@pytest.fixture
def door(baiping, settings) -> Household:
    settings.TODAY = make.day("08-16")
    make.campaign()
    group = make_group(baiping, 3)
    household = make_household(group, 17, head="冉启华")
    make_resident(group, "冉启华", household=household, relation="本人")
    return household


@pytest.fixture
def phone(door, cadre_baiping, client_of) -> Client:
    return client_of(cadre_baiping)


def _send(phone: Client, user: User, *entries: dict) -> list[dict]:
    parcel = {"account": user.pk, "entries": list(entries)}
    return phone.post("/field/send/", json.dumps(parcel), content_type="application/json").json()["answers"]


def _fields(n: int, said: dict) -> list[list[str]]:
    return [["key", KEY.format(n)], ["at", "2021-08-16T10:24:00+08:00"], *map(list, said.items())]


def _member(household: int = 0, n: int = 1, founded: str = "", **said: str) -> dict:
    said = {"name": "向小妹", "birth_on": "1990-05-01", "relation": "儿媳"} | said
    return {"act": "member", "household": household, "founded": founded, "fields": _fields(n, said)}


def _founding(place: str, n: int = 1, **said: str) -> dict:
    said = {"name": "向国强", "birth_on": "1970-05-01", "place": place, "state": "home"} | said
    return {"act": "household", "household": 0, "fields": _fields(n, said)}


def test_member_sent_three_times_is_on_record_once_under_one_receipt(phone, cadre_baiping, door):
    number = make_number()
    entry = _member(door.pk, number=number, birth_on="")
    answers = [_send(phone, cadre_baiping, entry)[0] for _ in range(3)]
    assert {answer["state"] for answer in answers} == {"received"}
    assert {answer["receipt"] for answer in answers} == {Addition.objects.get().receipt}
    added = door.members.get(name="向小妹")
    assert (added.relation, added.documents.get().number) == ("儿媳", number)
    assert AuditEntry.objects.filter(action="household.member").count() == 1


def test_household_sent_three_times_stands_once_on_the_walk(phone, cadre_baiping, door):
    entry = _founding(door.place_id, address="老供销社楼上")
    answers = [_send(phone, cadre_baiping, entry)[0] for _ in range(3)]
    made = Household.objects.get(head="向国强")
    assert {answer["url"] for answer in answers} == {f"/survey/households/{made.pk}/"}
    assert (made.sequence, made.address, made.members.get().relation) == (18, "老供销社楼上", "户主")
    assert len({answer["receipt"] for answer in answers}) == 1


def test_people_of_a_household_that_is_new_itself_come_with_it(phone, cadre_baiping, door):
    entries = [_founding(door.place_id, 1), _member(n=2, founded=KEY.format(1))]
    answers = _send(phone, cadre_baiping, *entries)
    assert [answer["state"] for answer in answers] == ["received", "received"]
    made = Household.objects.get(head="向国强")
    assert sorted(made.members.values_list("name", flat=True)) == ["向国强", "向小妹"]


def test_members_of_a_household_that_was_refused_wait_for_it(phone, cadre_baiping, door):
    answers = _send(
        phone, cadre_baiping, _founding(door.place_id, 1, number="123"), _member(n=2, founded=KEY.format(1))
    )
    assert [answer["state"] for answer in answers] == ["refused", "refused"]
    assert "18位" in answers[0]["sentence"] and "先把那一户改好" in answers[1]["sentence"]
    again = _send(phone, cadre_baiping, _founding(door.place_id, 1), _member(n=2, founded=KEY.format(1)))
    assert [answer["state"] for answer in again] == ["received", "received"]


@pytest.mark.parametrize("said, words", [
    ({"number": "500233199001011234"}, "校验不通过"), ({"birth_on": ""}, "要写一个"),
    ({"birth_on": "2030-01-01"}, "今天以后"), ({"name": ""}, "必填"),
])  # fmt: skip
def test_what_cannot_be_is_refused_with_its_sentence(phone, cadre_baiping, door, said, words):
    (answer,) = _send(phone, cadre_baiping, _member(door.pk, **said))
    assert (answer["state"], Resident.objects.count()) == ("refused", 1)
    assert words in answer["sentence"]


def test_entry_without_a_key_is_refused(phone, cadre_baiping, door):
    entry = _member(door.pk)
    entry["fields"] = entry["fields"][1:]
    (answer,) = _send(phone, cadre_baiping, entry)
    assert (answer["state"], Resident.objects.count()) == ("refused", 1)


def test_who_is_on_another_villages_list_is_asked_for_only_when_the_cadre_says_so(phone, cadre_baiping, door, huanggu):
    number = make_number()
    other = make_resident(huanggu, "向小妹", number=number)
    said = {"number": number, "birth_on": ""}
    (refused,) = _send(phone, cadre_baiping, _member(door.pk, **said))
    assert (refused["state"], refused["ask"]) == ("refused", "请对方移交给白坪村")
    assert AuditEntry.objects.filter(action="resident.lookup").count() == 1
    for _ in range(3):
        (asked,) = _send(phone, cadre_baiping, _member(door.pk, ask="1", **said))
        assert asked["state"] == "received"
    assert Handover.objects.get().resident == other
    other.refresh_from_db()
    assert other.household is None


def test_another_villages_cadre_adds_nobody_here(door, cadre_huanggu, client_of):
    answers = _send(client_of(cadre_huanggu), cadre_huanggu, _member(door.pk), _founding(door.place_id, 2))
    assert [answer["state"] for answer in answers] == ["refused", "refused"]
    assert all("不在你的范围" in answer["sentence"] for answer in answers)
    assert (Resident.objects.count(), Household.objects.count()) == (1, 1)


def test_key_of_a_colleague_founds_nothing_for_others(phone, cadre_baiping, door, cadre_huanggu, client_of):
    _send(phone, cadre_baiping, _founding(door.place_id, 1))
    (answer,) = _send(client_of(cadre_huanggu), cadre_huanggu, _member(n=2, founded=KEY.format(1)))
    assert answer["state"] == "refused"
    assert not Resident.objects.filter(name="向小妹").exists()


def test_unit_contact_and_nobody_add_nothing(door, unit_contact, client_of, nobody):
    parcel = {"account": unit_contact.pk, "entries": [_member(door.pk)]}
    for client in (client_of(unit_contact), nobody):
        client.post("/field/send/", json.dumps(parcel), content_type="application/json")
    assert Resident.objects.count() == 1


def test_more_than_an_hour_allows_stay_on_the_phone_and_come_again(phone, cadre_baiping, door, monkeypatch):
    cache.clear()
    monkeypatch.setattr("ledgers.survey.members.TRIES_PER_HOUR", 1)
    answers = _send(phone, cadre_baiping, _member(door.pk, 1), _member(door.pk, 2, name="冉军"))
    assert [answer["state"] for answer in answers] == ["received", "waiting"]
    assert "过一会" in answers[1]["sentence"]
    # What has arrived is no new try.
    assert _send(phone, cadre_baiping, _member(door.pk, 1))[0]["state"] == "received"


def test_phone_keeps_one_form_for_all_households_and_the_groups_of_its_cadre(phone, door, huanggu):
    make_group(huanggu, 1)
    pages = phone.get("/field/bundle/").json()["pages"]
    assert 'data-add="member"' in pages["/field/member/"]["html"]
    household = pages["/field/household/"]["html"]
    assert "3组" in household and huanggu.pk not in household
    assert f"/survey/new/{door.village_id}/" in pages["/survey/"]["html"]


def test_numbers_are_kept_where_they_belong_alone(phone, cadre_baiping, door):
    number = make_number()
    _send(phone, cadre_baiping, _member(door.pk, number=number, birth_on=""))
    assert IdentityDocument.objects.get().number == number
    assert number not in json.dumps(phone.get("/field/bundle/").json())
    assert not any(number in str(row.detail) for row in AuditEntry.objects.all())


def test_member_of_another_household_stays_there_until_the_cadre_says_so(phone, cadre_baiping, door):
    other = make_household(door.place, 18, head="向国强")
    known = make_resident(door.place, "向国强", household=other)
    said = {"name": "向国强", "birth_on": known.birth_on.isoformat()}
    answer = _send(phone, cadre_baiping, _member(door.pk, **said))[0]
    known.refresh_from_db()
    assert (answer["state"], answer["ask"], known.household) == ("refused", "移到这一户", other)
    answer = _send(phone, cadre_baiping, _member(door.pk, n=2, ask="1", **said))[0]
    known.refresh_from_db()
    assert (answer["state"], known.household) == ("received", door)
