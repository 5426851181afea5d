"""A visit becomes facts: once, under one entry, what differs shown and what contradicts asked."""

import threading
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.http import QueryDict
from django.utils import timezone
from django.utils.timezone import localtime

from ledgers import notes
from ledgers.history import events_of
from ledgers.models import Conflict, Dose, Exemption, Reason, Standing, Statement, SurveyRound, Visit
from ledgers.survey.forms import told_from
from ledgers.survey.record import TO_BE_CHOSEN, record_visit, settle
from ledgers.survey.told import Answer, Told, VisitRefused
from registry.models import AuditEntry, Household, ResidentChange
from tests.ledgers import make


@pytest.fixture
def campaign(db, settings):
    settings.TODAY = make.day("08-16")
    return make.campaign()


@pytest.fixture
def household(campaign, baiping):
    group = make.group(baiping, 3)
    return Household.objects.create(village=baiping, place=group, sequence=12, head="冉启华", entry=make.entry())


@pytest.fixture
def ran(household):
    return make.resident(household.place, name="冉启华", household=household, relation="户主")


@pytest.fixture
def tan(household):
    return make.resident(household.place, name="谭桂英", household=household)


def told(*answers, outcome="visited", **values):
    return Told(**({"key": uuid4(), "at": timezone.now(), "outcome": outcome, "answers": answers} | values))


def answer(who, kind, detail=None, **values):
    return Answer(who.pk, kind, detail or {}, **values)


def form(text):
    return QueryDict(f"key={uuid4()}&{text}")


def test_visit_of_a_household_as_before_writes_nothing_but_itself(campaign, household, ran, tan, cadre_baiping):
    made = record_visit(household, campaign, told(answer(ran, "same"), answer(tan, "same")), by=cadre_baiping)
    visit = Visit.objects.get()
    assert (visit.outcome, visit.answers.count(), made.is_new) == ("visited", 2, True)
    assert made.receipt == f"{localtime(visit.received_at):%m%d}-{visit.pk:04d}"
    assert not ResidentChange.objects.exists()
    assert not Reason.objects.exists()
    assert AuditEntry.objects.filter(action="visit.record", subject=f"household {household.pk}").count() == 1


@pytest.mark.parametrize(("proof", "source"), [("certificate",) * 2, ("health_code",) * 2, ("photo", "certificate")])
def test_dose_proven_at_the_door_counts_and_closes_what_was_said(
    campaign, household, ran, cadre_baiping, proof, source
):
    said = notes.note_statement(ran, campaign, month=make.day("08-01"), entry=make.entry())
    detail = {"given_on": "2021-08-14", "product": "sinovac", "proof": proof}
    record_visit(household, campaign, told(answer(ran, "dose", detail)), by=cadre_baiping)
    dose = Dose.objects.get()
    assert (dose.given_on, dose.source, dose.state, dose.entry.by) == (make.day("08-14"), source, "live", cadre_baiping)
    said.refresh_from_db()
    assert said.closed_entry == dose.entry
    assert Standing.objects.get(resident=ran).counted == 1


def test_dose_against_a_roster_waits_and_the_roster_goes_on_counting(campaign, household, ran, cadre_baiping):
    make.dose(ran, "08-14", "bibp", campaign=campaign)
    detail = {"given_on": "2021-08-14", "product": "sinovac", "proof": "certificate"}
    made = record_visit(household, campaign, told(answer(ran, "dose", detail)), by=cadre_baiping)
    states = dict(Dose.objects.values_list("source", "state"))
    assert states == {"roster": "live", "certificate": "waiting"}
    assert (made.waiting, made.refused) == (["冉启华"], [])
    assert Conflict.objects.open().get().kind == "dose_conflict"


def test_statement_is_kept_and_never_counted(campaign, household, ran, cadre_baiping):
    record_visit(household, campaign, told(answer(ran, "statement", {"month": "2021-06"})), by=cadre_baiping)
    assert Statement.objects.get().month == make.day("06-01")
    assert not Dose.objects.exists()


