"""Making an export: the same list as on the page, walked in blocks, written once, kept with its hash."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

from django.core.files import File
from django.db import transaction
from django.utils import timezone

from registry import audit
from registry.jobs import Progress, enqueue, handler
from registry.models import Job, User
from reports.exports.layouts import Layout, layout_of
from reports.exports.sheet import Cover, write_sheet
from reports.lists.asked import Asked
from reports.lists.choices import where
from reports.lists.pages import walk
from reports.lists.people import Question
from reports.lists.rows import add_last_contacts, rows_of
from reports.models import Export

KIND = "ledger_export"
# Small enough that PostgreSQL looks people up by their keys instead of reading whole tables.
BLOCK = 500

PURPOSES = ("上报县疫情防控指挥部", "街道调度研判", "村（社区）核对名单", "卫生院核对接种记录", "单位清零核验")

Report = Callable[[int], None]


@transaction.atomic
def order_export(question: Question, *, purpose: str, by: User, address: str = "") -> Export:
    """Register an export with its purpose and filters, and have a worker write it."""
    asked = question.asked
    export = Export.objects.create(
        # Until the row has its own key to be numbered by.
        number=f"new-{timezone.now().timestamp()}-{by.pk}",
        campaign=question.campaign,
        ledger=asked.ledger,
        # A search is personal and so it is not kept; such a list is not exported.
        params=asked.parameters() | ({"whole": "1"} if question.is_whole else {}),
        purpose=purpose[:200],
        by=by,
    )
    export.number = f"DC{timezone.localtime(export.at):%Y%m%d}-{export.pk:05d}"
    export.job = enqueue(KIND, by=by, params={"export": export.pk})
    export.save(update_fields=["number", "job"])
    detail = {"编号": export.number, "台账": asked.ledger, "用途": export.purpose, "筛选": export.params}
    audit.record("ledger.export", by=by, subject=f"export {export.pk}", detail=detail, address=address)
    return export


@handler(KIND)
def run_export(job: Job, progress: Progress) -> dict[str, Any]:
    """Write the file of an export; a second run writes it anew in the place of the first."""
    export = Export.objects.select_related("campaign__place", "by").get(pk=job.params["export"])
    if export.sha256:
        return {"rows": export.rows}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ledger.xlsx"
        rows = write_export(export, path, lambda done: progress(done, 0, f"已写 {done:,} 行"))
        digest = file_hash(path)
        with path.open("rb") as file:
            export.file.save(f"{export.number}.xlsx", File(file), save=False)
    export.rows, export.sha256 = rows, digest
    export.save(update_fields=["file", "rows", "sha256"])
    return {"rows": rows}


def write_export(export: Export, path: Path, report: Report = lambda done: None) -> int:
    """Write an export's rows to `path`; return how many."""
    question = question_of_export(export)
    layout = layout_of(export.ledger)
    return write_sheet(path, layout, _cover(export, question, layout), _cells(question, layout, report))


def question_of_export(export: Export) -> Question:
    """Ask again what was asked when the export was ordered, as its maker may see it now."""
    said = {key: value for key, value in export.params.items() if key not in ("on", "found", "whole")}
    asked = Asked(ledger=export.ledger, on=date.fromisoformat(export.params["on"]), **said)
    return Question(asked, export.campaign, export.by, is_whole="whole" in export.params)


def _cells(question: Question, layout: Layout, report: Report) -> Iterator[tuple[Any, ...]]:
    get = layout.getter()
    done = 0
    for ids in walk(question, BLOCK):
        rows = rows_of(question, ids)
        if question.asked.ledger == "incomplete":
            add_last_contacts(rows, question.campaign)
        for row in rows:
            done += 1
            row.serial = done
            yield get(row)
        report(done)


def _cover(export: Export, question: Question, layout: Layout) -> Cover:
    at = timezone.localtime(export.at)
    place = question.campaign.place.name
    name = where(question)
    return Cover(
        title=f"{place}{'' if name == place else name}{layout.title}",
        population="常住口径" if question.asked.is_permanent else "全口径",
        on=question.asked.on,
        number=export.number,
        by=str(export.by),
        at=f"{at:%Y-%m-%d %H:%M}",
        purpose=export.purpose,
    )


def file_hash(path: Path) -> str:
    """SHA-256 of a file, as the list of exports shows it."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
