"""Who recorded what, when and from which source: one entry for a form saved or a roster imported."""

from django.conf import settings
from django.db import models


class Source(models.TextChoices):
    """How something was proven (rules 2); the order of standing is `STANDING`."""

    CLINIC = "clinic", "接种点记录"
    ROSTER = "roster", "花名册"
    CERTIFICATE = "certificate", "接种凭证"
    HEALTH_CODE = "health_code", "渝康码"
    VERBAL = "verbal", "自述（待凭证）"


class Entry(models.Model):
    """The act of recording. Every dose, exemption and dated change points at one.

    So "as known at T" is a filter on `at`, and undoing an import is finding what its entry made.
    `job` is null for what was typed on a page.

    What a roster writes by the hundred thousand points at its entry without a constraint in the
    database (`db_constraint=False`): the entry is made in the same transaction and never deleted
    once something points at it, and checking one constant for every row is a fifth of an import.
    """

    at = models.DateTimeField(db_index=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    source = models.CharField("来源", max_length=12, choices=Source)
    job = models.ForeignKey("registry.Job", on_delete=models.PROTECT, null=True, blank=True, related_name="entries")
    label = models.CharField("说明", max_length=200, blank=True)

    class Meta:
        verbose_name_plural = "entries"

    def __str__(self) -> str:
        return f"{self.get_source_display()} {self.label}".strip()
