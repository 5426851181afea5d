"""Doing a thing once more, and not twice: a job that gave up, a file that was sent by a double click."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

from django.core.files.base import File
from django.db import transaction
from django.utils import timezone

from ledgers.models import RosterImport
from ledgers.rosters.actions import PREVIEW_JOB, WRITE_JOB
from registry import jobs
from registry.models import Job, User

State = RosterImport.State
# The same bytes from the same account within this time are one upload.
DOUBLE_CLICK = timedelta(seconds=60)


@transaction.atomic
def try_again(roster: RosterImport, *, by: User) -> bool:
    """Give a roster whose job broke off a new one; False where somebody else was faster or nothing failed."""
    if roster.job is None or roster.job.state != Job.State.FAILED:
        return False
    kind = WRITE_JOB if roster.state == State.WRITING else PREVIEW_JOB
    job = jobs.enqueue(kind, by=by, params={"roster": roster.pk})
    at_work = RosterImport.objects.filter(pk=roster.pk, state__in=[State.READING, State.WRITING], job=roster.job)
    if at_work.update(job=job):
        return True
    Job.objects.filter(pk=job.pk).delete()
    return False


def just_sent(file: File, *, by: User, **options: Any) -> RosterImport | None:
    """Return the roster that the same account made of the same bytes a moment ago, if it is still open."""
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    return RosterImport.objects.filter(
        sha256=digest.hexdigest(), uploaded_by=by, uploaded_at__gte=timezone.now() - DOUBLE_CLICK,
        state__in=[State.READING, State.PREVIEW], **options,
    ).first()  # fmt: skip
