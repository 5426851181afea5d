"""Changes of a plan made in the browser: what it was, what it becomes, who and why (plan 五, rules 6)."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class PlanChange(models.Model):
    """One change of one part of a plan: rehearsed first, then applied or dropped, and kept for good.

    `old` and `new` are the fields that change, as a plan file would name them; null for a part that
    did not exist before, or does not any more.
    """

    class Part(models.TextChoices):
        CAMPAIGN = "campaign", "接种工作"
        PHASE = "phase", "阶段任务"
        PLATFORM = "platform", "疫苗种类"
        PRODUCT = "product", "疫苗"
        INSTITUTION = "institution", "医疗机构"

    class State(models.TextChoices):
        PROPOSED = "proposed", "还没有改"
        APPLYING = "applying", "正在改"
        APPLIED = "applied", "已改"
        DROPPED = "dropped", "没有改"

    campaign = models.ForeignKey("campaigns.Campaign", on_delete=models.CASCADE, related_name="changes")
    part = models.CharField(max_length=12, choices=Part)
    # The key of the part within its plan; the name of an institution, which has no other.
    key = models.CharField(max_length=120)
    old = models.JSONField(null=True)
    new = models.JSONField(null=True)
    reason = models.CharField("原因", max_length=200)
    state = models.CharField(max_length=10, choices=State, default=State.PROPOSED)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    # The rehearsal while it is worked out, later the work of applying; null where the page did it at once.
    job = models.ForeignKey("registry.Job", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    # What the rehearsal found, in sections of sentences and figures; counts alone, never people. {} until then.
    effect = models.JSONField(default=dict)
    rehearsed_at = models.DateTimeField(null=True, blank=True)
    applied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    applied_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [
            # 改动记录 of a campaign, newest first.
            models.Index(name="plan_change_of_campaign", fields=["campaign", "-at"]),
        ]
        constraints = [
            models.CheckConstraint(name="plan_change_says_why", condition=~Q(reason="")),
            models.CheckConstraint(
                name="plan_change_changes_something", condition=Q(old__isnull=False) | Q(new__isnull=False)
            ),
            models.CheckConstraint(
                name="plan_change_applied_by_somebody",
                condition=Q(state="applied", applied_by__isnull=False, applied_at__isnull=False)
                | (~Q(state="applied") & Q(applied_at__isnull=True)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_part_display()} {self.key}"
