"""入户排查: rounds, visits of households, and what was answered for each member."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.timezone import localtime


class SurveyRound(models.Model):
    """第×轮: a walk past every door of the campaign's place; open while `ends_on` is null."""

    campaign = models.ForeignKey("campaigns.Campaign", on_delete=models.PROTECT, related_name="rounds")
    number = models.PositiveSmallIntegerField("轮次")
    begins_on = models.DateField("开始")
    # Last day, inclusive.
    ends_on = models.DateField("结束", null=True, blank=True)
    entry = models.ForeignKey("registry.Entry", on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(name="round_number_once", fields=["campaign", "number"]),
            models.CheckConstraint(
                name="round_end_not_before_begin", condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("begins_on"))
            ),
        ]

    def __str__(self) -> str:
        return f"第{self.number}轮"


class Visit(models.Model):
    """One call at a household's door, or by phone where all are away, and its outcome (plan 六(二)2).

    `key` is made on the phone, so that the same entry sent three times counts once. `at` is when it
    happened, by the phone's clock but never after `received_at`.
    """

    class Outcome(models.TextChoices):
        VISITED = "visited", "入户完成"
        PHONED = "phoned", "电话核实"
        NOBODY = "nobody", "家中无人"
        REFUSED = "refused", "不配合"
        MOVED = "moved", "已搬走"
        NOT_FOUND = "not_found", "查无此户"

    # What makes a household done in a round.
    DONE = (Outcome.VISITED, Outcome.PHONED, Outcome.MOVED, Outcome.NOT_FOUND)

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    household = models.ForeignKey("registry.Household", on_delete=models.PROTECT, related_name="visits")
    campaign = models.ForeignKey("campaigns.Campaign", on_delete=models.PROTECT, related_name="+")
    # Null between two rounds.
    round = models.ForeignKey(SurveyRound, on_delete=models.PROTECT, null=True, blank=True, related_name="visits")
    outcome = models.CharField("结果", max_length=10, choices=Outcome)
    # Whom the phone call was with; required of `phoned` alone.
    spoke_with = models.CharField("与谁核实", max_length=60, blank=True)
    note = models.CharField("备注", max_length=200, blank=True)
    at = models.DateTimeField(db_index=True)
    received_at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="visits")
    entry = models.ForeignKey("registry.Entry", on_delete=models.PROTECT, related_name="visits")

    class Meta:
        indexes = [
            # The last visit of each household, and those of a round.
            models.Index(name="visit_of_household", fields=["household", "campaign", "at"]),
            # Who was never met in a round.
            models.Index(name="visit_in_vain", fields=["round", "household"], condition=Q(outcome="nobody")),
        ]
        constraints = [
            models.CheckConstraint(
                name="visit_phoned_says_with_whom", condition=~Q(outcome="phoned") | ~Q(spoke_with="")
            ),
            models.CheckConstraint(name="visit_not_after_it_arrived", condition=Q(at__lte=F("received_at"))),
        ]

    def __str__(self) -> str:
        return f"{self.household_id} {self.get_outcome_display()}"

    @property
    def receipt(self) -> str:
        """The number shown on the phone when the entry has arrived, such as 0816-3305."""
        return f"{localtime(self.received_at):%m%d}-{self.pk:04d}"


class VisitAnswer(models.Model):
    """What was said of one member at a visit; the fact it became stands in the tables of facts."""

    class Kind(models.TextChoices):
        SAME = "same", "同上次"
        DOSE = "dose", "打了新的一针"
        STATEMENT = "statement", "自述已种"
        REASON = "reason", "没打的原因"
        PROMISE = "promise", "约好日期"
        EXEMPTION = "exemption", "禁忌或缓种"
        AWAY = "away", "外出"
        MOVED_OUT = "moved_out", "搬走"
        DECEASED = "deceased", "去世"
        NOT_HERE = "not_here", "不是这户的人"
        NEW = "new", "新增成员"

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="answers")
    resident = models.ForeignKey("registry.Resident", on_delete=models.PROTECT, related_name="answers")
    kind = models.CharField("回答", max_length=12, choices=Kind)
    # What the form said, as sent: day, product key, reason code …; no identity number, no diagnosis.
    detail = models.JSONField(default=dict)
    # A Chinese sentence where the answer could not become a fact, "" where it did.
    refusal = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="answer_once_per_visit", fields=["visit", "resident", "kind"])]

    def __str__(self) -> str:
        return f"{self.resident_id} {self.get_kind_display()}"


class Addition(models.Model):
    """Somebody put on record from a phone, who founded a household (添加一户) or joined one (添加家庭成员).

    `key` is made on the phone, so that the same entry sent three times counts once.
    """

    key = models.UUIDField(unique=True, editable=False)
    household = models.ForeignKey("registry.Household", on_delete=models.PROTECT, related_name="additions")
    founds = models.BooleanField(default=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    received_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.household_id} {self.receipt}"

    @property
    def receipt(self) -> str:
        """The number shown on the phone, such as 0816-新12; those of visits have none of its kind."""
        return f"{localtime(self.received_at):%m%d}-新{self.pk}"
