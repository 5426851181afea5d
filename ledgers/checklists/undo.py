"""Taking an answer back: by whoever gave it, the same day, while nothing was built on it."""

from __future__ import annotations

from django.db import transaction

from campaigns.closing import require_open
from ledgers import standings
from ledgers.checklists.answers import ANSWERED, locked
from ledgers.models import ChecklistRow
from ledgers.rosters.undoing import UndoRefused, refuse_if_built_on, touched_by, withdraw
from ledgers.rosters.waiting import portable_row, row_of_resident
from ledgers.signals import facts_changed
from ledgers.survey.undo import changes_to_give_back, give_back
from registry import audit, clock
from registry.models import Entry, Resident, User


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
    entry, campaign, old = row.entry, row.checklist.campaign, row.get_answer_display()
    touched = touched_by(entry)
    list(Resident.objects.select_for_update(of=("self",)).filter(pk__in=touched).order_by("pk").values_list("pk"))
    places = set(Resident.objects.filter(pk__in=touched).values_list("place_id", flat=True))
    _clear(row, entry)
    refuse_if_built_on(entry, touched, {})
    # Before the entry's own facts go: a reason that stood before the answer stands again.
    give_back(campaign, entry, changes_to_give_back(entry))
    withdraw(entry, {})
    standings.rebuild(campaign, Resident.objects.filter(pk__in=touched).values_list("pk", flat=True))
    facts_changed.send(ChecklistRow, campaign=campaign, places=places, since=None)
    subject = f"resident {row.resident_id}" if row.resident_id else f"checklist {row.checklist_id}"
    detail = {"行": row.number, "核查结果": [old, ""]}
    audit.record("checklist.undo", by=by, subject=subject, detail=detail, address=address)
    return row


def _clear(row: ChecklistRow, entry: Entry) -> None:
    if row.resident_id and row.resident.entry_id == entry.pk:
        # The answer had entered the person, who goes with it; what the row said stands again.
        row.said = portable_row(row_of_resident(row.resident)) | {"number": row.number}
        row.village_id, row.resident, row.problem = row.resident.village_code or None, None, "在册没有这个人"
    nothing = dict.fromkeys(ANSWERED) | {"answer": "", "note": ""}
    for name, value in nothing.items():
        setattr(row, name, value)
    row.save()
    # Who stood in the list twice was answered with this row.
    ChecklistRow.objects.filter(entry=entry).update(**nothing)
