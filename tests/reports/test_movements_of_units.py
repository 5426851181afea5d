"""台账变动 by work unit: each unit's statement, its people, whose units; as many questions for many as for one."""

import re

import pytest
from django.urls import reverse

from ledgers.corrections import DoseFacts, add_dose
from ledgers.movements.signing import sign_day
from registry.models import Role
from reports.movements.area import UnitArea, unit_area
from reports.movements.asked import read_between
from reports.movements.people import people_page
from reports.movements.unit_rows import page_of
from tests.factories import make_unit, make_user
from tests.ledgers import make
from tests.reports import lists_cast

DAY = make.day("08-16")


@pytest.fixture
def town(settings, baiping, huanggu):
    settings.TODAY = DAY
    return lists_cast.street(baiping, huanggu)


@pytest.fixture
def people(town, waterworks, school):
    """The waterworks has three of Baiping and one of Huanggu, the school one of them and a child; one is 非本辖区."""
    found = lists_cast.fill(town)
    for name in ("refuses", "waiting", "done", "elsewhere"):
        make.member(waterworks, found[name])
    for name in ("refuses", "young"):
        make.member(school, found[name])
    make.member(waterworks, lists_cast.person(town.huanggu, "外人", status="outside"))
    lists_cast.stand(town)
    return found


@pytest.fixture
def school(huanggu):
    return make_unit("乌杨小学", huanggu)


