"""`make bench`: both sides of each comparison in one run, on PostgreSQL, with the ratio printed.

A ratio above its limit is said with by how much; nothing is rounded in our favour. `--people N`
makes a smaller registry for a quick look (the limits are meant for 1,000,000), and `--only PART ...`
runs some of the comparisons; `python -m tests.bench.inside` runs those of pages and figures alone, on a
registry that is there already.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests import machine
from tests.bench import inside, people
from tests.bench.memory import watched

ON = "2021-08-16"
MATCHED_ROWS = 5_000
ROSTER_ROWS = 100_000
STOCK_ROWS = 5_000
# About 100,000 of these are eligible and unvaccinated.
EXPORT_PEOPLE = 300_000


@dataclass(frozen=True)
class Result:
    name: str
    ours: float
    theirs: float
    # Ours divided by theirs must not be above it (or, for `at_least`, not below).
    limit: float
    at_least: bool = False
    unit: str = "s"

    @property
    def ratio(self) -> float:
        return self.ours / self.theirs

    @property
    def is_met(self) -> bool:
        return self.ratio >= self.limit if self.at_least else self.ratio <= self.limit

    def line(self) -> str:
        sign = ">=" if self.at_least else "<="
        missed = "" if self.is_met else f"  MISSED by {abs(self.ratio / self.limit - 1):.0%}"
        return (
            f"{self.name:<58} {self.ours:>10.3f} {self.unit}  {self.theirs:>10.3f} {self.unit}  "
            f"ratio {self.ratio:>7.2f}  limit {sign} {self.limit:g}{missed}"
        )


@contextmanager
def database() -> Iterator[str]:
    """DATABASE_URL if it is PostgreSQL, else a server of our own with its durability on."""
    given = os.environ.get("DATABASE_URL", "")
    if given.startswith("postgres"):
        yield given
    else:
        with machine.postgresql(durable=True) as url:
            yield url


class Bench:
    """One run: a folder for files, a database, and the results so far."""

    def __init__(self, folder: Path, url: str, people_count: int):
        self.folder = folder
        self.people_count = people_count
        self.environment = os.environ | {
            "DATABASE_URL": url,
            "DATA_DIR": str(folder / "data"),
            "TODAY": ON,
            "ROSTER_MAX_ROWS": "200000",
        }
        self.results: list[Result] = []
        self.imported = 0
        self.last_import = 0.0

    def measure(self, side: str, *arguments: Any) -> dict[str, Any]:
        """Run one side in a process of its own; `together_mb` is the most that it and its children held at once."""
        answer, peak = self._run("-m", "tests.bench.measure", side, *arguments)
        return json.loads(answer) | {"together_mb": peak}

    def manage(self, *arguments: Any) -> str:
        return self.python("manage.py", *arguments)

    def python(self, *arguments: Any) -> str:
        """Run Python and return what it prints; the bench ends where that fails."""
        return self._run(*arguments)[0]

    def add(self, *arguments: Any, **options: Any) -> None:
        result = Result(*arguments, **options)
        self.results.append(result)
        print(result.line(), flush=True)

    def _run(self, *arguments: Any) -> tuple[str, float]:
        command = [sys.executable, *map(str, arguments)]
        done, peak = watched(command, self.environment)
        if done.returncode:
            raise SystemExit(f"{' '.join(command)}\n{done.stderr}")
        return done.stdout, peak


def say(text: str) -> None:
    print(f"… {text}", flush=True)


def prepare(bench: Bench) -> None:
    bench.manage("migrate", "-v0")
    bench.manage("collectstatic", "--noinput", "-v0")
    bench.manage("load_plan")
    villages = bench.folder / "villages.xlsx"
    people.write_roster(villages, people.villages())
    bench.manage("import_roster", villages, "--json")


def bench_import(bench: Bench) -> None:
    """100,000 wide rows of twenty columns into a registry that knows half of the people."""
    say(f"writing a roster of {ROSTER_ROWS:,} rows and importing half of its people beforehand")
    roster, known, small = (bench.folder / f"{name}.xlsx" for name in ("wide", "known", "small"))
    people.wide_roster(roster, 0, ROSTER_ROWS)
    people.resident_roster(known, 0, ROSTER_ROWS // 2)
    people.wide_roster(small, 0, STOCK_ROWS)
    bench.measure("import_roster", known)
    raw = bench.measure("raw_copy", roster)
    stock = bench.measure("stock_import", small)
    ours = bench.measure("import_roster", roster)
    say(f"import answered {ours['answer']}")
    bench.add("import 100,000 rows : reading and COPYing raw cells", ours["seconds"], raw["seconds"], 6)
    bench.add(
        "import : stock import-export, rows a second",
        ROSTER_ROWS / ours["seconds"],
        STOCK_ROWS / stock["seconds"],
        25,
        at_least=True,
        unit="/s",
    )
    say(f"peaks by themselves: importer {ours['peak_mb']} MB, its reader {ours['reader_peak_mb']} MB")
    bench.add("import, peak memory of importer and its reader together", ours["together_mb"], 400, 1, unit="MB")
    bench.imported = ROSTER_ROWS


def bench_briefing(bench: Bench) -> None:
    """The day's report with its files, of more people than a street has; its limit is seconds, not a comparison."""
    ours = bench.measure("daily_briefing", ON)
    bench.add(f"daily briefing of {bench.imported:,} people, of 10 s", ours["seconds"], 10, 1)


