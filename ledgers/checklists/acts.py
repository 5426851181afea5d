"""A list as a whole: sent in with its due hour, its due hour changed, ended and opened again."""

from __future__ import annotations

from datetime import datetime
from pathlib import PurePath

from django.core.files.base import File
from django.db import transaction
from django.utils import timezone

from campaigns.closing import require_open
from campaigns.models import Campaign
from ledgers.models import Checklist, RosterImport
from ledgers.rosters.actions import upload
from registry import audit
from registry.clock import moment_of
from registry.models import Place, User


@transaction.atomic
def send_in(
    file: File, *, campaign: Campaign, due_at: datetime, sender: str = "", scope: Place | None = None,
    holds: str = Checklist.Holds.EVERYBODY, by: User,
) -> RosterImport:  # fmt: skip
    """Keep a list and have it read like a roster; nobody is asked before it is approved."""
    roster = upload(file, campaign=campaign, by=by, kind=RosterImport.Kind.CHECKLIST)
    Checklist.objects.create(
        roster=roster,
        campaign=campaign,
        title=PurePath(roster.name).stem,
        sender=sender,
        scope=scope,
        holds=holds,
        due_at=due_at,
    )
    return roster


@transaction.atomic
def put_due(checklist: Checklist, due_at: datetime, *, by: User, address: str = "") -> bool:
    """Set another hour by which the list is to be reported back, while it is asked; the trail keeps the old one.

    False where that is the hour already, or the asking has ended.
    """
    require_open(checklist.campaign)
    running = Checklist.objects.select_for_update().filter(pk=checklist.pk, closed_at__isnull=True)
    found = running.exclude(due_at=due_at).first()
    if found is None:
        return False
    detail = {"回报时限": [f"{moment_of(at):%Y-%m-%d %H:%M}" for at in (found.due_at, due_at)]}
    found.due_at = due_at
    found.save(update_fields=["due_at"])
    audit.record("checklist.due", by=by, subject=f"checklist {found.pk}", detail=detail, address=address)
    return True


@transaction.atomic
def end(checklist: Checklist, *, by: User, address: str = "") -> bool:
    """End the asking: open rows are nobody's backlog any more. False where somebody else was faster."""
    running = Checklist.objects.filter(pk=checklist.pk, closed_at__isnull=True)
    moved = running.update(closed_at=timezone.now(), closed_by=by)
    return _told(checklist, "checklist.end", by, address) if moved else False


@transaction.atomic
def open_again(checklist: Checklist, *, by: User, address: str = "") -> bool:
    """Ask again about what is still open."""
    require_open(checklist.campaign)
    moved = Checklist.objects.filter(pk=checklist.pk, closed_at__isnull=False).update(closed_at=None, closed_by=None)
    return _told(checklist, "checklist.open", by, address) if moved else False


def _told(checklist: Checklist, action: str, by: User, address: str) -> bool:
    audit.record(action, by=by, subject=f"checklist {checklist.pk}", address=address)
    return True
