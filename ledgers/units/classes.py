"""A school's progress per class and per step of 五(三): the plan's phase items for an age with their own dose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from campaigns.models import Campaign, PhaseItem
from ledgers.units.roll import Member, classes_in
from registry.ages import age_on
from registry.models import Consent


@dataclass(frozen=True)
class Cell:
    """Of a class and a step: how many have the dose of how many who should; the exempt are left out (rules 6)."""

    name: str
    done: int
    cohort: int

    @property
    def remaining(self) -> int:
        return self.cohort - self.done


@dataclass(frozen=True)
class ClassRow:
    """One class; `unsigned` and `refused` count the students whose guardians have not signed or do not agree."""

    name: str
    students: int
    signed: int
    unsigned: int
    refused: int
    missing: int
    cells: tuple[Cell, ...]


def steps_of(campaign: Campaign) -> list[PhaseItem]:
    """Return the steps that name an age on a school year's day: those of 五(三), in the plan's order."""
    return list(
        campaign.phase_items.filter(
            cohort=PhaseItem.Cohort.AGE, measure=PhaseItem.Measure.DOSE, age_on__isnull=False
        ).order_by("start_on", "position")
    )


def class_rows(roll: Sequence[Member], steps: Sequence[PhaseItem]) -> list[ClassRow]:
    """Add up each class and, last and without a name, the whole school."""
    students = [one for one in roll if one.class_name]
    rows = [_row(name, [one for one in students if one.class_name == name], steps) for name in classes_in(roll)]
    return [*rows, _row("", students, steps)] if rows else []


def _row(name: str, students: Sequence[Member], steps: Sequence[PhaseItem]) -> ClassRow:
    consents = [one.membership.consent for one in students if one.course.ledger]
    return ClassRow(
        name=name,
        students=len(students),
        signed=consents.count(Consent.SIGNED),
        unsigned=consents.count(Consent.UNSIGNED) + consents.count(""),
        refused=consents.count(Consent.REFUSED),
        missing=sum(one.missing for one in students),
        cells=tuple(_cell(students, step) for step in steps),
    )


def _cell(students: Sequence[Member], step: PhaseItem) -> Cell:
    cohort = [one for one in students if belongs(one, step)]
    return Cell(step.name, sum(has_done(one, step) for one in cohort), len(cohort))


def belongs(member: Member, step: PhaseItem) -> bool:
    """Whether a student is in a step's cohort: in scope, of its age on its day, not exempt; wherever they live."""
    if member.course.ledger in (None, "exempt"):
        return False
    age = age_on(member.resident.birth_on, step.age_on or date.max)
    return (step.from_age or 0) <= age and (step.to_age is None or age <= step.to_age)


def has_done(member: Member, step: PhaseItem) -> bool:
    return member.course.ledger == "completed" or member.course.counted >= (step.dose_number or 1)