def bench_matching(bench: Bench) -> None:
    """A sheet of 5,000 names given back with our columns; its limit is seconds, not a comparison."""
    sheet = bench.folder / "handed-down.xlsx"
    people.wide_roster(sheet, 0, MATCHED_ROWS)
    ours = bench.measure("match_list", sheet)
    bench.add(f"list matching of {MATCHED_ROWS:,} rows, of 5 s", ours["seconds"], 5, 1)


def grow(bench: Bench, to: int) -> None:
    """Import one roster of 100,000 new people after the other until the registry has `to` people."""
    while bench.imported < to:
        roster = bench.folder / "more.xlsx"
        people.wide_roster(roster, bench.imported, ROSTER_ROWS)
        bench.last_import = bench.measure("import_roster", roster)["seconds"]
        bench.imported += ROSTER_ROWS
        say(f"{bench.imported:,} people: the last roster took {bench.last_import:.1f} s")


def bench_growth(bench: Bench) -> None:
    """Does a row cost more in a registry of a million: to import than at 200,000, to count than at 100,000?

    Each roster holds new people only.
    """
    few, few_seconds = bench.imported, recompute(bench)
    grow(bench, 2 * ROSTER_ROWS)
    early = bench.last_import
    grow(bench, EXPORT_PEOPLE)
    bench_export(bench)
    grow(bench, bench.people_count)
    bench.add(f"import at {bench.imported:,} : at 200,000, a roster", bench.last_import, early, 1.3)
    many_seconds = recompute(bench)
    bench.add(
        f"recompute, a person at {bench.imported:,} : at {few:,}",
        many_seconds / bench.imported * 1e6,
        few_seconds / few * 1e6,
        1.3,
        unit="µs",
    )


def recompute(bench: Bench) -> float:
    """Seconds to count a day's figures again, once they have been counted and kept."""
    bench.manage("dbshell", "--", "-c", "ANALYZE")
    bench.measure("recompute", ON)
    return bench.measure("recompute", ON)["seconds"]


def bench_inside(bench: Bench, parts: list[str]) -> None:
    """Figures and pages, on the registry at its full size."""
    if bench.imported < bench.people_count:
        grow(bench, bench.people_count)
        bench.manage("dbshell", "--", "-c", "ANALYZE")
    for row in json.loads(bench.python("-m", "tests.bench.inside", ON, *parts)):
        bench.add(*row["args"], **row["options"])


def bench_export(bench: Bench) -> None:
    exported, again = bench.folder / "export.xlsx", bench.folder / "again.xlsx"
    ours = bench.measure("export_ledger", exported, ON)
    say(f"export answered {ours['answer']}")
    theirs = bench.measure("write_same_cells", exported, again)
    bench.add(f"export of {theirs['answer']:,} rows : writing the same cells", ours["seconds"], theirs["seconds"], 1.3)


# What is measured while the registry grows, in this order; `inside.PARTS` are measured when it has.
GROWING = {"import": bench_import, "briefing": bench_briefing, "matching": bench_matching, "growth": bench_growth}


def run_parts(bench: Bench, only: list[str]) -> None:
    for name, part in GROWING.items():
        if name in only:
            if name != "import" and not bench.imported:
                grow(bench, ROSTER_ROWS)
            part(bench)
    at_full_size = [name for name in inside.PARTS if name in only]
    if at_full_size:
        bench_inside(bench, at_full_size)


def main() -> int:
    parts = [*GROWING, *inside.PARTS]
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--only", nargs="+", choices=parts, default=parts, metavar="PART", help=", ".join(parts))
    options = parser.parse_args()
    with database() as url, tempfile.TemporaryDirectory(prefix="wuyang-bench-") as folder:
        bench = Bench(Path(folder), url, options.people)
        prepare(bench)
        run_parts(bench, options.only)
    print("\n" + "\n".join(result.line() for result in bench.results))
    missed = [result for result in bench.results if not result.is_met]
    print(f"{len(bench.results) - len(missed)} met, {len(missed)} missed")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
