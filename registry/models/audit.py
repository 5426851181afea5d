"""The audit trail: append-only, each entry chained to the one before by its hash."""

from django.conf import settings
from django.db import models


class AuditHead(models.Model):
    """The end of the chain: one row, locked while an entry is added, so that the chain has no forks."""

    count = models.PositiveBigIntegerField(default=0)
    last_hash = models.CharField(max_length=64, default="0" * 64)

    def __str__(self) -> str:
        return f"{self.count} entries"


class AuditEntry(models.Model):
    """Who did or read what, when, from where; written in the same transaction as the change."""

    number = models.PositiveBigIntegerField(primary_key=True)
    at = models.DateTimeField(db_index=True)
    # Null for a login that failed and for the machine itself.
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    address = models.CharField("来源地址", max_length=45, blank=True)
    action = models.CharField("动作", max_length=40, db_index=True)
    subject = models.CharField("对象", max_length=80, blank=True, db_index=True)
    # Old and new values, purpose, row counts: whatever the action needs to be understood later.
    detail = models.JSONField(default=dict)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)

    class Meta:
        ordering = ["number"]

    def __str__(self) -> str:
        return f"{self.number} {self.action}"
