"""Each invariant of the registry's models: a row it allows and a row it refuses."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from registry.accounts import system_user
from registry.models import (
    Department,
    Device,
    Entry,
    Grid,
    Household,
    IdentityDocument,
    LoginCode,
    Membership,
    Phone,
    Place,
    Resident,
    ResidentChange,
    ResidentTag,
    RoleGrant,
    Tag,
    Unit,
    User,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def village():
    return Place.objects.create(code="500233003201", name="高寨村", level=Place.Level.VILLAGE)


@pytest.fixture
def entry():
    return Entry.objects.create(at=timezone.now(), by=system_user(), source="roster")


@pytest.fixture
def resident(village, entry):
    return _resident(village, entry)


def _resident(village, entry, **fields):
    defaults = {"name": "冉启华", "name_key": "冉启华", "birth_on": date(1954, 3, 2), "place": village, "entry": entry}
    return Resident.objects.create(**(defaults | fields))


def _refused(name: str, make):
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        make()
    # SQLite names the columns of a unique constraint and not the constraint itself.
    assert name in str(refusal.value) or "UNIQUE constraint failed" in str(refusal.value)


def test_place_code_has_the_digits_of_its_level():
    Place.objects.create(code="500233003201003", name="3组", level=Place.Level.GROUP)
    _refused(
        "place_code_is_digits_of_its_level",
        lambda: Place.objects.create(code="500233003", name="乌杨街道", level=Place.Level.STREET),
    )
    _refused(
        "place_code_is_digits_of_its_level",
        lambda: Place.objects.create(code="50023300320A", name="高寨村", level=Place.Level.VILLAGE),
    )


def test_resident_gone_has_its_day(village, entry):
    _resident(village, entry, status="deceased", status_on=date(2021, 7, 1))
    _refused("resident_gone_has_its_day", lambda: _resident(village, entry, status="moved_out"))
    _refused(
        "resident_gone_has_its_day", lambda: _resident(village, entry, status="active", status_on=date(2021, 7, 1))
    )


def test_resident_has_a_name(village, entry):
    _refused("resident_has_a_name", lambda: _resident(village, entry, name=""))


def test_document_number_belongs_to_one_resident(resident, village, entry):
    IdentityDocument.objects.create(resident=resident, number="500233195403029010")
    other = _resident(village, entry)
    IdentityDocument.objects.create(resident=other, kind="护照", number="500233195403029010")
    _refused("document_once", lambda: IdentityDocument.objects.create(resident=other, number="500233195403029010"))


@pytest.mark.parametrize("number", ["", "50023319540302901", "50023319540302901x"])
def test_document_number_is_refused_when_malformed(resident, number):
    _refused("document_", lambda: IdentityDocument.objects.create(resident=resident, number=number))


def test_phone_once_per_resident_but_shared_by_many(resident, village, entry):
    Phone.objects.create(resident=resident, number="13000000001", last4="0001")
    Phone.objects.create(resident=_resident(village, entry), number="13000000001", last4="0001")
    _refused(
        "phone_once_per_resident",
        lambda: Phone.objects.create(resident=resident, number="13000000001", last4="0001"),
    )


def test_tag_once_per_resident(resident):
    tag = Tag.objects.create(name="党员")
    ResidentTag.objects.create(resident=resident, tag=tag)
    _refused("tag_once_per_resident", lambda: ResidentTag.objects.create(resident=resident, tag=tag))


def _household(village, entry, **values):
    return Household.objects.create(**{"village": village, "place": village, "entry": entry} | values)


def test_household_number_once_per_village(village, entry):
    other = Place.objects.create(code="500233003202", name="青岭村", level=Place.Level.VILLAGE)
    _household(village, entry, number="00001")
    _household(other, entry, number="00001")
    _refused("household_number_once_per_village", lambda: _household(village, entry, number="00001"))


def test_households_without_a_booklet_share_no_number(village, entry):
    _household(village, entry, number="")
    _household(village, entry, number="")
    assert Household.objects.filter(village=village, number="").count() == 2


def test_household_sequence_once_per_place(village, entry):
    _household(village, entry, sequence=17)
    _refused("household_sequence_once_per_place", lambda: _household(village, entry, sequence=17))
    _household(village, entry, sequence=None)
    _household(village, entry, sequence=None)


def test_household_merges_into_another_only(village, entry):
    one, other = _household(village, entry), _household(village, entry)
    Household.objects.filter(pk=one.pk).update(merged_into=other)
    _refused("household_not_merged_into_itself", lambda: Household.objects.filter(pk=one.pk).update(merged_into=one))


def test_household_change_changes_something(village, entry):
    household = _household(village, entry)
    household.changes.create(field="state", old="home", new="away", entry=entry)
    _refused(
        "household_change_changes_something",
        lambda: household.changes.create(field="state", old="away", new="away", entry=entry),
    )


def test_a_group_belongs_to_one_grid(village, entry):
    group = Place.objects.create(code=f"{village.code}001", name="1组", level=Place.Level.GROUP)
    first = Grid.objects.create(name="第一网格", village=village)
    second = Grid.objects.create(name="第二网格", village=village)
    first.places.create(place=group)
    _refused("place_id", lambda: second.places.create(place=group))
    _refused("grid_name_once_per_village", lambda: Grid.objects.create(name="第一网格", village=village))


def test_login_code_one_open_per_account():
    clerk = system_user()
    now = timezone.now()
    make = lambda **ended: LoginCode.objects.create(  # noqa: E731
        user=clerk, made_by=clerk, code_hash="x", made_at=now, expires_at=now, **ended
    )
    make(ended_at=now)
    make()
    _refused("login_code_open_once", make)


def test_secret_opens_one_phone():
    clerk = system_user()
    now = timezone.now()
    make = lambda secret: Device.objects.create(  # noqa: E731
        user=clerk, secret_hash=secret, created_at=now, seen_at=now, expires_at=now
    )
    make("a" * 64)
    make("b" * 64)
    _refused("secret_hash", lambda: make("a" * 64))


def test_membership_open_once_and_left_after_joined(resident, village, entry):
    unit = Unit.objects.create(name="乌杨水厂", place=village, entry=entry)
    make = lambda **days: Membership.objects.create(resident=resident, unit=unit, entry=entry, **days)  # noqa: E731
    make(joined_on=date(2021, 1, 1), left_on=date(2021, 3, 1))
    make(joined_on=date(2021, 3, 1))
    _refused("membership_open_once", lambda: make(joined_on=date(2021, 4, 1)))
    _refused("membership_left_not_before_joined", lambda: make(joined_on=date(2021, 4, 1), left_on=date(2021, 3, 1)))


def test_unit_name_once_per_place(village, entry):
    Unit.objects.create(name="乌杨水厂", place=village, entry=entry)
    _refused("unit_name_once_per_place", lambda: Unit.objects.create(name="乌杨水厂", place=village, entry=entry))


def test_change_changes_something(resident, entry):
    ResidentChange.objects.create(resident=resident, field="residency", old="unknown", new="local", entry=entry)
    _refused(
        "change_changes_something",
        lambda: ResidentChange.objects.create(
            resident=resident, field="residency", old="local", new="local", entry=entry
        ),
    )


def test_grant_scope_fits_its_role(village):
    user = User.objects.create(username="ranhongmei")
    department = Department.objects.create(name="经发办")
    RoleGrant.objects.create(user=user, role="cadre", place=village)
    RoleGrant.objects.create(user=user, role="department", department=department)
    RoleGrant.objects.create(user=user, role="auditor")
    for wrong in ({"role": "cadre"}, {"role": "auditor", "place": village}, {"role": "unit", "place": village}):
        _refused("grant_scope_fits_its_role", lambda wrong=wrong: RoleGrant.objects.create(user=user, **wrong))


def test_grant_once_per_scope_and_approval_only_for_those_who_may(village):
    user = User.objects.create(username="luoyisheng")
    RoleGrant.objects.create(user=user, role="clinic", place=village, may_approve=True)
    _refused(
        "grant_once_per_scope",
        lambda: RoleGrant.objects.create(user=user, role="clinic", place=village),
    )
    _refused(
        "grant_approves_only_as_clinic_or_staff",
        lambda: RoleGrant.objects.create(user=user, role="cadre", place=village, may_approve=True),
    )
