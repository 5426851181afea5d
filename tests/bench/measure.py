"""One measured side, in a process of its own: `python -m tests.bench.measure SIDE [ARGUMENT ...]`.

Prints one JSON document: seconds of wall time, and the peak memory of the process and of its children.
"""

import json
import os
import resource
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wuyang.settings")


def import_roster(path: str) -> Any:
    """Ours: from the file to committed doses and standings, as the command does it."""
    return _command("import_roster", path)


def raw_copy(path: str) -> int:
    from tests.bench.baselines import read_and_copy_raw_cells

    return read_and_copy_raw_cells(Path(path))


def stock_import(path: str) -> int:
    from tests.bench.baselines import stock_import as run

    return run(Path(path))


def export_ledger(path: str, on: str) -> Any:
    return _command("export_ledger", "unvaccinated", "--output", path, "--as-of", on, "--purpose", "性能对照")


def recompute(on: str) -> None:
    """Ours: all stored figures of a day."""
    recompute_day(date.fromisoformat(on))


def recompute_day(on: date) -> None:
    """Count everything of a day anew; nothing that was stored for another day helps."""
    from campaigns.choice import campaign_for
    from reports import storing

    campaign = campaign_for(None)
    storing.mark_stale(campaign, None, None)
    storing.recompute(campaign, on)


def daily_briefing(on: str) -> str:
    """Ours: the day's report as a worker makes it, from the cut-off to the kept Word and Excel files."""
    from campaigns.choice import campaign_for
    from registry.accounts import system_user
    from registry.jobs import run_now
    from registry.versions import cut_off
    from reports.briefing.issuing import order_issue

    job = order_issue(campaign_for(None), on=date.fromisoformat(on), cut_off_at=cut_off(), by=system_user())
    return run_now(job).state


def match_list(path: str) -> int:
    """Ours: 名单比对, from the dropped sheet to the kept file with our columns; how many people were found."""
    from django.core.files import File

    from campaigns.choice import campaign_for
    from registry.accounts import system_user
    from registry.jobs import run_now
    from reports.exports.order import Terms
    from reports.returned.matching import drop_sheet

    with Path(path).open("rb") as stream:
        file, campaign = File(stream, Path(path).name), campaign_for(None)
        kept, export = drop_sheet(file, campaign=campaign, terms=Terms("测速"), by=system_user())
    run_now(export.job)
    return kept.found


def write_same_cells(exported: str, path: str) -> Callable[[], int]:
    """Read the cells of our export first, unmeasured; then write just those with borders."""
    from openpyxl import load_workbook

    from tests.bench.baselines import write_styled

    sheet = load_workbook(exported, read_only=True).worksheets[0]
    rows = [list(row) for row in sheet.iter_rows(values_only=True)]

    def write() -> int:
        write_styled(Path(path), rows)
        return len(rows)

    return write


def _command(name: str, *args: Any, **options: Any) -> Any:
    from io import StringIO

    from django.core.management import call_command

    answer = StringIO()
    call_command(name, *args, json=True, stdout=answer, stderr=StringIO(), **options)
    document = json.loads(answer.getvalue())
    return {key: value for key, value in document.items() if isinstance(value, int | str)}


def _peak_mb(who: int) -> float:
    return round(resource.getrusage(who).ru_maxrss / 1024, 1)


SIDES: dict[str, Callable[..., Any]] = {
    side.__name__: side
    for side in (
        import_roster,
        raw_copy,
        stock_import,
        export_ledger,
        recompute,
        daily_briefing,
        match_list,
        write_same_cells,
    )
}


def main(arguments: Iterator[str]) -> None:
    django.setup()
    from django.db import connection

    connection.ensure_connection()
    side = SIDES[next(arguments)]
    prepared = side(*arguments) if side is write_same_cells else None
    started = time.perf_counter()
    answer = prepared() if prepared else side(*arguments)
    seconds = time.perf_counter() - started
    document = {
        "seconds": round(seconds, 3),
        "peak_mb": _peak_mb(resource.RUSAGE_SELF),
        "reader_peak_mb": _peak_mb(resource.RUSAGE_CHILDREN),
        "answer": answer,
    }
    print(json.dumps(document, ensure_ascii=False))


if __name__ == "__main__":
    main(iter(sys.argv[1:]))
