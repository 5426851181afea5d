"""Phase items (阶段任务) and the history of their deadlines (rules 6, plan 五)."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class PhaseItem(models.Model):
    class Cohort(models.TextChoices):
        GOAL = "goal", "目标任务数"
        AGE = "age", "年龄段"
        TAG = "tag", "标签"
        KEY_GROUPS = "key_groups", "重点单位和重点人群"

    class Measure(models.TextChoices):
        DOSE = "dose", "针次"
        UP_TO_DATE = "up_to_date", "后续针次"
        COVERAGE = "coverage", "接种率"

    campaign = models.ForeignKey("campaigns.Campaign", on_delete=models.CASCADE, related_name="phase_items")
    key = models.SlugField(max_length=60)
    name = models.CharField("阶段任务", max_length=80)
    article = models.CharField("条款", max_length=20, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    cohort = models.CharField("目标人群", max_length=12, choices=Cohort)
    # Ages in completed years, both inclusive; null = open. Taken on `age_on`, or on the day asked.
    from_age = models.PositiveSmallIntegerField(null=True, blank=True)
    to_age = models.PositiveSmallIntegerField(null=True, blank=True)
    age_on = models.DateField(null=True, blank=True)
    tag = models.CharField("标签", max_length=40, blank=True)
    measure = models.CharField("完成标准", max_length=12, choices=Measure)
    # 1 or more for the measure `dose`, null for the others.
    dose_number = models.PositiveSmallIntegerField(null=True, blank=True)
    start_on = models.DateField("开始")
    deadline_on = models.DateField("截止日")
    goal_rate = models.DecimalField("目标", max_digits=6, decimal_places=5, default=1)
    # A soft goal: shown and computed like the others, but its plan wants it "mainly" done.
    is_soft = models.BooleanField("软目标", default=False)

    class Meta:
        ordering = ["campaign", "position"]
        constraints = [
            models.UniqueConstraint(name="phase_item_once", fields=["campaign", "key"]),
            models.CheckConstraint(name="phase_window_not_empty", condition=Q(deadline_on__gte=F("start_on"))),
            models.CheckConstraint(
                name="phase_dose_number_with_measure_dose",
                # Without `isnull` a missing number would make the check null, which passes.
                condition=Q(measure="dose", dose_number__isnull=False, dose_number__gte=1)
                | (~Q(measure="dose") & Q(dose_number__isnull=True)),
            ),
            models.CheckConstraint(
                name="phase_coverage_has_the_goal_as_cohort",
                condition=Q(measure="coverage", cohort="goal") | (~Q(measure="coverage") & ~Q(cohort="goal")),
            ),
            models.CheckConstraint(name="phase_tag_named", condition=~Q(cohort="tag") | ~Q(tag="")),
            models.CheckConstraint(name="phase_goal_rate_is_a_share", condition=Q(goal_rate__gt=0, goal_rate__lte=1)),
        ]

    def __str__(self) -> str:
        return self.name


class PhaseItemChange(models.Model):
    """A changed date of a phase item: old and new day, who, when and why are kept."""

    item = models.ForeignKey(PhaseItem, on_delete=models.CASCADE, related_name="changes")
    field = models.CharField(max_length=12)
    old = models.DateField()
    new = models.DateField()
    reason = models.CharField("原因", max_length=200)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-at"]
        constraints = [
            models.CheckConstraint(name="phase_change_changes_something", condition=~Q(old=F("new"))),
            models.CheckConstraint(name="phase_change_says_why", condition=~Q(reason="")),
            models.CheckConstraint(name="phase_change_of_a_date", condition=Q(field__in=["start_on", "deadline_on"])),
        ]

    def __str__(self) -> str:
        return f"{self.field} {self.old} → {self.new}"
