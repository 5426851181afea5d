"""The roll of a unit as of a day: every member with where they stand and what to do next, the missing first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import F

from campaigns.models import Campaign
from ledgers.day import ledger
from ledgers.units.rules import Course, is_missing, next_action
from registry.ages import age_on
from registry.models import Membership, MembershipKind, Place, Resident, Status, Unit


@dataclass(frozen=True)
class Member:
    """One open membership; `number_tail` are the last two digits for the paper, "" without a number."""

    membership: Membership
    course: Course
    age: int
    where: str
    missing: bool

    @property
    def resident(self) -> Resident:
        return self.membership.resident

    @property
    def action(self) -> str:
        return next_action(self.course)

    @property
    def chip(self) -> str:
        return self.course.sub_state or self.course.ledger or "out_of_scope"

    @property
    def class_name(self) -> str:
        return self.membership.class_name


def roll_of(unit: Unit, campaign: Campaign, on: date) -> list[Member]:
    """Return the unit's members, the missing first, then by class and name; three queries for any number."""
    open_now = Membership.objects.filter(unit=unit, left_on__isnull=True)
    memberships = list(open_now.select_related("resident__place"))
    stands = _stands(unit, campaign, on)
    villages = villages_of(one.resident for one in memberships)
    members = [_member(one, stands.get(one.resident_id), villages, campaign, on) for one in memberships]
    return sorted(
        members,
        key=lambda one: (not one.missing, _in_school_order(one.class_name), one.resident.pinyin, one.resident.pk),
    )


def _stands(unit: Unit, campaign: Campaign, on: date) -> dict[int, dict]:
    """Return how each member in scope stands; who is too young or gone is not in it."""
    open_now = Membership.objects.filter(unit=unit, left_on__isnull=True)
    people = ledger(campaign, on, outside=True).filter(pk__in=open_now.values("resident_id"))
    columns = people.order_by().values(
        "pk",
        "ledger",
        "sub_state",
        counted=F("standing__counted"),
        next_from=F("standing__next_from"),
        next_by=F("standing__next_by"),
        needs_product=F("standing__needs_product"),
        excused_until=F("excuse__until"),
    )
    return {row.pop("pk"): row for row in columns}


def villages_of(people: Iterable[Resident]) -> dict[str, str]:
    """Return the names of the villages people live in, by code."""
    codes = {one.village_code for one in people}
    return dict(Place.objects.filter(pk__in=codes).values_list("code", "name"))


def _member(
    membership: Membership, stand: dict | None, villages: dict[str, str], campaign: Campaign, on: date
) -> Member:
    course = _course(membership, stand, campaign, on)
    return Member(
        membership=membership,
        course=course,
        age=age_on(membership.resident.birth_on, on),
        where=where_of(membership.resident, villages),
        missing=is_missing(course.ledger, course.sub_state, judged_by=campaign.judged_by),
    )


def _course(membership: Membership, stand: dict | None, campaign: Campaign, on: date) -> Course:
    shared = {
        "on": on,
        "consent": membership.consent,
        "is_student": membership.kind == MembershipKind.STUDENT,
        "min_age": campaign.min_age,
    }
    if stand is None:
        return Course(ledger=None, **shared)
    # Without a standing the joined columns are null; a period's end is exclusive.
    until = stand.pop("excused_until")
    values = stand | {"counted": stand["counted"] or 0, "needs_product": bool(stand["needs_product"])}
    return Course(**values, excused_until=until and date.fromordinal(until.toordinal() - 1), **shared)


def where_of(resident: Resident, villages: dict[str, str]) -> str:
    """Say where a member lives; a unit's people come from all villages. Needs `place`."""
    if resident.status == Status.OUTSIDE:
        return "非本辖区"
    place = resident.place
    group = place.name if place.level == Place.Level.GROUP else ""
    return f"{villages.get(resident.village_code, '待归类')} {group}".strip()


def classes_in(roll: Sequence[Member]) -> list[str]:
    """Return the classes of the roll in their order."""
    return sorted({one.class_name for one in roll if one.class_name}, key=_in_school_order)


def _in_school_order(name: str) -> str:
    """七年级 before 八年级: by their place among the numerals, not among all characters; ten follows nine."""
    return name.translate(_NUMERALS)


_NUMERALS = {ord(numeral): chr(0x4E00 + place) for place, numeral in enumerate("一二三四五六七八九十")}
