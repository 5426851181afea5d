"""The day's cards out of the database: who has one, in which order, what takes it away."""

from datetime import date

import pytest

from ledgers.models import Contact, SurveyRound, Visit
from ledgers.today.candidates import households_to_visit, people_to_see
from ledgers.today.cards import by_place, cards_of_day
from ledgers.today.facts import facts_of
from ledgers.today.rules import reason_of
from ledgers.today.walk import Done, Walk, done_today
from registry.accounts import system_user
from registry.models import Resident
from tests.factories import make_member
from tests.ledgers import make
from tests.ledgers.follow_up import TODAY, household, person, said

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign(baiping):
    return make.campaign()


@pytest.fixture
def walk(campaign, cadre_baiping, baiping) -> Walk:
    return Walk(cadre_baiping, campaign, TODAY, (baiping.code,))


@pytest.fixture
def running(campaign) -> SurveyRound:
    return SurveyRound.objects.create(campaign=campaign, number=1, begins_on="2021-08-01", entry=make.entry())


def _cards(walk: Walk) -> list[tuple[str, str]]:
    make.stand(walk.campaign)
    return [(card.name, card.reason.words) for card in cards_of_day(walk, done_today(walk))]


def _visit(home, outcome: str, at: str, *, of, during=None) -> Visit:
    moment = f"2021-{at}T09:00:00+08:00"
    return Visit.objects.create(
        household=home, campaign=of, round=during, outcome=outcome, at=moment, received_at=moment,
        by=system_user(), entry=make.entry(), spoke_with="本人",
    )  # fmt: skip


def test_each_reason_makes_a_card_in_walking_order(walk, baiping, campaign, running):
    group = make.group(baiping, 3)
    homes = [household(group, number, head=f"{number}号") for number in range(1, 7)]
    person(group, "overdue", of=campaign, home=homes[3], name="超期")
    said(person(group, "unvaccinated", of=campaign, home=homes[1], name="约好"), "7", of=campaign, on="08-16")
    ending = person(group, "unvaccinated", of=campaign, home=homes[2], name="缓种")
    make.exemption(ending, "08-01", "08-18", campaign=campaign)
    returned = person(group, "unvaccinated", of=campaign, home=homes[0], name="退回")
    decided = make.entry()
    type(decided).objects.filter(pk=decided.pk).update(at="2021-08-13T10:00:00+08:00")
    make.exemption(returned, "08-01", campaign=campaign, state="rejected", note="缺医院盖章", decided_entry=decided)
    make.resident(group, household=homes[4])
    for home in homes[:4]:
        _visit(home, "visited", "08-02", of=campaign, during=running)
    assert _cards(walk) == [
        ("退回", "禁忌缓种申请被退回"),
        ("约好", "约定今天去接种"),
        ("缓种", "缓种 8月18日 到期"),
        ("超期", "第二针已超期 9 天"),
        ("5号户", "这一轮还没入户"),
    ]
    assert by_place(cards_of_day(walk, Done())) == "3组 5 户"


def test_card_leads_to_where_its_reason_is_done(walk, baiping, campaign, running):
    """去登记 to the household's card, 补材料 to the claim, and who has no household to the person's page."""
    homes = [household(baiping, number) for number in (1, 2, 3)]
    person(baiping, "overdue", of=campaign, home=homes[0])
    returned = person(baiping, "unvaccinated", of=campaign, home=homes[1])
    decided = make.entry()
    type(decided).objects.filter(pk=decided.pk).update(at="2021-08-13T10:00:00+08:00")
    claim = make.exemption(returned, "08-01", campaign=campaign, state="rejected", note="缺", decided_entry=decided)
    make.resident(baiping, household=homes[2])
    alone = person(baiping, "overdue", of=campaign)
    _visit(homes[1], "visited", "08-02", of=campaign, during=running)
    make.stand(campaign)
    assert [(card.action, card.url) for card in cards_of_day(walk, done_today(walk))] == [
        ("去登记", f"/survey/households/{homes[0].pk}/"),
        ("补材料", f"/exemptions/{claim.pk}/"),
        ("开始入户", f"/survey/households/{homes[2].pk}/"),
        ("去登记", f"/people/{alone.pk}/"),
    ]


def test_nobody_elses_backlog_has_a_card(walk, baiping, huanggu, campaign, waterworks, unit_contact):
    person(baiping, "waiting", of=campaign)
    person(baiping, "unvaccinated", of=campaign)
    person(baiping, "unknown", of=campaign)
    person(huanggu, "overdue", of=campaign)
    said(person(baiping, "overdue", of=campaign), "7", of=campaign, on="08-20")
    said(person(baiping, "overdue", of=campaign), "3", of=campaign, on="08-20")
    make_member(person(baiping, "overdue", of=campaign), waterworks)
    home = household(baiping, 1)
    person(baiping, "overdue", of=campaign, home=home)
    make.resident(baiping, household=home, status="deceased", status_on="2021-08-01")
    excused = person(baiping, "overdue", of=campaign)
    make.exemption(excused, "08-01", campaign=campaign)
    assert _cards(walk) == []


