"""Answers to a 核查名单 become facts by the functions of the door, and are taken back with them."""

from datetime import date

import pytest

from ledgers.checklists import people
from ledgers.checklists.answers import REFUSALS, Said, answer
from ledgers.checklists.asking import rows_asked_of
from ledgers.checklists.undo import take_back
from ledgers.models import ChecklistRow, Dose, Exemption, Reason, Statement
from ledgers.notes import NoteRefused, new_entry, note_reason
from ledgers.rosters.actions import undo
from ledgers.rosters.undoing import UndoRefused
from registry.models import AuditEntry, Resident
from tests.factories import make_member, make_resident
from tests.ledgers import make
from tests.ledgers.lists import QIN, RAN, brought, row_of, sheet

ON = date(2021, 8, 20)
DAY = date(2021, 8, 16)


@pytest.fixture(autouse=True)
def campaign(street, baiping, settings):
    settings.TODAY = ON
    return make.campaign()


@pytest.fixture
def ran(baiping):
    return make_resident(baiping, "冉启华", number=RAN, phone="13800001111", residency="local")


@pytest.fixture
def row(campaign, ran):
    return row_of(brought(campaign, sheet([1, "冉启华", RAN, "", "", ""])), 3)


@pytest.fixture
def stranger(campaign, baiping):
    """A row that means nobody on record, passed on to a village."""
    row = row_of(brought(campaign, sheet([1, "秦桂英", QIN, "13900002222", "", ""])), 3)
    row.village = baiping
    row.save()
    return row


def said(what, on=None, **detail):
    return Said(what, on, detail)


def reason(of):
    found = Reason.objects.filter(resident=of).first()
    return (found.code, found.promised_on) if found else None


@pytest.mark.parametrize(
    ("told", "stands"),
    [
        (said("promised", date(2021, 8, 25)), ("7", date(2021, 8, 25))),
        (said("away"), ("51", None)),
        (said("exempt", kind="contraindication"), ("1", None)),
        (said("exempt", kind="deferral"), ("2", None)),
        (said("refused"), ("4", None)),
        (said("refused", code="41"), ("41", None)),
        (said("unreached"), ("6", None)),
        (said("nobody"), ("61", None)),
    ],
)
def test_answer_is_a_reason(row, ran, cadre_baiping, told, stands):
    answer(row, told, by=cadre_baiping)
    assert reason(ran) == stands
    assert (Dose.objects.count(), Exemption.objects.count()) == (0, 0)


def test_today_is_a_statement_until_the_clinic_says_so(row, ran, cadre_baiping):
    answer(row, said("today"), by=cadre_baiping)
    assert list(Statement.objects.values_list("resident", "given_on")) == [(ran.pk, ON)]
    assert Dose.objects.count() == 0


def test_dose_with_its_proof_is_a_dose(row, ran, cadre_baiping):
    answer(row, said("dosed", DAY, proof="health_code", product="bibp"), by=cadre_baiping)
    dose = Dose.objects.get()
    assert (dose.resident, dose.given_on, dose.source, dose.product.key) == (ran, DAY, "health_code", "bibp")


def test_dose_by_word_of_mouth_stays_a_statement(row, cadre_baiping):
    answer(row, said("dosed", DAY, proof="verbal"), by=cadre_baiping)
    assert (Dose.objects.count(), Statement.objects.count()) == (0, 1)


def test_diagnosis_with_its_day_is_a_claim_and_never_more(row, cadre_baiping):
    answer(row, said("exempt", DAY, kind="contraindication", reason="allergy"), by=cadre_baiping)
    claim = Exemption.objects.get()
    assert (claim.state, claim.kind, claim.reason, claim.start_on) == ("claimed", "contraindication", "allergy", DAY)


