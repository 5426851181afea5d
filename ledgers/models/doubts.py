"""请核一核: questions that rules raise, and households drawn to be visited again."""

from django.conf import settings
from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Coalesce

from ledgers.querysets import DoubtQuerySet


class Doubt(models.Model):
    """A question about a day's entries, open until staff close it with a note; seen by staff alone."""

    class Rule(models.TextChoices):
        FAST = "fast", "短时间登记多户"
        SAME_MOMENT = "same_moment", "时间完全相同"
        NO_REFUSAL = "no_refusal", "没有人不愿意"
        AWAY = "away", "一天里很多人改为外出"

    campaign = models.ForeignKey("campaigns.Campaign", on_delete=models.PROTECT, related_name="+")
    rule = models.CharField("情况", max_length=12, choices=Rule)
    on = models.DateField("哪一天")
    village = models.ForeignKey("registry.Place", on_delete=models.PROTECT, related_name="+")
    # Whose entries; null where the question is about a village.
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    # Plain figures of the question, numbers and moments.
    figures = models.JSONField(default=dict)
    # The threshold that raised it, as it then was.
    limit = models.CharField("条件", max_length=40)
    found_at = models.DateTimeField()
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    closed_at = models.DateTimeField(null=True, blank=True)
    note = models.CharField("核实情况", max_length=200, blank=True)

    objects = DoubtQuerySet.as_manager()

    class Meta:
        constraints = [
            # Coalesced, because a null differs from every other null.
            models.UniqueConstraint(
                "campaign", "rule", "on", "village", Coalesce("account", Value(0)), name="doubt_asked_once"
            ),
            models.CheckConstraint(
                name="doubt_closed_says_who_when_and_what",
                condition=Q(closed_at__isnull=True, closed_by__isnull=True, note="")
                | (Q(closed_at__isnull=False, closed_by__isnull=False) & ~Q(note="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.on}"


class Revisit(models.Model):
    """A household drawn at random to be visited again; `seed` draws the same ones again from the same households.

    `outcome` "" until somebody was there again: what was recorded agrees, or differs, or nobody was home.
    """

    class Outcome(models.TextChoices):
        AGREES = "agrees", "与登记一致"
        DIFFERS = "differs", "与登记不一致"
        NOBODY = "nobody", "家中无人"

    campaign = models.ForeignKey("campaigns.Campaign", on_delete=models.PROTECT, related_name="+")
    village = models.ForeignKey("registry.Place", on_delete=models.PROTECT, related_name="+")
    household = models.ForeignKey("registry.Household", on_delete=models.PROTECT, related_name="+")
    drawn_on = models.DateField("抽取日")
    seed = models.PositiveIntegerField()
    drawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField("复核结果", max_length=8, choices=Outcome, blank=True)
    note = models.CharField("说明", max_length=200, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    answered_at = models.DateTimeField(null=True, blank=True)

    objects = DoubtQuerySet.as_manager()

    class Meta:
        ordering = ["village_id", "household__place_id", "household__sequence", "pk"]
        constraints = [
            models.UniqueConstraint(name="revisit_once_a_draw", fields=["campaign", "drawn_on", "household"]),
            models.CheckConstraint(
                name="revisit_answered_has_who_and_when",
                condition=Q(outcome="", answered_by__isnull=True, answered_at__isnull=True)
                | (~Q(outcome="") & Q(answered_by__isnull=False, answered_at__isnull=False)),
            ),
            models.CheckConstraint(name="revisit_differing_says_what", condition=~Q(outcome="differs") | ~Q(note="")),
        ]

    def __str__(self) -> str:
        return f"{self.drawn_on} {self.household_id}"
