"""Who stands in which list of 催种, and in which order; the lists agree with the rules on everybody."""

from datetime import date

import pytest
from django.utils import timezone

from ledgers.day import ledger, overdue_soon, soon_days
from ledgers.follow_up.pages import PAGE, card_of, page_of, whole
from ledgers.follow_up.people import LISTS, Worklist, people_of
from ledgers.models import Contact
from registry.accounts import system_user
from tests.factories import make_member
from tests.ledgers import make
from tests.ledgers.follow_up import TODAY, household, person, said

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign(baiping):
    return make.campaign()


@pytest.fixture
def listed(campaign, cadre_baiping) -> Worklist:
    return Worklist(campaign, cadre_baiping, TODAY)


def _names(listed: Worklist, name: str) -> list[str]:
    make.stand(listed.campaign)
    return list(people_of(listed.of(name)).values_list("name", flat=True))


def _of_lists(listed: Worklist) -> dict[str, list[str]]:
    """The lists that hold anybody."""
    return {name: found for name in LISTS if (found := _names(listed, name))}


def test_lists_hold_overdue_soon_overdue_and_due(listed, baiping, campaign):
    for state in ("overdue", "soon", "due", "waiting", "unvaccinated"):
        person(baiping, state, of=campaign, name=state)
    assert _of_lists(listed) == {"overdue": ["overdue"], "soon": ["soon"], "due": ["soon", "due"]}


@pytest.mark.parametrize(("first", "held"), [("06-21", True), ("06-27", True), ("06-28", False), ("06-20", False)])
def test_soon_overdue_is_today_and_the_six_days_after_it(first, held, listed, baiping, campaign):
    who = make.resident(baiping)
    make.dose(who, first, campaign=campaign)
    assert bool(_names(listed, "soon")) is held


def test_soon_overdue_means_the_days_that_the_plan_names(listed, baiping, campaign):
    who = make.resident(baiping)
    make.dose(who, "06-30", campaign=campaign)
    campaign.thresholds = {"overdue_soon_days": 10}
    campaign.save()
    assert listed.words("soon") == "10天内将超期"
    assert len(_names(listed, "soon")) == 1
    # The dashboard counts by the same condition; it leaves nobody out who waits, is led by a unit or has promised.
    assert ledger(campaign, TODAY).filter(overdue_soon(TODAY, soon_days(campaign))).count() == 1


def test_unknown_product_is_a_group_of_its_own(listed, baiping, campaign):
    person(baiping, "unknown", of=campaign, name="不明")
    assert _of_lists(listed) == {"check": ["不明"]}


def test_appointment_ahead_waits_among_those_to_come_back_to(listed, baiping, campaign):
    said(person(baiping, "overdue", of=campaign, name="约好"), "7", of=campaign, on="08-17")
    assert _of_lists(listed) == {"later": ["约好"]}


def test_appointment_of_today_is_called_again(listed, baiping, campaign):
    said(person(baiping, "overdue", of=campaign, name="约好"), "7", of=campaign, on="08-16")
    assert _of_lists(listed) == {"overdue": ["约好"]}


def test_put_off_by_a_doctor_is_in_no_list_until_its_day(listed, baiping, campaign):
    said(person(baiping, "overdue", of=campaign, name="暂缓"), "3", of=campaign, on="08-17")
    assert _of_lists(listed) == {}
    assert _of_lists(Worklist(listed.campaign, listed.user, date(2021, 8, 17))) == {"overdue": ["暂缓"]}


def test_call_again_waits_until_its_day(listed, baiping, campaign):
    who = person(baiping, "overdue", of=campaign, name="改天")
    fields = {"campaign": campaign, "by": system_user(), "entry": who.entry, "at": timezone.now()}
    Contact.objects.create(resident=who, outcome="call_again", again_on="2021-08-17", **fields)
    assert _of_lists(listed) == {"later": ["改天"]}


def test_excused_is_in_no_list(listed, baiping, campaign):
    who = person(baiping, "overdue", of=campaign)
    make.exemption(who, "08-01", "08-16", campaign=campaign)
    assert _of_lists(listed) == {}


def test_household_in_mourning_is_in_no_list_for_thirty_days(listed, baiping, campaign):
    home = household(baiping, 1)
    person(baiping, "overdue", of=campaign, home=home, name="守孝")
    make.resident(baiping, household=home, status="deceased", status_on="2021-07-18")
    assert _of_lists(listed) == {}
    assert _of_lists(Worklist(campaign, listed.user, date(2021, 8, 17))) == {"overdue": ["守孝"]}


def test_dose_takes_the_person_off_the_list_at_once(listed, baiping, campaign):
    who = person(baiping, "overdue", of=campaign)
    assert _names(listed, "overdue") == [who.name]
    make.dose(who, "08-16", campaign=campaign)
    assert _of_lists(listed) == {}


