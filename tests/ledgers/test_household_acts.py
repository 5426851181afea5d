"""Acts on households: what they change, the history, the trail, and the way back."""

from datetime import date

import pytest

from ledgers.households import acts
from ledgers.households.changes import ActRefused, take_back
from ledgers.households.rounds import RoundRefused, begin_round, end_round, running_round
from registry.models import AuditEntry, Grid, Household, HouseholdChange, Resident, ResidentChange
from tests.factories import make_resident, make_user
from tests.ledgers import make
from tests.ledgers.households import make_group, make_household, make_round, make_visit

pytestmark = pytest.mark.django_db


@pytest.fixture
def third(baiping):
    return make_group(baiping, 3)


@pytest.fixture
def ran(third):
    household = make_household(third, 1, head="冉启华")
    make_resident(third, "冉启华", relation="户主", household=household)
    make_resident(third, "冉军", relation="子", household=household)
    make_resident(third, "谭桂英", relation="儿媳", household=household)
    return household


def walk(place) -> list[tuple[str, int]]:
    return list(Household.objects.filter(place=place).order_by("sequence").values_list("head", "sequence"))


def changes(entry) -> set[tuple[str, str, str]]:
    return set(HouseholdChange.objects.filter(entry=entry).values_list("field", "old", "new"))


def members(household) -> list[str]:
    return list(Resident.objects.filter(household=household).order_by("pk").values_list("name", flat=True))


def test_state_said_by_hand_is_confirmed(ran, cadre_baiping):
    entry = acts.change_state(ran, "registered_only", by=cadre_baiping)
    ran.refresh_from_db()
    assert (ran.state, ran.confirmed_entry) == ("registered_only", entry)
    assert changes(entry) == {("state", "home", "registered_only"), ("confirmed_entry_id", "", str(entry.pk))}
    assert AuditEntry.objects.get().action == "household.state"
    with pytest.raises(ActRefused, match="已经是这样了"):
        acts.change_state(ran, "registered_only", by=cadre_baiping)


def test_household_listed_apart_is_confirmed_once(ran, cadre_baiping):
    Household.objects.filter(pk=ran.pk).update(state="collective")
    entry = acts.confirm_apart(ran, by=cadre_baiping)
    assert Household.objects.get().confirmed_entry == entry
    with pytest.raises(ActRefused, match="已经确认过"):
        acts.confirm_apart(ran, by=cadre_baiping)


def test_caretaker_of_many_is_one_act(ran, third, cadre_baiping, staff):
    other = make_household(third, 2)
    entry = acts.assign_caretaker([ran, other], cadre_baiping, by=staff)
    assert set(Household.objects.values_list("caretaker", flat=True)) == {cadre_baiping.pk}
    take_back(entry, by=staff)
    assert set(Household.objects.values_list("caretaker", flat=True)) == {None}


def test_household_moves_forward_and_those_behind_give_way(third, cadre_baiping):
    households = [make_household(third, number, head=head) for number, head in enumerate("甲乙丙丁", 1)]
    entry = acts.move_on_walk(households[2], third, before=households[0], by=cadre_baiping)
    assert walk(third) == [("丙", 1), ("甲", 2), ("乙", 3), ("丁", 4)]
    take_back(entry, by=cadre_baiping)
    assert walk(third) == [("甲", 1), ("乙", 2), ("丙", 3), ("丁", 4)]


def test_household_moves_back_and_those_between_close_up(third, cadre_baiping):
    households = [make_household(third, number, head=head) for number, head in enumerate("甲乙丙丁", 1)]
    acts.move_on_walk(households[0], third, before=households[3], by=cadre_baiping)
    assert walk(third) == [("乙", 1), ("丙", 2), ("甲", 3), ("丁", 4)]


def test_household_moves_into_a_gap_and_nobody_gives_way_behind_it(third, cadre_baiping):
    households = [
        make_household(third, number, head=head) for number, head in ((1, "甲"), (2, "乙"), (5, "丙"), (6, "丁"))
    ]
    acts.move_on_walk(households[3], third, before=households[1], by=cadre_baiping)
    assert walk(third) == [("甲", 1), ("丁", 2), ("乙", 3), ("丙", 5)]


def test_household_goes_to_the_end(third, cadre_baiping):
    first, _ = make_household(third, 1, head="甲"), make_household(third, 2, head="乙")
    acts.move_on_walk(first, third, by=cadre_baiping)
    assert walk(third) == [("乙", 2), ("甲", 3)]


def test_members_go_along_to_another_group(ran, third, baiping, cadre_baiping):
    fourth = make_group(baiping, 4)
    make_household(fourth, 1, head="秦大明")
    entry = acts.move_on_walk(ran, fourth, by=cadre_baiping)
    assert walk(fourth) == [("秦大明", 1), ("冉启华", 2)]
    assert set(Resident.objects.values_list("place_id", flat=True)) == {fourth.code}
    assert ResidentChange.objects.filter(entry=entry, field="place_id", old=third.code).count() == 3


