"""督办: what a leader or the office asks of a village or unit, by when, and what came of it (plan 一(一))."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce


class NudgeQuerySet(models.QuerySet):
    def open(self) -> NudgeQuerySet:
        """Sheets that are not struck off (销号)."""
        return self.exclude(state=Nudge.State.CLOSED)

    def awaiting(self) -> NudgeQuerySet:
        """Sheets that wait for the village or unit."""
        return self.filter(state__in=Nudge.AWAITING)

    def late(self, on: date) -> NudgeQuerySet:
        """Sheets past their due day at `on` without an answer; on the due day itself none is late."""
        return self.awaiting().filter(due_on__lt=on)


class Nudge(models.Model):
    """One 督办单. Its steps (sent, answered, returned, closed) are rows of `NudgeStep`; here stands where it is now."""

    class Subject(models.TextChoices):
        FIRST = "first", "第一针接种"
        OVERDUE = "overdue", "超期未种"
        PHASE = "phase", "阶段任务"
        SURVEY = "survey", "入户排查"
        ZEROING = "zeroing", "清零"
        QUESTIONS = "questions", "待核实和待归类"
        OTHER = "other", "其他"

    class State(models.TextChoices):
        SENT = "sent", "待反馈"
        ANSWERED = "answered", "已反馈，待销号"
        RETURNED = "returned", "退回重办"
        CLOSED = "closed", "已销号"

    # The village or unit is to move; in `answered` its sender is.
    AWAITING = (State.SENT, State.RETURNED)
    _CHIPS = {State.SENT: "neutral", State.ANSWERED: "info", State.RETURNED: "attention", State.CLOSED: "done"}

    campaign = models.ForeignKey("campaigns.Campaign", on_delete=models.PROTECT, related_name="nudges")
    # 督办第×号, counted within the campaign.
    number = models.PositiveIntegerField("编号")
    village = models.ForeignKey(
        "registry.Place", on_delete=models.PROTECT, null=True, blank=True, related_name="nudges"
    )
    unit = models.ForeignKey("registry.Unit", on_delete=models.PROTECT, null=True, blank=True, related_name="nudges")
    subject = models.CharField("事项", max_length=10, choices=Subject)
    # The phase item it is about, with the subject `phase` alone.
    phase = models.ForeignKey(
        "campaigns.PhaseItem", on_delete=models.PROTECT, null=True, blank=True, related_name="nudges"
    )
    text = models.CharField("要求", max_length=500)
    # What the figures were when it was sent: {"remaining": 38, "winnable": 21, "overdue": 6}; numbers only.
    figures = models.JSONField(default=dict)
    # The business day on which it was sent, and the day by which an answer is asked for, inclusive.
    sent_on = models.DateField("下发日")
    due_on = models.DateField("反馈期限")
    state = models.CharField("办理情况", max_length=10, choices=State, default=State.SENT)
    # Of the last answer; null while there was none.
    answered_on = models.DateField("反馈日", null=True, blank=True)
    closed_on = models.DateField("销号日", null=True, blank=True)
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = NudgeQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "number"]
        indexes = [
            # A village's page, home and menu, the list of late ones.
            models.Index(name="nudge_open_of_village", fields=["village"], condition=~Q(state="closed")),
            models.Index(name="nudge_open_of_unit", fields=["unit"], condition=~Q(state="closed")),
        ]
        constraints = [
            models.UniqueConstraint(name="nudge_number_once", fields=["campaign", "number"]),
            models.CheckConstraint(
                name="nudge_to_a_village_or_a_unit",
                condition=Q(unit__isnull=False, village__isnull=True) | Q(unit__isnull=True, village__isnull=False),
            ),
            models.CheckConstraint(
                name="nudge_phase_with_its_subject",
                condition=Q(subject="phase", phase__isnull=False) | (~Q(subject="phase") & Q(phase__isnull=True)),
            ),
            models.CheckConstraint(name="nudge_says_what", condition=~Q(text="")),
            models.CheckConstraint(name="nudge_due_not_before_it_was_sent", condition=Q(due_on__gte=F("sent_on"))),
            models.CheckConstraint(
                name="nudge_answered_has_its_day", condition=~Q(state="answered") | Q(answered_on__isnull=False)
            ),
            models.CheckConstraint(
                name="nudge_closed_has_its_day",
                condition=Q(state="closed", closed_on__isnull=False)
                | (~Q(state="closed") & Q(closed_on__isnull=True)),
            ),
            # One open sheet per place and subject; coalesced, because a null differs from every other null.
            models.UniqueConstraint(
                "campaign", "village", "subject", Coalesce("phase", Value(0)),
                name="nudge_open_once_per_village",
                condition=Q(village__isnull=False) & ~Q(state="closed"),
            ),
            models.UniqueConstraint(
                "campaign", "unit", "subject", Coalesce("phase", Value(0)),
                name="nudge_open_once_per_unit",
                condition=Q(unit__isnull=False) & ~Q(state="closed"),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"督办第 {self.number} 号"

    @property
    def of(self) -> models.Model | None:
        """The village or unit."""
        return self.village or self.unit

    @property
    def about(self) -> str:
        """What it is about: the phase item by its name, else the subject in words."""
        return self.phase.name if self.phase else self.get_subject_display()

    @property
    def chip(self) -> str:
        return self._CHIPS[self.state]

    @property
    def awaits_answer(self) -> bool:
        return self.state in self.AWAITING

    @property
    def is_closed(self) -> bool:
        return self.state == self.State.CLOSED


class NudgeStep(models.Model):
    """One step of a 督办单: who said what and when; steps are added, never changed."""

    class Kind(models.TextChoices):
        SENT = "sent", "下发"
        ANSWERED = "answered", "反馈"
        RETURNED = "returned", "退回重办"
        CLOSED = "closed", "销号"

    _CHIPS = {Kind.SENT: "neutral", Kind.ANSWERED: "info", Kind.RETURNED: "attention", Kind.CLOSED: "done"}

    nudge = models.ForeignKey(Nudge, on_delete=models.PROTECT, related_name="steps")
    kind = models.CharField("步骤", max_length=10, choices=Kind)
    text = models.CharField("说明", max_length=500, blank=True)
    # The due day it set, of `sent` and `returned`.
    due_on = models.DateField("反馈期限", null=True, blank=True)
    # Days by which an answer came after the due day; 0 in time, null for other steps.
    days_late = models.PositiveSmallIntegerField("逾期天数", null=True, blank=True)
    on = models.DateField("日期")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="nudge_step_sets_a_day_when_it_asks",
                condition=Q(kind__in=["sent", "returned"], due_on__isnull=False)
                | Q(kind__in=["answered", "closed"], due_on__isnull=True),
            ),
            models.CheckConstraint(
                name="nudge_step_answer_says_whether_late",
                condition=Q(kind="answered", days_late__isnull=False)
                | (~Q(kind="answered") & Q(days_late__isnull=True)),
            ),
            # Striking off needs no words; everything else does.
            models.CheckConstraint(name="nudge_step_says_what", condition=Q(kind="closed") | ~Q(text="")),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.nudge_id} {self.get_kind_display()}"

    @property
    def chip(self) -> str:
        return self._CHIPS[self.kind]
