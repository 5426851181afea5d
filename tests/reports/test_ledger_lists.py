"""Whom a list holds, in which order, page by page."""

import pytest

from ledgers.standings import announce
from registry.models import Membership
from reports.lists import pages
from reports.lists.asked import LISTS, Asked, read_asked
from reports.lists.pages import PAGE, Position, page_keys, walk
from reports.lists.people import Question, people_asked, pill_counts
from reports.lists.rows import rows_of
from reports.lists.tabs import tabs_of
from reports.storing import ensure
from tests.ledgers import make
from tests.reports import lists_cast
from tests.reports.lists_cast import people, town

__all__ = ["people", "town"]

ON = make.day("08-16")


def ask(town, user, ledger, **said):
    return Question(Asked(ledger=ledger, on=ON, **said), town.campaign, user)


def names(question):
    rows = rows_of(question, page_keys(question, Position()).ids)
    return [row.name for row in rows]


@pytest.mark.parametrize(
    ("ledger", "expected"),
    [
        ("completed", ["冉启华", "李子涵"]),
        ("incomplete", ["谭文华", "向世明", "罗德芳"]),
        ("unvaccinated", ["王勇", "陈建军", "秦玉珍"]),
        ("exempt", ["周小琴"]),
    ],
)
def test_list_of_the_street_by_place(town, people, staff, ledger, expected):
    assert names(ask(town, staff, ledger)) == expected


def test_list_of_a_cadre_holds_its_village_only(town, people, cadre_baiping):
    assert names(ask(town, cadre_baiping, "unvaccinated")) == ["陈建军", "秦玉珍"]


def test_list_of_nobody_is_empty(town, people, auditor):
    assert names(ask(town, auditor, "unvaccinated")) == []


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"village": "500233003215"}, ["陈建军", "秦玉珍"]),
        ({"group": "500233003215001"}, []),
        ({"residency": "permanent"}, ["王勇", "陈建军"]),
        ({"residency": "away"}, ["秦玉珍"]),
        ({"age": "80+"}, ["秦玉珍"]),
        ({"age": "18-59"}, ["王勇", "陈建军"]),
        ({"tag": "党员"}, ["陈建军"]),
        ({"reason": "4"}, ["陈建军"]),
        ({"reason": "41"}, ["陈建军"]),
        ({"reason": "none"}, ["王勇", "秦玉珍"]),
        ({"search": "陈建"}, ["陈建军"]),
        ({"search": "QYZ"}, ["秦玉珍"]),
        ({"search": "陈 建军", "tag": "党员"}, ["陈建军"]),
        ({"sort": "name"}, ["陈建军", "秦玉珍", "王勇"]),
        ({"sort": "age"}, ["秦玉珍", "陈建军", "王勇"]),
    ],
)
def test_filters_and_orders_of_the_unvaccinated(town, people, staff, said, expected):
    assert names(ask(town, staff, "unvaccinated", **said)) == expected


@pytest.mark.parametrize(
    ("sub", "expected"), [("waiting", ["谭文华"]), ("due", ["向世明"]), ("overdue", ["罗德芳"]), ("excused", [])]
)
def test_sub_states(town, people, staff, sub, expected):
    assert names(ask(town, staff, "incomplete", sub=sub)) == expected


def test_order_by_due_day(town, people, staff):
    assert names(ask(town, staff, "incomplete", sort="next_by")) == ["罗德芳", "向世明", "谭文华"]


def test_search_by_phone_and_full_number(town, people, staff):
    number = people["overdue"].documents.get().number
    assert names(ask(town, staff, "incomplete", search="0916")) == ["罗德芳"]
    assert names(ask(town, staff, "incomplete", search="19900000916")) == ["罗德芳"]
    assert names(ask(town, staff, "incomplete", search=number.lower())) == ["罗德芳"]


def test_list_of_a_unit_keeps_members_outside(town, people, unit_contact, waterworks):
    outside = lists_cast.person(town.huanggu, "外勤", status="outside")
    for who in (outside, people["refuses"]):
        Membership.objects.create(unit=waterworks, resident=who, entry=who.entry)
    assert names(ask(town, unit_contact, "unvaccinated")) == ["外勤", "陈建军"]


def test_list_of_a_department_holds_members_of_its_units(town, people, department_user, economy_office, waterworks):
    waterworks.department = economy_office
    waterworks.save()
    make.member(waterworks, people["refuses"])
    assert names(ask(town, department_user, "unvaccinated")) == ["陈建军"]


def test_a_day_in_the_past(town, people, staff):
    question = Question(Asked(ledger="completed", on=make.day("06-30")), town.campaign, staff)
    assert names(question) == ["冉启华"]


def test_tabs_add_up_and_keep_the_population(town, people, staff, cadre_baiping):
    everybody = tabs_of(ask(town, staff, "unvaccinated"))
    assert [tab.count for tab in everybody.tabs] == [2, 3, 3, 1]
    assert everybody.in_scope == 9
    assert [tab.count for tab in tabs_of(ask(town, staff, "exempt", residency="permanent")).tabs] == [2, 3, 2, 1]
    assert [tab.count for tab in tabs_of(ask(town, cadre_baiping, "exempt")).tabs] == [2, 3, 2, 1]
    assert [tab.count for tab in tabs_of(ask(town, staff, "exempt", group="500233003215001")).tabs] == [2, 1, 0, 0]


