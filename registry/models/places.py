"""Places, keyed by the 统计用区划代码, so that a scope is a code prefix and not another model."""

from django.db import models
from django.db.models import Q

from registry.querysets import PlaceQuerySet

# Significant digits of each level; a group adds three digits of ours to its village's twelve.
COUNTY, STREET, VILLAGE, GROUP = 6, 9, 12, 15


class Place(models.Model):
    """A county, street, village or group.

    `code` has 12 digits (6 county, 3 street, 3 village, zeros where nothing is named); a group has
    15: its village's code and its number.
    """

    class Level(models.IntegerChoices):
        COUNTY = COUNTY, "县"
        STREET = STREET, "街道"
        VILLAGE = VILLAGE, "村（社区）"
        GROUP = GROUP, "组（社）"

    code = models.CharField("代码", max_length=15, primary_key=True)
    name = models.CharField("名称", max_length=60)
    level = models.PositiveSmallIntegerField("级别", choices=Level)
    # 村 or 社区; empty where the office has not said (domain 3.2: which are 社区 is not invented).
    kind = models.CharField("类型", max_length=20, blank=True)
    linked_leader = models.CharField("联村领导", max_length=60, blank=True)
    district_group = models.CharField("片区", max_length=60, blank=True)
    phone = models.CharField("联系电话", max_length=40, blank=True)

    objects = PlaceQuerySet.as_manager()

    class Meta:
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                name="place_code_is_digits_of_its_level",
                condition=(Q(level=GROUP) & Q(code__regex=r"^[0-9]{15}$"))
                | (Q(level__in=[COUNTY, STREET, VILLAGE]) & Q(code__regex=r"^[0-9]{12}$")),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def prefix(self) -> str:
        """The digits every place inside this one begins with."""
        return self.code[: self.level]


class Grid(models.Model):
    """A 网格: a named set of groups or buildings of a village, the beat of one grid worker.

    A building is a place of the group level like any other, named 3栋.
    """

    name = models.CharField("网格", max_length=60)
    village = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="grids")

    class Meta:
        constraints = [models.UniqueConstraint(name="grid_name_once_per_village", fields=["village", "name"])]

    def __str__(self) -> str:
        return self.name


class GridPlace(models.Model):
    """A group of a grid; a group belongs to one grid at most."""

    grid = models.ForeignKey(Grid, on_delete=models.CASCADE, related_name="places")
    place = models.OneToOneField(Place, on_delete=models.PROTECT, related_name="grid_link")

    def __str__(self) -> str:
        return f"{self.grid_id} {self.place_id}"
