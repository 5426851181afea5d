"""What is done with a roster: upload, preview, approve, write, discard, undo, choose another layout."""

from __future__ import annotations

import hashlib
from pathlib import PurePath
from typing import Any

from django.conf import settings
from django.core.files.base import File
from django.db import transaction
from django.utils import timezone

from campaigns.closing import closed_sentence, require_open
from campaigns.models import Campaign
from ledgers.models import ColumnLayout, RosterImport, RosterMessage
from ledgers.rosters.effects import effects
from ledgers.rosters.garbage import no_garbage_search
from ledgers.rosters.layouts import fingerprint
from ledgers.rosters.pipeline import Decided, decide, keep_messages, wait_for_turn
from ledgers.rosters.rejected import rejected_rows_workbook
from ledgers.rosters.resources import LISTS
from ledgers.rosters.undoing import UndoRefused, undo
from registry import audit, jobs
from registry.models import Entry, Job, Place, Source, User
from registry.spreadsheets import Refused

__all__ = [
    "UndoRefused", "approve", "discard", "preview", "rechoose", "rejected_rows_workbook", "undo", "upload", "write",
]  # fmt: skip

State = RosterImport.State
PREVIEW_JOB, WRITE_JOB = "roster.preview", "roster.write"


@transaction.atomic
def upload(
    file: File,
    *,
    campaign: Campaign,
    by: User,
    kind: str = "",
    village: Place | None = None,
    source: str = Source.ROSTER,
) -> RosterImport:
    """Keep a file with its hash, who and when, and have a worker read it for the preview."""
    roster = keep(file, campaign=campaign, by=by, kind=kind, village=village, source=source)
    _enqueue(roster, PREVIEW_JOB, by)
    return roster


def keep(
    file: File, *, campaign: Campaign, by: User, kind: str = "", village: Place | None = None, source: str
) -> RosterImport:
    """Keep a file as a roster to be read; the name is only for people, the bytes are stored under a new one."""
    require_open(campaign)
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    roster = RosterImport(
        campaign=campaign, name=PurePath(file.name or "").name[-200:], sha256=digest.hexdigest(), size=file.size,
        uploaded_by=by, chosen_kind=kind, village=village, source=source,
    )  # fmt: skip
    roster.file.save(f"{roster.sha256[:16]}{PurePath(roster.name).suffix[:8]}", file, save=False)
    try:
        roster.save()
    except BaseException:
        # No row without its file, and no file without its row.
        roster.file.delete(save=False)
        raise
    return roster


def import_now(file: File, **chosen: Any) -> Decided:
    """Keep a file, and read and write it in this process (the command). Raises Refused for the file as a whole."""
    with transaction.atomic():
        roster = keep(file, **chosen)
        roster.state, roster.approved_by, roster.approved_at = State.WRITING, roster.uploaded_by, timezone.now()
        roster.save()
    decided = write(roster, lambda done, total, step: None)
    if decided is None:
        roster.refresh_from_db()
        raise Refused(roster.refusal_code, roster.refusal)
    return decided


@no_garbage_search()
def look(file: File, *, by: User, kind: str = "", **chosen: Any) -> Decided:
    """Decide what a file would do and keep nothing of it (`--dry-run`). Raises Refused for the file as a whole."""
    require_open(chosen["campaign"])
    data = file.read()
    roster = RosterImport(
        name=file.name or "", size=len(data), sha256=hashlib.sha256(data).hexdigest(), uploaded_by=by,
        chosen_kind=kind, **chosen,
    )  # fmt: skip
    return decide(roster, data, progress=lambda done, total, step: None)


@transaction.atomic
def approve(roster: RosterImport, *, by: User, address: str = "") -> bool:
    """Have a worker write a previewed roster; False when somebody else was faster.

    The worker's own trace of the writing has no address; this one says from where it was approved.
    """
    require_open(roster.campaign)
    moved = RosterImport.objects.filter(pk=roster.pk, state=State.PREVIEW).update(
        state=State.WRITING, approved_by=by, approved_at=timezone.now()
    )
    if moved:
        _enqueue(roster, WRITE_JOB, by)
        audit.record("roster.approve", by=by, subject=f"rosterimport {roster.pk}", address=address)
    return bool(moved)


@transaction.atomic
def discard(roster: RosterImport, *, by: User, address: str = "") -> bool:
    """Give up a roster that was not written; the file stays, as who sent what and when must be told."""
    moved = RosterImport.objects.filter(pk=roster.pk, state__in=[State.PREVIEW, State.REFUSED]).update(
        state=State.DISCARDED
    )
    if moved:
        audit.record("roster.discard", by=by, subject=f"rosterimport {roster.pk}", address=address)
    return bool(moved)