def test_queries_find_just_those_for_whom_the_rule_has_a_reason(walk, baiping, campaign):
    """One definition, two speeds: everybody's facts by the rule, against the candidates of the queries."""
    for state in ("overdue", "soon", "due", "waiting", "unvaccinated", "unknown"):
        for code, on in (("", ""), ("7", "08-10"), ("7", "08-16"), ("7", "08-17"), ("3", "08-16"), ("3", "08-18")):
            who = person(baiping, state, of=campaign)
            if code:
                said(who, code, of=campaign, on=on)
        for end in ("08-15", "08-16", "08-30", "08-31"):
            make.exemption(person(baiping, state, of=campaign), "08-01", end, campaign=campaign)
    make.stand(campaign)
    everybody = list(Resident.objects.values_list("pk", flat=True))
    by_rule = {pk for pk, facts in facts_of(everybody, campaign, TODAY).items() if reason_of(facts, TODAY)}
    assert people_to_see(walk, Done()) == by_rule
    assert 15 < len(by_rule) < len(everybody)


def test_those_behind_many_who_rest_are_found(walk, baiping, campaign, monkeypatch):
    """Only the first of a kind are asked about; where most of them rest, everybody is."""
    monkeypatch.setattr("ledgers.today.candidates.SOME", 2)
    monkeypatch.setattr("ledgers.today.candidates.ENOUGH", 1)
    for _ in range(2):
        said(person(baiping, "overdue", of=campaign), "7", of=campaign, on="08-20")
    behind = [person(baiping, state, of=campaign).pk for state in ("soon", "due")]
    make.stand(campaign)
    assert people_to_see(walk, Done()) == {behind[0]}


def test_visit_today_takes_the_card_away_and_counts_as_done(walk, baiping, campaign):
    home = household(baiping, 1)
    person(baiping, "overdue", of=campaign, home=home)
    assert len(_cards(walk)) == 1
    _visit(home, "nobody", "08-16", of=campaign)
    assert _cards(walk) == []
    done = done_today(walk)
    assert (len(done), [(line.name, line.words) for line in done.lines]) == (1, [("冉启华户", "家中无人")])


@pytest.mark.parametrize(("outcome", "left"), [("call_again", 0), ("refused", 0), ("no_answer", 1), ("told", 1)])
def test_contact_with_an_answer_takes_the_card_away(outcome, left, walk, baiping, campaign):
    who = person(baiping, "overdue", of=campaign)
    again = "2021-08-20" if outcome == "call_again" else None
    Contact.objects.create(
        resident=who, campaign=campaign, outcome=outcome, again_on=again, by=system_user(), entry=who.entry,
        at="2021-08-16T08:00:00+08:00",
    )  # fmt: skip
    assert len(_cards(walk)) == left


def test_done_doors_leave_fewer_for_the_day(walk, baiping, campaign):
    homes = [household(baiping, number) for number in range(1, 21)]
    for home in homes:
        person(baiping, "overdue", of=campaign, home=home)
    assert len(_cards(walk)) == 15
    for home in homes[:4]:
        _visit(home, "visited", "08-16", of=campaign)
    assert len(_cards(walk)) == 11


def test_only_households_in_my_care_unless_the_whole_village_is_asked_for(walk, baiping, campaign, cadre_huanggu):
    person(baiping, "overdue", of=campaign, home=household(baiping, 1), name="我包的")
    person(baiping, "overdue", of=campaign, home=household(baiping, 2, caretaker=cadre_huanggu), name="别人包的")
    assert [name for name, _ in _cards(walk)] == ["我包的"]
    whole = Walk(walk.user, campaign, TODAY, walk.prefixes, mine=False)
    assert [name for name, _ in _cards(whole)] == ["我包的", "别人包的"]


def test_household_not_visited_in_the_round_says_when_nobody_was_home(walk, baiping, campaign, running):
    home = household(baiping, 1)
    make.resident(baiping, household=home)
    _visit(home, "nobody", "08-09", of=campaign, during=running)
    make.stand(campaign)
    (card,) = cards_of_day(walk, done_today(walk))
    assert (card.reason.words, card.reason.more) == ("这一轮还没入户", "上次来家里没人（8月9日）")
    _visit(home, "nobody", "08-15", of=campaign, during=running)
    assert _cards(walk) == []


def test_empty_vacant_and_merged_households_and_those_between_rounds_are_not_visited(walk, baiping, campaign, running):
    household(baiping, 1)
    vacant = household(baiping, 2, state="registered_only")
    make.resident(baiping, household=vacant)
    kept = household(baiping, 3)
    make.resident(baiping, household=kept)
    assert list(households_to_visit(walk, Done())) == [kept]
    running.ends_on = date(2021, 8, 15)
    running.save()
    assert list(households_to_visit(walk, Done())) == []
