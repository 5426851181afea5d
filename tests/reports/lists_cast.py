"""A village of known people for the tests of lists and exports: four ledgers on 16 August 2021."""

from dataclasses import dataclass

import pytest
from django.conf import settings

from campaigns.models import Campaign, Target
from ledgers.models import Reason
from registry.models import IdentityDocument, Phone, Place, Resident
from registry.names import pinyin_of
from reports.storing import mark_stale
from tests.factories import make_number
from tests.ledgers import make

ON = "2021-08-16"


@dataclass
class Street:
    campaign: Campaign
    baiping: Place
    huanggu: Place
    first: Place
    second: Place


@pytest.fixture
def town(baiping, huanggu):
    return street(baiping, huanggu)


@pytest.fixture
def people(town):
    return fill(town)


def person(place: Place, name: str, birth: str = "1954-03-02", *, phone: str = "", **values: object) -> Resident:
    """A resident with pinyin and a number, as rosters leave them."""
    pinyin, initials = pinyin_of(name)
    who = make.resident(place, birth, name=name, pinyin=pinyin, initials=initials, **values)
    IdentityDocument.objects.create(resident=who, number=make_number(who.birth_on))
    if phone:
        Phone.objects.create(resident=who, number=phone, last4=phone[-4:])
    return who


def street(village: Place, other: Place) -> Street:
    campaign = make.campaign()
    return Street(campaign, village, other, make.group(village, 1), make.group(village, 2))


def counted_street(village: Place, other: Place) -> Street:
    """The same street filled, on 16 August: ten on the census of the village, five of the other, a goal of 14."""
    fix_today()
    town = street(village, other)
    Target.objects.create(campaign=town.campaign, place=village, census_base=10)
    Target.objects.create(campaign=town.campaign, place=other, census_base=5)
    fill(town)
    return town


def fill(of: Street) -> dict[str, Resident]:
    """Nine people: two completed, three incomplete, one exempt, three unvaccinated; one of these elsewhere."""
    c = of.campaign
    who = {
        "done": person(of.first, "冉启华", "1954-03-02", phone="19900006032"),
        "young": person(of.first, "李子涵", "2006-05-01"),
        "waiting": person(of.first, "谭文华", "1976-01-01"),
        "due": person(of.second, "向世明", "1955-01-01"),
        "overdue": person(of.second, "罗德芳", "1943-01-01", phone="19900000916", caretaker="冉红梅"),
        "exempt": person(of.second, "周小琴", "1988-01-01"),
        "refuses": person(of.second, "陈建军", "1969-01-01"),
        "silent": person(of.second, "秦玉珍", "1937-01-01", residency="away"),
        "elsewhere": person(of.huanggu, "王勇", "1992-01-01"),
    }
    make.dose(who["done"], "06-01", campaign=c)
    make.dose(who["done"], "06-25", campaign=c)
    make.dose(who["young"], "06-01", "sinovac", campaign=c)
    make.dose(who["young"], "07-01", "sinovac", campaign=c)
    make.dose(who["waiting"], "08-10", campaign=c)
    make.dose(who["due"], "07-01", campaign=c)
    make.dose(who["overdue"], "06-12", campaign=c)
    make.exemption(who["exempt"], "08-01", campaign=c)
    Reason.objects.create(resident=who["refuses"], campaign=c, code="41", entry=who["refuses"].entry)
    make.tag(who["refuses"], "党员")
    stand(of)
    return who


def stand(of: Street) -> None:
    """Rebuild what follows, and let stored figures be counted again."""
    make.stand(of.campaign)
    mark_stale(of.campaign, None, None)


def fix_today() -> None:
    settings.TODAY = make.day("08-16")
