"""一村一策: a village's own measures, each wording kept (plan 一(三))."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class Measure(models.Model):
    """One wording of a measure. A change is a new row that `follows` the old one; what nothing follows stands."""

    class State(models.TextChoices):
        GOING = "going", "进行中"
        DONE = "done", "已完成"
        DROPPED = "dropped", "不再进行"

    _CHIPS = {State.GOING: "info", State.DONE: "done", State.DROPPED: "neutral"}

    campaign = models.ForeignKey("campaigns.Campaign", on_delete=models.PROTECT, related_name="measures")
    village = models.ForeignKey("registry.Place", on_delete=models.PROTECT, related_name="measures")
    text = models.CharField("措施", max_length=300)
    responsible = models.CharField("负责人", max_length=60)
    start_on = models.DateField("开始日")
    # Inclusive.
    due_on = models.DateField("完成期限")
    state = models.CharField("进展", max_length=10, choices=State, default=State.GOING)
    # Null for the first wording; one row at most follows another, so two people cannot change the same one.
    follows = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="next")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["due_on", "pk"]
        constraints = [
            models.CheckConstraint(name="measure_says_what_and_who", condition=~Q(text="") & ~Q(responsible="")),
            models.CheckConstraint(name="measure_due_not_before_its_start", condition=Q(due_on__gte=F("start_on"))),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def chip(self) -> str:
        return self._CHIPS[self.state]
