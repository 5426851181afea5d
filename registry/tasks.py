"""Celery tasks of the registry: they carry ids only."""

from celery import shared_task

from registry import jobs


@shared_task
def run_job(job_id: str) -> None:
    """Do one job; safe to deliver twice, since the row decides who has it."""
    jobs.run(job_id)


@shared_task
def sweep_jobs() -> None:
    """Wake a worker for every job that waits or whose worker died (each minute, by beat)."""
    for job_id in jobs.due():
        run_job.delay(str(job_id))
