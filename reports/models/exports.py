"""Exports: who took which list out, for what purpose, how many rows, the file's hash, and who let it go."""

from datetime import date, timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q

# A leader lets a kind of file go by itself for so many days at most (access.md).
MOST_DAYS = 30


class StandingRelease(models.Model):
    """长期放行: a leader lets files of one layout go to one recipient for one purpose, for some days (access.md)."""

    campaign = models.ForeignKey("campaigns.Campaign", on_delete=models.PROTECT, related_name="+")
    # Only lists that lie wholly inside this place.
    place = models.ForeignKey("registry.Place", on_delete=models.PROTECT, related_name="+")
    layout = models.CharField("名单", max_length=20)
    purpose = models.CharField("用途", max_length=200)
    recipient = models.CharField("接收单位", max_length=100)
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField(auto_now_add=True)
    from_on = models.DateField("起")
    days = models.PositiveSmallIntegerField("天数")
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-given_at"]
        constraints = [
            models.CheckConstraint(
                name="standing_release_at_most_30_days", condition=Q(days__gte=1, days__lte=MOST_DAYS)
            ),
            models.CheckConstraint(
                name="standing_release_says_what_for_and_to_whom", condition=~Q(purpose="") & ~Q(recipient="")
            ),
            models.CheckConstraint(
                name="standing_release_withdrawn_by_somebody",
                condition=Q(withdrawn_by__isnull=True, withdrawn_at__isnull=True)
                | Q(withdrawn_by__isnull=False, withdrawn_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose}，给{self.recipient}"

    @property
    def until_on(self) -> date:
        """The last day on which it holds."""
        return self.from_on + timedelta(days=self.days - 1)

    def holds_on(self, day: date) -> bool:
        return self.withdrawn_at is None and self.from_on <= day <= self.until_on


class Export(models.Model):
    class Release(models.TextChoices):
        NOT_NEEDED = "none", "不需放行"
        ASKED = "asked", "待放行"
        RELEASED = "released", "已放行"
        DECLINED = "declined", "已退回"
        WITHDRAWN = "withdrawn", "已撤回"
        LAPSED = "lapsed", "已过期"

    number = models.CharField("导出编号", max_length=30, unique=True)
    campaign = models.ForeignKey("campaigns.Campaign", on_delete=models.PROTECT, related_name="+")
    # The narrowest place that holds all of the list: who may let it go is decided by it.
    place = models.ForeignKey("registry.Place", on_delete=models.PROTECT, related_name="+")
    # Key of a `reports.exports.kinds.FileKind`.
    layout = models.CharField("名单", max_length=20)
    # Filters, day and scope as asked, so that the list can be made again.
    params = models.JSONField(default=dict)
    purpose = models.CharField("用途", max_length=200)
    recipient = models.CharField("接收单位", max_length=100, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    job = models.ForeignKey("registry.Job", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    file = models.FileField(upload_to="exports/%Y/%m/", blank=True)
    # Null until the file is written.
    rows = models.PositiveIntegerField("行数", null=True, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    # Null until the file is written; then the moment after which nobody gets it any more.
    keep_until = models.DateTimeField(null=True, blank=True)
    # Numbers and phones in full, which a second person lets go (access.md).
    is_full = models.BooleanField(default=False)
    # How many people it was about when it was asked for; null where nobody counted.
    people = models.PositiveIntegerField("人数", null=True, blank=True)
    release = models.CharField("放行", max_length=10, choices=Release, default=Release.NOT_NEEDED)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    decision_note = models.CharField("退回原因", max_length=200, blank=True)
    # What let it go where no person was asked.
    standing = models.ForeignKey(
        StandingRelease, on_delete=models.PROTECT, null=True, blank=True, related_name="exports"
    )

    class Meta:
        ordering = ["-at"]
        indexes = [
            # Asked by each page of a releaser, for the count beside 导出放行.
            models.Index(name="export_asked", fields=["place"], condition=Q(release="asked")),
            # Asked each hour: whose file is past its time.
            models.Index(name="export_kept", fields=["keep_until"], condition=~Q(file="")),
        ]
        constraints = [
            models.CheckConstraint(name="export_says_why", condition=~Q(purpose="")),
            models.CheckConstraint(
                name="export_in_full_is_released_and_has_a_recipient",
                condition=Q(is_full=False, release="none") | (Q(is_full=True) & ~Q(release="none") & ~Q(recipient="")),
            ),
            models.CheckConstraint(
                name="export_decided_by_somebody",
                condition=Q(release__in=["released", "declined"], decided_by__isnull=False, decided_at__isnull=False)
                | Q(
                    release__in=["none", "asked", "withdrawn", "lapsed"],
                    decided_by__isnull=True,
                    decided_at__isnull=True,
                ),
            ),
            # Null where nobody decided: then this says nothing.
            models.CheckConstraint(
                name="export_decided_by_another", condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("by"))
            ),
            models.CheckConstraint(
                name="export_declined_with_a_reason", condition=~Q(release="declined") | ~Q(decision_note="")
            ),
            models.CheckConstraint(
                name="export_file_only_when_let_go", condition=Q(file="") | Q(release__in=["none", "released"])
            ),
        ]

    def __str__(self) -> str:
        return self.number