def test_household_never_moves_to_another_village(ran, huanggu, cadre_baiping):
    with pytest.raises(ActRefused, match="移交"):
        acts.move_on_walk(ran, make_group(huanggu, 1), by=cadre_baiping)


def test_split_founds_a_household_with_the_next_number(ran, third, cadre_baiping):
    son, wife = ran.members.get(name="冉军"), ran.members.get(name="谭桂英")
    entry = acts.split(ran, [son, wife], son, by=cadre_baiping)
    new = Household.objects.exclude(pk=ran.pk).get()
    assert (new.place, new.sequence, new.head, new.entry) == (third, 2, "冉军", entry)
    assert (members(ran), members(new)) == (["冉启华"], ["冉军", "谭桂英"])
    assert Resident.objects.get(pk=son.pk).relation == "户主"
    take_back(entry, by=cadre_baiping)
    assert members(ran) == ["冉启华", "冉军", "谭桂英"]
    assert Resident.objects.get(pk=son.pk).relation == "子"
    assert Household.objects.count() == 1


def test_split_needs_somebody_who_goes_somebody_who_stays_and_a_head(ran, cadre_baiping):
    everybody = list(ran.members.all())
    with pytest.raises(ActRefused, match="先勾选"):
        acts.split(ran, [], everybody[0], by=cadre_baiping)
    with pytest.raises(ActRefused, match="户主要在"):
        acts.split(ran, everybody[1:], everybody[0], by=cadre_baiping)
    with pytest.raises(ActRefused, match="至少留一个人"):
        acts.split(ran, everybody, everybody[0], by=cadre_baiping)


def test_split_with_a_visit_since_is_not_taken_back(ran, cadre_baiping):
    campaign = make.campaign()
    son = ran.members.get(name="冉军")
    entry = acts.split(ran, [son], son, by=cadre_baiping)
    new = Household.objects.exclude(pk=ran.pk).get()
    make_visit(new, make_round(campaign), "visited", "2021-08-12", cadre_baiping)
    with pytest.raises(ActRefused, match="走访记录"):
        take_back(entry, by=cadre_baiping)
    assert members(new) == ["冉军"]


def test_merge_moves_everybody_and_keeps_the_number(ran, third, cadre_baiping):
    into = make_household(third, 2, head="秦大明")
    entry = acts.merge(ran, into, by=cadre_baiping)
    ran.refresh_from_db()
    assert (ran.merged_into, ran.sequence, members(into)) == (into, 1, ["冉启华", "冉军", "谭桂英"])
    assert Resident.objects.get(name="冉启华").relation == ""
    with pytest.raises(ActRefused, match="已经并入"):
        acts.change_state(ran, "away", by=cadre_baiping)
    take_back(entry, by=cadre_baiping)
    ran.refresh_from_db()
    assert (ran.merged_into, members(ran)) == (None, ["冉启华", "冉军", "谭桂英"])


def test_merge_stays_in_the_village(ran, huanggu, cadre_baiping):
    with pytest.raises(ActRefused):
        acts.merge(ran, make_household(huanggu, 1), by=cadre_baiping)
    with pytest.raises(ActRefused):
        acts.merge(ran, ran, by=cadre_baiping)


def test_person_without_a_household_joins_one_or_founds_one(ran, third, cadre_baiping):
    lone, other = make_resident(third, "向国强"), make_resident(third, "向阳")
    entry = acts.join([lone], ran, by=cadre_baiping)
    acts.new_household([other], other, by=cadre_baiping)
    assert members(ran)[-1] == "向国强"
    assert Household.objects.get(sequence=2).head == "向阳"
    with pytest.raises(ActRefused, match="已经有户了"):
        acts.join([lone], ran, by=cadre_baiping)
    take_back(entry, by=cadre_baiping)
    assert Resident.objects.get(pk=lone.pk).household is None


def test_act_is_taken_back_once_and_never_over_a_later_one(ran, cadre_baiping):
    away = acts.change_state(ran, "away", by=cadre_baiping)
    acts.change_state(ran, "rented", by=cadre_baiping)
    with pytest.raises(ActRefused, match="之后又改过"):
        take_back(away, by=cadre_baiping)
    assert Household.objects.get().state == "rented"


def confirm(client, ran, act: str, **data) -> str:
    return client.post(f"/households/{ran.pk}/{act}/", data).content.decode()


def test_page_asks_in_words_before_it_acts(ran, third, cadre_baiping, client_of):
    client = client_of(cadre_baiping)
    son = ran.members.get(name="冉军")
    asked = confirm(client, ran, "split", member=son.pk, head=son.pk)
    assert "冉军 1 人从3组-001户 冉启华分出去，另立一户，户主冉军；原户留下 2 人。" in asked
    assert Household.objects.count() == 1
    done = client.post(f"/households/{ran.pk}/split/", {"member": son.pk, "head": son.pk, "sure": "1"}, follow=True)
    assert Household.objects.count() == 2
    assert "撤销" in done.content.decode()
    assert "<span>3组-001户分户：户主冉军<span" in client.get(f"/households/{ran.pk}/edit/").content.decode()


