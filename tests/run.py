"""`make test`: every test on SQLite, then on PostgreSQL and Redis where they can be had.

Says at the end what was run, what was not and why; in CI what was not run is a failure.
Arguments go on to pytest.
"""

import os
import subprocess
import sys
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from tests.machine import Unavailable, everything_required, find_chromium, postgresql, redis

ROOT = Path(__file__).resolve().parent.parent
# pytest found no test for the arguments it was given.
NOTHING_COLLECTED = 5


@dataclass
class Report:
    ran: list[str] = field(default_factory=list)
    not_run: list[str] = field(default_factory=list)
    failed: bool = False


def main(arguments: list[str]) -> int:
    report = Report()
    if not find_chromium():
        report.not_run.append("browser tests: no Chromium found (install chromium, or set CHROMIUM to its path)")
    _on_sqlite(report, arguments)
    _on_servers(report, arguments)
    _print_summary(report)
    return int(report.failed or bool(report.not_run and everything_required()))


def _on_sqlite(report: Report, arguments: list[str]) -> None:
    _pytest(report, "SQLite, broker of files", {"DATABASE_URL": None, "REDIS_URL": None}, arguments)


def _on_servers(report: Report, arguments: list[str]) -> None:
    """Run the suite on PostgreSQL with Redis; with Redis alone only what needs a worker."""
    with ExitStack() as services:
        database = _service(report, services, "PostgreSQL", "DATABASE_URL", postgresql)
        broker = _service(report, services, "Redis", "REDIS_URL", redis)
        environment = {"DATABASE_URL": database, "REDIS_URL": broker}
        if database:
            _pytest(report, "PostgreSQL" + (", Redis" if broker else ", broker of files"), environment, arguments)
        elif broker:
            _pytest(report, "worker tests on SQLite, Redis", environment, ["-m", "worker", *arguments])


def _service(report: Report, services: ExitStack, name: str, variable: str, start) -> str | None:
    """Return the URL given in the environment, or that of an instance of our own; None when neither."""
    given = os.environ.get(variable, "")
    if given and not given.startswith("sqlite"):
        return given
    try:
        return services.enter_context(start())
    except (Unavailable, OSError, subprocess.SubprocessError) as error:
        report.not_run.append(f"tests on {name}: {error}")
        return None


def _pytest(report: Report, title: str, environment: dict[str, str | None], arguments: list[str]) -> None:
    print(f"\n=== {title} ===", flush=True)
    variables = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
    variables |= {name: value for name, value in environment.items() if value}
    began = time.monotonic()
    # Who has nothing left takes tests from the other: the long ones stand at the end.
    command = [sys.executable, "-m", "pytest", "-n", "2", "--dist", "worksteal", "-rfEsR", *arguments]
    status = subprocess.run(command, cwd=ROOT, env=variables, check=False, stdin=subprocess.DEVNULL).returncode
    passed = status in (0, NOTHING_COLLECTED)
    report.failed |= not passed
    outcome = "nothing to run" if status == NOTHING_COLLECTED else "passed" if passed else "FAILED"
    report.ran.append(f"{title}: {outcome} in {time.monotonic() - began:.0f} s")


def _print_summary(report: Report) -> None:
    print("\n=== Summary ===")
    for line in report.ran:
        print(f"run      {line}")
    for line in report.not_run:
        print(f"NOT RUN  {line}")
    if not report.not_run:
        print("Nothing was left out.")
    elif everything_required():
        print("Something was not run where everything must be: failed.")


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
