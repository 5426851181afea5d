"""The street's task split to villages and departments, locked by version (plan 一(三))."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q


class TargetVersion(models.Model):
    """One locked split: who, when, why, by what; versions are added, never changed. The latest of a kind holds."""

    class Kind(models.TextChoices):
        VILLAGES = "villages", "村（社区）"
        DEPARTMENTS = "departments", "主管部门"

    class Basis(models.TextChoices):
        CENSUS = "census", "按七普12岁及以上常住人口"
        REGISTRY = "registry", "按在册人数"

    campaign = models.ForeignKey("campaigns.Campaign", on_delete=models.PROTECT, related_name="target_versions")
    kind = models.CharField("分给谁", max_length=12, choices=Kind)
    # 第×版, counted within the campaign and kind.
    number = models.PositiveIntegerField("版")
    basis = models.CharField("按什么分", max_length=10, choices=Basis)
    # What was split: the shares add up to it.
    total = models.PositiveIntegerField("任务总数")
    reason = models.CharField("原因", max_length=200)
    locked_on = models.DateField("锁定日")
    locked_at = models.DateTimeField()
    locked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["kind", "-number"]
        constraints = [
            models.UniqueConstraint(name="target_version_number_once", fields=["campaign", "kind", "number"]),
            models.CheckConstraint(name="target_version_says_why", condition=~Q(reason="")),
            models.CheckConstraint(
                name="target_version_basis_fits", condition=Q(kind="villages") | Q(basis="registry")
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.get_kind_display()}第 {self.number} 版"


class TargetShare(models.Model):
    """A village's or department's part of a version: what the rule gave, and what was set where staff adjusted it."""

    version = models.ForeignKey(TargetVersion, on_delete=models.PROTECT, related_name="shares")
    place = models.ForeignKey("registry.Place", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    department = models.ForeignKey(
        "registry.Department", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    # People counted by the version's basis.
    weight = models.PositiveIntegerField("分配基数")
    computed = models.PositiveIntegerField("按比例")
    goal = models.PositiveIntegerField("目标任务数")
    is_adjusted = models.BooleanField("调整过", default=False)
    reason = models.CharField("调整原因", max_length=200, blank=True)

    class Meta:
        ordering = ["version", "place_id", "department_id"]
        constraints = [
            models.CheckConstraint(
                name="target_share_of_a_village_or_a_department",
                condition=Q(place__isnull=False, department__isnull=True)
                | Q(place__isnull=True, department__isnull=False),
            ),
            models.UniqueConstraint(
                name="target_share_once_per_village", fields=["version", "place"], condition=Q(place__isnull=False)
            ),
            models.UniqueConstraint(
                name="target_share_once_per_department",
                fields=["version", "department"],
                condition=Q(department__isnull=False),
            ),
            # Adjusted by hand, hence with words; the others are what the rule gave of the rest.
            models.CheckConstraint(
                name="target_share_adjusted_says_why", condition=Q(is_adjusted=False) | ~Q(reason="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.place_id or self.department_id} {self.goal}"
