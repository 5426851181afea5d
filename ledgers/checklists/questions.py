"""The questions an account is asked, a card each: who, how they stand, what was said last, by when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils import timezone

from campaigns.models import Campaign
from ledgers.checklists.asking import rows_answerable_by, rows_asked_of, running_lists
from ledgers.checklists.known import with_known
from ledgers.checklists.words import result_of, said_before, standing_of
from ledgers.models import Checklist, ChecklistRow
from registry.ages import age_on
from registry.models import Phone, Place, Sex, User

_SEX = dict(Sex.choices)


@dataclass(frozen=True)
class Question:
    """One row to be answered. `resident` None: nobody on record is meant."""

    pk: int
    checklist: int
    number: int
    name: str
    resident: int | None
    who: str
    where: str
    stands: str
    said: str
    # The last four of a phone, "" without one.
    phone: str
    problem: str
    # What a unit says and the village is to confirm, or the answer that is given anew.
    told: str


@dataclass(frozen=True)
class Batch:
    """The questions of one list on the page."""

    checklist: Checklist
    questions: list[Question]
    is_late: bool


def questions_of(user: User, campaign: Campaign, on: date) -> QuerySet[ChecklistRow]:
    """Return the open rows as the page walks them, with what stands beside them."""
    return _with_beside(rows_asked_of(user, campaign, on))


def question_again(user: User, row: ChecklistRow, on: date) -> QuerySet[ChecklistRow]:
    """Return the one row as a question, also one that is answered already: to be answered anew."""
    return _with_beside(with_known(rows_answerable_by(user).filter(pk=row.pk), row.checklist.campaign, on))


def answered_by(user: User, campaign: Campaign) -> QuerySet[ChecklistRow]:
    """Return the rows of lists still asked that the account itself answered, the latest first, one for each act."""
    rows = ChecklistRow.objects.filter(checklist__in=running_lists().filter(campaign=campaign), answered_by=user)
    # Who stands in a list twice was answered with one act.
    first = {"checklist": OuterRef("checklist"), "entry": OuterRef("entry"), "number__lt": OuterRef("number")}
    rows = rows.exclude(Exists(ChecklistRow.objects.filter(**first)))
    return rows.select_related("checklist", "resident").order_by("-answered_at", "-pk")


def _with_beside(rows: QuerySet[ChecklistRow]) -> QuerySet[ChecklistRow]:
    return rows.select_related("checklist", "resident", "village").annotate(
        counted=F("standing__counted"),
        next_by=F("standing__next_by"),
        told_code=F("told__code"),
        told_at=F("told__entry__at"),
    )


def batches(rows: Sequence[ChecklistRow], on: date, now: datetime) -> list[Batch]:
    """Lay rows out by list; two queries for all of them."""
    phones, places = _phones(rows), _places(rows)
    found: dict[int, Batch] = {}
    for row in rows:
        batch = found.setdefault(row.checklist_id, Batch(row.checklist, [], row.checklist.due_at < now))
        batch.questions.append(_question(row, phones, places, on))
    return list(found.values())


def _question(row: Any, phones: dict[int, str], places: dict[str, str], on: date) -> Question:
    person = row.resident
    told_at = timezone.localdate(row.told_at) if row.told_at else None
    return Question(
        pk=row.pk,
        checklist=row.checklist_id,
        number=row.number,
        name=person.name if person else row.name,
        resident=row.resident_id,
        who="，".join(filter(None, [_SEX.get(person.sex, ""), f"{age_on(person.birth_on, on)} 岁"])) if person else "",
        where=_where(person.place_id if person else row.village_id or "", places),
        stands=standing_of(row.counted, row.next_by, on) if person else "",
        said=said_before(row.told_code, None, told_at),
        phone=phones.get(row.resident_id, ""),
        problem=row.problem,
        told=f"{row.answered_by}回报：{result_of(row, '')}" if row.answer else "",
    )


def _where(code: str, places: dict[str, str]) -> str:
    village = places.get(code[: Place.Level.VILLAGE], "")
    group = places.get(code, "") if len(code) == Place.Level.GROUP else ""
    return f"{village} {group}".strip()


def _phones(rows: Sequence[ChecklistRow]) -> dict[int, str]:
    keys = {row.resident_id for row in rows} - {None}
    phones = Phone.objects.filter(resident__in=keys).order_by("-pk")
    return dict(phones.values_list("resident_id", "last4"))


def _places(rows: Sequence[ChecklistRow]) -> dict[str, str]:
    codes = {row.resident.place_id for row in rows if row.resident} | {row.village_id for row in rows}
    codes |= {code[: Place.Level.VILLAGE] for code in codes if code}
    return dict(Place.objects.filter(pk__in=codes - {None}).values_list("code", "name"))
