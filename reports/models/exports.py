"""Exports: who took which list out, for what purpose, how many rows, and the file's hash."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class Export(models.Model):
    number = models.CharField("导出编号", max_length=30, unique=True)
    campaign = models.ForeignKey("campaigns.Campaign", on_delete=models.PROTECT, related_name="+")
    ledger = models.CharField("台账", max_length=20)
    # Filters, day and scope as asked, so that the list can be made again.
    params = models.JSONField(default=dict)
    purpose = models.CharField("用途", max_length=200)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    job = models.ForeignKey("registry.Job", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    file = models.FileField(upload_to="exports/%Y/%m/", blank=True)
    # Null until the file is written.
    rows = models.PositiveIntegerField("行数", null=True, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ["-at"]
        constraints = [models.CheckConstraint(name="export_says_why", condition=~Q(purpose=""))]

    def __str__(self) -> str:
        return self.number
