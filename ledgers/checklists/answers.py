"""What somebody answers of a row becomes facts: by the functions of the door, under one entry, with its trace."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from campaigns.closing import require_open
from ledgers import notes
from ledgers.checklists.people import enter
from ledgers.checklists.withdrawing import ANSWERED, locked, withdraw_answer
from ledgers.corrections import CorrectionRefused
from ledgers.exemptions import ExemptionRefused
from ledgers.models import ChecklistRow, Dose, VisitAnswer
from ledgers.notes import NoteRefused
from ledgers.rosters.undoing import UndoRefused
from ledgers.survey import answers as door
from ledgers.survey.told import Answer as Told
from registry import audit, clock
from registry.access import may
from registry.models import Entry, Resident, Source, Status, User

Kind = ChecklistRow.Answer
REFUSALS = (NoteRefused, CorrectionRefused, ExemptionRefused)
# Said of somebody who is not on record, these are facts about a person, who then has to be entered.
ABOUT_A_PERSON = (Kind.DOSED, Kind.TODAY, Kind.PROMISED, Kind.AWAY, Kind.EXEMPT, Kind.REFUSED)
# Answers whose facts a later one does not replace by itself, as it does a reason.
LASTING = (Kind.DOSED, Kind.TODAY, Kind.EXEMPT, Kind.OUTSIDE, Kind.DECEASED)
REFUSED_CODE, UNREACHED_CODE, NOBODY_CODE, AWAY_CODE = "4", "6", "61", "51"
PENDING_CODES = {"contraindication": "1", "deferral": "2"}


@dataclass(frozen=True)
class Said:
    """One answer: which, its day, and what more the form asked (proof, product, ground, where to, certain)."""

    answer: str
    on: date | None = None
    detail: dict[str, Any] | None = None
    note: str = ""


@transaction.atomic
def answer(row: ChecklistRow, said: Said, *, by: User, address: str = "") -> ChecklistRow:
    """Take an answer. The same answer sent twice counts once; another one takes the first back with its facts,
    and the trail keeps both.

    Raises one of REFUSALS, with nothing written, for what cannot be a fact.
    """
    row = locked(row)
    require_open(row.checklist.campaign)
    if row.checklist.closed_at:
        raise NoteRefused("这份名单已经结束核查，不用再答。")
    if _says_the_same(row, said) and not _confirms(row, by):
        return row
    old = row.get_answer_display()
    row = _replaced(row) if row.answer else row
    entry = notes.new_entry(by, Source.VERBAL, f"核查名单：{row.checklist.title}")
    if row.resident is None and said.answer in ABOUT_A_PERSON:
        _enter(row, entry)
    if row.resident is not None:
        today = clock.today()
        act = door.Act(row.checklist.campaign, entry, by, today=today, said_on=today, address=address)
        _note(row, said, act)
    row.answer, row.answer_on, row.note = said.answer, said.on, said.note[:200]
    row.answered_by, row.answered_at, row.entry = by, timezone.now(), entry
    row.save()
    _answer_the_same_person(row)
    detail = {"行": row.number, "核查结果": [old, row.get_answer_display()]}
    audit.record("checklist.answer", by=by, subject=_subject(row), detail=detail, address=address)
    return row


def _replaced(row: ChecklistRow) -> ChecklistRow:
    """Take the answer before back. Where something was built on it a reason is replaced, and no other fact is."""
    old, is_lasting = row.get_answer_display(), row.answer in LASTING
    try:
        with transaction.atomic():
            withdraw_answer(row)
            return row
    except UndoRefused as refused:
        if is_lasting:
            raise NoteRefused(f"之前答的“{old}”{refused}请在个人页面更正。") from refused
        return locked(row)


def _says_the_same(row: ChecklistRow, said: Said) -> bool:
    """Tell whether the row says so already; a dose now proven, of which there was only word, is something new."""
    if (row.answer, row.answer_on, row.note) != (said.answer, said.on, said.note[:200]):
        return False
    is_proven = said.answer == Kind.DOSED and (said.detail or {}).get("proof") != "verbal"
    return not is_proven or Dose.objects.filter(entry=row.entry).exists()


def _confirms(row: ChecklistRow, by: User) -> bool:
    """Tell whether a unit's word that somebody has left is now said by who may write it."""
    is_gone = row.answer in (Kind.OUTSIDE, Kind.DECEASED) and row.resident is not None
    return is_gone and row.resident.status == Status.ACTIVE and may(by, "person.edit")


