"""待核实: each question goes to whoever can know, is decided once, and in bulk by staff alone."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ledgers.models import Conflict, Dose
from registry.models import AuditEntry, Resident, ResidentChange, Role
from tests.factories import make_entry, make_member, make_number, make_place, make_resident, make_user
from tests.ledgers import make
from tests.ledgers.pages import text


@pytest.fixture(autouse=True)
def campaign(street, baiping, huanggu, settings):
    settings.TODAY = date(2021, 8, 16)
    return make.campaign()


def residency(resident: Resident, incoming: str = "户籍外出") -> Conflict:
    return Conflict.objects.create(
        resident=resident, kind="field_conflict", field="residency", known="户籍常住", incoming=incoming,
        payload={"value": "away"}, entry=make_entry(), row=7,
    )  # fmt: skip


def village(resident: Resident, code: str) -> Conflict:
    return Conflict.objects.create(
        resident=resident, kind="field_conflict", field="place_id", known="白坪村", incoming="黄谷村",
        payload={"value": code}, entry=make_entry(), row=8,
    )  # fmt: skip


def second_dose(resident: Resident, campaign) -> Conflict:
    """The same first dose on two days, from equal sources."""
    make.dose(resident, "07-10", campaign=campaign, stated_number=1)
    waiting = make.dose(resident, "07-12", campaign=campaign, stated_number=1, state="waiting")
    return Conflict.objects.create(
        resident=resident, kind="dose_conflict", field="dose:1", known="2021-07-10 第1针 北京生物",
        incoming="2021-07-12 第1针 北京生物", dose=waiting, entry=make_entry(), row=9,
    )  # fmt: skip


@pytest.fixture
def ran(baiping) -> Resident:
    return make_resident(baiping, "冉启华", number=make_number())


def test_a_question_stands_side_by_side_with_its_sources(ran, client_of, cadre_baiping):
    residency(ran)
    page = text(client_of(cadre_baiping).get("/conflicts/"))
    assert "冉启华" in page
    assert "67岁，白坪村" in page
    assert "户籍常住" in page
    assert "花名册，系统" in page
    assert "改为户籍外出，户籍常住留在变动记录里。" in page


def test_a_question_names_village_and_group(baiping, client_of, staff):
    group = make_place(f"{baiping.code}003", "3组")
    residency(make_resident(group, "冉启华", number=make_number()))
    page = text(client_of(staff).get("/conflicts/"))
    assert "67岁，白坪村3组" in page


def test_no_page_shows_a_birth_date_or_a_whole_number(ran, client_of, cadre_baiping):
    residency(ran)
    page = text(client_of(cadre_baiping).get("/conflicts/"))
    assert "1954" not in page
    assert ran.documents.get().number not in page


def test_nothing_open_says_so(client_of, staff):
    assert "没有要核实的" in text(client_of(staff).get("/conflicts/"))


def test_each_question_goes_to_whoever_can_know(
    ran, campaign, waterworks, client_of, cadre_baiping, cadre_huanggu, unit_contact, clinic_user, staff
):
    make_member(ran, waterworks)
    residency(ran)
    village(ran, "500233003210")
    second_dose(ran, campaign)
    Conflict.objects.create(
        resident=ran, kind="field_conflict", field="unit", known="乌杨水厂", incoming="忠县二中",
        payload={"value": [waterworks.pk, waterworks.pk, "staff", ""]}, entry=make_entry(),
    )  # fmt: skip
    seen = {
        user.username: set(Conflict.objects.visible_to(user).values_list("field", flat=True))
        for user in (cadre_baiping, cadre_huanggu, unit_contact, clinic_user, staff)
    }
    assert seen == {
        "ranhongmei": {"residency", "place_id"},
        "qindayong": {"place_id"},
        "zhoutao": {"unit"},
        "limin": {"dose:1"},
        "liuming": {"residency", "place_id", "dose:1", "unit"},
    }


@pytest.mark.parametrize(
    ("value", "is_seen"),
    [
        ("500233003210", True),
        ("500233003210002", True),
        ("500233003001", False),
        ("15002330032", False),
        ("", False),
        (None, False),
        (["500233003210", "17", ""], False),
    ],
)
def test_a_person_said_to_be_of_another_village_is_asked_about_there_too(ran, cadre_huanggu, value, is_seen):
    """The value lies in JSON: each database must find the same codes in it."""
    village(ran, value)
    assert Conflict.objects.visible_to(cadre_huanggu).exists() == is_seen


def test_deciding_carries_the_decision_out_with_a_trace(ran, client_of, cadre_baiping):
    conflict = residency(ran)
    response = client_of(cadre_baiping).post(f"/conflicts/{conflict.pk}/decide/", {"decision": "incoming"}, follow=True)
    ran.refresh_from_db()
    conflict.refresh_from_db()
    assert (ran.residency, conflict.decision, conflict.decided_by) == ("away", "incoming", cadre_baiping)
    assert AuditEntry.objects.filter(action="conflict.decide", user=cadre_baiping).count() == 1
    assert "冉启华：以新来为准" in text(response)


def test_deciding_twice_changes_nothing_more_and_says_so(ran, client_of, cadre_baiping):
    conflict = residency(ran)
    client = client_of(cadre_baiping)
    client.post(f"/conflicts/{conflict.pk}/decide/", {"decision": "known"})
    again = client.post(f"/conflicts/{conflict.pk}/decide/", {"decision": "incoming"}, headers={"HX-Request": "true"})
    ran.refresh_from_db()
    assert (ran.residency, "已经核实过，没有再改" in text(again)) == ("unknown", True)


def test_a_dose_is_decided_by_the_clinic(ran, campaign, client_of, clinic_user):
    conflict = second_dose(ran, campaign)
    client_of(clinic_user).post(f"/conflicts/{conflict.pk}/decide/", {"decision": "incoming"})
    assert dict(Dose.objects.values_list("given_on__day", "state")) == {10: "superseded", 12: "live"}


def test_a_village_never_takes_a_person_from_another(ran, client_of, cadre_huanggu, cadre_baiping):
    conflict = village(ran, "500233003210")
    client = client_of(cadre_huanggu)
    assert "要归到新来的村，由白坪村或街道专班决定。" in text(client.get("/conflicts/"))
    assert client.post(f"/conflicts/{conflict.pk}/decide/", {"decision": "incoming"}).status_code == 403
    client_of(cadre_baiping).post(f"/conflicts/{conflict.pk}/decide/", {"decision": "incoming"})
    ran.refresh_from_db()
    assert ran.place_id == "500233003210"


def test_a_stranger_finds_nothing_and_others_may_not(ran, client_of, cadre_huanggu, leader, auditor, nobody):
    conflict = residency(ran)
    path, answer = f"/conflicts/{conflict.pk}/decide/", {"decision": "known"}
    codes = [client_of(user).post(path, answer).status_code for user in (cadre_huanggu, leader, auditor)]
    assert (codes, nobody.post(path, answer).status_code) == ([404, 403, 403], 302)
    conflict.refresh_from_db()
    assert conflict.decision == ""


def decided(client, conflict: Conflict, decision: str = "incoming") -> str:
    """Decide in place, and return the address that takes it back."""
    page = text(
        client.post(f"/conflicts/{conflict.pk}/decide/", {"decision": decision}, headers={"HX-Request": "true"})
    )
    assert f'hx-post="/conflicts/{conflict.pk}/undo/"' in page
    return f"/conflicts/{conflict.pk}/undo/"


def test_the_decider_takes_a_decision_back_in_its_place(ran, client_of, cadre_baiping):
    conflict, client = residency(ran), client_of(cadre_baiping)
    page = text(client.post(decided(client, conflict), headers={"HX-Request": "true"}))
    ran.refresh_from_db()
    conflict.refresh_from_db()
    assert (ran.residency, conflict.decision) == ("unknown", "")
    assert f'id="conflict-{conflict.pk}"' in page
    assert "改为户籍外出，户籍常住留在变动记录里。" in page


def test_decisions_are_listed_with_the_way_back_without_scripts(ran, client_of, cadre_baiping, staff):
    conflict, client = residency(ran), client_of(cadre_baiping)
    decided(client, conflict)
    for reader in (client, client_of(staff)):
        assert "人口类型：以新来为准" in text(reader.get("/conflicts/"))
    page = text(client_of(staff).post(f"/conflicts/{conflict.pk}/undo/", follow=True))
    assert "冉启华：已撤销，重新待核实" in page
    assert "最近核实的" not in page


def test_who_gave_a_person_away_may_take_that_back(ran, client_of, cadre_baiping):
    client = client_of(cadre_baiping)
    undo = decided(client, village(ran, "500233003210"))
    assert client.get(f"/people/{ran.pk}/").status_code == 404
    client.post(undo)
    ran.refresh_from_db()
    assert ran.place_id == "500233003215"


def test_a_decision_is_taken_back_by_nobody_else(
    ran, client_of, cadre_baiping, cadre_huanggu, clinic_user, leader, auditor, nobody, baiping
):
    undo = decided(client_of(cadre_baiping), residency(ran))
    colleague = make_user("zhangli", Role.CADRE, place=baiping)
    others = (colleague, cadre_huanggu, clinic_user, leader, auditor)
    assert [client_of(user).post(undo).status_code for user in others] == [403, 404, 404, 403, 403]
    assert nobody.post(undo).status_code == 302
    assert client_of(cadre_baiping).get(undo).status_code == 405
    assert Conflict.objects.get().decision == "incoming"


def test_who_lost_the_village_cannot_open_its_question_again(ran, client_of, cadre_baiping, huanggu):
    client = client_of(cadre_baiping)
    undo = decided(client, residency(ran))
    cadre_baiping.grants.update(place=huanggu)
    assert client.post(undo).status_code == 404
    assert Conflict.objects.get().decision == "incoming"


def test_what_was_built_on_a_decision_is_said_when_it_is_not_taken_back(ran, client_of, staff):
    client = client_of(staff)
    undo = decided(client, residency(ran))
    ResidentChange.objects.create(resident=ran, field="residency", old="away", new="local", entry=make_entry())
    assert "冉启华：不能撤销：这一栏之后又有变动。" in text(client.post(undo, follow=True))
    assert "不能撤销" in text(client.post(undo, headers={"HX-Request": "true"}))


def test_staff_decide_many_of_one_kind_at_once(baiping, client_of, staff):
    conflicts = [residency(make_resident(baiping, name)) for name in ("冉启华", "谭秀英", "秦桂英")]
    chosen = {"kind": "field_conflict", "decision": "incoming", "conflict": [one.pk for one in conflicts[:2]]}
    page = text(client_of(staff).post("/conflicts/decide/", chosen, follow=True))
    assert "已核实 2 处：以新来为准" in page
    assert Conflict.objects.open().count() == 1


def test_bulk_decisions_are_for_staff(ran, client_of, cadre_baiping):
    chosen = {"kind": "field_conflict", "decision": "incoming", "conflict": [residency(ran).pk]}
    assert client_of(cadre_baiping).post("/conflicts/decide/", chosen).status_code == 403
    assert Conflict.objects.open().count() == 1


def test_the_page_asks_no_more_for_three_questions_than_for_one(baiping, client_of, staff):
    client = client_of(staff)

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            client.get("/conflicts/")
        return len(asked)

    residency(make_resident(baiping, "冉启华", number=make_number()))
    client.get("/conflicts/")
    at_one = queries()
    for name in ("谭秀英", "秦桂英"):
        residency(make_resident(baiping, name, number=make_number()))
    assert queries() == at_one


def test_question_names_its_campaign_only_where_several_run(ran, campaign, client_of, staff):
    second_dose(ran, campaign)
    assert campaign.name not in _questions(client_of(staff))
    make.campaign("influenza-60")
    page = _questions(client_of(staff))
    assert (campaign.name in page, "流感" in page) == (True, False)


def _questions(client) -> str:
    page = text(client.get("/conflicts/"))
    return page[page.index('<article class="card question"') : page.rindex("</article>")]
