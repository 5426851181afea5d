"""Keeping evidence: files are made fit first, outside of any transaction, then kept with what they prove."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import uuid4

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from campaigns.closing import require_open
from ledgers.evidence.pictures import MAX_BYTES, TOO_LARGE, EvidenceRefused, fit_to_keep
from ledgers.models import Dose, Evidence, Exemption
from registry import audit
from registry.models import Entry, Source, User

TOO_MANY_PIECES = f"一份申请最多 {Evidence.MOST} 份材料，先撤掉用不着的。"
_SUFFIX = {Evidence.Kind.PICTURE: ".jpg", Evidence.Kind.PDF: ".pdf"}


@dataclass(frozen=True)
class Piece:
    """A file made fit to keep; `sha256` is of the bytes as sent, so that the same photo twice is one."""

    kind: str
    data: bytes
    sha256: str


def made_fit(files: Iterable[UploadedFile]) -> list[Piece]:
    """Make uploaded files fit to keep, each once; raises EvidenceRefused. Seconds per photo: call it outside locks."""
    pieces: dict[str, Piece] = {}
    for file in files:
        if file.size > MAX_BYTES:
            raise EvidenceRefused(TOO_LARGE)
        data = file.read()
        sha256 = hashlib.sha256(data).hexdigest()
        if sha256 not in pieces:
            if len(pieces) == Evidence.MOST:
                raise EvidenceRefused(TOO_MANY_PIECES)
            pieces[sha256] = Piece(*fit_to_keep(data), sha256)
    return list(pieces.values())


def keep(
    pieces: Iterable[Piece], *, exemption: Exemption | None = None, dose: Dose | None = None, entry: Entry
) -> list[Evidence]:
    """Keep pieces with the one thing they prove, under names of our own; raises EvidenceRefused past five.

    Call it in the transaction that wrote or locked the exemption or dose. A piece that is there already is left out.
    """
    standing = Evidence.objects.filter(exemption=exemption, dose=dose, removed_entry__isnull=True)
    known = set(standing.values_list("sha256", flat=True))
    new = [piece for piece in pieces if piece.sha256 not in known]
    if len(known) + len(new) > Evidence.MOST:
        raise EvidenceRefused(TOO_MANY_PIECES)
    return [_write(piece, exemption, dose, entry) for piece in new]


def _write(piece: Piece, exemption: Exemption | None, dose: Dose | None, entry: Entry) -> Evidence:
    made = Evidence(exemption=exemption, dose=dose, kind=piece.kind, sha256=piece.sha256, entry=entry)
    made.size = len(piece.data)
    made.file.save(uuid4().hex + _SUFFIX[piece.kind], ContentFile(piece.data), save=False)
    made.save(force_insert=True)
    return made


@transaction.atomic
def take_back(piece: Evidence, *, by: User, address: str = "") -> None:
    """Take a piece of an undecided claim back; the file stays for the trail, and nobody reaches it any more."""
    exemption = Exemption.objects.select_for_update().get(pk=piece.exemption_id)
    require_open(exemption.campaign)
    if exemption.state not in (Exemption.State.CLAIMED, Exemption.State.REJECTED):
        raise EvidenceRefused("这份申请已经办结，材料不能再撤。")
    entry = Entry.objects.create(at=timezone.now(), by=by, source=Source.CERTIFICATE, label="撤掉佐证材料")
    if Evidence.objects.filter(pk=piece.pk, removed_entry__isnull=True).update(removed_entry=entry):
        audit.record("evidence.remove", by=by, subject=f"evidence {piece.pk}", address=address)
