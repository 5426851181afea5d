"""What the database itself refuses about evidence and 清零: an allowed and a refused row of each."""

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from ledgers.models import Evidence, Zeroing
from tests.ledgers import make


@pytest.fixture
def campaign(street):
    return make.campaign()


@pytest.fixture
def claim(baiping, campaign):
    return make.exemption(make.resident(baiping), "08-01", campaign=campaign, state="claimed")


@pytest.fixture
def dose(claim, campaign):
    return make.dose(claim.resident, "08-01", campaign=campaign)


def piece(claim, **values) -> Evidence:
    values = {"exemption": claim, "kind": "picture", "file": "a.jpg", "sha256": "a" * 64, "size": 1} | values
    return Evidence.objects.create(entry=claim.entry, **values)


def zeroing(campaign, user, **values) -> Zeroing:
    return Zeroing.objects.create(campaign=campaign, declared_by=user, declared_at=timezone.now(), **values)


def refused(make_row, *args, **values) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        make_row(*args, **values)


def test_piece_belongs_to_a_claim_or_a_dose_and_not_to_both(claim, dose):
    piece(claim)
    piece(claim, exemption=None, dose=dose)
    refused(piece, claim, dose=dose, sha256="b" * 64)
    refused(piece, claim, exemption=None)


def test_same_photo_stands_once_per_claim_and_again_once_taken_back(claim):
    first = piece(claim)
    refused(piece, claim)
    Evidence.objects.filter(pk=first.pk).update(removed_entry=claim.entry)
    piece(claim)


def test_declaration_is_of_a_unit_or_a_village(campaign, waterworks, baiping, staff):
    zeroing(campaign, staff, unit=waterworks)
    zeroing(campaign, staff, village=baiping)
    refused(zeroing, campaign, staff)
    refused(zeroing, campaign, staff, unit=make.unit("乌杨小学"), village=baiping)


def test_one_open_declaration_each(campaign, waterworks, baiping, staff):
    for whose in ({"unit": waterworks}, {"village": baiping}):
        first = zeroing(campaign, staff, **whose)
        refused(zeroing, campaign, staff, **whose)
        Zeroing.objects.filter(pk=first.pk).update(state="lapsed", lapsed_at=timezone.now())
        zeroing(campaign, staff, **whose)


def test_decided_has_who_and_when_and_lapsed_its_day(campaign, waterworks, staff):
    refused(zeroing, campaign, staff, unit=waterworks, state="valid")
    refused(zeroing, campaign, staff, unit=waterworks, state="lapsed")
    zeroing(campaign, staff, unit=waterworks, state="valid", decided_by=staff, decided_at=timezone.now())
