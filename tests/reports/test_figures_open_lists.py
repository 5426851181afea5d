"""Every figure that is a number of people opens their list, and the list holds exactly so many."""

import html
import re
from datetime import date
from urllib.parse import unquote

import pytest

from campaigns.models import Target
from ledgers.models import Reason, Statement
from registry.home import cards_for
from registry.models import Department, Place
from tests.ledgers import make
from tests.reports.lists_cast import fill, fix_today, stand, street

LINK = re.compile(r'<a ([^>]*)href="(/ledgers/[^"]*)"[^>]*>(.*?)</a>', re.DOTALL)
TOTAL = re.compile(r"共 ([\d,]+) 人")


@pytest.fixture
def town(baiping, huanggu, waterworks):
    """The nine of lists_cast, and one of each sort that a figure may forget or count twice."""
    fix_today()
    town = street(baiping, huanggu)
    Target.objects.create(campaign=town.campaign, place=baiping, census_base=40)
    Target.objects.create(campaign=town.campaign, place=huanggu, census_base=5)
    for village, district in ((baiping, "第一片区"), (huanggu, "第二片区")):
        Place.objects.filter(pk=village.pk).update(district_group=district)
    who = fill(town)
    _add_reasons(town)
    _add_phases(town)
    _add_doubts(town, who)
    school = make.unit("乌杨初级中学", "教育")
    make.member(school, make.resident(huanggu), "staff")
    make.member(school, make.resident(huanggu, "2007-01-01"), "student")
    make.member(school, make.resident(huanggu, status="outside"), "temporary")
    make.member(waterworks, who["overdue"])
    make.member(waterworks, make.resident(baiping))
    make.tag(make.resident(town.first), "村组干部")
    # Nobody's group, and nobody's village.
    make.resident(baiping)
    make.resident("500233003000", "1950-01-01")
    stand(town)
    return town


def _add_reasons(town) -> None:
    """A doctor's pause that lasts and one that is over; somebody away; an exempt person of old age."""
    for code, day in (("3", "2021-09-01"), ("3", "2021-08-01"), ("51", None), ("7", "2021-08-20")):
        who = make.resident(town.first)
        promised = date.fromisoformat(day) if day else None
        Reason.objects.create(resident=who, campaign=town.campaign, code=code, promised_on=promised, entry=who.entry)
    make.exemption(make.resident(town.first, "1936-01-01"), "08-01", campaign=town.campaign)


def _add_phases(town) -> None:
    """Teens with one dose, two and none; somebody who goes abroad; somebody 非常住 of the same age."""
    for birth, days in (("2005-01-01", ["08-01"]), ("2005-02-01", ["07-01", "08-01"]), ("2008-01-01", ["08-10"])):
        teen = make.resident(town.second, birth)
        for day in days:
            make.dose(teen, day, "sinovac", campaign=town.campaign)
    make.resident(town.second, "2008-02-01")
    make.resident(town.second, "2006-02-01", residency="away")
    make.tag(make.resident(town.second), "出国")


def _add_doubts(town, who) -> None:
    """类型未定 in a village and in 待归类; claimants with one dose and none, and two whom the figure leaves out."""
    undecided = make.resident(town.second, residency="unknown")
    make.resident("500233003000", residency="unknown")
    for person in (undecided, who["overdue"], who["done"], who["silent"]):
        Statement.objects.create(resident=person, campaign=town.campaign, month="2021-07-01", entry=person.entry)
    proven = make.resident(town.first)
    Statement.objects.create(
        resident=proven, campaign=town.campaign, month="2021-07-01", entry=proven.entry, closed_entry=proven.entry
    )


def figures(page: str) -> list[tuple[str, int]]:
    """Every link to a ledger whose words are a number of people: its address and that number."""
    found = []
    for attributes, address, words in LINK.findall(page):
        words = re.sub(r"<[^>]*>", "", words).strip()
        # A rate is a part of people, and a goal is none; neither can be their number.
        if "%" in words or "toward" in attributes or re.search(r"\d\.\d", words):
            continue
        if number := re.search(r"[\d,]+", words):
            found.append((html.unescape(address), int(number[0].replace(",", ""))))
    return found


