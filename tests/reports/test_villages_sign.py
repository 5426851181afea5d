"""日清 by village: its cadre signs its own day, the street sees who has, and what comes late is an addition."""

import re

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from ledgers.corrections import DoseFacts, add_dose
from ledgers.models import DaySigned
from ledgers.movements.signing import SigningRefused, sign_day
from registry.models import AuditEntry, Role
from tests.factories import make_user
from tests.ledgers import make
from tests.reports import lists_cast

DAY = make.day("08-16")


@pytest.fixture
def town(settings, baiping, huanggu):
    settings.TODAY = DAY
    return lists_cast.street(baiping, huanggu)


@pytest.fixture
def people(town):
    found = lists_cast.fill(town)
    lists_cast.stand(town)
    return found


def text(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", response.content.decode()))


def sign(client, place, note="", on="2021-08-16"):
    return client.post(reverse("balance_sign"), {"on": on, "place": place.pk, "note": note})


def dose(who, on, campaign, staff):
    return add_dose(who, campaign, DoseFacts(make.day(on), None), source="certificate", today=DAY, by=staff)


def test_a_cadre_signs_its_own_day_and_again_only_with_a_note(town, people, client_of, cadre_baiping):
    client = client_of(cadre_baiping)
    assert "签收本村 8月16日的台账" in text(client.get(reverse("balance")))
    for note in ("", "", "晚到一份名单"):
        assert sign(client, town.baiping, note).url.endswith(f"place={town.baiping.pk}")
    kept = DaySigned.objects.order_by("pk")
    assert list(kept.values_list("village_id", "number", "note")) == [
        (town.baiping.pk, 1, ""),
        (town.baiping.pk, 2, "晚到一份名单"),
    ]
    # The village alone: nobody of another one, nobody of 待归类.
    assert list(kept[0].counts) == [town.baiping.pk]
    assert kept[0].counts[town.baiping.pk]["all"]["unvaccinated"] == 2
    assert AuditEntry.objects.filter(action="day.sign").count() == 2


def test_strangers_and_readers_sign_nothing(town, people, client_of, cadre_huanggu, leader, unit_contact, nobody):
    assert sign(client_of(cadre_huanggu), town.baiping).status_code == 404
    assert sign(client_of(leader), town.baiping).status_code == 403
    assert sign(client_of(unit_contact), town.baiping).status_code == 403
    assert sign(nobody, town.baiping).status_code == 302
    assert DaySigned.objects.count() == 0


def test_who_answers_for_a_group_does_not_sign_for_the_village(town, people, client_of):
    client = client_of(make_user("wangge", Role.CADRE, place=town.first, name="网格员"))
    assert sign(client, town.baiping).status_code == 404
    assert sign(client, town.first).status_code == 404
    assert "签收本村" not in text(client.get(reverse("balance")))


def test_staff_sign_for_a_village_too(town, people, client_of, staff):
    sign(client_of(staff), town.baiping)
    assert DaySigned.objects.get().village == town.baiping


def test_a_late_dose_is_an_addition_to_what_the_village_signed(town, people, client_of, cadre_baiping, staff):
    client = client_of(cadre_baiping)
    sign(client, town.baiping, on="2021-08-15")
    dose(people["refuses"], "08-01", town.campaign, staff)
    page = text(client.get(reverse("balance")))
    assert "8月15日 期初 2 + 转入 0 − 转出 1 补录以前接种 1 = 8月16日 期末 1" in page
    since = text(client.get(f"{reverse('balance')}?from=2021-08-15&to=2021-08-15"))
    assert "8月15日 本村已签收" in since and "现在重算与签收时一致" in since
    assert "应种未种 8月15日 2 人，转出 1 人，8月15日 1 人" in since
    # The other village, and the whole, have signed for nothing: theirs is what is known now.
    whole = text(client_of(staff).get(f"{reverse('balance')}?from=2021-08-14&to=2021-08-15"))
    assert "应种未种 8月14日 2 人，到 8月15日 没有人转入转出" in whole


def test_the_whole_signed_holds_for_a_village_until_it_signs_itself(town, people, client_of, cadre_baiping, staff):
    sign_day(town.campaign, make.day("08-15"), today=DAY, by=staff)
    client = client_of(cadre_baiping)
    page = text(client.get(f"{reverse('balance')}?to=2021-08-15"))
    assert "8月15日 全街道已签收" in page and "本村自己还没有签收" in page
    dose(people["refuses"], "08-01", town.campaign, staff)
    sign(client, town.baiping, on="2021-08-15")
    page = text(client.get(f"{reverse('balance')}?to=2021-08-15"))
    assert "8月15日 本村已签收" in page and "现在重算与签收时一致" in page
    assert DaySigned.objects.filter(village__isnull=True).get().counts[town.baiping.pk]["all"]["unvaccinated"] == 2


def test_the_street_sees_which_villages_have_signed_and_what_differs_since(town, people, client_of, staff):
    sign_day(town.campaign, DAY, village=town.baiping, today=DAY, by=staff)
    client = client_of(staff)
    page = text(client.get(reverse("balance")))
    assert "各村签收：已签 1 个，还没签 1 个 还没签收： 黄谷村" in page
    assert re.search(r"白坪村 \S+，[^，]* 2 一样", page)
    dose(people["refuses"], "08-16", town.campaign, staff)
    assert re.search(r"白坪村 \S+，[^，]* 2 −1", text(client.get(reverse("balance"))))


def test_a_day_to_come_is_not_signed_and_numbers_are_each_village_s_own(town, staff):
    with pytest.raises(SigningRefused, match="还没有到"):
        sign_day(town.campaign, make.day("08-17"), village=town.baiping, today=DAY, by=staff)
    first = [sign_day(town.campaign, DAY, village=village, today=DAY, by=staff) for village in (None, town.baiping)]
    assert [signed.number for signed in first] == [1, 1]
    for signed in first:
        with pytest.raises(IntegrityError), transaction.atomic():
            DaySigned.objects.create(
                campaign=town.campaign, village=signed.village, on=DAY, number=1, signed_by=staff,
                cut_off_at=signed.cut_off_at, signed_at=signed.signed_at,
            )  # fmt: skip
