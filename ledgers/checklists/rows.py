"""The rows of one list as the staff's page shows them: who is meant, who is asked, what has come of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet

from ledgers.checklists.asking import STAFF, unowned
from ledgers.checklists.known import with_known
from ledgers.checklists.words import result_of
from ledgers.lead import annotate_lead
from ledgers.models import Checklist, ChecklistRow
from registry.ages import age_on
from registry.models import Place, Resident, Unit

SHOWN = (
    ("left", "还没回报"),
    ("overdue", "超时没回报"),
    ("answered", "已回报"),
    ("filled", "在册已知"),
    ("all", "全部"),
)


@dataclass
class Line:
    """One row of the list: `responsible` in words."""

    row: ChecklistRow
    responsible: str
    result: str
    is_late: bool = False
    # (key, words) of people on record who may be meant.
    candidates: list[tuple[int, str]] = field(default_factory=list)


def rows_shown(checklist: Checklist, show: str, on: date, now: datetime) -> QuerySet[ChecklistRow]:
    """Return the rows of one tab in the sender's order, with `known` and `lead_unit`."""
    rows = annotate_lead(with_known(checklist.rows.all(), checklist.campaign, on), "resident_id")
    conditions = {
        "left": Q(answer="", known=""),
        "overdue": Q(answer="", known="", checklist__due_at__lt=now),
        "answered": ~Q(answer=""),
        "filled": Q(answer="") & ~Q(known=""),
        "all": Q(),
    }
    return rows.filter(conditions[show]).select_related("resident", "answered_by", "checklist").order_by("number")


def lines_of(rows: Sequence[Any]) -> list[Line]:
    """Lay rows out; two queries for all of them."""
    names = _names(rows)
    return [
        Line(
            row,
            _responsible(row, names),
            result_of(row, row.known),
            bool(row.answered_at) and row.answered_at > row.checklist.due_at,
        )
        for row in rows
    ]


def unowned_rows(checklist: Checklist, on: date) -> QuerySet[ChecklistRow]:
    """Return the open rows that nobody but staff is asked."""
    rows = with_known(checklist.rows.filter(answer=""), checklist.campaign, on).filter(Q(known="") & unowned())
    return rows.select_related("resident").order_by("number")


def unowned_lines(found: Sequence[ChecklistRow], on: date) -> list[Line]:
    """Put such rows into lines, with the people who may be meant."""
    people = Resident.objects.filter(pk__in={key for row in found for key in row.candidates})
    words = {one.pk: _words(one, on) for one in people.select_related("place")}
    return [
        Line(row, STAFF, row.problem, candidates=[(key, words[key]) for key in row.candidates if key in words])
        for row in found
    ]


def _words(resident: Resident, on: date) -> str:
    return f"{resident.name}，{age_on(resident.birth_on, on)} 岁，{resident.place}"


def _responsible(row: Any, names: dict[Any, str]) -> str:
    if row.lead_unit:
        return names.get(row.lead_unit, "")
    code = row.resident.place_id if row.resident else row.village_id or ""
    return names.get(code[: Place.Level.VILLAGE], "") or STAFF


def _names(rows: Sequence[Any]) -> dict[Any, str]:
    codes = {(row.resident.place_id if row.resident else row.village_id or "")[: Place.Level.VILLAGE] for row in rows}
    villages = Place.objects.villages().filter(pk__in=codes)
    units = Unit.objects.filter(pk__in={row.lead_unit for row in rows if row.lead_unit})
    return dict(villages.values_list("code", "name")) | dict(units.values_list("pk", "name"))