def _answer_the_same_person(row: ChecklistRow) -> None:
    """Who stands in the list twice is answered with this row."""
    if row.resident_id:
        rows = ChecklistRow.objects.filter(checklist=row.checklist_id, resident=row.resident_id, answer="")
        answered = {name: getattr(row, name) for name in ANSWERED}
        rows.update(**answered)


def _subject(row: ChecklistRow) -> str:
    return f"resident {row.resident_id}" if row.resident_id else f"checklist {row.checklist_id}"


def _enter(row: ChecklistRow, entry: Entry) -> None:
    if row.village is None:
        raise NoteRefused("在册没有这个人，先转给村（社区），或者放进待归类。")
    row.resident = enter(row, row.village, entry)
    row.problem, row.candidates, row.said = "", [], {}


def _note(row: ChecklistRow, said: Said, act: door.Act) -> None:
    resident, detail = row.resident, said.detail or {}
    if said.answer in (Kind.OUTSIDE, Kind.DECEASED):
        _gone(resident, said, act)
    elif said.answer == Kind.EXEMPT:
        _exempt(resident, said, act)
    elif said.answer == Kind.AWAY and not detail.get("to", "").strip():
        notes.note_reason(resident, act.campaign, code=AWAY_CODE, note=said.note, entry=act.entry)
    else:
        kind, told = _as_told(said, act.today)
        door.apply(Told(resident.pk, kind, told), resident, act)


def _as_told(said: Said, today: date) -> tuple[str, dict[str, Any]]:
    """The same thing as it is told at a door."""
    detail, day = said.detail or {}, said.on.isoformat() if said.on else ""
    if said.answer == Kind.DOSED and detail.get("proof") != "verbal":
        return VisitAnswer.Kind.DOSE, {"given_on": day, **detail}
    if said.answer == Kind.DOSED:
        return VisitAnswer.Kind.STATEMENT, {"given_on": day, **detail}
    if said.answer == Kind.TODAY:
        # Word of mouth until the clinic's own record comes: that one closes it (rules 2).
        return VisitAnswer.Kind.STATEMENT, {"given_on": today.isoformat()}
    if said.answer == Kind.PROMISED:
        return VisitAnswer.Kind.PROMISE, {"on": day}
    if said.answer == Kind.AWAY:
        return VisitAnswer.Kind.AWAY, {"since": day, **detail}
    codes = {Kind.REFUSED: detail.get("code") or REFUSED_CODE, Kind.UNREACHED: UNREACHED_CODE, Kind.NOBODY: NOBODY_CODE}
    return VisitAnswer.Kind.REASON, {"code": codes[Kind(said.answer)], "note": said.note}


def _exempt(resident: Resident, said: Said, act: door.Act) -> None:
    """A word alone is 待佐证; with the day of a diagnosis it is a claim, which somebody has to approve (rules 3)."""
    detail = said.detail or {}
    kind = detail.get("kind", "contraindication")
    notes.note_reason(resident, act.campaign, code=PENDING_CODES[kind], note=said.note, entry=act.entry)
    if said.on is not None:
        told = {"kind": kind, "start_on": said.on.isoformat()} | detail
        door.apply(Told(resident.pk, VisitAnswer.Kind.EXEMPTION, told), resident, act)


def _gone(resident: Resident, said: Said, act: door.Act) -> None:
    """Who leaves the ledgers is asked about twice; a unit's word stays in the list, for the village to note."""
    if not (said.detail or {}).get("certain"):
        raise NoteRefused(f"{resident.name}要再确认一次，才写入。")
    if not may(act.by, "person.edit"):
        return
    if said.answer == Kind.OUTSIDE:
        notes.change_resident(resident, {"status": Status.OUTSIDE, "status_on": None, "status_stated": True}, act.entry)
    elif said.on is None:
        raise NoteRefused("写明是哪一天，记不准就写大概的一天。")
    else:
        notes.note_deceased(resident, on=said.on, entry=act.entry)
