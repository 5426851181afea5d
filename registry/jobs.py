"""Running long work: the row in the database is the truth, the broker only wakes a worker.

A handler must be safe to run twice: a worker may die at any moment and another takes the row up.
"""

from __future__ import annotations

import logging
import threading
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import OperationalError, close_old_connections, connection, transaction
from django.db.models import F, Q
from django.utils import timezone
from kombu.exceptions import OperationalError as BrokerError

from registry.models import Job, User

logger = logging.getLogger(__name__)

# A running job without a beat for this long has lost its worker.
LEASE = timedelta(seconds=45)
BEAT_SECONDS = 2.0

Progress = Callable[[int, int, str], None]
Handler = Callable[[Job, Progress], dict[str, Any] | None]
HANDLERS: dict[str, Handler] = {}


def handler(kind: str) -> Callable[[Handler], Handler]:
    """Register a function as what is done for jobs of `kind`; what it returns is kept in `Job.result`."""

    def register(function: Handler) -> Handler:
        HANDLERS[kind] = function
        return function

    return register


def enqueue(kind: str, *, by: User, params: dict[str, Any]) -> Job:
    """Create a waiting job and wake a worker once the transaction is committed.

    `params` hold ids and ISO dates only, never personal data. Without a broker the row simply waits.
    """
    job = Job.objects.create(kind=kind, params=params, created_by=by)
    transaction.on_commit(lambda: wake(job.pk))
    return job


def wake(job_id: uuid.UUID) -> None:
    """Tell a worker about a job; a broker that cannot be reached leaves it to the sweeper."""
    from registry.tasks import run_job

    try:
        run_job.delay(str(job_id))
    except (BrokerError, OSError) as error:
        logger.warning("job %s waits: the broker cannot be reached (%s)", job_id, type(error).__name__)


def claim(job_id: uuid.UUID | str) -> Job | None:
    """Take a waiting or abandoned job by one conditional update; None when somebody else has it."""
    now = timezone.now()
    taken = (
        Job.objects.filter(pk=job_id, attempts__lt=Job.MAX_ATTEMPTS)
        .filter(_free(now))
        .update(
            state=Job.State.RUNNING,
            attempts=F("attempts") + 1,
            started_at=now,
            heartbeat_at=now,
            error="",
        )
    )
    return Job.objects.get(pk=job_id) if taken else None


def run(job_id: uuid.UUID | str) -> None:
    """Claim a job and do it, beating from a thread of its own; nothing happens if it is taken or gone."""
    job = claim(job_id)
    if job is None:
        return
    with _Heart(job) as heart:
        _perform(job, heart.report)


def run_now(job: Job) -> Job:
    """Do a job in this process (commands); its exception reaches the caller."""
    claimed = claim(job.pk)
    if claimed is None:
        return Job.objects.get(pk=job.pk)
    try:
        result = HANDLERS[claimed.kind](claimed, lambda done, total, step: None)
    except BaseException as error:
        _finish(claimed, state=Job.State.FAILED, error=_describe(error))
        raise
    _finish(claimed, state=Job.State.DONE, result=result or {})
    return Job.objects.get(pk=job.pk)


def due() -> list[uuid.UUID]:
    """Jobs that wait or whose worker died; those out of attempts are marked failed on the way."""
    now = timezone.now()
    Job.objects.filter(_free(now), attempts__gte=Job.MAX_ATTEMPTS).update(
        state=Job.State.FAILED, finished_at=now, error="程序连续中断，请再试一次，仍不行请联系管理员。"
    )
    return list(Job.objects.filter(_free(now)).order_by("created_at").values_list("pk", flat=True))


def others_wait(kind: str) -> bool:
    """Tell whether a job of another kind waits for a worker; recomputation gives way to what a person waits for."""
    return Job.objects.filter(state=Job.State.WAITING).exclude(kind=kind).exists()


def _free(now: Any) -> Q:
    return Q(state=Job.State.WAITING) | Q(state=Job.State.RUNNING, heartbeat_at__lt=now - LEASE)


def _perform(job: Job, progress: Progress) -> None:
    try:
        result = HANDLERS[job.kind](job, progress)
    except Exception as error:
        logger.exception("job %s (%s) failed at attempt %s", job.pk, job.kind, job.attempts)
        last = job.attempts >= Job.MAX_ATTEMPTS
        _finish(job, state=Job.State.FAILED if last else Job.State.WAITING, error=_describe(error))
    else:
        _finish(job, state=Job.State.DONE, result=result or {})


def _finish(job: Job, *, state: str, error: str = "", result: dict[str, Any] | None = None) -> None:
    """Close the attempt, unless a lost lease gave the job to another worker meanwhile."""
    ended = timezone.now() if state in (Job.State.DONE, Job.State.FAILED) else None
    mine = Job.objects.filter(pk=job.pk, state=Job.State.RUNNING, attempts=job.attempts)
    mine.update(state=state, error=error, result=result or {}, finished_at=ended)


def _describe(error: BaseException) -> str:
    # The class alone: a message may quote a person's data.
    return f"程序出错（{type(error).__name__}）"


class _Heart:
    """Beats for a job from its own thread and connection, so that progress shows while a transaction runs."""

    def __init__(self, job: Job):
        self._job = job
        self._latest: tuple[int, int, str] = (0, 0, "")
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._beat, daemon=True)

    def __enter__(self) -> _Heart:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()
        self._write()

    def report(self, done: int, total: int, step: str) -> None:
        self._latest = (done, total, step)

    def _beat(self) -> None:
        while not self._stop.wait(BEAT_SECONDS):
            self._write()
        connection.close()

    def _write(self) -> None:
        done, total, step = self._latest
        try:
            close_old_connections()
            Job.objects.filter(pk=self._job.pk, attempts=self._job.attempts).update(
                done=done, total=total, step=step, heartbeat_at=timezone.now()
            )
        except OperationalError:
            # SQLite while the import itself holds the write lock: the next beat will do.
            logger.debug("no beat for job %s: the database is being written", self._job.pk)