def test_promise_reason_and_absence_become_facts(campaign, household, ran, tan, cadre_baiping):
    away = make.resident(household.place, household=household)
    record_visit(
        household, campaign,
        told(
            answer(ran, "promise", {"on": "2021-08-17"}),
            answer(tan, "reason", {"code": "41"}),
            answer(away, "away", {"to": "浙江宁波", "since": "2021-02", "elsewhere": True, "month": "2021-07"}),
        ),
        by=cadre_baiping,
    )  # fmt: skip
    reasons = dict(Reason.objects.values_list("resident", "code"))
    assert reasons == {ran.pk: "7", tan.pk: "41", away.pk: "52"}
    assert Reason.objects.get(resident=ran).promised_on == make.day("08-17")
    away.refresh_from_db()
    assert (away.away_to, away.away_since) == ("浙江宁波", make.day("02-01"))
    assert Statement.objects.get().resident == away


def test_claim_is_made_and_its_diagnosis_stays_out_of_the_visit(campaign, household, ran, cadre_baiping):
    detail = {"kind": "deferral", "reason": "disease", "start_on": "2021-08-01", "end_on": "2021-10-01"}
    made = record_visit(
        household, campaign, told(answer(ran, "exemption", detail, diagnosis="急性肾炎")), by=cadre_baiping
    )
    claim = Exemption.objects.get()
    assert (claim.state, claim.diagnosis, claim.entry) == ("claimed", "急性肾炎", made.visit.entry)
    assert "肾炎" not in str(made.visit.answers.get().detail)


def test_death_is_asked_twice(campaign, household, ran, cadre_baiping):
    detail = {"on": "2021-08-10"}
    made = record_visit(household, campaign, told(answer(ran, "deceased", detail)), by=cadre_baiping)
    ran.refresh_from_db()
    assert (ran.status, made.refused) == ("active", [("冉启华", "冉启华去世要再确认一次，才写入。")])
    record_visit(household, campaign, told(answer(ran, "deceased", detail | {"certain": True})), by=cadre_baiping)
    ran.refresh_from_db()
    assert (ran.status, ran.status_on) == ("deceased", make.day("08-10"))


def test_who_is_not_of_this_household_leaves_only_it(campaign, household, ran, cadre_baiping):
    record_visit(household, campaign, told(answer(ran, "not_here")), by=cadre_baiping)
    ran.refresh_from_db()
    assert (ran.household, ran.status, ran.place_id) == (None, "active", household.place_id)


def test_refused_answer_keeps_its_sentence_and_lets_the_others_stand(campaign, household, ran, tan, cadre_baiping):
    dose = {"given_on": "2021-08-20", "proof": "certificate"}
    made = record_visit(
        household, campaign, told(answer(ran, "dose", dose), answer(tan, "reason", {"code": "41"})), by=cadre_baiping
    )
    assert made.refused == [("冉启华", "接种日期在今天以后，请核对凭证上的日期。")]
    assert not Dose.objects.exists()
    assert Reason.objects.get().resident == tan


def test_stranger_is_not_answered_for(campaign, household, cadre_baiping, huanggu):
    stranger = make.resident(huanggu)
    record_visit(household, campaign, told(answer(stranger, "reason", {"code": "41"})), by=cadre_baiping)
    assert not Reason.objects.exists()
    assert not Visit.objects.get().answers.exists()


# ---- once, and in spite of others ----


def test_same_entry_three_times_counts_once_and_says_the_same(campaign, household, ran, cadre_baiping, staff):
    card = told(answer(ran, "promise", {"on": "2021-08-17"}, seen={"reason": "", "promised_on": ""}))
    notes.note_reason(
        ran, campaign, code="7", promised_on=make.day("08-19"), entry=notes.new_entry(staff, "verbal", "电话")
    )
    made = [record_visit(household, campaign, card, by=cadre_baiping) for _ in range(3)]
    assert Visit.objects.count() == 1
    assert {(one.receipt, len(one.differences)) for one in made} == {(made[0].receipt, 1)}
    assert [one.is_new for one in made] == [True, False, False]


def test_key_of_another_visit_is_refused(campaign, household, ran, cadre_baiping, staff):
    card = told(answer(ran, "same"))
    record_visit(household, campaign, card, by=cadre_baiping)
    with pytest.raises(VisitRefused, match="编号已经用过"):
        record_visit(household, campaign, card, by=staff)


@pytest.mark.django_db(transaction=True)
def test_two_of_the_same_at_once_count_once(campaign, household, ran, cadre_baiping):
    card = told(answer(ran, "reason", {"code": "41"}))
    receipts, start = [], threading.Barrier(2)

    def send():
        try:
            start.wait(10)
            receipts.append(record_visit(household, campaign, card, by=cadre_baiping).receipt)
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert Visit.objects.count() == 1
    assert receipts == [Visit.objects.get().receipt] * 2
    assert ResidentChange.objects.count() == 1


