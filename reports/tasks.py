"""Celery tasks of the reports: the work itself is a job row (design: Long work)."""

from celery import shared_task

from reports.refresh import refresh_nightly


@shared_task
def recompute_nightly() -> None:
    """Have every active campaign's shown days counted and checked (each night, by beat)."""
    refresh_nightly()
