"""一日一报: what came for an account since the last one, made once a day."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class Digest(models.Model):
    """One account's digest of one day. `counts` are numbers by kind; `doses` are keys of doses others changed."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="digests")
    on = models.DateField("日期")
    # Of everything after `since` up to and including `made_at`.
    since = models.DateTimeField()
    made_at = models.DateTimeField()
    counts = models.JSONField(default=dict)
    doses = models.JSONField(default=list)

    class Meta:
        ordering = ["-on"]
        constraints = [
            models.UniqueConstraint(name="digest_once_a_day", fields=["user", "on"]),
            models.CheckConstraint(name="digest_since_before_it_was_made", condition=Q(since__lt=F("made_at"))),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.on}"
