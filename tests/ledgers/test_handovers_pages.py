"""人员变动: who sees and decides what, and that each act is done once."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from ledgers import notes, standings
from ledgers.handovers import duplicates, handover, looking
from ledgers.models import Duplicate, Handover
from registry import jobs
from registry.models import AuditEntry, Entry, Job, Resident, Role, Source
from tests.factories import make_place, make_resident, make_user
from tests.ledgers import make
from tests.ledgers.pages import text
from tests.sheets import identity_number

pytestmark = pytest.mark.django_db
NUMBER = identity_number("19540302")


@pytest.fixture
def ran(baiping):
    return make_resident(baiping, "冉启华", number=NUMBER)


@pytest.fixture
def campaign(street):
    return make.campaign()


def test_cadre_offers_and_the_other_village_accepts(ran, huanggu, client_of, cadre_baiping, cadre_huanggu):
    client_of(cadre_baiping).post(f"/people/{ran.pk}/handover/", {"village": huanggu.pk, "note": "住女儿家"})
    assert "移交到黄谷村，等黄谷村确认" in text(client_of(cadre_baiping).get("/handovers/"))
    other = client_of(cadre_huanggu)
    assert "接收到黄谷村" in text(other.get("/handovers/"))
    other.post(f"/handovers/{Handover.objects.get().pk}/answer/", {"decision": "accept"})
    ran.refresh_from_db()
    assert ran.place == huanggu


def test_only_the_side_that_is_waited_for_answers(
    ran, huanggu, zhuhe, client_of, cadre_baiping, cadre_huanggu, unit_contact, leader, nobody
):
    asked = handover.ask(ran, huanggu, by=cadre_baiping)
    answer = {"decision": "accept"}
    url = f"/handovers/{asked.pk}/answer/"
    codes = [client_of(user).post(url, answer).status_code for user in (cadre_baiping, unit_contact, leader)]
    assert (codes, nobody.post(url, answer).status_code) == ([404, 403, 403], 302)
    assert client_of(cadre_huanggu).post(url, {"decision": "withdraw"}).status_code == 404
    client_of(cadre_baiping).post(url, {"decision": "withdraw"})
    assert Handover.objects.get().state == "withdrawn"


def test_both_sides_read_why_the_other_said_no(ran, baiping, huanggu, zhuhe, client_of, cadre_baiping, cadre_huanggu):
    handover.ask(ran, huanggu, by=cadre_huanggu)
    giving = client_of(cadre_baiping)
    assert "不移交" in text(giving.get("/handovers/"))
    answer = {"decision": "refuse", "answer": "还住在我村5组"}
    said = giving.post(f"/handovers/{Handover.objects.get().pk}/answer/", answer, follow=True)
    assert f"已答复不移交，冉启华还在{baiping}的名单里" in text(said)
    for user in (cadre_baiping, cadre_huanggu):
        page = text(client_of(user).get("/handovers/"))
        assert f"{baiping}不移交，还在{baiping}" in page and "还住在我村5组" in page
    other = make_user("other", Role.CADRE, place=zhuhe)
    assert "还住在我村5组" not in text(client_of(other).get("/handovers/"))


def test_person_of_another_village_cannot_be_offered(ran, baiping, client_of, cadre_huanggu):
    answer = client_of(cadre_huanggu).post(f"/people/{ran.pk}/handover/", {"village": baiping.pk})
    assert (answer.status_code, Handover.objects.exists()) == (404, False)


def test_name_and_number_of_another_villages_person_say_only_that(ran, huanggu, client_of, cadre_huanggu):
    client = client_of(cadre_huanggu)
    page = text(client.post("/handovers/find/", {"name": "冉启华", "number": NUMBER}))
    assert "在别的村的名单上" in page
    assert "白坪" not in page
    client.post("/handovers/find/ask/", {"village": huanggu.pk, "note": "去年起住3组"})
    assert Handover.objects.get().waits_for == ran.place
    assert AuditEntry.objects.filter(action="resident.find", subject=f"resident {ran.pk}").exists()


def test_wrong_name_finds_nobody(ran, client_of, cadre_huanggu):
    page = text(client_of(cadre_huanggu).post("/handovers/find/", {"name": "冉启明", "number": NUMBER}))
    assert "没有找到" in page


def test_nobody_is_asked_for_who_was_not_found_before(ran, huanggu, client_of, cadre_huanggu):
    assert client_of(cadre_huanggu).post("/handovers/find/ask/", {"village": huanggu.pk}).status_code == 404


def test_finding_is_limited_per_hour(ran, client_of, cadre_huanggu):
    client = client_of(cadre_huanggu)
    for _ in range(30):
        client.post("/handovers/find/", {"name": "无名", "number": NUMBER})
    assert "一小时最多找 30 人" in text(client.post("/handovers/find/", {"name": "冉启华", "number": NUMBER}))


def test_number_is_added_and_a_bearer_of_the_same_name_becomes_a_question(ran, baiping, client_of, cadre_baiping):
    twin = make_resident(baiping, "冉启华")
    client = client_of(cadre_baiping)
    page = text(client.post(f"/people/{twin.pk}/number/", {"number": NUMBER}))
    assert "可能是同一个人" in page
    assert Duplicate.objects.get().state == "open"
    client.post(f"/people/{twin.pk}/number/", {"number": identity_number("19540302", 901)})
    assert twin.documents.count() == 1


def test_number_of_somebody_with_another_name_is_refused(ran, baiping, client_of, cadre_baiping):
    other = make_resident(baiping, "谭秀英")
    page = text(client_of(cadre_baiping).post(f"/people/{other.pk}/number/", {"number": NUMBER}))
    assert "登记在别人名下" in page
    assert not Duplicate.objects.exists()


def test_mistaken_death_is_listed_and_taken_back(ran, client_of, cadre_baiping, cadre_huanggu, monkeypatch):
    Resident.objects.filter(pk=ran.pk).update(status="deceased", status_on=date.today())
    client = client_of(cadre_baiping)
    assert "冉启华" in text(client.get("/handovers/?show=deceased"))
    assert client_of(cadre_huanggu).post(f"/people/{ran.pk}/death/undo/").status_code == 404
    client.post(f"/people/{ran.pk}/death/undo/")
    ran.refresh_from_db()
    assert (ran.status, ran.status_on) == ("active", None)


@pytest.mark.parametrize(("status", "status_on"), [("outside", None), ("moved_out", date(2021, 8, 1))])
def test_mistaken_death_taken_back_leaves_the_status_from_before(ran, client_of, cadre_baiping, status, status_on):
    Resident.objects.filter(pk=ran.pk).update(status=status, status_on=status_on)
    entry = notes.new_entry(cadre_baiping, Source.VERBAL, "入户排查")
    notes.note_deceased(Resident.objects.get(pk=ran.pk), on=date(2021, 8, 10), entry=entry)
    answer = client_of(cadre_baiping).post(f"/people/{ran.pk}/death/undo/", follow=True)
    ran.refresh_from_db()
    assert (ran.status, ran.status_on) == (status, status_on)
    assert f"恢复为“{ran.get_status_display()}”" in text(answer)


def test_death_of_long_ago_is_listed_for_ninety_days_after_it_was_recorded(ran, client_of, cadre_baiping):
    entry = notes.new_entry(cadre_baiping, Source.VERBAL, "入户排查")
    notes.note_deceased(ran, on=date.today() - timedelta(days=200), entry=entry)
    client = client_of(cadre_baiping)
    assert "冉启华" in text(client.get("/handovers/?show=deceased"))
    Entry.objects.filter(pk=entry.pk).update(at=timezone.now() - timedelta(days=91))
    assert "冉启华" not in text(client.get("/handovers/?show=deceased"))


def test_registered_village_reads_its_people_elsewhere(baiping, huanggu, client_of, cadre_baiping):
    make_resident(huanggu, "秦大勇", registered_village=baiping)
    page = text(client_of(cadre_baiping).get("/handovers/?show=registered"))
    assert ("秦大勇" in page, "黄谷村" in page) == (True, True)


def test_duplicates_are_staffs(ran, huanggu, client_of, staff, cadre_baiping, leader, nobody):
    twin = make_resident(huanggu, "冉启华")
    client = client_of(staff)
    client.post("/duplicates/find/")
    pair = Duplicate.objects.get()
    url = f"/duplicates/{pair.pk}/decide/"
    codes = [client_of(user).post(url, {"keep": ran.pk}).status_code for user in (cadre_baiping, leader)]
    assert (codes, nobody.post(url).status_code) == ([403, 403], 302)
    client.post(url, {"keep": ran.pk})
    assert not Resident.objects.filter(pk=twin.pk).exists()
    page = text(client.get("/handovers/?show=duplicates"))
    assert "撤销合并" in page
    client.post(f"/merges/{ran.merges.get().pk}/undo/")
    assert Resident.objects.filter(pk=twin.pk).exists()


def test_pair_of_two_people_is_not_asked_again(ran, huanggu, client_of, staff):
    pair = duplicates.propose(ran, make_resident(huanggu, "冉启华"), "name_birth")
    client = client_of(staff)
    client.post(f"/duplicates/{pair.pk}/decide/", {"keep": ""})
    client.post("/duplicates/find/")
    assert [one.state for one in Duplicate.objects.all()] == ["different"]


def test_pair_of_another_street_is_not_found(client_of, staff, ran):
    pair = duplicates.propose(ran, make_resident(make_place("500233004001", "别村"), "冉启华"), "name_birth")
    assert client_of(staff).post(f"/duplicates/{pair.pk}/decide/", {"keep": ran.pk}).status_code == 404


@pytest.mark.parametrize("show", ["handovers", "undocumented", "deceased", "registered", "duplicates"])
def test_lists_ask_the_same_queries_for_one_row_and_for_three(show, baiping, huanggu, staff, client_of):
    client = client_of(staff)

    def add(name: str) -> None:
        one = make_resident(baiping, name, registered_village=huanggu)
        asked = handover.ask(one, huanggu, by=staff)
        handover.refuse(asked, answer="还住在我村", by=staff)
        handover.ask(one, huanggu, by=staff)
        duplicates.propose(one, make_resident(huanggu, name), "name_birth")
        gone = make_resident(baiping, f"{name}父", number=identity_number("19540302", len(name) * 7 + ord(name) % 90))
        Resident.objects.filter(pk=gone.pk).update(status="deceased", status_on=date.today())

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            client.get(f"/handovers/?show={show}")
        return len(asked)

    add("甲")
    client.get(f"/handovers/?show={show}")
    at_one = queries()
    add("乙")
    add("丙")
    assert queries() == at_one


def test_death_is_asked_twice(ran, client_of, cadre_baiping):
    client = client_of(cadre_baiping)
    url = f"/people/{ran.pk}/edit/"
    said = {
        "name": "冉启华", "place_id": ran.place_id, "residency": "unknown", "status": "deceased",
        "status_on": "2021-08-10", "reason": "家属告知",
    }  # fmt: skip
    answer = client.post(url, said)
    ran.refresh_from_db()
    assert (answer.status_code, "再确认一次" in text(answer), ran.status) == (422, True, "active")
    client.post(url, said | {"sure": "on"})
    ran.refresh_from_db()
    assert ran.status == "deceased"


def test_staff_see_what_became_of_the_claimed(street, baiping, campaign, client_of, staff, cadre_baiping):
    people = [make_resident(street, name) for name in ("甲", "乙")]
    for one in people:
        client_of(cadre_baiping).post(f"/unplaced/{one.pk}/adopt/", {"village": baiping.pk})
    make.dose(people[0], "2021-07-01", campaign=campaign)
    standings.rebuild(campaign, [people[0].pk])
    assert "各村认领了 2 人，其中 1 人已接种" in text(client_of(staff).get("/unplaced/adopted/"))
    assert client_of(cadre_baiping).get("/unplaced/adopted/").status_code == 403


def test_look_is_asked_once_for_many_changes_and_finds_both(street, baiping, client_of, staff):
    for name in ("甲", "乙"):
        lost = make_resident(street, name, address="白坪村2组")
        looking.on_facts_changed(places={street.pk})
    make_resident(baiping, "乙")
    (job,) = Job.objects.filter(kind=looking.KIND)
    assert jobs.run_now(job).result == {"suggested": 2, "duplicates": 1}
    assert "现住址里写着" in text(client_of(staff).get("/unplaced/"))
    assert lost.suggestions.get().village == baiping