def test_tabs_of_a_unit(town, people, unit_contact, waterworks):
    make.member(waterworks, people["overdue"])
    assert [tab.count for tab in tabs_of(ask(town, unit_contact, "unvaccinated")).tabs] == [0, 1, 0, 0]


def test_tabs_and_lists_agree_for_every_ledger_and_population(town, people, staff):
    for ledger in LISTS:
        for residency in ("all", "permanent"):
            question = ask(town, staff, ledger, residency=residency)
            assert tabs_of(question).count(ledger) == people_asked(question).count()


def test_counts_of_chips(town, people, staff):
    assert pill_counts(ask(town, staff, "unvaccinated", reason="41")) == {"41": 1, "": 2}
    assert pill_counts(ask(town, staff, "incomplete", sub="due", village="500233003215")) == {
        "overdue": 1,
        "due": 1,
        "waiting": 1,
        "excused": 0,
    }


@pytest.mark.parametrize("sort", ["place", "name", "age"])
def test_pages_forwards_and_backwards_give_the_same_order(town, staff, sort):
    for number in range(PAGE * 2 + 7):
        lists_cast.person(town.first if number % 2 else town.second, "冉启华", birth=f"19{50 + number % 9}-01-01")
    question = ask(town, staff, "unvaccinated", sort=sort)
    whole = [pk for block in walk(question, 30) for pk in block]
    first = page_keys(question, Position())
    second = page_keys(question, Position(after=first.ids[-1]))
    third = page_keys(question, Position(after=second.ids[-1]))
    assert first.ids + second.ids + third.ids == whole
    assert (first.has_previous, first.has_next, third.has_previous, third.has_next) == (False, True, True, False)
    last = page_keys(question, Position(at_end=True))
    assert last.ids == whole[-PAGE:]
    assert page_keys(question, Position(before=second.ids[0])).ids == first.ids
    assert page_keys(question, Position(before=third.ids[0])).ids == second.ids


@pytest.mark.parametrize("residency", ["all", "permanent", "away"])
@pytest.mark.parametrize(("ledger", "sub"), [*((ledger, "") for ledger in LISTS), ("incomplete", "overdue")])
def test_pages_pass_places_of_which_figures_know_nobody(town, people, staff, monkeypatch, ledger, sub, residency):
    lists_cast.person(town.baiping, "何无组", residency="away")
    lists_cast.person(town.campaign.place, "马待归")
    lists_cast.person(make.group(town.huanggu, 7), "郭后来")
    lists_cast.stand(town)
    question = ask(town, staff, ledger, sub=sub, residency=residency)
    whole = page_keys(question, Position()).ids
    ensure(town.campaign, ON)
    monkeypatch.setattr(pages, "PAGE", 1)
    assert ids_forwards(question) == whole
    assert ids_backwards(question) == whole


def ids_forwards(question):
    keys = page_keys(question, Position())
    found = keys.ids
    while keys.has_next:
        keys = page_keys(question, Position(after=keys.ids[-1]))
        found = found + keys.ids
    return found


def ids_backwards(question):
    keys = page_keys(question, Position(at_end=True))
    found = keys.ids
    while keys.has_previous:
        keys = page_keys(question, Position(before=keys.ids[0]))
        found = keys.ids + found
    return found


def test_whoever_comes_into_an_empty_place_is_listed_at_once(town, people, staff):
    ensure(town.campaign, ON)
    newcomer = lists_cast.person(make.group(town.huanggu, 7), "郭后来")
    announce(town.campaign, [newcomer.pk], None)
    assert "郭后来" in names(ask(town, staff, "unvaccinated"))


def test_pages_by_due_day(town, staff):
    for number in range(PAGE + 3):
        who = lists_cast.person(town.first, "冉启华")
        make.dose(who, f"07-{1 + number % 20:02}", campaign=town.campaign)
    lists_cast.stand(town)
    question = ask(town, staff, "incomplete", sort="next_by")
    whole = [pk for block in walk(question, 20) for pk in block]
    first = page_keys(question, Position())
    assert len(set(whole)) == PAGE + 3
    assert first.ids + page_keys(question, Position(after=first.ids[-1])).ids == whole


def test_rows_are_masked(town, people, staff):
    question = ask(town, staff, "incomplete", sub="overdue")
    row = rows_of(question, page_keys(question, Position()).ids)[0]
    assert (row.age, row.phone, len(row.number), row.caretaker) == (78, "0916", 2, "冉红梅")
    assert (row.overdue_days, row.next_by) == (9, make.day("08-07"))


def test_address_round_trip_leaves_out_what_is_personal():
    asked = Asked(ledger="unvaccinated", on=ON, village="500233003215", reason="4", search="冉启华")
    assert asked.query() == "on=2021-08-16&village=500233003215&reason=4&found=1"
    back = read_asked("unvaccinated", {"on": "2021-08-16", "village": "500233003215", "reason": "4"}, today=ON)
    assert back == Asked(ledger="unvaccinated", on=ON, village="500233003215", reason="4")


def test_address_that_cannot_be_meant_still_opens_a_list():
    asked = read_asked("completed", {"on": "gestern", "sub": "overdue", "sort": "next_by", "reason": "4"}, today=ON)
    assert asked == Asked(ledger="completed", on=ON)
