"""Platforms and products: how many doses, how far apart, how late, for whom (rules 2, domain 1)."""

from django.db import models
from django.db.models import Q


class Platform(models.Model):
    """A vaccine platform (疫苗种类) of one campaign: the row of the table of rules 2.

    The row with `is_unknown` takes doses that name no product, where nothing else is known.
    """

    campaign = models.ForeignKey("campaigns.Campaign", on_delete=models.CASCADE, related_name="platforms")
    key = models.SlugField(max_length=40)
    name = models.CharField("疫苗种类", max_length=40)
    position = models.PositiveSmallIntegerField(default=0)
    is_unknown = models.BooleanField(default=False)
    doses = models.PositiveSmallIntegerField("针次")
    # Days after the latest dose; null for a single dose.
    recommended_gap_days = models.PositiveSmallIntegerField(null=True, blank=True)
    # When each later dose is due, counted from dose 1: [{"dose": 2, "days": 56}, {"dose": 3, "months": 6}].
    due_by = models.JSONField(default=list)
    # A dose fewer days than this after the last counted one is not counted; null: none is too early.
    too_early_days = models.PositiveSmallIntegerField(null=True, blank=True)
    # A counted dose fewer days than this after the one before is marked short_interval; null: never.
    short_interval_days = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["campaign", "position"]
        constraints = [
            models.UniqueConstraint(name="platform_once", fields=["campaign", "key"]),
            models.UniqueConstraint(name="platform_one_unknown", fields=["campaign"], condition=Q(is_unknown=True)),
            models.CheckConstraint(name="platform_has_a_dose", condition=Q(doses__gte=1)),
        ]

    def __str__(self) -> str:
        return self.name


class Product(models.Model):
    """A vaccine product with the names rosters use for it.

    `approvals` says from which day which ages may have it: [{"from_age": 18, "from": "2020-07-22"}].
    Empty approvals mean that nothing is checked. `names_platform_only` marks a wording such as
    灭活疫苗 that tells the platform but not the maker: it counts, and a named product fills it in.
    """

    platform = models.ForeignKey(Platform, on_delete=models.CASCADE, related_name="products")
    key = models.SlugField(max_length=40)
    name = models.CharField("疫苗", max_length=60)
    manufacturer = models.CharField("生产企业", max_length=80, blank=True)
    aliases = models.JSONField(default=list)
    approvals = models.JSONField(default=list)
    names_platform_only = models.BooleanField(default=False)

    class Meta:
        ordering = ["platform", "id"]
        constraints = [models.UniqueConstraint(name="product_once_per_platform", fields=["platform", "key"])]

    def __str__(self) -> str:
        return self.name