def test_page_of_undo_belongs_to_its_author_and_staff(
    ran, cadre_baiping, cadre_huanggu, unit_contact, staff, third, nobody, client_of
):
    entry = acts.change_state(ran, "away", by=cadre_baiping)
    url = f"/households/acts/{entry.pk}/undo/"
    colleague = make_user("zuzhang", "cadre", place=third)
    statuses = {who: client_of(who).get(url).status_code for who in (cadre_huanggu, unit_contact, colleague, staff)}
    assert list(statuses.values()) == [404, 403, 403, 200]
    assert nobody.get(url).status_code == 302
    client_of(cadre_baiping).post(url)
    assert Household.objects.get().state == "home"


def test_entry_that_is_no_act_on_a_household_is_not_found(ran, cadre_baiping, client_of):
    entry = ran.members.first().entry
    assert client_of(cadre_baiping).get(f"/households/acts/{entry.pk}/undo/").status_code == 404


def test_other_villages_cadre_does_nothing_to_a_household(ran, cadre_huanggu, unit_contact, nobody, client_of):
    for act in ("state", "confirm", "caretaker", "place", "split", "merge"):
        url = f"/households/{ran.pk}/{act}/"
        statuses = [client_of(who).post(url, {"sure": "1"}).status_code for who in (cadre_huanggu, unit_contact)]
        assert [*statuses, nobody.post(url).status_code] == [404, 403, 302]
    assert not HouseholdChange.objects.exists()


def test_person_is_joined_in_one_tap_by_who_answers_for_both(
    ran, third, huanggu, cadre_baiping, cadre_huanggu, client_of
):
    lone = make_resident(third, "向国强", address="3组17号", phone="13800001111")
    make_resident(third, "冉小军", household=ran, address="3组17号", phone="13800001111")
    client, url = client_of(cadre_baiping), f"/survey/loose/{lone.pk}/join/"
    page = client.get(f"/survey/villages/{third.code[:12]}/loose/").content.decode()
    assert "并入3组-001户 冉启华<small>电话相同、住址相同</small>" in page
    assert client_of(cadre_huanggu).post(url, {"household": ran.pk}).status_code == 404
    assert client.post(url, {"household": make_household(huanggu, 1).pk}).status_code == 404
    client.post(url, {"household": ran.pk})
    assert Resident.objects.get(pk=lone.pk).household == ran


def test_rounds_follow_one_another(street, staff):
    campaign = make.campaign()
    first = begin_round(campaign, on=date(2021, 8, 1), by=staff)
    assert running_round(campaign) == first
    with pytest.raises(RoundRefused, match="还没有结束"):
        begin_round(campaign, on=date(2021, 8, 2), by=staff)
    with pytest.raises(RoundRefused, match="不能早于开始日"):
        end_round(campaign, on=date(2021, 7, 31), by=staff)
    end_round(campaign, on=date(2021, 8, 10), by=staff)
    with pytest.raises(RoundRefused, match="没有正在进行"):
        end_round(campaign, on=date(2021, 8, 10), by=staff)
    with pytest.raises(RoundRefused, match="不能早于这一天"):
        begin_round(campaign, on=date(2021, 8, 9), by=staff)
    assert str(begin_round(campaign, on=date(2021, 8, 10), by=staff)) == "第2轮"


def test_staff_begin_a_round_and_cadres_do_not(street, staff, cadre_baiping, client_of, settings):
    settings.TODAY = date(2021, 8, 16)
    campaign = make.campaign()
    assert client_of(cadre_baiping).post("/survey/rounds/", {"act": "begin"}).status_code == 403
    client_of(staff).post("/survey/rounds/", {"act": "begin"})
    assert running_round(campaign).begins_on == date(2021, 8, 16)


def test_staff_name_a_caretaker_for_whole_groups(ran, third, baiping, staff, cadre_baiping, client_of):
    url, chosen = f"/survey/villages/{baiping.code}/caretakers/", {"group": third.code, "caretaker": cadre_baiping.pk}
    client = client_of(staff)
    assert "白坪村3组的 1 户，包保人改为冉红梅。" in client.post(url, chosen).content.decode()
    client.post(url, chosen | {"sure": "1"})
    assert Household.objects.get().caretaker == cadre_baiping
    assert client_of(cadre_baiping).post(url, chosen).status_code == 403


def test_staff_divide_a_village_into_grids(third, baiping, staff, client_of):
    fourth, client, url = make_group(baiping, 4), client_of(staff), f"/survey/villages/{baiping.code}/grids/"
    client.post(url, {"name": "第一网格", "group": [third.code, fourth.code]})
    client.post(url, {"name": "第二网格", "group": [fourth.code]})
    assert "已经有叫" in client.post(url, {"name": "第二网格", "group": [third.code]}, follow=True).content.decode()
    grids = {grid.name: [link.place for link in grid.places.all()] for grid in Grid.objects.all()}
    assert grids == {"第一网格": [third], "第二网格": [fourth]}


def test_staff_number_what_has_no_number(baiping, staff, client_of):
    make_household(baiping)
    client_of(staff).post(f"/survey/villages/{baiping.code}/number/")
    assert Household.objects.get().sequence == 1
