"""Long work as a row: the row is the truth, the broker only wakes a worker (design: Long work)."""

import uuid
from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

# A job that waits longer than this, or beats later, has probably no worker.
PATIENCE = timedelta(seconds=90)


class Job(models.Model):
    """A piece of long work: its state, progress, who asked, and how it ended.

    A worker claims a row by a conditional update and beats while it works; a row whose heartbeat is
    older than the lease is picked up again, at most `MAX_ATTEMPTS` times, then it is `failed`.
    """

    MAX_ATTEMPTS = 3

    class State(models.TextChoices):
        WAITING = "waiting", "排队中"
        RUNNING = "running", "进行中"
        DONE = "done", "已完成"
        FAILED = "failed", "中断"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=40)
    params = models.JSONField(default=dict)
    state = models.CharField("状态", max_length=10, choices=State, default=State.WAITING)
    # Work done and work to do, in units the kind chooses (rows of a roster, days of figures).
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    step = models.CharField("步骤", max_length=60, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(blank=True)
    result = models.JSONField(default=dict)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            # The sweeper asks each minute for work that waits or whose worker died.
            models.Index(
                name="job_open", fields=["state", "heartbeat_at"], condition=Q(state__in=["waiting", "running"])
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.get_state_display()}"

    @property
    def quiet_for(self) -> timedelta:
        """Since when nothing was heard of it: its last beat, else that it was asked for."""
        return timezone.now() - (self.heartbeat_at or self.created_at)

    @property
    def is_stuck(self) -> bool:
        """Tell whether it has probably no worker."""
        return self.state in (self.State.WAITING, self.State.RUNNING) and self.quiet_for > PATIENCE
