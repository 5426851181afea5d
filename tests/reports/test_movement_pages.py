"""台账变动: the right person, the wrong person, nobody; figures that add up and open their people; days signed for."""

import re

import pytest
from django.urls import reverse

from ledgers.corrections import DoseFacts, add_dose, correct_resident
from ledgers.models import DaySigned
from ledgers.movements.signing import SigningRefused, sign_day
from registry.models import AuditEntry
from reports.movements.area import Area
from reports.movements.asked import read_between
from reports.movements.people import people_page
from reports.movements.unit_rows import page_of
from tests.ledgers import make
from tests.reports import lists_cast

DAY = make.day("08-16")


@pytest.fixture(autouse=True)
def _on_the_day(settings):
    settings.TODAY = DAY


@pytest.fixture
def town(baiping, huanggu):
    return lists_cast.street(baiping, huanggu)


@pytest.fixture
def people(town):
    found = lists_cast.fill(town)
    make.stand(town.campaign)
    return found


def text(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", response.content.decode()))


def dose(who, on, campaign, staff):
    return add_dose(who, campaign, DoseFacts(make.day(on), None), source="certificate", today=DAY, by=staff)


@pytest.mark.parametrize("who", ["cadre_baiping", "staff", "leader"])
def test_those_who_answer_for_places_see_the_movements(request, people, client_of, who):
    client = client_of(request.getfixturevalue(who))
    assert client.get(reverse("balance")).status_code == 200
    assert client.get(f"{reverse('balance_people')}?side=out").status_code == 200


@pytest.mark.parametrize("who", ["clinic_user", "auditor", "sysadmin"])
def test_the_others_are_told_so(request, people, client_of, who):
    client = client_of(request.getfixturevalue(who))
    assert [client.get(reverse(name)).status_code for name in ("balance", "balance_people", "balance_ledger")] == [
        403
    ] * 3


def test_nobody_is_asked_to_log_in(people, nobody):
    assert nobody.get(reverse("balance")).status_code == 302


def test_another_village_is_not_found(people, client_of, cadre_huanggu):
    client = client_of(cadre_huanggu)
    assert client.get(f"{reverse('balance')}?place=500233003215").status_code == 404
    assert client.get(f"{reverse('balance_people')}?side=out&place=500233003215").status_code == 404


def test_a_dose_of_today_leaves_the_unvaccinated_and_its_people_open(town, people, client_of, staff):
    dose(people["refuses"], "08-16", town.campaign, staff)
    client = client_of(staff)
    page = text(client.get(reverse("balance")))
    assert "应种未种 8月15日 3 人，转出 1 人，8月16日 2 人" in page
    listed = text(client.get(f"{reverse('balance_people')}?ledger=unvaccinated&side=out&cause=given"))
    assert "陈建军" in listed and "应种未种 → 未完成全程接种" in listed and "8月16日 接种" in listed


def test_a_late_dose_is_an_addition_to_a_signed_day_and_no_other_past(town, people, client_of, staff):
    sign_day(town.campaign, make.day("08-15"), today=DAY, by=staff)
    dose(people["refuses"], "08-01", town.campaign, staff)
    page = text(client_of(staff).get(reverse("balance")))
    assert "8月15日 期初 3 + 转入 0 − 转出 1 补录以前接种 1 = 8月16日 期末 2" in page
    now = text(client_of(staff).get(f"{reverse('balance')}?known=now"))
    assert "8月15日 期初 2 + 转入 0 − 转出 0 = 8月16日 期末 2" in now


def test_what_came_after_signing_is_shown_by_the_day_itself(town, people, client_of, staff):
    sign_day(town.campaign, DAY, today=DAY, by=staff)
    dose(people["refuses"], "08-16", town.campaign, staff)
    page = text(client_of(staff).get(f"{reverse('balance')}?from=2021-08-16&to=2021-08-16"))
    assert "8月16日 已签收" in page and "现在重算与签收时一致" in page
    assert "应种未种 8月16日 3 人，转出 1 人，8月16日 2 人" in page


def test_who_moved_to_another_village_is_named_by_surname_to_the_one_before(
    town, people, client_of, staff, cadre_baiping
):
    sign_day(town.campaign, make.day("08-15"), today=DAY, by=staff)
    correct_resident(people["refuses"], {"place_id": town.huanggu.pk}, reason="搬家", by=staff)
    address = f"{reverse('balance_people')}?ledger=unvaccinated&side=out&cause=moved"
    theirs = text(client_of(cadre_baiping).get(address))
    assert "陈某（现归别村）" in theirs and "陈建军" not in theirs
    row = text(client_of(staff).get(f"{reverse('balance_people')}?ledger=unvaccinated&side=into&row={town.huanggu.pk}"))
    assert "陈建军" in row and "白坪村" in row and "黄谷村 应种未种" in row


@pytest.mark.parametrize("who", ["cadre_baiping", "leader", "clinic_user", "unit_contact"])
def test_only_staff_sign_for_the_whole(request, people, client_of, who):
    client = client_of(request.getfixturevalue(who))
    assert client.post(reverse("balance_sign"), {"on": "2021-08-16"}).status_code == 403
    assert DaySigned.objects.count() == 0


def test_staff_sign_and_sign_again_only_with_a_note(town, people, client_of, staff):
    client = client_of(staff)
    for note in ("", "", "晚到一份花名册"):
        client.post(reverse("balance_sign"), {"on": "2021-08-16", "note": note})
    assert list(DaySigned.objects.order_by("pk").values_list("number", "note")) == [(1, ""), (2, "晚到一份花名册")]
    assert DaySigned.objects.first().counts[town.baiping.pk]["all"]["unvaccinated"] == 2
    assert AuditEntry.objects.filter(action="day.sign").count() == 2


def test_a_day_to_come_is_not_signed(town, staff):
    with pytest.raises(SigningRefused, match="还没有到"):
        sign_day(town.campaign, make.day("08-17"), today=DAY, by=staff)


def test_the_page_of_a_ledger_asks_for_its_statement(town, people, client_of, staff):
    client = client_of(staff)
    page = client.get(reverse("ledger", args=["unvaccinated"])).content.decode()
    address = re.search(r'hx-get="(/movements/ledger/[^"]*)"', page)[1].replace("&amp;", "&")
    assert "8月15日 期初 3 + 转入 0 − 转出 0 = 8月16日 期末 3" in text(client.get(address))
    assert (
        "/movements/ledger/" not in client.get(f"{reverse('ledger', args=['unvaccinated'])}?reason=41").content.decode()
    )


@pytest.mark.parametrize("count", [1, 3])
def test_pages_ask_as_much_for_three_as_for_one(town, staff, django_assert_num_queries, count):
    sign_day(town.campaign, make.day("08-15"), today=DAY, by=staff)
    for number in range(count):
        who = lists_cast.person(town.first, "冉启华", f"195{number}-03-02")
        dose(who, "08-16", town.campaign, staff)
    asked = read_between(town.campaign, {"ledger": "incomplete"}, DAY)
    # The menu's badges are other pages' business: what this page itself asks.
    with django_assert_num_queries(20):
        page = page_of(town.campaign, asked, Area(str(town.campaign.place), town.campaign.place))
        assert (page.chosen.into, len(page.rows), len(page.doses), page.agrees) == (count, 2, 4, None)
        assert [name for name, _ in page.village_signing.open] == ["黄谷村", "白坪村"]
    with django_assert_num_queries(13):
        assert len(people_page(page, "1", staff)[2]) == count