@pytest.mark.parametrize(("kind", "on", "status"), [("deceased", DAY, "deceased"), ("outside", None, "outside")])
def test_who_leaves_the_ledgers_is_asked_about_twice(row, ran, cadre_baiping, kind, on, status):
    with pytest.raises(NoteRefused):
        answer(row, Said(kind, on), by=cadre_baiping)
    assert Resident.objects.get(pk=ran.pk).status == "active"
    answer(row, said(kind, on, certain=True), by=cadre_baiping)
    assert Resident.objects.get(pk=ran.pk).status == status


def test_death_told_by_a_unit_stays_in_the_list(campaign, ran, waterworks, unit_contact):
    make_member(ran, waterworks)
    row = row_of(brought(campaign, sheet([1, "冉启华", RAN, "", "", ""])), 3)
    answer(row, said("deceased", DAY, certain=True), by=unit_contact)
    assert (Resident.objects.get(pk=ran.pk).status, row_of(row.checklist, 3).answer) == ("active", "deceased")


@pytest.fixture
def told_by_the_unit(campaign, ran, waterworks, unit_contact):
    make_member(ran, waterworks)
    row = row_of(brought(campaign, sheet([1, "冉启华", RAN, "", "", ""])), 3)
    return answer(row, said("deceased", DAY, certain=True), by=unit_contact)


def asked(user, campaign):
    return [row.number for row in rows_asked_of(user, campaign, ON)]


def test_death_told_by_a_unit_is_a_question_to_the_village(
    told_by_the_unit, campaign, cadre_baiping, cadre_huanggu, unit_contact, staff
):
    people = (cadre_baiping, cadre_huanggu, unit_contact, staff)
    assert [asked(user, campaign) for user in people] == [[3], [], [], []]


def test_village_confirms_what_the_unit_said(told_by_the_unit, campaign, ran, cadre_baiping):
    answer(told_by_the_unit, said("deceased", DAY, certain=True), by=cadre_baiping)
    assert Resident.objects.get(pk=ran.pk).status == "deceased"
    assert asked(cadre_baiping, campaign) == []


def test_village_knows_better_than_the_unit(told_by_the_unit, campaign, ran, cadre_baiping):
    answer(told_by_the_unit, said("away"), by=cadre_baiping)
    assert (Resident.objects.get(pk=ran.pk).status, reason(ran)) == ("active", ("51", None))
    assert asked(cadre_baiping, campaign) == []


def test_unit_s_word_of_somebody_unplaced_is_a_question_to_staff(campaign, ran, street, told_by_the_unit, staff):
    Resident.objects.filter(pk=ran.pk).update(place=street)
    assert asked(staff, campaign) == [3]


def test_refused_answer_writes_nothing(row, cadre_baiping):
    with pytest.raises(REFUSALS):
        answer(row, said("promised", date(2021, 8, 1)), by=cadre_baiping)
    row.refresh_from_db()
    assert (row.answer, Reason.objects.count()) == ("", 0)


def test_same_answer_twice_counts_once_and_another_replaces_it(row, ran, cadre_baiping, staff):
    first = answer(row, said("refused"), by=cadre_baiping)
    assert answer(row, said("refused"), by=staff).answered_by == cadre_baiping
    answer(row, said("unreached"), by=staff)
    assert (reason(ran)[0], row_of(row.checklist, 3).answered_by) == ("6", staff)
    trail = AuditEntry.objects.filter(action="checklist.answer").order_by("number")
    assert [entry.detail["核查结果"] for entry in trail] == [["", "不愿意"], ["不愿意", "联系不上"]]
    assert first.entry_id != row_of(row.checklist, 3).entry_id


def test_dose_told_and_then_proven_is_a_dose(row, cadre_baiping):
    answer(row, said("dosed", DAY, proof="verbal"), by=cadre_baiping)
    assert (Statement.objects.count(), Dose.objects.count()) == (1, 0)
    for _ in range(2):
        answer(row, said("dosed", DAY, proof="certificate"), by=cadre_baiping)
    assert Dose.objects.get().source == "certificate"


