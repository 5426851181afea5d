"""日报 as issued: the figures of a cut-off moment with their files, never changed afterwards (plan 六(一))."""

from datetime import time

from django.conf import settings
from django.db import models
from django.db.models import Q


class Issue(models.Model):
    """A daily report of a campaign: number 0 as first made, 1 and on its corrections (更正), each with its reason.

    A trigger refuses every change of a row. What the county is told later stands in `Sending`.
    """

    campaign = models.ForeignKey("campaigns.Campaign", on_delete=models.PROTECT, related_name="+", db_index=False)
    on = models.DateField("日期")
    correction = models.PositiveSmallIntegerField("更正", default=0)
    reason = models.CharField("更正原因", max_length=200, blank=True)
    # 第几期: counts the days of the campaign that have a report; a correction keeps its day's.
    sequence = models.PositiveIntegerField("期号")
    # What was recorded until then is in the figures, what came later is not.
    cut_off_at = models.DateTimeField("截止时刻")
    # The report whose totals the new persons are counted from; null for the first one.
    previous = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    # Everything that the files say (`reports.briefing.figures`), and the hash of its canonical JSON.
    figures = models.JSONField()
    sha256 = models.CharField(max_length=64)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-on", "-correction"]
        constraints = [
            models.UniqueConstraint(name="issue_once", fields=["campaign", "on", "correction"]),
            models.CheckConstraint(
                name="issue_correction_says_why",
                condition=Q(correction=0, reason="") | (Q(correction__gt=0) & ~Q(reason="")),
            ),
            models.CheckConstraint(name="issue_numbered_from_1", condition=Q(sequence__gte=1)),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """RB20210816, its second correction RB20210816-G2."""
        return f"RB{self.on:%Y%m%d}{f'-G{self.correction}' if self.correction else ''}"


class IssueFile(models.Model):
    """A file of a report, written once."""

    class Kind(models.TextChoices):
        EXCEL = "xlsx", "进度表（Excel）"
        WORD = "docx", "日报（Word）"

    issue = models.ForeignKey(Issue, on_delete=models.PROTECT, related_name="files")
    kind = models.CharField(max_length=4, choices=Kind)
    file = models.FileField(upload_to="briefings/%Y/%m/")
    sha256 = models.CharField(max_length=64)

    class Meta:
        ordering = ["issue", "-kind"]
        constraints = [models.UniqueConstraint(name="issue_file_once", fields=["issue", "kind"])]

    def __str__(self) -> str:
        return f"{self.issue_id} {self.kind}"


class Sending(models.Model):
    """已报送: who told whom when. Taken back, it is deleted, and the trail keeps both."""

    issue = models.OneToOneField(Issue, on_delete=models.PROTECT, related_name="sending")
    to = models.CharField("报给", max_length=60)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.CheckConstraint(name="sending_says_to_whom", condition=~Q(to=""))]

    def __str__(self) -> str:
        return f"{self.issue_id} {self.to}"


class IssueHour(models.Model):
    """When each day's report is made: the office chooses; without a row at 17:00."""

    DEFAULT = time(17)

    campaign = models.OneToOneField("campaigns.Campaign", on_delete=models.CASCADE, related_name="+")
    at = models.TimeField("每天几点", default=DEFAULT)
    is_on = models.BooleanField("每天自动生成", default=True)

    def __str__(self) -> str:
        return f"{self.at:%H:%M}"
