"""Taking an answer back: by whoever gave it, the same day, while nothing was built on it."""

from __future__ import annotations

from django.db import transaction

from campaigns.closing import require_open
from ledgers.checklists.withdrawing import locked, withdraw_answer
from ledgers.models import ChecklistRow
from ledgers.rosters.undoing import UndoRefused
from registry import audit, clock
from registry.models import User


def may_undo(row: ChecklistRow, user: User) -> bool:
    """Whether the account gave the answer today; whether something was built on it is asked when it is undone."""
    return bool(row.answer) and row.answered_by_id == user.pk and clock.day_of(row.answered_at) == clock.today()


@transaction.atomic
def take_back(row: ChecklistRow, *, by: User, address: str = "") -> ChecklistRow:
    """Take an answer back with the facts it made: everything is as before. Raises UndoRefused."""
    row = locked(row)
    require_open(row.checklist.campaign)
    if not may_undo(row, by):
        raise UndoRefused("只有答的人当天可以撤销；过了当天，改答一次就行。")
    old = row.get_answer_display()
    withdraw_answer(row)
    subject = f"resident {row.resident_id}" if row.resident_id else f"checklist {row.checklist_id}"
    detail = {"行": row.number, "核查结果": [old, ""]}
    audit.record("checklist.undo", by=by, subject=subject, detail=detail, address=address)
    return row
