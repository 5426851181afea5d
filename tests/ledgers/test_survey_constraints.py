"""The database refuses what a round, a visit or an answer can never be; the row beside it is allowed."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from ledgers.models import SurveyRound, Visit, VisitAnswer
from registry.models import Household
from tests.ledgers import make

NOW = timezone.now()


@pytest.fixture
def campaign(db):
    return make.campaign()


@pytest.fixture
def household(campaign, baiping):
    return Household.objects.create(village=baiping, place=baiping, sequence=1, entry=make.entry())


@pytest.fixture
def visit(campaign, household, cadre_baiping):
    def made(**values):
        common = {"household": household, "campaign": campaign, "outcome": "visited", "at": NOW, "received_at": NOW}
        return Visit.objects.create(**(common | {"by": cadre_baiping, "entry": make.entry("verbal")} | values))

    return made


def refused(name):
    return pytest.raises(IntegrityError, match=name)


def walk(campaign, **values):
    with transaction.atomic():
        common = {"campaign": campaign, "number": 1, "begins_on": make.day("08-09"), "entry": make.entry()}
        return SurveyRound.objects.create(**(common | values))


def test_round_has_its_number_once(campaign):
    walk(campaign)
    walk(campaign, number=2)
    with pytest.raises(IntegrityError):
        walk(campaign, number=2)


def test_round_ends_on_its_first_day_at_the_earliest(campaign):
    walk(campaign, ends_on=make.day("08-09"))
    with refused("round_end_not_before_begin"):
        walk(campaign, number=2, ends_on=make.day("08-08"))


def test_phone_call_says_with_whom(visit):
    visit(outcome="phoned", spoke_with="儿子")
    with refused("visit_phoned_says_with_whom"), transaction.atomic():
        visit(outcome="phoned")


def test_visit_is_not_after_it_arrived(visit):
    visit(at=NOW)
    with refused("visit_not_after_it_arrived"), transaction.atomic():
        visit(at=NOW + timedelta(seconds=1))


def test_key_counts_once(visit):
    key = uuid4()
    visit(key=key)
    visit(key=uuid4())
    with pytest.raises(IntegrityError), transaction.atomic():
        visit(key=key)


def test_answer_of_a_kind_once_in_a_visit(visit, household):
    made, who = visit(), make.resident(household.place)
    VisitAnswer.objects.create(visit=made, resident=who, kind="away")
    VisitAnswer.objects.create(visit=made, resident=who, kind="statement")
    with pytest.raises(IntegrityError), transaction.atomic():
        VisitAnswer.objects.create(visit=made, resident=who, kind="away")
