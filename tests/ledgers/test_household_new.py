"""添加一户: found on the walk by the right person, refused to the wrong one and to nobody."""

import pytest
from django.urls import reverse

from ledgers.models import Handover
from registry.models import AuditEntry, Household, IdentityDocument, Resident
from tests.factories import make_number
from tests.ledgers import make


@pytest.fixture
def group(db, settings, baiping):
    settings.TODAY = make.day("08-16")
    make.campaign()
    return make.group(baiping, 3)


@pytest.fixture
def add(group, client_of, cadre_baiping):
    url = reverse("household_new", args=[group.pk])
    said = {"name": "向国强", "birth_on": "1970-05-01", "place": group.pk, "state": "home"}
    return lambda **more: client_of(cadre_baiping).post(url, said | more, follow=True)


def test_household_stands_last_on_the_walk_with_its_head(add, group, baiping):
    Household.objects.create(village=baiping, place=group, sequence=12, head="冉启华", entry=make.entry())
    page = add(address="老供销社楼上", state="rented").content.decode()
    made = Household.objects.get(head="向国强")
    assert (made.sequence, made.state, made.address, made.village) == (13, "rented", "老供销社楼上", baiping)
    head = Resident.objects.get(household=made)
    assert (head.name, head.relation, head.place_id) == ("向国强", "户主", group.pk)
    assert "已添加3组-013户 向国强户" in page
    assert AuditEntry.objects.filter(action="household.new", subject=f"household {made.pk}").exists()


def test_group_without_a_household_begins_at_one(add):
    add()
    assert Household.objects.get().sequence == 1


def test_household_that_is_listed_apart_is_confirmed_by_being_added(add):
    add(state="collective")
    assert Household.objects.get().confirmed_entry_id


def test_head_known_without_a_household_is_not_recorded_again(add, baiping):
    known = make.resident(baiping, "1970-05-01", name="向国强")
    add()
    known.refresh_from_db()
    assert (Resident.objects.count(), known.household) == (1, Household.objects.get())
    assert known.changes.filter(field="household_id").exists()


def test_head_of_another_household_of_the_village_is_refused(add, group, baiping):
    other = Household.objects.create(village=baiping, place=group, sequence=12, head="冉启华", entry=make.entry())
    make.resident(group, "1970-05-01", name="向国强", household=other)
    answer = add()
    assert answer.status_code == 422
    assert "点“分户”" in answer.content.decode()
    assert Household.objects.get() == other


def test_head_on_another_villages_list_is_asked_for_and_nothing_is_made(add, huanggu):
    known = make.resident(huanggu, "1954-03-02", name="向国强")
    IdentityDocument.objects.create(resident=known, number=(number := make_number()))
    page = add(number=number, birth_on="").content.decode()
    assert "在别的村的名单上" in page and "黄谷村" not in page
    add(number=number, birth_on="", ask="1")
    assert Handover.objects.get().resident == known
    assert not Household.objects.exists()


def test_group_of_another_village_is_no_choice(add, huanggu):
    assert add(place=huanggu.pk).status_code == 422
    assert not Household.objects.exists()


def test_only_who_keeps_the_village_adds_a_household(group, client, client_of, cadre_huanggu, leader, unit_contact):
    url = reverse("household_new", args=[group.pk])
    said = {"name": "某人", "birth_on": "1980-01-01", "place": group.pk, "state": "home"}
    assert client_of(cadre_huanggu).post(url, said).status_code == 404
    assert client_of(unit_contact).post(url, said).status_code == 403
    assert client_of(leader).post(url, said).status_code == 403
    assert client.post(url, said).status_code == 302
    assert not Household.objects.exists()


def test_the_list_of_a_group_leads_there(group, client_of, cadre_baiping, leader):
    url, link = reverse("survey_group", args=[group.pk]), reverse("household_new", args=[group.pk])
    assert link in client_of(cadre_baiping).get(url).content.decode()
    assert link not in client_of(leader).get(url).content.decode()
