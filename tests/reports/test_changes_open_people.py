"""Every change since an earlier day that is a number of people opens who came and went, and they add up to it."""

import html
import re

import pytest

from campaigns.models import Target
from registry.models import Place, Role, RoleGrant
from tests.ledgers import make
from tests.reports.lists_cast import fill, fix_today, person, stand, street

LINK = re.compile(r'<a [^>]*href="(/movements/(?:people|list/[a-z]+)/[^"]*)"[^>]*>([^<]*)</a>')
HEADING = re.compile(r"</a>[^<]* ([+−]?[\d,]+) 人</h1>")


@pytest.fixture
def town(baiping, huanggu):
    """The nine of lists_cast, somebody who died, a deferral that ended, a newcomer of 12."""
    fix_today()
    town = street(baiping, huanggu)
    for village, base, district in ((baiping, 40, "第一片区"), (huanggu, 5, "第二片区")):
        Target.objects.create(campaign=town.campaign, place=village, census_base=base)
        Place.objects.filter(pk=village.pk).update(district_group=district)
    fill(town)
    person(town.first, "刘德海", status="deceased", status_on=make.day("08-10"))
    make.exemption(person(town.huanggu, "田家英"), "07-01", end="08-12", campaign=town.campaign)
    person(town.huanggu, "田小禾", "2009-08-14")
    stand(town)
    return town


def number(words: str) -> int:
    return int(words.replace(",", "").replace("−", "-").replace("+", ""))


def astray(client, pages: list[str]) -> dict[str, tuple[int, int]]:
    """Changes whose people add up to another number, by address; some there must be."""
    said = {}
    for page in pages:
        for address, words in LINK.findall(client.get(page, follow=True).content.decode()):
            said[html.unescape(address)] = number(words)
    assert said
    found = {}
    for address, told in said.items():
        listed = number(HEADING.search(client.get(address).content.decode())[1])
        if listed != told:
            found[address] = (told, listed)
    return found


@pytest.mark.parametrize("since", ["2021-08-09", "2021-07-05"])
def test_changes_of_the_street_and_its_districts(town, staff, client_of, since):
    assert astray(client_of(staff), [f"/progress/?since={since}"]) == {}


def test_changes_of_villages_and_groups(town, staff, client_of):
    places = (town.baiping, town.huanggu, town.second)
    assert astray(client_of(staff), [f"/progress/{place.code}/?since=2021-07-05" for place in places]) == {}


def test_changes_of_a_leader_of_two_villages(town, leader, client_of):
    RoleGrant.objects.filter(user=leader).delete()
    for village in (town.baiping, town.huanggu):
        RoleGrant.objects.create(user=leader, role=Role.LEADER, place=village)
    page = client_of(leader).get("/progress/?since=2021-07-05").content.decode()
    assert all(heading in page for heading in ("超期预警", "末班车", "年龄段", "还没打第一针的"))
    assert astray(client_of(leader), ["/progress/?since=2021-07-05"]) == {}


def test_people_of_a_change_say_who_came_and_who_went(town, staff, client_of):
    page = client_of(staff).get(
        "/movements/people/?ledger=unvaccinated&side=net&known=now&from=2021-07-05&to=2021-08-16"
    )
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", page.content.decode()))
    # One dose of late July and August each, one of 12 since; she whose deferral ended was in no ledger but that.
    assert "应种未种 变动" in text
    assert "田小禾" in text and "到了最低年龄" in text and "+1" in text
    assert "谭文华" in text and "−1" in text


@pytest.mark.parametrize("who", ["cadre_baiping", "cadre_huanggu"])
def test_district_is_narrowed_to_what_the_reader_answers_for(request, town, client_of, who):
    client = client_of(request.getfixturevalue(who))
    found = [client.get(f"/movements/?district={name}").status_code for name in ("第一片区", "第二片区")]
    assert sorted(found) == [200, 404]


def test_a_change_of_an_age_band_or_a_sub_state_names_who_and_why(town, staff, client_of):
    def listed(address):
        page = client_of(staff).get(f"/movements/list/{address}&on=2021-08-16&since=2021-07-28").content.decode()
        return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", page))

    young = listed("unvaccinated/?age=12-17")
    assert "12–17岁 +1 人" in young and "田小禾" in young and "到了最低年龄" in young and "不在台账 → 应种未种" in young
    # First doses of 1 July and 12 June: 26 August and 7 August are the last days of the second.
    overdue = listed("incomplete/?sub=overdue")
    assert "+1 人" in overdue and "罗德芳" in overdue and "到期可种 → 超期未种" in overdue
    assert "过了最迟应种日" in overdue


def test_changes_of_a_list_are_shown_to_whom_the_list_is(town, client_of, cadre_baiping, cadre_huanggu, nobody):
    address = f"/movements/list/unvaccinated/?village={town.baiping.pk}&on=2021-08-16&since=2021-08-01"
    assert client_of(cadre_baiping).get(address).status_code == 200
    assert client_of(cadre_huanggu).get(address).status_code == 404
    assert client_of(cadre_baiping).get(address.partition("&since")[0]).status_code == 404
    assert nobody.get(address).status_code == 302


@pytest.mark.parametrize("who", ["clinic_user", "auditor", "sysadmin"])
def test_who_sees_no_list_sees_no_changes_of_one(request, town, client_of, who):
    client = client_of(request.getfixturevalue(who))
    assert client.get("/movements/list/unvaccinated/?since=2021-08-01").status_code == 403