def total(client, address: str) -> int:
    path, _, query = address.partition("?")
    return int(TOTAL.search(client.get(f"{path}totals/?{query}").content.decode())[1].replace(",", ""))


def astray(client, pages: list[str]) -> dict[str, tuple[int, int]]:
    """Figures whose list holds another number of people, by address."""
    found = {pair for page in pages for pair in figures(client.get(page, follow=True).content.decode())}
    assert found
    return {
        address: (said, held) for address, said in sorted(found) if (held := total(client, address)) != said
    }  # fmt: skip


@pytest.mark.parametrize("on", ["2021-07-20", "2021-08-16", "2021-09-12", "2021-10-20"])
def test_figures_of_the_street(town, staff, client_of, on):
    assert astray(client_of(staff), [f"/progress/?on={on}"]) == {}


@pytest.mark.parametrize("on", ["2021-07-20", "2021-08-16", "2021-10-20"])
@pytest.mark.parametrize("key", ["overall", "key-groups", "adults-follow-up", "teens-15-17-second"])
def test_figures_of_the_villages_of_a_phase(town, staff, client_of, key, on):
    assert astray(client_of(staff), [f"/progress/phases/{key}/?on={on}"]) == {}


@pytest.mark.parametrize("on", ["2021-07-20", "2021-08-16", "2021-09-12"])
def test_figures_of_villages_and_groups(town, staff, client_of, on):
    places = (town.baiping, town.huanggu, town.first, town.second)
    assert astray(client_of(staff), [f"/progress/{place.code}/?on={on}" for place in places]) == {}


def test_figures_of_a_cadre_and_a_leader(town, cadre_baiping, leader, client_of):
    assert astray(client_of(cadre_baiping), [f"/progress/{town.baiping.code}/"]) == {}
    assert astray(client_of(leader), ["/progress/"]) == {}


def test_figures_of_units(town, staff, unit_contact, waterworks, client_of):
    pages = ["/units/?show=all", f"/units/{waterworks.pk}/"]
    assert astray(client_of(staff), pages) == {}
    assert astray(client_of(unit_contact), [f"/units/{waterworks.pk}/"]) == {}


def test_figures_of_a_department(town, waterworks, economy_office, department_user, client_of):
    waterworks.department = Department.objects.get(pk=economy_office.pk)
    waterworks.save()
    assert astray(client_of(department_user), ["/units/?show=all"]) == {}


def test_cards_of_the_home_page(town, cadre_baiping, unit_contact, staff, client_of):
    said = {}
    for user in (cadre_baiping, unit_contact, staff):
        for card in cards_for(user):
            if card.url.startswith("/ledgers/"):
                said[user.username, card.title] = (card.count, total(client_of(user), html.unescape(str(card.url))))
    assert said
    assert {title: pair for title, pair in said.items() if pair[0] != pair[1]} == {}


def test_a_list_opened_from_a_phase_says_so_and_can_be_widened(town, staff, client_of):
    client = client_of(staff)
    page = client.get("/ledgers/unvaccinated/?phase=abroad-first").content.decode()
    assert '<option value="abroad-first" selected>' in page
    assert total(client, "/ledgers/unvaccinated/?phase=abroad-first") == 1
    assert total(client, "/ledgers/unvaccinated/?phase=no-such-item") > 1


def test_phases_age_bands_and_pauses_are_among_the_figures(town, staff, client_of):
    page = client_of(staff).get("/progress/?on=2021-09-12").content.decode()
    opened = {address.partition("?")[2].rpartition("&on=")[0] for address, number in figures(page) if number}
    phases = {query.removeprefix("phase=") for query in opened if query.startswith("phase=") and "&" not in query}
    # Every teenager of 15 to 17 had a first dose by its deadline.
    assert phases == {
        "key-groups", "adults-first-july", "adults-first", "adults-follow-up", "abroad-first", "gap-filling",
        "teens-12-14-first", "teens-15-17-second", "teens-12-14-second",
    }  # fmt: skip
    assert {"residency=permanent&age=80%2B", "residency=permanent&reason=winnable"} <= opened


