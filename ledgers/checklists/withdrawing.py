"""An answer goes with the facts it made: taken back by whoever gave it, or replaced by another one."""

from __future__ import annotations

from ledgers import standings
from ledgers.models import ChecklistRow
from ledgers.rosters.undoing import refuse_if_built_on, touched_by, withdraw
from ledgers.rosters.waiting import portable_row, row_of_resident
from ledgers.signals import facts_changed
from ledgers.survey.undo import changes_to_give_back, give_back
from registry.models import Entry, Resident

# What an answer sets of a row.
ANSWERED = ("answer", "answer_on", "note", "answered_by", "answered_at", "entry")


def locked(row: ChecklistRow) -> ChecklistRow:
    """Return the row as it is now, locked until the transaction ends."""
    rows = ChecklistRow.objects.select_for_update(of=("self",))
    return rows.select_related("checklist__campaign__place", "resident", "village").get(pk=row.pk)


def withdraw_answer(row: ChecklistRow) -> None:
    """Take back all that an answered row's answer made: row, people and ledgers are as before.

    The row is locked. Raises UndoRefused, with nothing written, where something was built on the answer.
    """
    entry, campaign = row.entry, row.checklist.campaign
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
