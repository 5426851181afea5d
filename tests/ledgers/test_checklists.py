"""核查名单: whom the rows of a sender's list mean, what is known already, and who is asked."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from ledgers.checklists.asking import progress_by_responsible, rows_asked_of
from ledgers.checklists.known import with_known
from ledgers.models import Checklist, ChecklistRow, Dose, Reason
from registry.clock import start_of
from registry.models import Resident
from tests.factories import make_member, make_resident
from tests.ledgers import make
from tests.ledgers.lists import QIN, RAN, TAN, WEN, bring, brought, row_of, sheet, text_sheet

ON = date(2021, 8, 20)


@pytest.fixture(autouse=True)
def campaign(street, baiping, huanggu, settings):
    settings.TODAY = ON
    return make.campaign()


@pytest.fixture
def ran(baiping):
    return make_resident(baiping, "冉启华", number=RAN, phone="13800001111", residency="local")


@pytest.fixture
def tan(huanggu):
    return make_resident(huanggu, "谭秀英", birth_on=date(1980, 1, 1), number=TAN, residency="local")


def known_of(checklist, campaign):
    rows = with_known(checklist.rows.all(), campaign, ON)
    return dict(rows.order_by("number").values_list("number", "known"))


def asked(user, campaign):
    return [(row.number, row.name) for row in rows_asked_of(user, campaign, ON)]


def test_list_creates_no_doses_and_no_people(campaign, ran, tan):
    decided = bring(campaign, sheet([1, "冉启华", RAN, "", "", ""], [2, "谭秀英", TAN, "", "", ""]))
    assert (decided.plan.kind, decided.counts["rows"], decided.counts["created"]) == ("checklist", 2, 2)
    assert (Resident.objects.count(), Dose.objects.count()) == (2, 0)


def test_each_row_is_asked_of_the_village_the_person_lives_in(campaign, ran, tan, cadre_baiping, cadre_huanggu):
    brought(campaign, sheet([1, "冉启华", RAN, "", "", ""], [2, "谭秀英", TAN, "", "", ""]))
    assert asked(cadre_baiping, campaign) == [(3, "冉启华")]
    assert asked(cadre_huanggu, campaign) == [(4, "谭秀英")]


def test_unit_with_a_contact_is_asked_about_its_members(campaign, ran, waterworks, unit_contact, cadre_baiping):
    make_member(ran, waterworks, kind="staff")
    brought(campaign, sheet([1, "冉启华", RAN, "", "", ""]))
    assert asked(unit_contact, campaign) == [(3, "冉启华")]
    assert asked(cadre_baiping, campaign) == []


def test_name_and_phone_tell_who_is_meant(campaign, ran):
    checklist = brought(campaign, sheet([1, "冉 启华", "", 13800001111, "", ""]))
    assert row_of(checklist, 3).resident == ran


def test_damaged_number_beside_a_phone_is_set_aside(campaign, ran):
    decided = bring(campaign, sheet([1, "冉启华", float(RAN[:17] + "0"), "13800001111", "", ""]))
    assert row_of(Checklist.objects.get(), 3).resident == ran
    assert [(m.code, m.level) for m, _, _ in decided.plan.messages] == [("value_unreadable", "warning")]


def test_damaged_number_alone_comes_back_with_its_reason_and_candidates_for_staff(campaign, ran, staff):
    decided = bring(campaign, sheet([1, "冉启华", "512223", "", "", ""]))
    row = row_of(Checklist.objects.get(), 3)
    assert decided.counts["rejected"] == 1
    assert (row.resident, row.candidates) == (None, [ran.pk])
    assert row.problem.startswith("身份证号不是18位")
    assert asked(staff, campaign) == [(3, "冉启华")]


def test_person_nobody_knows_goes_to_staff(campaign, staff, cadre_baiping):
    decided = bring(campaign, sheet([1, "秦桂英", QIN, "", "", ""]))
    assert decided.counts["unassigned"] == 1
    assert asked(staff, campaign) == [(3, "秦桂英")]
    assert asked(cadre_baiping, campaign) == []


def test_person_nobody_knows_goes_to_the_village_the_row_names(campaign, staff, cadre_baiping):
    table = text_sheet([1, "秦桂英", QIN, "", "白坪村", ""]).decode("gb18030")
    brought(campaign, table.replace("户籍地", "所属村").encode("gb18030"))
    assert asked(cadre_baiping, campaign) == [(2, "秦桂英")]
    assert asked(staff, campaign) == []


def test_number_of_somebody_else_waits_for_staff(campaign, ran, staff, cadre_baiping):
    decided = bring(campaign, sheet([1, "文大勇", RAN, "", "", ""]))
    assert [m.code for m, _, _ in decided.plan.messages] == ["name_conflict"]
    assert decided.counts["conflicts"] == 1
    assert asked(staff, campaign) == [(3, "文大勇")]
    assert asked(cadre_baiping, campaign) == []


def test_two_namesakes_with_one_phone_wait_for_staff(campaign, ran, baiping, staff):
    make_resident(baiping, "冉启华", birth_on=date(1990, 1, 1), phone="13800001111")
    decided = bring(campaign, sheet([1, "冉启华", "", "13800001111", "", ""]))
    assert [m.code for m, _, _ in decided.plan.messages] == ["duplicate_person"]
    assert len(row_of(Checklist.objects.get(), 3).candidates) == 2


def test_the_same_person_twice_is_asked_once(campaign, ran, cadre_baiping):
    decided = bring(campaign, sheet([1, "冉启华", RAN, "", "", ""], [2, "冉启华", RAN, "", "", ""]))
    assert (decided.counts["created"], decided.counts["unchanged"]) == (1, 1)
    assert [m.code for m, _, _ in decided.plan.messages] == ["duplicate_row"]


def test_the_same_file_again_asks_nobody_anew(campaign, ran):
    data = sheet([1, "冉启华", RAN, "", "", ""])
    bring(campaign, data)
    decided = bring(campaign, data)
    assert (decided.counts["unchanged"], Checklist.objects.filter(asked_on__isnull=False).count()) == (1, 1)


def _completed(person, campaign):
    make.dose(person, "06-01", campaign=campaign)
    make.dose(person, "06-25", campaign=campaign)


def _waiting(person, campaign):
    make.dose(person, "08-10", campaign=campaign)


def _due(person, campaign):
    make.dose(person, "07-20", campaign=campaign)


def _exempt(person, campaign):
    make.exemption(person, "08-01", campaign=campaign)


def _claimed(person, campaign):
    make.exemption(person, "08-01", campaign=campaign, state="claimed")


def _refused_lately(person, campaign):
    Reason.objects.create(resident=person, campaign=campaign, code="4", entry=_entry(days=3))


def _refused_long_ago(person, campaign):
    Reason.objects.create(resident=person, campaign=campaign, code="4", entry=_entry(days=30))


def _promised(person, campaign):
    entry = _entry(days=30)
    Reason.objects.create(resident=person, campaign=campaign, code="7", promised_on=date(2021, 8, 25), entry=entry)


def _deceased(person, campaign):
    Resident.objects.filter(pk=person.pk).update(status="deceased", status_on=ON)


def _young(person, campaign):
    Resident.objects.filter(pk=person.pk).update(birth_on=date(2015, 1, 1))


def _nothing(person, campaign):
    """Nothing is on record."""


def _entry(days):
    entry = make.entry()
    entry.at = start_of(ON - timedelta(days=days))
    entry.save()
    return entry


@pytest.mark.parametrize(
    ("told", "known"),
    [
        (_completed, "completed"), (_waiting, "waiting"), (_due, ""), (_exempt, "exempt"), (_claimed, "claimed"),
        (_refused_lately, "said"), (_refused_long_ago, ""), (_promised, "promised"), (_deceased, "deceased"),
        (_young, "young"), (_nothing, ""),
    ],
)  # fmt: skip
def test_what_the_registry_knows_asks_nobody(campaign, ran, cadre_baiping, told, known):
    told(ran, campaign)
    make.stand(campaign)
    decided = bring(campaign, sheet([1, "冉启华", RAN, "", "", ""]))
    checklist = Checklist.objects.get()
    assert known_of(checklist, campaign) == {3: known}
    assert len(asked(cadre_baiping, campaign)) == (0 if known else 1)
    # What the preview counts is what is asked.
    assert decided.counts["created"] == len(asked(cadre_baiping, campaign))


def test_what_is_learnt_later_takes_the_question_away(campaign, ran, cadre_baiping):
    brought(campaign, sheet([1, "冉启华", RAN, "", "", ""]))
    make.dose(ran, "08-20", campaign=campaign)
    make.stand(campaign)
    assert asked(cadre_baiping, campaign) == []


def test_who_waited_when_the_list_came_is_not_asked_once_the_gap_is_over(campaign, ran, cadre_baiping, settings):
    make.dose(ran, "08-10", campaign=campaign)
    make.stand(campaign)
    brought(campaign, sheet([1, "冉启华", RAN, "", "", ""]))
    assert list(rows_asked_of(cadre_baiping, campaign, date(2021, 9, 10))) == []


def test_progress_adds_up_by_responsible(campaign, ran, tan):
    checklist = brought(
        campaign, sheet([1, "冉启华", RAN, "", "", ""], [2, "谭秀英", TAN, "", "", ""], [3, "秦桂英", QIN, "", "", ""])
    )
    now = timezone.now()
    parts = progress_by_responsible(checklist, campaign, ON, now)
    assert sorted((part.name, part.rows, part.left, part.overdue) for part in parts) == [
        ("白坪村", 1, 1, 0), ("街道专班", 1, 1, 0), ("黄谷村", 1, 1, 0),
    ]  # fmt: skip
    late = progress_by_responsible(checklist, campaign, ON, checklist.due_at + timedelta(seconds=1))
    assert [part.overdue for part in late] == [1, 1, 1]


def test_people_of_another_street_are_not_found(campaign, street):
    other = make.village("500233004201", "邻街村")
    make_resident(other, "文大勇", birth_on=date(1966, 8, 8), number=WEN)
    checklist = brought(campaign, sheet([1, "文大勇", WEN, "", "", ""]))
    assert row_of(checklist, 3).resident is None
    assert ChecklistRow.objects.get().problem == "在册没有这个人（按证件号码）"


@pytest.mark.parametrize("times", [1, 3])
def test_queries_do_not_grow_with_the_list(campaign, baiping, cadre_baiping, times, django_assert_num_queries):
    people = [make_resident(baiping, f"冉{n}", number=number) for n, number in enumerate((RAN, TAN, QIN)[:times])]
    brought(campaign, sheet(*([n, who.name, who.documents.get().number, "", "", ""] for n, who in enumerate(people))))
    # The scope has been added up before.
    rows_asked_of(cadre_baiping, campaign, ON)
    with django_assert_num_queries(1):
        assert len(rows_asked_of(cadre_baiping, campaign, ON)) == times
