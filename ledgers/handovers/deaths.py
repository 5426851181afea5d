"""A death recorded by mistake, taken back: the person stands as before, and the history keeps both."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction

from ledgers.corrections import correct_resident
from registry.models import Resident, ResidentChange, Status, User


@transaction.atomic
def undo_death(resident: Resident, *, by: User, address: str = "") -> Status:
    """Give a deceased resident the status from before the death was recorded, and return it."""
    before = _before(resident)
    correct_resident(resident, before, reason="去世登记有误，撤销", by=by, address=address)
    return Status(before["status"])


def _before(resident: Resident) -> dict[str, Any]:
    """Status and its day before the last record of the death; 在册 for who came on record as deceased."""
    changes = ResidentChange.objects.filter(resident=resident).order_by("pk")
    recorded = changes.filter(field="status", new=Status.DECEASED).last()
    status = recorded.old if recorded else Status.ACTIVE
    if status != Status.MOVED_OUT:
        return {"status": status, "status_on": None}
    # Without a row the day of the death was that of the move.
    day = changes.filter(field="status_on", entry=recorded.entry_id).last()
    return {"status": status, "status_on": date.fromisoformat(day.old) if day and day.old else resident.status_on}