@transaction.atomic
def rechoose(
    roster: RosterImport, *, kind: str = "", sheet: str = "", columns: dict[str, str] | None = None, by: User
) -> bool:
    """Read a roster again with another kind, sheet or columns, and remember the layout for its headings.

    `columns` names what changes, by column index (text): a field, or "" for a column not to be used.
    """
    found = RosterImport.objects.select_for_update().get(pk=roster.pk)
    if found.state not in (State.PREVIEW, State.REFUSED):
        return False
    same_sheet = sheet in ("", found.layout.get("sheet", ""))
    found.chosen_columns = {**(found.chosen_columns if same_sheet else {}), **(columns or {})}
    found.chosen_kind, found.chosen_sheet = kind, sheet
    found.state, found.refusal_code, found.refusal = State.READING, "", ""
    found.save()
    # The headings of a list that comes back are those of rosters: remembered, they would mistake the next roster.
    if (
        same_sheet
        and found.layout.get("columns")
        and (kind or found.kind) not in LISTS
        and (found.chosen_columns or kind != found.kind)
    ):
        ColumnLayout.objects.update_or_create(
            fingerprint=fingerprint(found.layout["columns"]),
            defaults={"kind": kind or found.kind, "columns": found.chosen_columns, "by": by},
        )
    _enqueue(found, PREVIEW_JOB, by)
    return True


@no_garbage_search()
def preview(roster: RosterImport, progress: jobs.Progress) -> None:
    """Read and decide a roster and keep what it would do; nothing but the roster itself is written."""
    try:
        decided = decide(roster, _bytes_of(roster), progress=progress)
    except Refused as refused:
        _refuse(roster, refused)
        return
    progress(decided.counts["rows"], decided.counts["rows"], "计算影响")
    # A list that comes back brings no dose and no exemption in force: it moves no ledger.
    roster.effects = {} if decided.repeats or decided.plan.list else effects(decided.plan)
    with transaction.atomic():
        # Somebody may have discarded it, or chosen another layout, meanwhile.
        if RosterImport.objects.select_for_update().get(pk=roster.pk).state != State.READING:
            return
        keep_messages(roster, decided.plan)
        _keep(roster, decided)
        roster.state = State.PREVIEW
        roster.save()


@no_garbage_search()
def write(roster: RosterImport, progress: jobs.Progress, *, job: Job | None = None) -> Decided | None:
    """Decide an approved roster anew, on the registry as it is now, and write it: all of it or nothing.

    Safe to run twice: a roster that has been written stays as it is. None when there was nothing to do.
    """
    with transaction.atomic():
        wait_for_turn()
        roster = (
            RosterImport.objects.select_for_update(of=("self",)).select_related("campaign__place").get(pk=roster.pk)
        )
        if roster.state != State.WRITING:
            return None
        if not roster.campaign.is_active:
            # Ended between the approval and this worker's turn.
            _refuse(roster, Refused("campaign_closed", closed_sentence(roster.campaign)))
            return None
        try:
            # A file that turns out too long has been written in part by then: nothing of it stays.
            with transaction.atomic():
                entry = Entry.objects.create(
                    at=timezone.now(), by=roster.approved_by, source=roster.source, job=job, label=roster.name
                )
                decided = decide(roster, _bytes_of(roster), entry=entry, progress=progress)
        except Refused as refused:
            _refuse(roster, refused)
            return None
        keep_messages(roster, decided.plan)
        _compare(roster, decided)
        _keep(roster, decided)
        roster.state, roster.entry = State.DONE, entry
        roster.save()
        audit.record(
            "roster.import", by=roster.approved_by, subject=f"rosterimport {roster.pk}",
            detail={"file": roster.name, "sha256": roster.sha256, "counts": decided.counts},
        )  # fmt: skip
    return decided


def _bytes_of(roster: RosterImport) -> bytes:
    if roster.size > settings.ROSTER_MAX_BYTES:
        raise Refused("too_large")
    with roster.file.open("rb") as file:
        return file.read()


def _refuse(roster: RosterImport, refused: Refused) -> None:
    """Keep why the file cannot be read; staff may still choose another sheet or kind."""
    roster.state = State.REFUSED
    roster.refusal_code, roster.refusal = refused.code, refused.sentence[:200]
    roster.approved_by = roster.approved_at = None
    RosterMessage.objects.filter(roster=roster).delete()
    roster.save()


def _compare(roster: RosterImport, decided: Decided) -> None:
    """Keep what the preview had announced where the registry has changed since and the outcome differs."""
    announced = {name: roster.counts[name] for name in decided.counts if name in roster.counts}
    if announced and announced != decided.counts:
        roster.effects = {**roster.effects, "announced": announced}


def _keep(roster: RosterImport, decided: Decided) -> None:
    roster.kind = decided.plan.kind
    roster.layout, roster.counts = decided.layout, dict[str, Any](decided.counts)
    roster.refusal_code = roster.refusal = ""


def _enqueue(roster: RosterImport, kind: str, by: User) -> None:
    roster.job = jobs.enqueue(kind, by=by, params={"roster": roster.pk})
    RosterImport.objects.filter(pk=roster.pk).update(job=roster.job)


@jobs.handler(PREVIEW_JOB)
def _preview_job(job: Job, progress: jobs.Progress) -> dict[str, Any]:
    roster = RosterImport.objects.select_related("campaign__place").get(pk=job.params["roster"])
    if roster.state == State.READING:
        preview(roster, progress)
    return {"roster": roster.pk}


@jobs.handler(WRITE_JOB)
def _write_job(job: Job, progress: jobs.Progress) -> dict[str, Any]:
    roster = RosterImport.objects.get(pk=job.params["roster"])
    write(roster, progress, job=job)
    return {"roster": roster.pk}
