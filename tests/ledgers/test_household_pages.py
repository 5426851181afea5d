"""The pages of 入户: who sees which households, what a list says, how far the round has come."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ledgers.households.glance import glances
from registry.models import Household
from tests.factories import make_member, make_resident
from tests.ledgers import make
from tests.ledgers.households import (
    make_grid,
    make_grid_worker,
    make_group,
    make_household,
    make_round,
    make_visit,
)

pytestmark = pytest.mark.django_db
ON = date(2021, 8, 16)


@pytest.fixture
def covid(settings, street):
    settings.TODAY = ON
    return make.campaign()


@pytest.fixture
def third(covid, baiping):
    return make_group(baiping, 3)


@pytest.fixture
def ran(third, cadre_baiping):
    """A household of three: overdue, unvaccinated, a child."""
    household = make_household(third, 17, head="冉启华")
    of = {"household": household, "residency": "local"}
    head = make_resident(third, "冉启华", relation="户主", initials="rqh", **of)
    make_resident(third, "谭桂英", initials="tgy", **of)
    make_resident(third, "冉小宝", birth_on=date(2015, 1, 1), **of)
    campaign = make.Campaign.objects.get()
    make.dose(head, "06-01", campaign=campaign)
    make.stand(campaign)
    return household


def text(response) -> str:
    return response.content.decode()


def test_list_says_what_is_known_at_a_glance(ran, third, covid, cadre_baiping, client_of):
    first = make_round(covid, 1, ends_on="2021-08-10")
    make_round(covid, 2, "2021-08-11")
    make_visit(ran, first, "nobody", "2021-08-09", cadre_baiping)
    page = text(client_of(cadre_baiping).get(f"/survey/places/{third.code}/"))
    for words in ("3组-017户", "冉启华", "3 人", "1 人超期，1 人一针没打", "上次 8月9日：家中无人", "包保人 冉红梅"):
        assert words in page


def test_survey_takes_a_cadre_to_its_village_and_staff_to_the_choice(ran, huanggu, cadre_baiping, staff, client_of):
    village = f"/survey/villages/{ran.village_id}/"
    assert client_of(cadre_baiping).get("/survey/")["Location"] == village
    assert village in text(client_of(staff).get("/survey/"))


def test_village_counts_the_round_and_lists_households_apart(ran, third, baiping, covid, cadre_baiping, client_of):
    now = make_round(covid, 2)
    for sequence, outcome in ((18, "visited"), (19, "nobody"), (20, "refused")):
        make_visit(make_household(third, sequence), now, outcome, "2021-08-12", cadre_baiping)
    make_household(third, 21, state="registered_only")
    page = text(client_of(cadre_baiping).get(f"/survey/villages/{baiping.code}/"))
    assert "还有 <b>3</b> 户没去，已办 1 户，共 4 户" in page
    assert "从未入户 3 户" in page
    assert "最久没去的一户，上次是 8月12日" in page
    assert "空挂户和集体户 1 户" in page
    assert "1 户待确认" in page


def test_list_can_be_narrowed(ran, third, covid, cadre_baiping, client_of):
    now = make_round(covid, 2)
    done, lost = make_household(third, 18, head="秦大明"), make_household(third, 19, head="向国强")
    make_household(third, 21, head="罗空挂", state="registered_only")
    make_visit(done, now, "visited", "2021-08-12", cadre_baiping)
    for day in (12, 13, 14):
        make_visit(lost, now, "nobody", f"2021-08-{day}", cadre_baiping)
    client = client_of(cadre_baiping)

    def heads(only: str) -> list[str]:
        page = text(client.get(f"/survey/places/{third.code}/?only={only}"))
        return [name for name in ("冉启华", "秦大明", "向国强", "罗空挂") if f"<h2>{name}" in page]

    assert heads("left") == ["冉启华", "向国强"]
    assert heads("done") == ["秦大明"]
    assert heads("never") == ["冉启华", "向国强"]
    assert heads("apart") == ["罗空挂"]
    assert heads("passed") == ["向国强"]
    assert heads("all") == ["冉启华", "秦大明", "向国强", "罗空挂"]


def test_third_call_in_vain_comes_to_staff_until_somebody_is_met(ran, third, covid, cadre_baiping, staff, client_of):
    now, twice = make_round(covid), make_household(third, 18, head="秦大明")
    for day in (12, 13, 14):
        make_visit(ran, now, "nobody", f"2021-08-{day}", cadre_baiping)
    for day in (12, 13):
        make_visit(twice, now, "nobody", f"2021-08-{day}", cadre_baiping)
    client, url = client_of(staff), "/survey/passed-up/"
    page = text(client.get(url))
    assert "<h2>冉启华" in page
    assert "秦大明" not in page
    make_visit(ran, now, "phoned", "2021-08-15", cadre_baiping)
    assert "没有三次没人的户" in text(client.get(url))
    assert client_of(cadre_baiping).get(url).status_code == 403


def test_households_are_in_walking_order(third, covid, cadre_baiping, client_of):
    for sequence, head in ((3, "丙户"), (1, "甲户"), (2, "乙户")):
        make_household(third, sequence, head=head)
    page = text(client_of(cadre_baiping).get(f"/survey/places/{third.code}/"))
    assert page.index("甲户") < page.index("乙户") < page.index("丙户")


@pytest.mark.parametrize("wanted", ["谭桂英", "谭", "tg", "17", "冉启"])
def test_search_finds_a_household_by_any_member(ran, third, cadre_baiping, cadre_huanggu, client_of, wanted):
    make_household(third, 18, head="秦大明")
    own, other = client_of(cadre_baiping), client_of(cadre_huanggu)
    found = text(own.post("/survey/search/", {"search": wanted}, follow=True))
    assert "<h2>冉启华" in found
    assert "秦大明" not in found
    assert "<h2>冉启华" not in text(other.post("/survey/search/", {"search": wanted}, follow=True))


def test_my_households_are_those_in_my_care(ran, third, cadre_baiping, cadre_huanggu, client_of):
    make_household(third, 18, head="秦大明", caretaker=cadre_huanggu)
    page = text(client_of(cadre_baiping).get(f"/survey/places/{third.code}/?mine=1"))
    assert "<h2>冉启华" in page
    assert "秦大明" not in page


def test_other_villages_cadre_unit_and_nobody_see_no_household(
    ran, third, cadre_huanggu, unit_contact, nobody, client_of
):
    addresses = [
        f"/survey/villages/{ran.village_id}/",
        f"/survey/places/{third.code}/",
        f"/survey/villages/{ran.village_id}/loose/",
        f"/households/{ran.pk}/edit/",
        f"/households/{ran.pk}/place/",
        f"/households/{ran.pk}/split/",
        f"/households/{ran.pk}/merge/",
    ]
    assert {client_of(cadre_huanggu).get(url).status_code for url in addresses} == {404}
    assert {client_of(unit_contact).get(url).status_code for url in addresses} == {403}
    assert {nobody.get(url).status_code for url in addresses} == {302}


def test_leader_reads_and_changes_nothing(ran, third, leader, client_of):
    client = client_of(leader)
    page = client.get(f"/survey/places/{third.code}/")
    assert page.status_code == 200
    assert "改这户" not in text(page)
    assert client.post(f"/households/{ran.pk}/state/", {"state": "away", "sure": "1"}).status_code == 403


def test_grid_worker_sees_its_groups_only(ran, third, baiping, client_of):
    fourth = make_group(baiping, 4)
    make_household(fourth, 1, head="秦大明")
    worker = make_grid_worker("wangge", make_grid(baiping, "第一网格", third))
    client = client_of(worker)
    page = text(client.get(f"/survey/villages/{baiping.code}/"))
    assert "3组" in page
    assert "4组" not in page
    assert client.get(f"/survey/places/{fourth.code}/").status_code == 404
    assert client.get(f"/survey/places/{baiping.code}/").status_code == 404


def test_member_of_a_unit_is_no_household_of_its_contact(ran, waterworks, unit_contact, client_of):
    make_member(ran.members.first(), waterworks)
    assert client_of(unit_contact).get("/survey/").status_code == 403


def test_merged_households_are_gone(ran, third, cadre_baiping, client_of):
    gone = make_household(third, 18, head="秦大明", merged_into=ran)
    client = client_of(cadre_baiping)
    assert "秦大明" not in text(client.get(f"/survey/places/{third.code}/"))
    assert client.get(f"/households/{gone.pk}/edit/").status_code == 404


@pytest.mark.parametrize("address", ["/survey/places/{}003/?only=all", "/survey/villages/{}/", "/households/{}/edit/"])
def test_pages_cost_the_same_for_three_households_as_for_one(third, baiping, covid, cadre_baiping, client_of, address):
    now, client = make_round(covid), client_of(cadre_baiping)
    client.get("/survey/found/")
    counts = []
    for sequence in (1, 2, 3):
        household = make_household(third, sequence)
        make_resident(third, household=household)
        make_visit(household, now, "nobody", "2021-08-12", cadre_baiping)
        with CaptureQueriesContext(connection) as queries:
            client.get(address.format(household.pk if "households" in address else baiping.code))
        counts.append(len(queries))
    assert counts[0] == counts[2]


def test_glances_cost_the_same_for_three_households_as_for_one(third, covid, cadre_baiping, django_assert_num_queries):
    now = make_round(covid)
    assert covid.place
    for sequence in (1, 2, 3):
        household = make_household(third, sequence)
        make_resident(third, household=household)
        make_visit(household, now, "nobody", "2021-08-12", cadre_baiping)
        with django_assert_num_queries(7):
            assert len(glances(list(Household.objects.select_related("place")), covid, now, ON)) == sequence
