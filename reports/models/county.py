"""上级通报: what the county published about us, a row a day as it stood there; never computed by us."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class CountyFigure(models.Model):
    """The county's figures of the campaign's place for a day; what it did not publish is null."""

    campaign = models.ForeignKey("campaigns.Campaign", on_delete=models.PROTECT, related_name="+")
    on = models.DateField("通报日期")
    first_dose = models.PositiveIntegerField("第一针人数", null=True, blank=True)
    full = models.PositiveIntegerField("全程人数", null=True, blank=True)
    # As printed, in per cent.
    first_rate = models.DecimalField("第一针接种率", max_digits=5, decimal_places=2, null=True, blank=True)
    full_rate = models.DecimalField("全程接种率", max_digits=5, decimal_places=2, null=True, blank=True)
    rank = models.PositiveSmallIntegerField("排名", null=True, blank=True)
    # Of how many streets and towns.
    rank_of = models.PositiveSmallIntegerField("共几个乡镇街道", null=True, blank=True)
    note = models.CharField("说明", max_length=200, blank=True)
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()

    class Meta:
        ordering = ["-on"]
        constraints = [
            models.UniqueConstraint(name="county_figure_once_a_day", fields=["campaign", "on"]),
            models.CheckConstraint(
                name="county_figure_says_a_number", condition=Q(first_dose__isnull=False) | Q(full__isnull=False)
            ),
            models.CheckConstraint(
                name="county_rank_among_its_number",
                condition=Q(rank__isnull=True) | Q(rank_of__isnull=True) | Q(rank__lte=models.F("rank_of")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.on}"
