"""佐证材料: photos and papers behind an exemption or a dose shown at the door."""

from django.db import models
from django.db.models import Q


class Evidence(models.Model):
    """One picture, re-encoded and free of where it was taken, or one PDF, which is only ever downloaded.

    Reached only through the page of the exemption or dose it belongs to, with the same scope check.
    """

    class Kind(models.TextChoices):
        PICTURE = "picture", "照片"
        PDF = "pdf", "PDF"

    MOST = 5

    exemption = models.ForeignKey(
        "ledgers.Exemption", on_delete=models.PROTECT, null=True, blank=True, related_name="evidence"
    )
    dose = models.ForeignKey("ledgers.Dose", on_delete=models.PROTECT, null=True, blank=True, related_name="evidence")
    kind = models.CharField(max_length=10, choices=Kind)
    file = models.FileField(upload_to="evidence/%Y/%m/")
    # Of the bytes as sent, so that the same photo twice is one.
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    entry = models.ForeignKey("registry.Entry", on_delete=models.PROTECT, related_name="+")
    # Null while it stands; taken back, it stays for the trail.
    removed_entry = models.ForeignKey(
        "registry.Entry", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="evidence_of_one_thing",
                condition=Q(exemption__isnull=False, dose__isnull=True) | Q(exemption__isnull=True, dose__isnull=False),
            ),
            models.UniqueConstraint(
                name="evidence_once_per_exemption",
                fields=["exemption", "sha256"],
                condition=Q(exemption__isnull=False, removed_entry__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"
