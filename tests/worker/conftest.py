"""A real Celery worker, a process of its own on the tests' database and broker."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from registry.models import Job

ROOT = Path(__file__).resolve().parent.parent.parent
START_SECONDS = 30


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.parent.name == "worker":
            item.add_marker("worker")


class Worker:
    """The worker's process group; may be killed and started again by a test."""

    def __init__(self, log: Path):
        self._log = log
        self._process: subprocess.Popen | None = None

    def start(self) -> None:
        """Start it and wait until it listens; what it wrote is in the failure otherwise."""
        command = [
            sys.executable, "-m", "celery", "--app", "wuyang", "worker", "--concurrency", "1", "--loglevel", "INFO",
            "--without-gossip", "--without-mingle", "--include", "tests.worker.handlers",
        ]  # fmt: skip
        with self._log.open("w") as log:
            self._process = subprocess.Popen(
                command, cwd=ROOT, env=_environment(), stdout=log, stderr=log, stdin=subprocess.DEVNULL,
                start_new_session=True,
            )  # fmt: skip
        deadline = time.monotonic() + START_SECONDS
        while " ready." not in self._log.read_text():
            if self._process.poll() is not None or time.monotonic() > deadline:
                pytest.fail(f"the worker did not start:\n{self._log.read_text()}")
            time.sleep(0.1)

    def kill(self) -> None:
        """End it at once, children and all, as a lost machine would."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        if self._process and self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                self.kill()

    def wait_for(self, job: Job, seconds: float = 30, states: tuple[str, ...] = ("done", "failed")) -> Job:
        """Return the job once it is in one of `states`; fail after `seconds` with the worker's log."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            job.refresh_from_db()
            if job.state in states:
                return job
            time.sleep(0.1)
        pytest.fail(f"job {job.kind} is still {job.state} after {seconds:.0f} s:\n{self._log.read_text()}")

    def _end(self, with_signal: int) -> None:
        if self._process and self._process.poll() is None:
            os.killpg(self._process.pid, with_signal)
            self._process.wait(timeout=10)


@pytest.fixture
def worker(transactional_db: None, tmp_path: Path) -> Iterator[Worker]:
    """A running worker; the test's rows are really committed, so it sees them."""
    running = Worker(tmp_path / "worker.log")
    running.start()
    yield running
    running.stop()


def _environment() -> dict[str, str]:
    """The worker's settings: the test database by its URL, and this process's folders and broker."""
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        database = f"sqlite:///{name}"
    else:
        given = connection.settings_dict
        who = given["USER"] + (f":{given['PASSWORD']}" if given["PASSWORD"] else "")
        database = f"postgres://{who}@{given['HOST']}:{given['PORT'] or 5432}/{name}"
    return os.environ | {
        "DATABASE_URL": database,
        "DATA_DIR": str(settings.DATA_DIR),
        "MEDIA_ROOT": str(settings.MEDIA_ROOT),
        "REDIS_URL": settings.REDIS_URL,
    }