def text(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", response.content.decode()))


def dose(who, on, campaign, staff):
    return add_dose(who, campaign, DoseFacts(make.day(on), None), source="certificate", today=DAY, by=staff)


def test_units_stand_row_by_row_and_together_each_head_once(town, people, client_of, staff):
    dose(people["refuses"], "08-16", town.campaign, staff)
    page = text(client_of(staff).get(f"{reverse('balance')}?unit=all"))
    # 应种未种 of both: who refuses (in both), 王勇 and 外人.
    assert "2 个单位" in page and "应种未种 8月15日 3 人，转出 1 人，8月16日 2 人" in page
    assert "乌杨水厂 3 — 1 2" in page and "乌杨小学 1 — 1 —" in page.replace(" 0", " —")
    assert "合计（各单位相加） 4 0 2 2" in page


def test_a_unit_opens_its_people_with_cause_and_record(town, people, client_of, staff, waterworks):
    dose(people["refuses"], "08-16", town.campaign, staff)
    client = client_of(staff)
    page = client.get(f"{reverse('balance')}?unit={waterworks.pk}").content.decode()
    address = re.search(r'href="(/movements/people/[^"]*side=out[^"]*cause=given[^"]*)"', page)[1].replace("&amp;", "&")
    listed = text(client.get(address))
    assert "乌杨水厂" in listed and "陈建军" in listed and "8月16日 接种" in listed and "本期接种" in listed


def test_a_contact_sees_its_unit_as_its_ledger_list_says(town, people, client_of, unit_contact, waterworks, staff):
    dose(people["refuses"], "08-16", town.campaign, staff)
    client = client_of(unit_contact)
    page = text(client.get(reverse("balance")))
    assert "乌杨水厂" in page and "应种未种 8月15日 3 人，转出 1 人，8月16日 2 人" in page
    # The list of the day holds as many, and opens the same statement.
    listed = client.get(reverse("ledger", args=["unvaccinated"])).content.decode()
    address = re.search(r'hx-get="(/movements/ledger/[^"]*)"', listed)[1].replace("&amp;", "&")
    assert "8月15日 期初 3 + 转入 0 − 转出 1 本期接种 1 = 8月16日 期末 2" in text(client.get(address))
    assert text(client.get(f"{reverse('balance_people')}?side=out&ledger=unvaccinated")).count("陈建军") == 1


def test_a_late_dose_of_a_member_is_an_addition_to_the_signed_day(town, people, client_of, unit_contact, staff):
    sign_day(town.campaign, make.day("08-15"), today=DAY, by=staff)
    dose(people["refuses"], "08-01", town.campaign, staff)
    page = text(client_of(unit_contact).get(reverse("balance")))
    assert "8月15日 期初 3 + 转入 0 − 转出 1 补录以前接种 1 = 8月16日 期末 2" in page
    assert "签收 8月16日的台账" not in page


def test_another_unit_is_not_found_and_nobody_is_asked_to_log_in(people, client_of, unit_contact, school, nobody):
    client = client_of(unit_contact)
    for name in ("balance", "balance_people", "balance_ledger"):
        assert client.get(f"{reverse(name)}?unit={school.pk}").status_code == 404
    # Nor a place: it answers for none.
    assert client.get(f"{reverse('balance')}?place=500233003215").status_code == 404
    assert nobody.get(f"{reverse('balance')}?unit={school.pk}").status_code == 302


def test_a_cadre_answers_for_no_unit(people, client_of, cadre_baiping, waterworks):
    client = client_of(cadre_baiping)
    assert client.get(f"{reverse('balance')}?unit={waterworks.pk}").status_code == 404
    assert client.get(f"{reverse('balance')}?unit=all").status_code == 404
    assert "按单位" not in text(client.get(reverse("balance")))


def test_a_department_sees_the_units_it_oversees(people, client_of, department_user, economy_office, waterworks):
    waterworks.department = economy_office
    waterworks.save()
    page = text(client_of(department_user).get(reverse("balance")))
    assert "乌杨水厂" in page and "8月15日 期初 3" in page and "乌杨小学" not in page


def test_a_department_that_oversees_no_unit_is_told_so(people, client_of, department_user, waterworks):
    client = client_of(department_user)
    page = text(client.get(reverse("balance")))
    assert "还没有你能看的单位" in page and "期初" not in page
    assert client.get(f"{reverse('balance')}?unit={waterworks.pk}").status_code == 404
    assert "balance_url" not in client.get(reverse("ledger", args=["unvaccinated"])).context


def test_a_leader_of_a_village_sees_the_units_that_stand_there(people, client_of, baiping):
    leader = make_user("lianduan", Role.LEADER, place=baiping, name="联段")
    page = text(client_of(leader).get(f"{reverse('balance')}?unit=all"))
    assert "乌杨水厂" in page and "乌杨小学" not in page


def test_somebody_elsewhere_is_named_by_surname(people, client_of, baiping, town, staff):
    dose(people["elsewhere"], "08-16", town.campaign, staff)
    leader = make_user("lianduan", Role.LEADER, place=baiping, name="联段")
    listed = text(client_of(leader).get(f"{reverse('balance_people')}?unit=all&side=out&ledger=unvaccinated"))
    assert "王某（住在别处）" in listed and "王勇" not in listed


@pytest.mark.parametrize("count", [1, 3])
def test_units_ask_as_much_for_three_as_for_one(town, staff, waterworks, django_assert_num_queries, count):
    sign_day(town.campaign, make.day("08-15"), today=DAY, by=staff)
    make.member(make_unit("乌杨医院", town.huanggu), lists_cast.person(town.second, "冉启华", "1960-03-02"))
    for number in range(count):
        who = lists_cast.person(town.first, "冉启华", f"195{number}-03-02")
        make.member(waterworks, who)
        make.member(make_unit(f"单位{number}", town.baiping), who)
        dose(who, "08-16", town.campaign, staff)
    asked = read_between(town.campaign, {"ledger": "incomplete", "unit": "all"}, DAY)
    area = unit_area(staff, town.campaign)
    assert isinstance(area, UnitArea)
    with django_assert_num_queries(26):
        page = page_of(town.campaign, asked, area)
        assert (page.chosen.into, len(page.rows), len(page.doses)) == (count, count + 2, 4)
    with django_assert_num_queries(12):
        assert len(people_page(page, "1", staff)[2]) == count
