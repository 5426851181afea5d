"""`make bench` still runs: what grows a registry and some of what is asked of it, too small to tell of speed."""

import pytest

from tests.bench import run
from tests.machine import postgresql

pytestmark = [pytest.mark.postgres, pytest.mark.slow]
SMALL = {"ROSTER_ROWS": 600, "STOCK_ROWS": 50, "MATCHED_ROWS": 50, "EXPORT_PEOPLE": 1200}


# Of the parts inside one process, which do alike and open sixty pages many times.
INSIDE = ["figures", "filtered_total"]


def test_parts_run(monkeypatch, tmp_path):
    for name, rows in SMALL.items():
        monkeypatch.setattr(run, name, rows)
    # It empties its caches; those of the tests beside it are not its own.
    monkeypatch.delenv("REDIS_URL", raising=False)
    with postgresql() as url:
        bench = run.Bench(tmp_path, url, 1200)
        run.prepare(bench)
        run.run_parts(bench, [*run.GROWING, *INSIDE])
    assert all(result.ours > 0 and result.theirs > 0 for result in bench.results)
    names = " ".join(result.name for result in bench.results)
    assert all(words in names for words in ("import 100,000", "export of", "ledger summary", "filtered list"))
