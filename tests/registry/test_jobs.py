"""Jobs: claimed once, picked up again after a worker died, failed after three attempts."""

import os
import subprocess
import sys
from datetime import timedelta

import pytest
from django.utils import timezone

from registry import jobs
from registry.accounts import system_user
from registry.models import Job

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def count_to_three():
    def handler(job, progress):
        progress(3, 3, "数完")
        return {"counted": 3}

    jobs.HANDLERS["test.count"] = handler
    yield
    del jobs.HANDLERS["test.count"]


@pytest.fixture
def stumble():
    def handler(job, progress):
        raise ValueError("冉启华")

    jobs.HANDLERS["test.stumble"] = handler
    yield
    del jobs.HANDLERS["test.stumble"]


def _job(kind="test.count", **fields):
    return Job.objects.create(kind=kind, created_by=system_user(), **fields)


def test_run_does_the_work_and_keeps_the_result(count_to_three):
    job = _job()
    jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.done, job.step, job.result, job.attempts) == ("done", 3, "数完", {"counted": 3}, 1)


def test_claim_gives_a_job_to_one_worker_only(count_to_three):
    job = _job()
    assert jobs.claim(job.pk).pk == job.pk
    assert jobs.claim(job.pk) is None


def test_due_lists_waiting_and_abandoned_jobs_but_not_beating_ones():
    now = timezone.now()
    waiting = _job()
    abandoned = _job(state="running", attempts=1, heartbeat_at=now - timedelta(minutes=2))
    _job(state="running", attempts=1, heartbeat_at=now)
    _job(state="done")
    assert set(jobs.due()) == {waiting.pk, abandoned.pk}


def test_abandoned_three_times_is_failed_with_what_to_do():
    job = _job(state="running", attempts=3, heartbeat_at=timezone.now() - timedelta(minutes=2))
    assert jobs.due() == []
    job.refresh_from_db()
    assert (job.state, job.error) == ("failed", "程序连续中断，请再试一次，仍不行请联系管理员。")


def test_exception_is_tried_again_then_failed_without_personal_data(stumble):
    job = _job("test.stumble")
    states = []
    for _ in range(3):
        jobs.run(job.pk)
        job.refresh_from_db()
        states.append(job.state)
    assert states == ["waiting", "waiting", "failed"]
    assert job.error == "程序出错（ValueError）"


def test_worker_that_lost_its_lease_does_not_overwrite_the_result(count_to_three):
    job = _job()
    slow = jobs.claim(job.pk)
    Job.objects.filter(pk=job.pk).update(heartbeat_at=timezone.now() - timedelta(minutes=2))
    jobs.run(job.pk)
    jobs._finish(slow, state="failed", error="late")
    job.refresh_from_db()
    assert (job.state, job.error, job.attempts) == ("done", "", 2)


BROKER_DOWN = """
import django, time
django.setup()
from registry import jobs
started = time.monotonic()
jobs.wake("00000000-0000-0000-0000-000000000000")
print(time.monotonic() - started < 5)
"""


def test_wake_without_a_broker_returns_at_once_and_raises_nothing():
    environment = os.environ | {
        "REDIS_URL": "redis://127.0.0.1:1/0",
        "DJANGO_SETTINGS_MODULE": "wuyang.settings",
    }
    answer = subprocess.run(
        [sys.executable, "-c", BROKER_DOWN], env=environment, capture_output=True, text=True, check=True
    )
    assert answer.stdout == "True\n"
    assert "the broker cannot be reached" in answer.stderr
