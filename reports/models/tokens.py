"""Tokens of other offices, which read figures and nothing else."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class ApiToken(models.Model):
    """The right of another office to read the figures of one place until a moment; the secret is only known there."""

    # Whom it was given to.
    name = models.CharField("使用单位", max_length=60)
    place = models.ForeignKey("registry.Place", on_delete=models.PROTECT, related_name="+")
    # SHA-256 of the secret: 256 random bits need no slow hash.
    hash = models.CharField(max_length=64, unique=True)
    # The secret's first characters, by which an office and we speak of the same token.
    start = models.CharField(max_length=8)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField("有效至")
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    # To the minute: a reader that asks each second writes once a minute.
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-made_at"]
        constraints = [
            models.CheckConstraint(name="token_says_whose_it_is", condition=~Q(name="")),
            models.CheckConstraint(
                name="token_withdrawn_by_somebody",
                condition=Q(withdrawn_by__isnull=True, withdrawn_at__isnull=True)
                | Q(withdrawn_by__isnull=False, withdrawn_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}（{self.start}…）"
