"""Two importers at once, and a worker that dies: everything or nothing, one after the other."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from django.conf import settings as project
from django.core.files.base import ContentFile
from django.db import close_old_connections, connection, connections

from ledgers.models import Dose, RosterImport, Standing
from ledgers.rosters import actions
from registry import jobs
from registry.accounts import system_user
from registry.models import Job, Resident
from tests.ledgers import make
from tests.ledgers.importing import LONG, TODAY
from tests.sheets import csv_text, identity_number

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

PEOPLE = 400


@pytest.fixture
def campaign(settings):
    settings.TODAY = TODAY
    return make.campaign()


def rows(count: int) -> list[list]:
    numbers = [
        identity_number(f"19{60 + n // 27 % 40}0{1 + n // 9 % 3}1{n % 9}", 900 + n // 1080) for n in range(count)
    ]
    return [LONG, *([f"人{n}", number, "1", "2021-07-10", "北京生物"] for n, number in enumerate(numbers))]


def approved(campaign, name: str, table: list[list]) -> RosterImport:
    file = ContentFile(csv_text(*table).encode(), name=name)
    roster = actions.keep(file, campaign=campaign, by=system_user(), source="roster")
    actions.preview(roster, lambda *_: None)
    assert actions.approve(roster, by=system_user())
    roster.refresh_from_db()
    return roster


@pytest.mark.postgres
def test_overlapping_rosters_at_once_end_as_if_one_after_the_other(campaign):
    table = rows(PEOPLE)
    first, second = approved(campaign, "一.csv", table), approved(campaign, "二.csv", [table[0], *table[:0:-1]])
    barrier, failures = threading.Barrier(2), []

    def write(roster: RosterImport) -> None:
        try:
            barrier.wait()
            actions.write(roster, lambda *_: None)
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=write, args=(roster,)) for roster in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert (Resident.objects.count(), Dose.objects.count(), Standing.objects.count()) == (PEOPLE, PEOPLE, PEOPLE)
    counts = sorted(RosterImport.objects.get(pk=one.pk).counts["created"] for one in (first, second))
    assert counts == [0, PEOPLE]


def test_job_done_twice_writes_once(campaign):
    roster = approved(campaign, "一.csv", rows(5))
    jobs.run(roster.job_id)
    Job.objects.filter(pk=roster.job_id).update(state="waiting", attempts=0)
    jobs.run(roster.job_id)
    assert (Resident.objects.count(), Dose.objects.count()) == (5, 5)


@pytest.mark.parametrize("after", [0.0, 0.1, 0.3])
def test_worker_killed_while_writing_leaves_everything_or_nothing(campaign, after):
    roster = approved(campaign, "一.csv", rows(PEOPLE))
    _kill_a_worker_at_work(roster, after)
    close_old_connections()
    assert Resident.objects.count() in (0, PEOPLE)
    assert Dose.objects.count() == Standing.objects.count() == Resident.objects.count()
    # Its lease over, the job is picked up again and done.
    Job.objects.filter(pk=roster.job_id, state="running").update(heartbeat_at="2021-01-01T00:00:00Z")
    jobs.run(roster.job_id)
    roster.refresh_from_db()
    assert (roster.state, Resident.objects.count(), Dose.objects.count()) == ("done", PEOPLE, PEOPLE)


def _kill_a_worker_at_work(roster: RosterImport, after: float) -> None:
    """Start a process that does the job, and kill it once it has the job and `after` seconds have gone."""
    connections["default"].close()
    environment = os.environ | {
        "DATABASE_URL": _url(),
        "DATA_DIR": str(project.DATA_DIR),
        "TODAY": TODAY.isoformat(),
        "DJANGO_SETTINGS_MODULE": "wuyang.settings",
    }
    code = f"import django; django.setup(); from registry import jobs; jobs.run('{roster.job_id}')"
    worker = subprocess.Popen([sys.executable, "-c", code], env=environment, cwd=Path(__file__).parents[2])
    deadline = time.monotonic() + 60
    while worker.poll() is None and time.monotonic() < deadline:
        if Job.objects.get(pk=roster.job_id).state != "waiting":
            time.sleep(after)
            break
        time.sleep(0.02)
    worker.send_signal(signal.SIGKILL)
    worker.wait()


def _url() -> str:
    database = connections["default"].settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{database['NAME']}"
    user = f"{database['USER']}:{database['PASSWORD']}@" if database["PASSWORD"] else f"{database['USER']}@"
    return f"postgres://{user}{database['HOST']}:{database['PORT'] or 5432}/{database['NAME']}"