@pytest.mark.parametrize(
    "first",
    [
        said("today"),
        said("dosed", DAY, proof="certificate"),
        said("exempt", DAY, kind="contraindication", reason="allergy"),
        said("away", DAY, to="深圳"),
        said("deceased", DAY, certain=True),
        said("outside", certain=True),
    ],
)
def test_answer_given_anew_leaves_nothing_of_the_first_and_is_taken_back(row, ran, cadre_baiping, first):
    answer(row, first, by=cadre_baiping)
    answer(row, said("refused"), by=cadre_baiping)
    person = Resident.objects.get(pk=ran.pk)
    assert (person.status, person.away_to, reason(ran)) == ("active", "", ("4", None))
    assert [model.objects.count() for model in (Dose, Statement, Exemption)] == [0, 0, 0]
    take_back(row, by=cadre_baiping)
    assert (row_of(row.checklist, 3).answer, reason(ran)) == ("", None)


def test_person_the_first_answer_entered_goes_with_it(stranger, cadre_baiping):
    answer(stranger, said("promised", date(2021, 8, 25)), by=cadre_baiping)
    answer(stranger, said("nobody"), by=cadre_baiping)
    row = row_of(stranger.checklist, 3)
    assert (Resident.objects.count(), row.resident, row.answer) == (0, None, "nobody")


def test_answer_on_which_something_was_built_is_corrected_elsewhere(row, ran, campaign, cadre_baiping, staff):
    answer(row, said("dosed", DAY, proof="certificate"), by=cadre_baiping)
    later = new_entry(staff, "verbal", "电话")
    note_reason(ran, campaign, code="8", entry=later)
    with pytest.raises(NoteRefused, match="之前答的“已种”不能撤销：之后又"):
        answer(row, said("refused"), by=cadre_baiping)
    assert (Dose.objects.count(), row_of(row.checklist, 3).answer) == (1, "dosed")


def test_reason_noted_since_is_replaced_by_a_new_answer(row, ran, campaign, cadre_baiping, staff):
    answer(row, said("refused"), by=cadre_baiping)
    note_reason(ran, campaign, code="8", entry=new_entry(staff, "verbal", "电话"))
    answer(row, said("unreached"), by=cadre_baiping)
    assert (reason(ran), row_of(row.checklist, 3).answer) == (("6", None), "unreached")


def test_same_answer_with_another_note_keeps_the_note(row, ran, cadre_baiping):
    answer(row, said("refused"), by=cadre_baiping)
    answer(row, Said("refused", None, {}, "怕过敏"), by=cadre_baiping)
    assert row_of(row.checklist, 3).note == "怕过敏"


def test_answer_taken_back_leaves_nothing(row, ran, cadre_baiping):
    old = make.entry()
    Reason.objects.create(resident=ran, campaign=row.checklist.campaign, code="8", note="卧床", entry=old)
    answer(row, said("refused"), by=cadre_baiping)
    take_back(row, by=cadre_baiping)
    kept = Reason.objects.get()
    assert (kept.code, kept.note) == ("8", "卧床")
    assert row_of(row.checklist, 3).answer == ""


def test_dose_taken_back_is_gone(row, cadre_baiping):
    answer(row, said("dosed", DAY, proof="certificate"), by=cadre_baiping)
    take_back(row, by=cadre_baiping)
    assert Dose.objects.count() == 0


def test_somebody_elses_answer_cannot_be_taken_back(row, cadre_baiping, staff):
    answer(row, said("refused"), by=cadre_baiping)
    with pytest.raises(UndoRefused, match="只有答的人当天可以撤销"):
        take_back(row, by=staff)