def test_field_set_meanwhile_by_somebody_else_is_shown_and_nothing_written(
    campaign, household, ran, tan, cadre_baiping, staff
):
    notes.note_reason(
        ran, campaign, code="7", promised_on=make.day("08-19"), entry=notes.new_entry(staff, "verbal", "电话")
    )
    seen = {"reason": "", "promised_on": ""}
    made = record_visit(
        household, campaign,
        told(
            answer(ran, "promise", {"on": "2021-08-17"}, seen=seen),
            answer(tan, "promise", {"on": "2021-08-17"}, seen=seen),
        ),
        by=cadre_baiping,
    )  # fmt: skip
    found = made.differences[0]
    assert (found.resident, found.field, found.mine, found.theirs, found.by) == (
        ran.pk, "promised_on", "2021-08-17", "2021-08-19", "刘明",
    )  # fmt: skip
    assert Reason.objects.get(resident=ran).promised_on == make.day("08-19")
    assert Reason.objects.get(resident=tan).promised_on == make.day("08-17")


def test_other_fields_set_meanwhile_merge(campaign, household, ran, cadre_baiping, staff):
    notes.note_away(ran, to="重庆万州", since=None, entry=notes.new_entry(staff, "verbal", "电话"))
    seen = {"reason": "", "promised_on": "", "away_to": ""}
    made = record_visit(
        household, campaign, told(answer(ran, "promise", {"on": "2021-08-17"}, seen=seen)), by=cadre_baiping
    )
    ran.refresh_from_db()
    assert (made.differences, ran.away_to, Reason.objects.get().code) == ([], "重庆万州", "7")


@pytest.mark.parametrize("who", ["cadre_baiping", "staff"])
def test_own_value_and_an_equal_one_are_no_difference(request, campaign, household, ran, cadre_baiping, who):
    setter = request.getfixturevalue(who)
    on = "08-18" if setter == cadre_baiping else "08-17"
    notes.note_reason(
        ran, campaign, code="7", promised_on=make.day(on), entry=notes.new_entry(setter, "verbal", "电话")
    )
    made = record_visit(
        household, campaign,
        told(answer(ran, "promise", {"on": "2021-08-17"}, seen={"reason": "", "promised_on": ""})),
        by=cadre_baiping,
    )  # fmt: skip
    assert (made.differences, Reason.objects.get().promised_on) == ([], make.day("08-17"))


@pytest.mark.parametrize(("mine", "day"), [(True, "08-17"), (False, "08-19")])
def test_chosen_side_stands_and_choosing_twice_changes_nothing(
    campaign, household, ran, cadre_baiping, staff, mine, day
):
    notes.note_reason(
        ran, campaign, code="7", promised_on=make.day("08-19"), entry=notes.new_entry(staff, "verbal", "电话")
    )
    card = told(answer(ran, "promise", {"on": "2021-08-17"}, seen={"reason": "", "promised_on": ""}))
    record_visit(household, campaign, card, by=cadre_baiping)
    kept = Visit.objects.get().answers.get()
    assert kept.refusal == TO_BE_CHOSEN
    settle(kept, mine=mine, by=cadre_baiping)
    settle(kept, mine=not mine, by=cadre_baiping)
    assert Reason.objects.get().promised_on == make.day(day)
    assert record_visit(household, campaign, card, by=cadre_baiping).differences == []


def test_settled_answer_is_written_regardless(campaign, household, ran, cadre_baiping, staff):
    notes.note_reason(
        ran, campaign, code="7", promised_on=make.day("08-19"), entry=notes.new_entry(staff, "verbal", "电话")
    )
    seen = {"reason": "", "promised_on": ""}
    made = record_visit(
        household, campaign, told(answer(ran, "promise", {"on": "2021-08-17"}, seen=seen, settled=True)),
        by=cadre_baiping,
    )  # fmt: skip
    assert (made.differences, Reason.objects.get().promised_on) == ([], make.day("08-17"))


# ---- outcomes ----


