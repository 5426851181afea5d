"""Makers of single rows with everything said that matters; the rest is plain and always the same."""

from datetime import date
from itertools import count
from typing import Any

from django.utils import timezone

from registry.accounts import system_user
from registry.models import (
    Department,
    Entry,
    IdentityDocument,
    Membership,
    Phone,
    Place,
    Resident,
    Role,
    RoleGrant,
    Unit,
    User,
)

_numbers = count(1)


def make_place(code: str, name: str) -> Place:
    """Make a place; its level follows from its code."""
    level = _level(code)
    return Place.objects.get_or_create(code=code, defaults={"name": name, "level": level})[0]


def _level(code: str) -> int:
    if len(code) == Place.Level.GROUP:
        return Place.Level.GROUP
    if not code.endswith("000"):
        return Place.Level.VILLAGE
    return Place.Level.COUNTY if code.endswith("000000") else Place.Level.STREET


def make_entry(source: str = "roster", **fields: Any) -> Entry:
    return Entry.objects.create(**({"at": timezone.now(), "by": system_user(), "source": source} | fields))


def make_user(
    username: str,
    role: str = "",
    *,
    place: Place | None = None,
    unit: Unit | None = None,
    department: Department | None = None,
    may_approve: bool = False,
    password: str | None = None,
    name: str = "",
) -> User:
    """Make an account with one grant, or none; without a password it enters by `force_login` only."""
    user = User.objects.create_user(username, password=password, name=name or username)
    if role:
        RoleGrant.objects.create(
            user=user, role=Role(role), place=place, unit=unit, department=department, may_approve=may_approve
        )
    return user


def make_resident(
    place: Place,
    name: str = "冉启华",
    *,
    birth_on: date = date(1954, 3, 2),
    number: str = "",
    phone: str = "",
    **fields: Any,
) -> Resident:
    """Make a resident of `place`; `number` and `phone` only where given."""
    entry = fields.pop("entry", None) or make_entry()
    resident = Resident.objects.create(place=place, name=name, name_key=name, birth_on=birth_on, entry=entry, **fields)
    if number:
        IdentityDocument.objects.create(resident=resident, number=number)
    if phone:
        Phone.objects.create(resident=resident, number=phone, last4=phone[-4:])
    return resident


def make_unit(name: str, place: Place, **fields: Any) -> Unit:
    return Unit.objects.create(**({"name": name, "place": place, "entry": make_entry()} | fields))


def make_member(resident: Resident, unit: Unit, **fields: Any) -> Membership:
    return Membership.objects.create(**({"resident": resident, "unit": unit, "entry": resident.entry} | fields))


def make_number(birth_on: date = date(1954, 3, 2), region: str = "500233") -> str:
    """Make an invented identity number with a right check digit and an order code from 900."""
    body = f"{region}{birth_on:%Y%m%d}{900 + next(_numbers) % 100}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, weights, strict=True)) % 11]
