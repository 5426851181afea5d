"""What the database refuses of calls, suggestions, handovers and duplicates; the row beside it is allowed."""

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from ledgers.models import CallLease, Contact, Duplicate, Handover, Suggestion
from tests.ledgers import make

NOW = timezone.now()


@pytest.fixture
def resident(baiping):
    return make.resident(baiping)


def refused(make_row, *args, **values) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        make_row(*args, **values)


@pytest.fixture
def contact(resident, cadre_baiping):
    campaign = make.campaign()

    def made(outcome: str, **values) -> Contact:
        common = {"resident": resident, "campaign": campaign, "at": NOW, "by": cadre_baiping, "entry": resident.entry}
        return Contact.objects.create(**(common | {"outcome": outcome} | values))

    return made


@pytest.mark.parametrize(("outcome", "field"), [("promised", "promised_on"), ("call_again", "again_on")])
def test_answer_that_names_a_day_has_it(outcome, field, contact):
    contact("no_answer")
    contact(outcome, **{field: make.day("08-20")})
    refused(contact, outcome)


def test_contact_counts_once(contact):
    first = contact("no_answer")
    contact("no_answer")
    refused(contact, "no_answer", key=first.key)


def test_card_is_called_by_one_at_a_time(staff, cadre_baiping):
    lease = CallLease.objects.create
    lease(subject="household:1", by=staff, until=NOW)
    lease(subject="household:2", by=staff, until=NOW)
    refused(lease, subject="household:1", by=cadre_baiping, until=NOW)


def test_village_is_suggested_once_and_each_rank_once(resident, baiping, huanggu):
    suggest = Suggestion.objects.create
    suggest(resident=resident, village=baiping, ground="address", rank=1)
    suggest(resident=make.resident(baiping), village=baiping, ground="address", rank=1)
    refused(suggest, resident=resident, village=baiping, ground="phone", rank=2)
    refused(suggest, resident=resident, village=huanggu, ground="phone", rank=1)
    suggest(resident=resident, village=huanggu, ground="phone", rank=2)


@pytest.fixture
def handover(resident, baiping, huanggu, staff):
    def made(**values) -> Handover:
        common = {"resident": resident, "giving": baiping, "taking": huanggu, "waits_for": huanggu}
        return Handover.objects.create(**(common | {"asked_by": staff, "asked_at": NOW} | values))

    return made


def test_person_is_handed_over_once_at_a_time(handover, staff):
    handover(state="withdrawn", answered_by=staff, answered_at=NOW)
    handover()
    refused(handover)


def test_handover_lies_between_two_and_waits_for_one_of_them(handover, baiping, huanggu, street):
    refused(handover, taking=baiping, waits_for=baiping)
    refused(handover, waits_for=street)
    handover(waits_for=baiping)


def test_handover_is_answered_with_who_and_when(handover, staff):
    refused(handover, state="accepted")
    refused(handover, state="refused", answered_by=staff)
    refused(handover, answered_by=staff, answered_at=NOW)
    handover(state="accepted", answered_by=staff, answered_at=NOW)


def test_two_people_are_asked_about_once_and_in_one_order(resident, baiping):
    other = make.resident(baiping)
    ask = Duplicate.objects.create
    ask(first=resident, second=other, ground="number")
    refused(ask, first=resident, second=other, ground="name_birth")
    refused(ask, first=other, second=resident, ground="number")
    refused(ask, first=resident, second=resident, ground="number")
    ask(first=resident, second=make.resident(baiping), ground="number")