def test_unit_with_a_contact_leads_and_the_village_sees_who(listed, baiping, campaign, waterworks, unit_contact):
    make_member(person(baiping, "overdue", of=campaign, name="水厂人"), waterworks)
    assert _of_lists(listed) == {"others": ["水厂人"]}
    assert _of_lists(Worklist(campaign, unit_contact, TODAY)) == {"overdue": ["水厂人"]}
    card = page_of(listed.of("others"), None)[0][0]
    assert (card.is_led_elsewhere, card.first.lead) == (True, "乌杨水厂")


def test_people_of_another_village_and_of_no_village_are_nobody_elses(listed, baiping, huanggu, campaign, staff):
    person(huanggu, "overdue", of=campaign, name="黄谷人")
    person(huanggu.code[:9] + "000", "overdue", of=campaign, name="待归类")
    assert _of_lists(listed) == {}
    assert _names(Worklist(campaign, staff, TODAY), "overdue") == ["黄谷人"]


def test_list_is_narrowed_to_a_group_and_to_a_caretaker(listed, baiping, campaign, cadre_baiping, cadre_huanggu):
    one, two = make.group(baiping, 1), make.group(baiping, 2)
    person(one, "overdue", of=campaign, name="一组人")
    person(two, "overdue", of=campaign, name="二组人", home=household(two, 1, caretaker=cadre_huanggu))
    make.stand(campaign)
    of_group = Worklist(campaign, cadre_baiping, TODAY, place=two.code)
    mine = Worklist(campaign, cadre_baiping, TODAY, caretaker=cadre_baiping)
    assert [found.name for found in people_of(of_group)] == ["二组人"]
    assert [found.name for found in people_of(mine)] == ["一组人"]


def test_card_is_a_household_and_a_phone(listed, baiping, campaign):
    home = household(baiping, 7)
    person(baiping, "overdue", of=campaign, home=home, name="户主", phone="13800000001", relation="户主")
    person(baiping, "due", of=campaign, home=home, name="母亲")
    person(baiping, "due", of=campaign, home=home, name="儿子", phone="13800000002")
    make.stand(campaign)
    cards, after = page_of(listed, None)
    assert [(card.where, card.phone.last4, [one.name for one in card.people]) for card in cards] == [
        ("白坪村 7户", "0001", ["户主", "母亲"])
    ]
    assert after is None


def test_due_list_shows_each_phone_of_a_household(listed, baiping, campaign):
    home = household(baiping, 7)
    for name, phone in (("儿子", "13800000002"), ("女儿", "13800000003")):
        person(baiping, "due", of=campaign, home=home, name=name, phone=phone)
    make.stand(campaign)
    cards, _ = page_of(listed.of("due"), None)
    assert [[one.name for one in card.people] for card in cards] == [["儿子"], ["女儿"]]


def test_pages_follow_each_other_and_show_a_household_once(listed, baiping, campaign):
    for number in range(PAGE):
        person(baiping, "overdue", of=campaign, name=f"单人{number}")
    home = household(baiping, 1)
    # By her due-by day the mother stands first; her son, by his, on the second page.
    mother = make.resident(baiping, household=home, name="母亲")
    make.dose(mother, "06-01", campaign=campaign)
    son = make.resident(baiping, household=home, name="儿子")
    make.dose(son, "06-20", campaign=campaign)
    make.stand(campaign)
    first, after = page_of(listed, None)
    second, end = page_of(listed, after)
    assert [one.name for one in first[0].people] == ["母亲", "儿子"]
    assert (len(first), [card.first.name for card in second], end) == (PAGE, ["单人19"], None)


def test_paper_walks_the_groups_in_their_order(listed, baiping, campaign):
    group = make.group(baiping, 1)
    for sequence in (3, 1, 2):
        person(group, "overdue", of=campaign, home=household(group, sequence))
    make.stand(campaign)
    assert [card.where for card in whole(listed, 10)] == ["1组 1户", "1组 2户", "1组 3户"]


def test_call_is_for_the_members_without_a_dose_too(listed, baiping, campaign):
    home = household(baiping, 1)
    called = person(baiping, "overdue", of=campaign, home=home, name="户主", phone="13800000001")
    person(baiping, "unvaccinated", of=campaign, home=home, name="女儿")
    said(person(baiping, "overdue", of=campaign, home=home, name="约好的儿子"), "7", of=campaign, on="08-20")
    make.stand(campaign)
    assert [one.name for one in card_of(listed, called).people] == ["户主", "女儿"]


def test_nobody_to_call_is_no_card(listed, baiping, campaign):
    waits = person(baiping, "waiting", of=campaign)
    make.stand(campaign)
    assert card_of(listed, waits) is None
