"""Rows that the database of ledgers takes, and rows that it refuses."""

import pytest
from django.db import IntegrityError, transaction

from ledgers.models import Conflict, Dose, Excuse, Exemption, Reason, RosterImport, Standing, Statement
from registry.accounts import system_user
from tests.ledgers import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def covid():
    return make.campaign()


@pytest.fixture
def person(covid):
    return make.resident()


def refused(name, act):
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        act()
    # SQLite names the columns of a unique constraint instead of the constraint.
    assert name in str(error.value) or "UNIQUE" in str(error.value)


def test_a_person_has_one_live_dose_a_day(covid, person):
    make.dose(person, "06-01", campaign=covid)
    make.dose(person, "06-01", "cansino", campaign=covid, state="waiting")
    make.dose(person, "06-01", "zf2001", campaign=covid, state="superseded", ended_entry=person.entry)
    make.dose(person, "06-02", campaign=covid)
    make.dose(make.resident(), "06-01", campaign=covid)
    refused("dose_one_live_a_day", lambda: make.dose(person, "06-01", "sinovac", campaign=covid))


def test_word_of_mouth_is_never_a_dose(covid, person):
    refused("dose_is_not_word_of_mouth", lambda: make.dose(person, "06-01", campaign=covid, source="verbal"))


def test_a_dose_that_ended_says_who_ended_it(covid, person):
    name = "dose_ended_has_who_ended_it"
    refused(name, lambda: make.dose(person, "06-01", campaign=covid, state="removed"))
    refused(name, lambda: make.dose(person, "06-01", campaign=covid, ended_entry=person.entry))


def test_stated_numbers_begin_with_1(covid, person):
    make.dose(person, "06-01", campaign=covid, stated_number=1)
    refused("dose_stated_number_from_1", lambda: make.dose(person, "06-02", campaign=covid, stated_number=0))


def test_a_claim_is_open_once_and_its_day_lies_in_its_month(covid, person):
    claim = {"resident": person, "campaign": covid, "month": "2021-06-01", "entry": person.entry}
    Statement.objects.create(**claim)
    Statement.objects.create(**claim, closed_entry=person.entry)
    Statement.objects.create(**claim, stated_number=2)
    refused("statement_open_once", lambda: Statement.objects.create(**claim))
    refused(
        "statement_day_lies_in_its_month",
        lambda: Statement.objects.create(**claim | {"month": "2021-07-01"}, given_on="2021-06-30"),
    )


def test_an_exemption_ends_after_it_starts_and_a_deferral_ends(covid, person):
    make.exemption(person, "07-01", "07-01", campaign=covid)
    make.exemption(person, "07-01", campaign=covid)
    refused("exemption_end_not_before_start", lambda: make.exemption(person, "07-02", "07-01", campaign=covid))
    refused("exemption_deferral_ends", lambda: make.exemption(person, "07-03", campaign=covid, kind="deferral"))
    refused("exemption_once", lambda: make.exemption(person, "07-01", "08-01", campaign=covid))
    assert Exemption.objects.count() == 2


def test_a_person_has_one_reason_in_a_campaign(covid, person):
    Reason.objects.create(resident=person, campaign=covid, code="41", entry=person.entry)
    refused("reason_once", lambda: Reason.objects.create(resident=person, campaign=covid, entry=person.entry))


def test_a_standing_is_completed_or_has_a_next_dose(covid, person):
    make.dose(person, "06-01", campaign=covid)
    make.stand(covid)
    stands = Standing.objects.filter(resident=person)
    refused("standing_completed_or_next", lambda: stands.update(completed_on="2021-06-01"))
    refused("standing_completed_or_next", lambda: stands.update(next_by=None))
    refused("standing_not_empty", lambda: stands.update(until="2021-06-01"))


def test_an_excuse_is_not_empty_and_begins_once_a_day(covid, person):
    excuse = {"resident": person, "campaign": covid, "since": "2021-06-01"}
    Excuse.objects.create(**excuse, until="2021-06-02")
    refused("excuse_once_per_day", lambda: Excuse.objects.create(**excuse))
    refused("excuse_not_empty", lambda: Excuse.objects.create(**excuse | {"since": "2021-07-01"}, until="2021-07-01"))


def test_a_question_is_asked_once_and_decided_with_who_and_when(covid, person):
    question = {"resident": person, "kind": "field_conflict", "field": "residency", "entry": person.entry}
    Conflict.objects.create(**question, known="local", incoming="away")
    Conflict.objects.create(**question, known="local", incoming="transient")
    refused("conflict_asked_once", lambda: Conflict.objects.create(**question, known="local", incoming="away"))
    refused("conflict_decided_has_who_and_when", lambda: Conflict.objects.update(decision="known"))


def test_a_roster_that_is_done_has_its_entry_and_its_approver_a_moment(covid):
    roster = {"campaign": covid, "name": "花名册.xlsx", "sha256": "0" * 64, "size": 1, "uploaded_by": system_user()}
    RosterImport.objects.create(**roster)
    refused("roster_done_has_its_entry", lambda: RosterImport.objects.create(**roster, state="done"))
    refused("roster_approved_who_and_when", lambda: RosterImport.objects.create(**roster, approved_by=system_user()))
    assert Dose.objects.count() == 0
