"""待核实: what two records say differently, waiting for a person who can know."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from ledgers.querysets import ConflictQuerySet


class Conflict(models.Model):
    """One open question about a resident. Until decided the registry's value stands.

    `field` names what is in question (`name`, `place`, `residency`, `dose:2`, `duplicate` …);
    `known` and `incoming` are the two sides as text; `dose` is the record that waits, if one does.
    """

    class Kind(models.TextChoices):
        NAME = "name_conflict", "同号不同名"
        FIELD = "field_conflict", "资料不一致"
        DOSE = "dose_conflict", "接种记录不一致"
        DUPLICATE = "duplicate_person", "疑似重复"

    class Decision(models.TextChoices):
        KNOWN = "known", "以在册为准"
        INCOMING = "incoming", "以新来为准"
        # A name under somebody else's number: the row is about another person, nothing of it counts.
        OTHER = "other", "不是同一人"

    resident = models.ForeignKey("registry.Resident", on_delete=models.PROTECT, related_name="conflicts")
    kind = models.CharField("类型", max_length=20, choices=Kind)
    field = models.CharField(max_length=30, blank=True)
    known = models.CharField("在册", max_length=300, blank=True)
    incoming = models.CharField("新来", max_length=300, blank=True)
    # Everything the row said that waits with the question; applied when the incoming side is chosen.
    payload = models.JSONField(default=dict)
    dose = models.ForeignKey("ledgers.Dose", on_delete=models.PROTECT, null=True, blank=True, related_name="conflicts")
    entry = models.ForeignKey("registry.Entry", on_delete=models.PROTECT, related_name="conflicts")
    row = models.PositiveIntegerField(null=True, blank=True)
    decision = models.CharField(max_length=10, choices=Decision, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)

    objects = ConflictQuerySet.as_manager()

    class Meta:
        constraints = [
            # The same question is asked once, also after it was decided: decide once, remembered.
            models.UniqueConstraint(
                name="conflict_asked_once", fields=["resident", "kind", "field", "known", "incoming"]
            ),
            models.CheckConstraint(
                name="conflict_decided_has_who_and_when",
                condition=Q(decision="", decided_by__isnull=True, decided_at__isnull=True)
                | (~Q(decision="") & Q(decided_by__isnull=False, decided_at__isnull=False)),
            ),
        ]
        indexes = [models.Index(name="conflict_open", fields=["resident"], condition=Q(decision=""))]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.field}"


class NotOurs(models.Model):
    """A village said of somebody in 待归类: 不是我村的. It is not asked about the person again."""

    resident = models.ForeignKey("registry.Resident", on_delete=models.PROTECT, related_name="disclaimers")
    village = models.ForeignKey("registry.Place", on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = "“不是我村的”回复"
        constraints = [models.UniqueConstraint(name="not_ours_said_once", fields=["resident", "village"])]

    def __str__(self) -> str:
        return f"{self.village_id} {self.resident_id}"
