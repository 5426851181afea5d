"""核查名单: a list handed down, the rows that somebody answers, and what they answered."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class Checklist(models.Model):
    """A sender's list to be checked head by head and returned (plan 六(二)2); its file is the roster's.

    It is asked from `asked_at` on, when staff approved the roster, until `closed_at`.
    """

    class Holds(models.TextChoices):
        """Whom the sender's list should hold of its scope: what the differences are measured by."""

        EVERYBODY = "everybody", "在册应种的人"
        UNVACCINATED = "unvaccinated", "应种未种的人"
        INCOMPLETE = "incomplete", "未完成全程接种的人"

    roster = models.OneToOneField("ledgers.RosterImport", on_delete=models.CASCADE, related_name="checklist")
    campaign = models.ForeignKey("campaigns.Campaign", on_delete=models.PROTECT, related_name="+")
    title = models.CharField("名单", max_length=200)
    sender = models.CharField("发来单位", max_length=60, blank=True)
    # The place whose people the list names in full; null where it says nothing of the kind.
    scope = models.ForeignKey("registry.Place", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    holds = models.CharField(max_length=15, choices=Holds, default=Holds.EVERYBODY)
    due_at = models.DateTimeField("回报时限")
    # Null until the roster is approved, and again once it is undone.
    asked_on = models.DateField(null=True, blank=True)
    # What was noted of somebody from this moment on is fresh enough that nobody is asked again.
    fresh_from = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = "核查名单"
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="checklist_asked_since_a_day_and_a_moment",
                condition=Q(asked_on__isnull=True, fresh_from__isnull=True)
                | Q(asked_on__isnull=False, fresh_from__isnull=False),
            ),
            models.CheckConstraint(
                name="checklist_closed_who_and_when",
                condition=Q(closed_at__isnull=True, closed_by__isnull=True)
                | Q(closed_at__isnull=False, closed_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.title


class ChecklistRow(models.Model):
    """A row of a sender's list. `number` is the one that the spreadsheet program shows.

    With a `resident` whoever is responsible for the person is asked; else the `village` that the row names
    or staff passed it on to; else staff themselves.
    """

    class Answer(models.TextChoices):
        DOSED = "dosed", "已种"
        TODAY = "today", "今日已种"
        PROMISED = "promised", "已约"
        AWAY = "away", "外出"
        EXEMPT = "exempt", "禁忌"
        REFUSED = "refused", "不愿意"
        UNREACHED = "unreached", "联系不上"
        OUTSIDE = "outside", "非本辖区"
        DECEASED = "deceased", "死亡"
        NOBODY = "nobody", "查无此人"

    checklist = models.ForeignKey(Checklist, on_delete=models.CASCADE, related_name="rows", db_index=False)
    number = models.PositiveIntegerField("行号")
    name = models.CharField("姓名", max_length=60, blank=True)
    resident = models.ForeignKey(
        "registry.Resident", on_delete=models.PROTECT, null=True, blank=True, related_name="checklist_rows"
    )
    village = models.ForeignKey("registry.Place", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    # Why nobody on record is meant, one sentence for the page and the returned sheet; "" with a resident.
    problem = models.CharField(max_length=200, blank=True)
    # Keys of people on record who may be meant; staff choose.
    candidates = models.JSONField(default=list, blank=True)
    # What the row says, while nobody on record is meant: entering the person needs it. Never on a page.
    said = models.JSONField(default=dict, blank=True)
    answer = models.CharField("核查结果", max_length=10, choices=Answer, blank=True)
    # 哪一天: of the dose, the appointment, the death.
    answer_on = models.DateField(null=True, blank=True)
    note = models.CharField("说明", max_length=200, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    answered_at = models.DateTimeField(null=True, blank=True)
    # The act whose facts follow from the answer.
    entry = models.ForeignKey("registry.Entry", on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = "核查名单"
        ordering = ["number"]
        indexes = [
            # What a village, a unit and staff are still asked, beside the menu.
            models.Index(name="checklist_row_open", fields=["checklist"], condition=Q(answer="")),
        ]
        constraints = [
            models.UniqueConstraint(name="checklist_row_once", fields=["checklist", "number"]),
            models.CheckConstraint(
                name="checklist_answer_who_when_and_what",
                condition=Q(answer="", answered_by__isnull=True, answered_at__isnull=True, entry__isnull=True)
                | (~Q(answer="") & Q(answered_by__isnull=False, answered_at__isnull=False, entry__isnull=False)),
            ),
            models.CheckConstraint(
                name="checklist_row_about_nobody_says_why", condition=Q(resident__isnull=False) | ~Q(problem="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.checklist_id} {self.number}"
