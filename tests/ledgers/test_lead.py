"""主责: one for each person, the unit with a contact of its own before the village."""

import pytest

from ledgers.lead import annotate_lead, lead_of, lead_words, led_by_a_unit
from registry.models import Resident
from tests.factories import make_member, make_resident, make_unit, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def ran(baiping) -> Resident:
    return make_resident(baiping)


def _leads() -> list[int | None]:
    return list(annotate_lead(Resident.objects.order_by("pk")).values_list("lead_unit", flat=True))


def test_person_of_no_unit_is_led_by_the_village(ran):
    assert (lead_of(ran), _leads()) == (None, [None])
    assert not Resident.objects.filter(led_by_a_unit()).exists()


def test_unit_with_a_contact_leads_its_members(ran, waterworks, unit_contact):
    make_member(ran, waterworks)
    assert (lead_of(ran), _leads()) == (waterworks, [waterworks.pk])
    assert list(Resident.objects.filter(led_by_a_unit())) == [ran]


def test_unit_without_a_contact_leads_nobody(ran, waterworks):
    make_member(ran, waterworks)
    assert (lead_of(ran), _leads()) == (None, [None])


def test_disabled_contact_gives_the_members_back_to_the_village(ran, waterworks, unit_contact):
    make_member(ran, waterworks)
    unit_contact.is_active = False
    unit_contact.save()
    assert (lead_of(ran), _leads()) == (None, [None])


def test_who_left_the_unit_is_led_by_the_village(ran, waterworks, unit_contact):
    make_member(ran, waterworks, left_on="2021-08-01")
    assert (lead_of(ran), _leads()) == (None, [None])


def test_member_of_two_units_has_one_lead_the_first_on_record(ran, baiping, waterworks, unit_contact):
    school = make_unit("白坪小学", baiping)
    make_user("school", "unit", unit=school)
    make_member(ran, school)
    make_member(ran, waterworks)
    assert (lead_of(ran), _leads()) == (waterworks, [waterworks.pk])


def test_words_name_the_unit_and_nobody_else(waterworks):
    assert (lead_words(waterworks), lead_words(None)) == ("由乌杨水厂负责", "")
