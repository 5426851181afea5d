"""包保人: named, else the cadre whose beat is the finest around the household."""

from datetime import date

import pytest

from ledgers.households.caretakers import caretaker_of, in_care_of, possible_caretakers
from registry.access import scope_of
from registry.models import Household
from tests.factories import make_resident, make_user
from tests.ledgers.households import make_grid, make_grid_worker, make_group, make_household
from tests.ledgers.make import campaign, stand
from tests.ledgers.make import dose as make_dose

pytestmark = pytest.mark.django_db


@pytest.fixture
def covid(settings, street):
    settings.TODAY = date(2021, 8, 16)
    return campaign()


@pytest.fixture
def third(baiping):
    return make_group(baiping, 3)


def test_named_caretaker_wins(third, cadre_baiping, cadre_huanggu):
    household = make_household(third, 1, caretaker=cadre_huanggu)
    assert caretaker_of([household]) == {household.pk: cadre_huanggu}


def test_default_is_the_finest_beat(baiping, third, street, cadre_baiping):
    households = [make_household(third, 1), make_household(make_group(baiping, 4), 1), make_household(baiping, 1)]
    make_user("lianduan", "cadre", place=street)
    whole_group = make_user("zuzhang", "cadre", place=third)
    assert list(caretaker_of(households).values()) == [whole_group, cadre_baiping, cadre_baiping]
    worker = make_grid_worker("wangge", make_grid(baiping, "第一网格", third))
    assert list(caretaker_of(households).values()) == [worker, cadre_baiping, cadre_baiping]


def test_closed_account_gives_way(third, cadre_baiping):
    gone = make_user("zouliao", "cadre", place=third)
    household = make_household(third, 1, caretaker=gone)
    gone.is_active = False
    gone.save()
    assert caretaker_of([household]) == {household.pk: cadre_baiping}
    assert list(Household.objects.filter(in_care_of(cadre_baiping))) == [household]


def test_nobody_has_the_place(third):
    household = make_household(third, 1)
    assert caretaker_of([household]) == {household.pk: None}


def test_households_in_care_are_those_named_and_those_of_the_own_beat(baiping, third, cadre_baiping):
    worker = make_grid_worker("wangge", make_grid(baiping, "第一网格", third))
    own = make_household(third, 1)
    lent = make_household(third, 2, caretaker=cadre_baiping)
    named = make_household(make_group(baiping, 4), 1, caretaker=worker)
    rest = make_household(make_group(baiping, 4), 2)
    assert set(Household.objects.filter(in_care_of(worker))) == {own, named}
    assert set(Household.objects.filter(in_care_of(cadre_baiping))) == {lent, rest}


def test_caretakers_cost_the_same_for_three_households_as_for_one(
    baiping, third, cadre_baiping, django_assert_num_queries
):
    households = [make_household(third, number) for number in (1, 2, 3)]
    for count in (1, 3):
        with django_assert_num_queries(3):
            caretaker_of(households[:count])


def test_possible_caretakers_are_the_cadres_whose_beat_touches_the_village(
    baiping, third, street, cadre_baiping, cadre_huanggu, staff
):
    of_street = make_user("lianduan", "cadre", place=street, name="安")
    worker = make_grid_worker("wangge", make_grid(baiping, "第一网格", third), name="王")
    assert set(possible_caretakers(baiping.code)) == {of_street, worker, cadre_baiping}


def test_grid_workers_scope_is_the_groups_of_the_grid(baiping, third):
    fifth = make_group(baiping, 5)
    worker = make_grid_worker("wangge", make_grid(baiping, "第一网格", fifth, third))
    assert scope_of(worker).prefixes("cadre") == (third.code, fifth.code)
    assert scope_of(make_grid_worker("kong", make_grid(baiping, "空网格"))).prefixes("cadre") == ()


def test_ledgers_show_and_filter_by_caretaker(covid, third, baiping, cadre_baiping, cadre_huanggu, client_of):
    other = make_resident(
        third, "谭秀英", residency="local", household=make_household(third, 1, caretaker=cadre_huanggu)
    )
    told = make_resident(third, "冉启华", residency="local", caretaker="老支书")
    make_resident(baiping, "秦大明", residency="local")
    make_dose(told, "06-01", campaign=covid)
    stand(covid)
    client = client_of(cadre_baiping)
    page = client.get("/ledgers/unvaccinated/").content.decode()
    assert '<td class="away">秦大勇</td>' in page
    assert '<td class="away">冉红梅</td>' in page
    assert '<td class="away">老支书</td>' in client.get("/ledgers/incomplete/").content.decode()
    page = client.get(f"/ledgers/unvaccinated/?caretaker={cadre_huanggu.pk}").content.decode()
    assert other.name in page
    assert "秦大明" not in page
    page = client.get(f"/ledgers/unvaccinated/?caretaker={cadre_baiping.pk}").content.decode()
    assert "秦大明" in page
    assert other.name not in page
