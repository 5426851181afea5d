"""Writing the file of an export: once, by a worker, kept with its hash until its time is over."""

from __future__ import annotations

import hashlib
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.files import File
from django.db import transaction
from django.utils import timezone

from registry import audit
from registry.accounts import system_user
from registry.jobs import Progress, handler
from registry.models import Job
from reports.exports.kinds import kind_of
from reports.exports.order import ASKED_FOR, KEPT, KEPT_IN_FULL, KIND, detail_of
from reports.models import Export

_OPEN = (Export.Release.NOT_NEEDED, Export.Release.RELEASED)


@handler(KIND)
def run_export(job: Job, progress: Progress) -> dict[str, Any]:
    """Write the file of an export; a second run writes it anew in the place of the first."""
    export = Export.objects.select_related("campaign__place", "by", "decided_by").get(pk=job.params["export"])
    if export.sha256:
        return {"rows": export.rows}
    if export.release not in _OPEN:
        # Its constraint says so too: nothing is written that nobody let go.
        return {"rows": 0}
    kind = kind_of(export.layout)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"export{kind.suffix_of(export)}"
        rows = kind.write(export, path, lambda done: progress(done, 0, f"已写 {done:,} 行"))
        digest = file_hash(path)
        with path.open("rb") as file:
            export.file.save(f"{export.number}{kind.suffix_of(export)}", File(file), save=False)
    export.rows, export.sha256 = rows, digest
    export.keep_until = timezone.now() + (KEPT_IN_FULL if export.is_full else KEPT)
    export.save(update_fields=["file", "rows", "sha256", "keep_until"])
    return {"rows": rows}


def end_exports(now: datetime) -> tuple[int, int]:
    """Delete files whose time is over, and end what nobody answered; return how many of each.

    The row stays: who took what out, how many rows, the hash. Safe to run twice.
    """
    ended = list(Export.objects.filter(keep_until__lt=now).exclude(file=""))
    for export in ended:
        _remove(export)
    waiting = Export.objects.filter(release=Export.Release.ASKED, at__lt=now - ASKED_FOR)
    lapsed = [export for export in waiting if _lapse(export)]
    return len(ended), len(lapsed)


@transaction.atomic
def _remove(export: Export) -> None:
    storage, name = export.file.storage, export.file.name
    Export.objects.filter(pk=export.pk).update(file="")
    detail = {"编号": export.number, "行数": export.rows}
    audit.record("export.remove", by=system_user(), subject=f"export {export.pk}", detail=detail)
    # The file last: without its row nobody gets it, without the file the row would promise one.
    transaction.on_commit(lambda: storage.delete(name))


@transaction.atomic
def _lapse(export: Export) -> bool:
    """Whoever lets it go at this very moment wins."""
    asked = Export.objects.filter(pk=export.pk, release=Export.Release.ASKED)
    if not asked.update(release=Export.Release.LAPSED):
        return False
    audit.record("export.lapse", by=system_user(), subject=f"export {export.pk}", detail=detail_of(export))
    return True


def file_hash(path: Path) -> str:
    """SHA-256 of a file, as the list of exports shows it."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
