"""Stored figures: what `ledgers` counted for a day, kept so that pages need not count again."""

from django.db import models


class Figure(models.Model):
    """The ledger counts of one row (a place, unit, age band or tag) on one day (rules 4, 5).

    `counts` holds both populations and what was said: {"all": {…}, "permanent": {…}, "said": {…}}, plain
    numbers only, zeros left out; rates are computed from them when shown. A stale row is never shown:
    it is computed anew on request.
    """

    class By(models.TextChoices):
        TOTAL = "total", "全辖区"
        PLACE = "place", "村（社区）、组"
        UNIT = "unit", "单位"
        STAFF = "staff", "单位的职工和临聘"
        AGE = "age", "年龄段"
        TAG = "tag", "标签"

    campaign = models.ForeignKey("campaigns.Campaign", on_delete=models.CASCADE, related_name="+", db_index=False)
    on = models.DateField("截至")
    by = models.CharField(max_length=5, choices=By)
    # A place's code, a unit's id ("" for people of none), an age band's key or a tag's name; "" for the
    # total. A street's own code stands for its 待归类, a village's with 000 behind it for people of no group.
    key = models.CharField(max_length=60, blank=True)
    counts = models.JSONField()
    computed_at = models.DateTimeField("计算时间")
    is_stale = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(name="figure_once", fields=["campaign", "on", "by", "key"])]

    def __str__(self) -> str:
        return f"{self.on} {self.key}"


class FactsClock(models.Model):
    """Counts the changes of a campaign's facts, so that figures counted before one are not kept as fresh."""

    campaign = models.OneToOneField("campaigns.Campaign", on_delete=models.CASCADE, related_name="+")
    changes = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.changes)


class PhaseFigure(models.Model):
    """The counts behind one phase item for one place at `on` (rules 6): status is decided when read.

    `on` is the earlier of the day asked about and the deadline.
    """

    item = models.ForeignKey("campaigns.PhaseItem", on_delete=models.CASCADE, related_name="figures", db_index=False)
    on = models.DateField()
    # A village's code, or the street's for the whole.
    place = models.ForeignKey("registry.Place", on_delete=models.CASCADE, related_name="+", db_index=False)
    # The fields of `reports.phase_counts.ItemCounts`, and the window for which they were counted.
    counts = models.JSONField()
    computed_at = models.DateTimeField()
    is_stale = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(name="phase_figure_once", fields=["item", "on", "place"])]

    def __str__(self) -> str:
        return f"{self.item_id} {self.on}"
