"""A campaign and its figures: whom it is for, how many it must reach, what counts as late."""

from django.db import models
from django.db.models import F, Q


class Campaign(models.Model):
    """One vaccination campaign (接种工作), loaded from a plan file."""

    class JudgedBy(models.TextChoices):
        FIRST = "first", "第一针接种率"
        FULL = "full", "全程接种率"

    key = models.SlugField("标识", max_length=60, unique=True)
    name = models.CharField("名称", max_length=120)
    document = models.CharField("文件", max_length=120, blank=True)
    place = models.ForeignKey("registry.Place", on_delete=models.PROTECT, related_name="+")
    start_on = models.DateField("开始")
    end_on = models.DateField("结束")
    # Completed years, inclusive (plan 三).
    min_age = models.PositiveSmallIntegerField("最低年龄")
    # The first day anybody could have had a vaccine of this campaign; earlier doses are errors.
    first_use_on = models.DateField("疫苗首次使用日")
    goal_rate = models.DecimalField("目标接种率", max_digits=6, decimal_places=5)
    # The limit is met strictly below it.
    dropout_limit = models.DecimalField("脱失率限值", max_digits=6, decimal_places=5)
    judged_by = models.CharField("考核口径", max_length=5, choices=JudgedBy)
    # The heading under which village rosters give the census base; null where there is none.
    census_heading = models.CharField("普查口径栏目", max_length=60, blank=True)
    is_default = models.BooleanField("默认", default=False)
    # Neither a draft nor active: ended. An ended campaign is read and never written (campaigns.closing).
    is_active = models.BooleanField("进行中", default=True)
    # Being set up in the browser and not begun: staff alone see it, and nothing counts for it yet.
    is_draft = models.BooleanField("筹备中", default=False)
    # Named limits used by pages and alerts, such as {"overdue_soon_days": 7}.
    thresholds = models.JSONField(default=dict)
    # Article of the plan for each fact, such as {"goal_rate": "四"}.
    articles = models.JSONField(default=dict)
    key_trades = models.ManyToManyField("registry.Trade", related_name="+", blank=True)
    # Tags counted as key groups beside the staff of key units (村组干部, plan 五(一)).
    key_tags = models.JSONField(default=list)
    # What the plan file said when last loaded, so that a later load leaves alone what staff changed since.
    loaded = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.CheckConstraint(name="campaign_ends_after_it_starts", condition=Q(end_on__gte=F("start_on"))),
            models.CheckConstraint(
                name="campaign_goal_rate_is_a_share", condition=Q(goal_rate__gt=0, goal_rate__lte=1)
            ),
            models.CheckConstraint(
                name="campaign_dropout_limit_is_a_share", condition=Q(dropout_limit__gt=0, dropout_limit__lte=1)
            ),
            models.CheckConstraint(name="campaign_draft_is_not_active", condition=~Q(is_draft=True, is_active=True)),
            models.UniqueConstraint(name="campaign_one_default", fields=["is_default"], condition=Q(is_default=True)),
        ]

    # While a change of the key trades is rehearsed, those that would be; set on a copy that is never saved.
    rehearsed_trades: models.QuerySet | None = None

    def __str__(self) -> str:
        return self.name

    @property
    def trades_that_are_key(self) -> models.QuerySet:
        """重点行业 (plan 五(一))."""
        return self.key_trades.all() if self.rehearsed_trades is None else self.rehearsed_trades

    @property
    def is_ended(self) -> bool:
        return not self.is_active and not self.is_draft


class AgeBand(models.Model):
    """An age band of tables and filters; `to_age` is inclusive, null = open."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="age_bands")
    key = models.CharField(max_length=12)
    from_age = models.PositiveSmallIntegerField()
    to_age = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["campaign", "from_age"]
        constraints = [
            models.UniqueConstraint(name="age_band_once", fields=["campaign", "key"]),
            models.CheckConstraint(
                name="age_band_not_empty", condition=Q(to_age__isnull=True) | Q(to_age__gte=F("from_age"))
            ),
        ]

    def __str__(self) -> str:
        return self.key


class Target(models.Model):
    """A place's census base and, where staff assigned one, its task number (rules 5)."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="targets")
    place = models.ForeignKey("registry.Place", on_delete=models.PROTECT, related_name="+")
    # 七普12岁及以上常住人口; null until a roster of villages brings it.
    census_base = models.PositiveIntegerField("七普12岁及以上常住人口", null=True, blank=True)
    # 目标任务数 where assigned; null means: computed from the census base.
    goal = models.PositiveIntegerField("目标任务数", null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="target_once_per_place", fields=["campaign", "place"])]

    def __str__(self) -> str:
        return f"{self.place_id} {self.census_base}"


class Institution(models.Model):
    """A medical institution; `level` 1 to 3, null while unknown (rules 3: a known level wins)."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="institutions")
    name = models.CharField("机构", max_length=120)
    level = models.PositiveSmallIntegerField("等级", null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="institution_once", fields=["campaign", "name"]),
            models.CheckConstraint(
                name="institution_level_1_to_3", condition=Q(level__isnull=True) | Q(level__gte=1, level__lte=3)
            ),
        ]

    def __str__(self) -> str:
        return self.name
