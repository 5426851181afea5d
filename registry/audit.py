"""The audit trail: one append-only chain of who did or read what (access.md)."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC
from typing import Any

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from registry.models import AuditEntry, AuditHead, User


@transaction.atomic
def record(
    action: str,
    *,
    by: User | None,
    subject: str = "",
    detail: dict[str, Any] | None = None,
    address: str = "",
) -> AuditEntry:
    """Append an entry in the caller's transaction, so that the change and its trace stand or fall together.

    `action` is a dotted name such as `resident.reveal`; `subject` names the object by model and key;
    `detail` must be JSON and holds no full identity number. The head row is locked until commit.
    """
    head, _ = AuditHead.objects.select_for_update().get_or_create(pk=1)
    entry = AuditEntry(
        number=head.count + 1,
        at=timezone.now(),
        user=by,
        address=address,
        action=action,
        subject=subject,
        detail=detail or {},
        previous_hash=head.last_hash,
    )
    entry.hash = _hash(entry)
    entry.save(force_insert=True)
    AuditHead.objects.filter(pk=1).update(count=entry.number, last_hash=entry.hash)
    return entry


def address_of(request: HttpRequest) -> str:
    """The address a request came from, as the web server saw it."""
    return request.META.get("REMOTE_ADDR", "")


def verify() -> list[str]:
    """Walk the chain; return one sentence for each entry altered, removed or cut off, none when whole."""
    problems: list[str] = []
    previous, expected = "0" * 64, 1
    for entry in AuditEntry.objects.order_by("number").iterator(chunk_size=2000):
        if entry.number != expected:
            problems.append(f"第 {expected} 条到第 {entry.number - 1} 条缺失")
        elif entry.previous_hash != previous:
            problems.append(f"第 {entry.number} 条与前一条接不上")
        if entry.hash != _hash(entry):
            problems.append(f"第 {entry.number} 条被改动")
        previous, expected = entry.hash, entry.number + 1
    head = AuditHead.objects.filter(pk=1).first() or AuditHead()
    if (head.count, head.last_hash) != (expected - 1, previous):
        problems.append(f"末尾被截断或改动：应有 {head.count} 条，现有 {expected - 1} 条")
    return problems


def _hash(entry: AuditEntry) -> str:
    parts = [
        entry.previous_hash,
        entry.number,
        entry.at.astimezone(UTC).isoformat(),
        entry.user_id,
        entry.address,
        entry.action,
        entry.subject,
        entry.detail,
    ]
    canonical = json.dumps(parts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
