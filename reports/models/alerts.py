"""预警: what a rule found wrong at a place, from the moment it was found to the moment it was over."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce


class Alert(models.Model):
    """One rule that holds at one place, open while `ended_at` is null; found by `reports.alerts.check`."""

    class Rule(models.TextChoices):
        BEHIND = "behind", "阶段任务滞后"
        AT_RISK = "at_risk", "阶段任务有风险"
        DROPOUT = "dropout", "脱失率偏高"
        SILENT = "silent", "没有动静"

    # Rules about a phase item.
    OF_A_PHASE = (Rule.BEHIND, Rule.AT_RISK)
    _CHIPS = {Rule.BEHIND: "behind", Rule.AT_RISK: "at_risk", Rule.DROPOUT: "over", Rule.SILENT: "neutral"}

    campaign = models.ForeignKey("campaigns.Campaign", on_delete=models.PROTECT, related_name="+", db_index=False)
    rule = models.CharField("预警", max_length=10, choices=Rule)
    # A village, or the campaign's place as a whole.
    place = models.ForeignKey("registry.Place", on_delete=models.PROTECT, related_name="+")
    phase = models.ForeignKey("campaigns.PhaseItem", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    # What the rule counted when last looked at, numbers only: {"remaining": 22, "winnable": 15}.
    figures = models.JSONField(default=dict)
    # The threshold that raised it, as it then was: 0.04, or 2 days; "" for a status.
    threshold = models.CharField("条件", max_length=20, blank=True)
    # The business day and the moment of finding it, and of finding it over.
    raised_on = models.DateField("发现日")
    raised_at = models.DateTimeField("发现时间")
    ended_on = models.DateField("解除日", null=True, blank=True)
    ended_at = models.DateTimeField("解除时间", null=True, blank=True)

    class Meta:
        ordering = ["place_id", "rule", "phase__position", "pk"]
        indexes = [
            # The home page, the briefing: few are open, many are over.
            models.Index(name="alert_open", fields=["campaign", "place"], condition=Q(ended_at__isnull=True)),
            models.Index(name="alert_over", fields=["campaign", "-ended_at"], condition=Q(ended_at__isnull=False)),
        ]
        constraints = [
            # Coalesced, because a null differs from every other null.
            models.UniqueConstraint(
                "campaign", "rule", "place", Coalesce("phase", Value(0)),
                name="alert_open_once",
                condition=Q(ended_at__isnull=True),
            ),
            models.CheckConstraint(
                name="alert_phase_with_its_rules",
                condition=Q(rule__in=["behind", "at_risk"], phase__isnull=False)
                | Q(rule__in=["dropout", "silent"], phase__isnull=True),
            ),
            models.CheckConstraint(
                name="alert_over_has_day_and_moment",
                # Without `isnull` a missing one would make the check null, which passes.
                condition=Q(ended_on__isnull=True, ended_at__isnull=True)
                | Q(
                    ended_on__isnull=False,
                    ended_at__isnull=False,
                    ended_on__gte=F("raised_on"),
                    ended_at__gte=F("raised_at"),
                ),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.place_id} {self.get_rule_display()}"

    @property
    def chip(self) -> str:
        return self._CHIPS[self.rule]
