"""待归类: claimed by a village, turned down, or placed by staff; the dose status stays hidden until then."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ledgers.models import NotOurs
from registry.models import AuditEntry, Resident, ResidentChange, Role
from tests.factories import make_number, make_place, make_resident, make_user
from tests.ledgers import make
from tests.ledgers.pages import text


@pytest.fixture(autouse=True)
def campaign(street, baiping, huanggu, settings):
    settings.TODAY = date(2021, 8, 16)
    return make.campaign()


@pytest.fixture
def ran(street) -> Resident:
    return make_resident(street, "冉启华", number=make_number(), phone="13900006032", initials="rqh")


def test_a_cadre_sees_masked_rows_without_the_dose_status(ran, campaign, client_of, cadre_baiping):
    make.dose(ran, "07-10", campaign=campaign)
    page = text(client_of(cadre_baiping).get("/unplaced/"))
    assert "冉启华" in page
    assert "****6032" in page
    assert ran.documents.get().number not in page
    assert ("已记针次" in page, "1 针" in page) == (False, False)


def test_staff_see_how_many_doses_are_on_record(ran, campaign, client_of, staff):
    make.dose(ran, "07-10", campaign=campaign)
    assert "1 针" in text(client_of(staff).get("/unplaced/"))


def test_a_village_claims_a_person_with_history_and_trace(ran, baiping, client_of, cadre_baiping):
    client_of(cadre_baiping).post(f"/unplaced/{ran.pk}/adopt/", {"village": baiping.code})
    ran.refresh_from_db()
    assert ran.place_id == baiping.code
    assert ResidentChange.objects.get().new == baiping.code
    assert AuditEntry.objects.filter(action="unplaced.adopt", user=cadre_baiping).count() == 1


def test_a_second_click_says_that_the_person_is_on_the_list(ran, baiping, client_of, cadre_baiping):
    client = client_of(cadre_baiping)
    client.post(f"/unplaced/{ran.pk}/adopt/", {"village": baiping.code})
    page = text(client.post(f"/unplaced/{ran.pk}/adopt/", {"village": baiping.code}, follow=True))
    assert "冉启华已经在你的名单里" in page
    assert ResidentChange.objects.count() == 1


def test_whom_another_village_claimed_is_not_found(ran, baiping, huanggu, client_of, cadre_baiping, cadre_huanggu):
    client_of(cadre_baiping).post(f"/unplaced/{ran.pk}/adopt/", {"village": baiping.code})
    late = client_of(cadre_huanggu).post(f"/unplaced/{ran.pk}/adopt/", {"village": huanggu.code})
    ran.refresh_from_db()
    assert (late.status_code, ran.place_id) == (404, baiping.code)


def test_a_cadre_claims_for_its_own_village_alone(ran, huanggu, client_of, cadre_baiping):
    response = client_of(cadre_baiping).post(f"/unplaced/{ran.pk}/adopt/", {"village": huanggu.code})
    ran.refresh_from_db()
    assert (response.status_code, ran.village_code) == (404, "")


def test_not_ours_is_remembered_and_the_others_are_still_asked(ran, baiping, client_of, cadre_baiping, cadre_huanggu):
    client = client_of(cadre_baiping)
    for _ in range(2):
        client.post(f"/unplaced/{ran.pk}/not-ours/", {"village": baiping.code}, headers={"HX-Request": "true"})
    assert NotOurs.objects.get().village == baiping
    assert "冉启华" not in text(client.get("/unplaced/"))
    assert "冉启华" in text(client_of(cadre_huanggu).get("/unplaced/"))


def test_search_finds_by_name_and_initials(ran, client_of, staff):
    client = client_of(staff)
    found = [("冉启华" in text(client.get(f"/unplaced/?q={words}"))) for words in ("冉启", "rqh", "谭")]
    assert found == [True, True, False]


def test_staff_place_many_at_once(street, baiping, client_of, staff):
    people = [make_resident(street, name) for name in ("冉启华", "谭秀英", "秦桂英")]
    chosen = {"resident": [one.pk for one in people[:2]], "village": baiping.code, "act": "adopt"}
    page = text(client_of(staff).post("/unplaced/place/", chosen, follow=True))
    assert "2 人已归到白坪村" in page
    assert Resident.objects.filter(place=baiping).count() == 2


def test_staff_mark_people_as_outside(ran, client_of, staff):
    client_of(staff).post("/unplaced/place/", {"resident": [ran.pk], "act": "outside"})
    ran.refresh_from_db()
    assert ran.status == "outside"
    assert "没有待归类的人" in text(client_of(staff).get("/unplaced/"))


def test_nothing_chosen_writes_nothing(ran, client_of, staff):
    page = text(client_of(staff).post("/unplaced/place/", {"act": "adopt"}, follow=True))
    assert "没有写入任何数据" in page


@pytest.mark.parametrize("act, words, placed, asked", [
    ("adopt", "2 人已归到白坪村", 2, 0), ("not_ours", "2 人已记为不是你村的", 0, 2),
])  # fmt: skip
def test_a_village_decides_once_for_many(street, baiping, client_of, cadre_baiping, act, words, placed, asked):
    people = [make_resident(street, name) for name in ("冉启华", "谭秀英", "秦桂英")]
    chosen = {"resident": [one.pk for one in people[:2]], "village": baiping.code, "act": act}
    page = text(client_of(cadre_baiping).post("/unplaced/place/", chosen, follow=True))
    assert words in page and "秦桂英" in page and "谭秀英" not in page
    assert (Resident.objects.filter(place=baiping).count(), NotOurs.objects.count()) == (placed, asked)


def test_whom_nobody_may_decide_for_many(ran, huanggu, client_of, cadre_baiping, staff, unit_contact, leader, nobody):
    chosen = {"resident": [ran.pk], "village": huanggu.code}
    own = client_of(cadre_baiping)
    assert own.post("/unplaced/place/", chosen | {"act": "outside"}).status_code == 403
    own.post("/unplaced/place/", chosen | {"act": "adopt"})
    assert client_of(staff).post("/unplaced/place/", chosen | {"act": "not_ours"}).status_code == 403
    codes = [
        client_of(one).post("/unplaced/place/", chosen | {"act": "adopt"}).status_code for one in (unit_contact, leader)
    ]
    assert (codes, nobody.post("/unplaced/place/", chosen).status_code) == ([403, 403], 302)
    ran.refresh_from_db()
    assert (ran.village_code, NotOurs.objects.count()) == ("", 0)


def test_the_page_is_for_villages_and_staff(ran, client_of, cadre_baiping, leader, unit_contact, nobody):
    codes = [client_of(user).get("/unplaced/").status_code for user in (cadre_baiping, leader, unit_contact)]
    assert (codes, nobody.get("/unplaced/").status_code) == ([200, 403, 403], 302)


def test_people_of_another_street_are_not_found(client_of, cadre_baiping, baiping):
    elsewhere = make_resident(make_place("500233004000", "忠州街道"), "谭秀英")
    other = make_user("tanmei", Role.CADRE, place=make_place("500233004201", "某村"))
    assert "谭秀英" in text(client_of(other).get("/unplaced/"))
    client = client_of(cadre_baiping)
    assert "谭秀英" not in text(client.get("/unplaced/"))
    assert client.post(f"/unplaced/{elsewhere.pk}/adopt/", {"village": baiping.code}).status_code == 404


def test_the_page_asks_no_more_for_three_people_than_for_one(street, client_of, staff):
    client = client_of(staff)

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            client.get("/unplaced/")
        return len(asked)

    make_resident(street, "冉启华", number=make_number(), phone="13900006032")
    client.get("/unplaced/")
    at_one = queries()
    for name in ("谭秀英", "秦桂英"):
        make_resident(street, name, number=make_number(), phone="13900006032")
    assert queries() == at_one
