"""A full number: by POST, with a reason, to those it concerns, and never without a trace."""

from datetime import date

import pytest

from registry.models import AuditEntry
from tests.factories import make_member, make_number, make_resident

pytestmark = pytest.mark.django_db
NUMBER = make_number(date(1954, 3, 2))


@pytest.fixture
def resident(baiping):
    return make_resident(baiping, "冉启华", number=NUMBER, phone="13900006032")


def _ask(client, resident, **fields):
    asked = {"what": "number", "reason": "records"} | fields
    return client.post(f"/residents/{resident.pk}/reveal/", asked, headers={"HX-Request": "true"})


def _reveals() -> list[dict]:
    return list(AuditEntry.objects.filter(action="resident.reveal").values("user__username", "subject", "detail"))


def test_own_cadre_sees_the_number_and_leaves_a_trace(resident, cadre_baiping, client_of):
    answer = _ask(client_of(cadre_baiping), resident)
    assert NUMBER in answer.content.decode()
    assert _reveals() == [
        {
            "user__username": "ranhongmei",
            "subject": f"resident {resident.pk}",
            "detail": {"what": "number", "reason": "records"},
        }
    ]


def test_phone_comes_as_a_link_to_dial(resident, cadre_baiping, client_of):
    answer = _ask(client_of(cadre_baiping), resident, what="phone", reason="call")
    assert 'href="tel:13900006032"' in answer.content.decode()
    assert NUMBER not in answer.content.decode()


def test_asking_by_get_shows_the_reasons_and_nothing_else(resident, cadre_baiping, client_of):
    text = client_of(cadre_baiping).get(f"/residents/{resident.pk}/reveal/").content.decode()
    assert "核对接种记录" in text
    assert NUMBER not in text
    assert _reveals() == []


@pytest.mark.parametrize("fields", [{"reason": ""}, {"reason": "curious"}, {"what": "name"}])
def test_without_a_reason_from_the_list_nothing_is_shown(resident, cadre_baiping, client_of, fields):
    answer = _ask(client_of(cadre_baiping), resident, **fields)
    assert NUMBER not in answer.content.decode()
    assert _reveals() == []


def test_other_cadre_gets_the_page_of_a_person_that_is_not_there(resident, cadre_huanggu, client_of):
    client = client_of(cadre_huanggu)
    other, missing = _ask(client, resident), client.post("/residents/999999/reveal/")
    assert (other.status_code, missing.status_code) == (404, 404)
    assert _plain(other) == _plain(missing)
    assert _reveals() == []


def _plain(answer) -> list[str]:
    return [line for line in answer.content.decode().splitlines() if "csrf" not in line.lower()]


def test_leader_and_auditor_are_not_allowed(resident, leader, auditor, sysadmin, client_of):
    assert {_ask(client_of(user), resident).status_code for user in (leader, auditor, sysadmin)} == {403}
    assert _reveals() == []


def test_nobody_is_sent_to_the_login(resident, nobody):
    assert _ask(nobody, resident)["HX-Redirect"] == "/login/?next=%2F"


def test_unit_contact_sees_own_members_only(resident, waterworks, unit_contact, client_of):
    client = client_of(unit_contact)
    assert _ask(client, resident).status_code == 404
    make_member(resident, waterworks)
    assert _ask(client, resident).status_code == 200


def test_page_without_scripts_shows_the_number_too(resident, staff, client_of):
    url = f"/residents/{resident.pk}/reveal/"
    answer = client_of(staff).post(url, {"what": "number", "reason": "asked"})
    assert NUMBER in answer.content.decode()
    assert "<html" in answer.content.decode()
