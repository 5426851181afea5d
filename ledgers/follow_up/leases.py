"""正在联系: a card is called by one colleague at a time; the claim ends by itself after ten minutes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Q

from ledgers.models import CallLease
from registry.models import Resident, User

LASTS = timedelta(minutes=10)


def subject_of(resident_id: int, household_id: int | None) -> str:
    """What a card is called by: its household, or the person who has none."""
    return f"household:{household_id}" if household_id else f"resident:{resident_id}"


def take(resident: Resident, *, by: User, now: datetime) -> CallLease | None:
    """Take or prolong the lease on the resident's card; None where a colleague is calling.

    Two requests at once: the row is made by one of them, and only its owner, or whoever finds it run
    out, may write to it; the count of the second statement says who won.
    """
    subject, until = subject_of(resident.pk, resident.household_id), now + LASTS
    CallLease.objects.bulk_create([CallLease(subject=subject, by=by, until=until)], ignore_conflicts=True)
    free = Q(by=by) | Q(until__lte=now)
    won = CallLease.objects.filter(free, subject=subject).update(by=by, until=until)
    return CallLease.objects.get(subject=subject) if won else None


def give_back(resident: Resident, *, by: User) -> None:
    """End the lease: what came of the call is noted."""
    CallLease.objects.filter(subject=subject_of(resident.pk, resident.household_id), by=by).delete()


def held_by_others(subjects: Iterable[str], *, reader: User, now: datetime) -> dict[str, CallLease]:
    """Return the leases of colleagues that have not run out, by subject; one query."""
    running = CallLease.objects.filter(subject__in=list(subjects), until__gt=now).exclude(by=reader)
    return {lease.subject: lease for lease in running.select_related("by")}