def test_figures_of_several_ledgers_are_among_them(town, staff, client_of):
    client = client_of(staff)
    said = dict(figures(client.get("/progress/?on=2021-08-16").content.decode()))
    shown = {
        address.removeprefix("/ledgers/everybody/?").removesuffix("&on=2021-08-16"): number
        for address, number in said.items()
        if address.startswith("/ledgers/everybody/")
    }
    assert shown["residency=undecided"] == 1
    assert shown["residency=permanent&only=claimants"] == 2
    assert shown["residency=permanent&only=second_due"] == 3
    # 冉启华, 李子涵, 向世明, 罗德芳, 谭文华, and three teenagers.
    assert shown["phase=overall&done=1"] == 8
    assert {"residency=permanent", "phase=adults-first&done=1"} <= shown.keys()
    # Two have no dose, one lacks the second.
    october = client.get("/progress/?on=2021-10-20").content.decode()
    assert dict(figures(october))["/ledgers/everybody/?phase=teens-12-14-second&on=2021-10-20"] == 3


def test_what_is_ahead_is_among_the_figures(town, staff, client_of):
    client = client_of(staff)
    said = dict(figures(client.get("/progress/?on=2021-08-20").content.decode()))
    shown = {
        address.removeprefix("/ledgers/").removesuffix("&on=2021-08-20"): number for address, number in said.items()
    }
    ahead = {address: number for address, number in shown.items() if "only=" in address}
    assert ahead == {
        "everybody/?residency=permanent&only=claimants": 2,
        "everybody/?residency=permanent&only=second_due": 3,
        "everybody/?residency=permanent&only=second_due_soon": 2,
        "everybody/?residency=permanent&only=reachable": 24,
        "everybody/?village=500233003000&only=dosed": 0,
        "incomplete/?residency=permanent&only=soon": 1,
        "incomplete/?residency=permanent&only=finishing": 5,
        "unvaccinated/?residency=permanent&only=starting": 16,
        "exempt/?residency=permanent&only=lasting": 2,
        "exempt/?residency=permanent&only=deferred": 0,
    }
    assert {"unvaccinated/?district=第一片区", "unvaccinated/?residency=permanent&age=12-17"} <= {
        unquote(address) for address in shown
    }


def test_filters_of_one_ledger_say_nothing_in_another(town, staff, client_of):
    client = client_of(staff)
    everybody = total(client, "/ledgers/everybody/?")
    assert total(client, "/ledgers/everybody/?only=soon&age=12-17x") == everybody
    assert total(client, "/ledgers/everybody/?district=没有这个片区") == 0
    # Beside a village its 片区 says nothing.
    village = total(client, f"/ledgers/everybody/?village={town.huanggu.code}")
    assert total(client, f"/ledgers/everybody/?village={town.huanggu.code}&district=第一片区") == village


def test_everybody_are_the_four_ledgers_each_with_theirs(town, staff, client_of):
    client = client_of(staff)
    page = client.get("/ledgers/everybody/?only=dosed&sort=name").content.decode()
    assert ("超期" in page, "间隔未到" in page, "应种未种</span>" in page) == (True, True, False)
    ledgers = ("completed", "incomplete", "unvaccinated", "exempt")
    assert total(client, "/ledgers/everybody/?") == sum(total(client, f"/ledgers/{name}/?") for name in ledgers)
    # What only the list of everybody knows says nothing elsewhere.
    assert total(client, "/ledgers/completed/?only=claimants&done=1") == total(client, "/ledgers/completed/?")


def test_remaining_people_of_a_phase_are_one_list_and_the_exempt_none_of_them(town, staff, client_of):
    client = client_of(staff)
    query = "?phase=adults-first&on=2021-08-16"
    parts = [total(client, f"/ledgers/{name}/{query}") for name in ("unvaccinated", "incomplete", "exempt")]
    assert total(client, f"/ledgers/everybody/{query}") == sum(parts)
    assert parts[2] == 0


def test_a_pause_that_is_over_is_in_no_list_of_pauses(town, staff, client_of):
    client = client_of(staff)
    said = dict(figures(client.get("/progress/?on=2021-08-16").content.decode()))
    address = "/ledgers/unvaccinated/?residency=permanent&reason=paused&on=2021-08-16"
    assert (said[address], total(client, address)) == (1, 1)