def test_third_call_in_vain_of_a_round_is_passed_up(campaign, household, cadre_baiping):
    SurveyRound.objects.create(campaign=campaign, number=1, begins_on=make.day("08-01"), entry=make.entry())
    made = [record_visit(household, campaign, told(outcome="nobody"), by=cadre_baiping) for _ in range(3)]
    assert [one.passed_up for one in made] == [False, False, True]


def test_phone_call_is_for_households_that_are_all_away(campaign, household, ran, cadre_baiping):
    call = told(answer(ran, "same"), outcome="phoned", spoke_with="儿子冉军")
    with pytest.raises(VisitRefused, match="全家外出"):
        record_visit(household, campaign, call, by=cadre_baiping)
    household.state = Household.State.AWAY
    household.save()
    with pytest.raises(VisitRefused, match="和谁"):
        record_visit(household, campaign, told(outcome="phoned"), by=cadre_baiping)
    assert record_visit(household, campaign, call, by=cadre_baiping).visit.spoke_with == "儿子冉军"


def test_visit_is_never_after_it_arrived(campaign, household, cadre_baiping):
    ahead = told(outcome="nobody", at=timezone.now() + timedelta(days=3))
    visit = record_visit(household, campaign, ahead, by=cadre_baiping).visit
    assert visit.at == visit.received_at


# ---- the form ----


def test_form_is_read_into_answers(household, settings):
    settings.TODAY = make.day("08-16")
    read = told_from(
        form(
            "outcome=visited&rest=same&m1-kind=dose&m1-when=-1&m1-product=bibp&m1-proof=certificate&m1-seen-status=active"
            "&m2-kind=promise&m2-promise=1&m2-seen-status=active&m2-seen-promised_on=2021-08-20&m3-seen-status=active"
            "&m4-kind=gone&m4-gone=deceased&m4-gone_on=2021-08-10&m4-certain=1&m4-seen-status=active"
        ),
        household,
    )
    assert [(one.resident, one.kind) for one in read.answers] == [
        (1, "dose"), (2, "promise"), (3, "same"), (4, "deceased"),
    ]  # fmt: skip
    assert read.answers[0].detail == {"given_on": "2021-08-15", "product": "bibp", "proof": "certificate"}
    assert read.answers[1].detail == {"on": "2021-08-17"}
    assert read.answers[1].seen == {"status": "active", "promised_on": "2021-08-20"}
    assert read.answers[3].detail == {"on": "2021-08-10", "certain": True}
    assert isinstance(read.key, UUID)


def test_form_filled_in_the_day_before_counts_tomorrow_from_then(household, settings):
    settings.TODAY = make.day("08-16")
    at = (timezone.now() - timedelta(days=1)).isoformat().replace("+", "%2B")
    read = told_from(form(f"outcome=visited&at={at}&m1-kind=promise&m1-promise=1&m1-seen-status=active"), household)
    assert read.answers[0].detail == {"on": "2021-08-16"}


def test_form_word_of_mouth_is_a_statement(household):
    read = told_from(form("outcome=visited&m1-kind=dose&m1-proof=verbal&m1-month=2021-06"), household)
    assert (read.answers[0].kind, read.answers[0].detail["month"]) == ("statement", "2021-06")


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ("outcome=dancing", "选一下这次入户的结果"),
        ("outcome=visited&m1-seen-status=active&m2-kind=same&m2-seen-status=active", "还有 1 人没有登记"),
        ("outcome=visited&m1-kind=changed", "还没有选是什么变化"),
        ("outcome=visited&m1-kind=gone", "选一下是搬走、去世"),
        ("outcome=visited&key=7", "少了编号"),
    ],
)
def test_form_that_lacks_something_says_what(household, fields, sentence):
    with pytest.raises(VisitRefused, match=sentence):
        told_from(form(fields), household)


def test_form_of_a_household_nobody_opened_needs_no_answers(household):
    assert told_from(form("outcome=nobody&m1-seen-status=active&m2-kind=same"), household).answers == ()


def test_visits_stand_in_the_persons_history(campaign, household, ran, cadre_baiping):
    made = told(answer(ran, "same"), outcome="phoned", spoke_with="冉军")
    Household.objects.filter(pk=household.pk).update(state="away")
    record_visit(Household.objects.get(pk=household.pk), campaign, made, by=cadre_baiping)
    lines = [event.text for event in events_of(ran, campaign, None, make.day("08-16"))]
    assert "电话核实，与冉军：同上次" in lines
