"""Why permanent residents have no dose: counted by place, by reason code, for the day asked (rules 3)."""

from collections import Counter
from datetime import date

import pytest
from django.core.management import call_command

from campaigns.models import Campaign
from ledgers.models import Dose, Reason, Statement
from ledgers.reasons import said_by_place
from ledgers.standings import rebuild
from registry.models import Resident
from tests.factories import make_entry, make_resident

DAY = date(2021, 8, 16)


@pytest.fixture
def campaign(db) -> Campaign:
    call_command("load_plan", verbosity=0)
    return Campaign.objects.get()


def _reason(resident: Resident, campaign: Campaign, code: str, promised_on: date | None = None) -> None:
    Reason.objects.create(resident=resident, campaign=campaign, code=code, promised_on=promised_on, entry=make_entry())


def test_reasons_count_permanent_residents_without_a_dose_only(campaign, baiping):
    local = make_resident(baiping, residency="local")
    away = make_resident(baiping, residency="away")
    done = make_resident(baiping, residency="local")
    for resident in (local, away, done):
        _reason(resident, campaign, "42")
    Dose.objects.create(
        resident=done, campaign=campaign, given_on=date(2021, 7, 1), source="clinic", entry=make_entry()
    )
    rebuild(campaign, [done.pk])
    assert said_by_place(campaign, DAY)[baiping.code].reasons == Counter({"42": 1})


def test_doctor_pause_is_silent_until_its_day(campaign, baiping):
    _reason(make_resident(baiping, residency="local"), campaign, "3", promised_on=date(2021, 8, 17))
    _reason(make_resident(baiping, residency="local"), campaign, "3", promised_on=date(2021, 8, 16))
    _reason(make_resident(baiping, residency="local"), campaign, "3")
    said = said_by_place(campaign, DAY)[baiping.code]
    assert (said.reasons["3"], said.paused) == (3, 1)


def test_claimant_counts_once_until_proof_has_come(campaign, baiping):
    claimant = make_resident(baiping, residency="local")
    for month in (date(2021, 5, 1), date(2021, 6, 1)):
        Statement.objects.create(resident=claimant, campaign=campaign, month=month, entry=make_entry())
    proven = make_resident(baiping, residency="local")
    Statement.objects.create(
        resident=proven, campaign=campaign, month=date(2021, 5, 1), entry=make_entry(), closed_entry=make_entry()
    )
    assert said_by_place(campaign, DAY)[baiping.code].claimants == 1


@pytest.mark.parametrize("people", [1, 3])
def test_counting_what_was_said_takes_two_queries(campaign, baiping, django_assert_num_queries, people):
    for _ in range(people):
        _reason(make_resident(baiping, residency="local"), campaign, "7")
    campaign = Campaign.objects.select_related("place").get()
    with django_assert_num_queries(2):
        said_by_place(campaign, DAY)