def test_village_that_knows_the_stranger_enters_them(stranger, baiping, cadre_baiping):
    answer(stranger, said("promised", date(2021, 8, 25)), by=cadre_baiping)
    person = Resident.objects.get(name="秦桂英")
    assert (person.place, person.documents.get().number, person.phones.get().number) == (baiping, QIN, "13900002222")
    assert (row_of(stranger.checklist, 3).resident, reason(person)) == (person, ("7", date(2021, 8, 25)))
    assert row_of(stranger.checklist, 3).said == {}


def test_entering_is_taken_back_with_the_answer(stranger, cadre_baiping):
    answer(stranger, said("promised", date(2021, 8, 25)), by=cadre_baiping)
    take_back(row_of(stranger.checklist, 3), by=cadre_baiping)
    row = row_of(stranger.checklist, 3)
    assert (Resident.objects.count(), row.resident, row.village_id, row.answer) == (0, None, "500233003215", "")
    answer(row, said("refused"), by=cadre_baiping)
    assert Resident.objects.get().name == "秦桂英"


@pytest.mark.parametrize("kind", ["outside", "nobody", "unreached"])
def test_stranger_who_is_not_here_is_not_entered(stranger, cadre_baiping, kind):
    answer(stranger, said(kind, certain=True), by=cadre_baiping)
    assert (Resident.objects.count(), row_of(stranger.checklist, 3).answer) == (0, kind)


def test_staff_choose_who_is_meant(campaign, ran, staff):
    row = row_of(brought(campaign, sheet([1, "冉启华", "512223", "", "", ""])), 3)
    people.choose(row, ran.pk, by=staff)
    assert row_of(row.checklist, 3).resident == ran
    with pytest.raises(NoteRefused, match="已经对上在册的人"):
        people.choose(row, ran.pk, by=staff)


def test_staff_put_a_stranger_into_unplaced(campaign, street, staff):
    row = row_of(brought(campaign, sheet([1, "秦桂英", QIN, "", "", ""])), 3)
    people.put_in_unplaced(row, by=staff)
    assert Resident.objects.get().place == street


def test_list_is_undone_while_nobody_has_answered(row, staff, cadre_baiping):
    undo(row.checklist.roster, by=staff)
    assert ChecklistRow.objects.count() == 0


def test_list_that_was_answered_is_not_undone(row, staff, cadre_baiping):
    answer(row, said("refused"), by=cadre_baiping)
    with pytest.raises(UndoRefused, match="已经有人答过"):
        undo(row.checklist.roster, by=staff)
    assert ChecklistRow.objects.count() == 1


def test_reason_that_a_roster_replaced_is_given_back(campaign, ran, staff):
    from ledgers.models import RosterImport
    from tests.ledgers.importing import bring

    old = make.entry()
    Reason.objects.create(resident=ran, campaign=campaign, code="8", note="卧床", entry=old)
    bring(campaign, ["姓名", "身份证号", "未接种原因"], ["冉启华", RAN, "不愿意"])
    changed = Reason.objects.get()
    assert (changed.code, changed.entry_id == old.pk) == ("4", False)
    assert list(ran.changes.filter(field="reason").values_list("old", "new")) == [("8", "4")]
    undo(RosterImport.objects.latest("pk"), by=staff)
    kept = Reason.objects.get()
    assert (kept.code, kept.note, kept.entry_id) == ("8", "卧床", old.pk)


def test_person_who_stands_in_the_list_twice_is_answered_once(campaign, ran, cadre_baiping):
    data = sheet([1, "冉启华", RAN, "", "", ""], [2, "冉启华", RAN, "", "", ""])
    checklist = brought(campaign, data)
    assert [row.number for row in rows_asked_of(cadre_baiping, campaign, ON)] == [3]
    answer(row_of(checklist, 3), said("refused"), by=cadre_baiping)
    assert [row.answer for row in checklist.rows.order_by("number")] == ["refused", "refused"]
    take_back(row_of(checklist, 3), by=cadre_baiping)
    assert [row.answer for row in checklist.rows.order_by("number")] == ["", ""]
