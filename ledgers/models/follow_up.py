"""催种: what came of a call or a message, and who is calling a household right now."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q


class Contact(models.Model):
    """One person spoken to, or spoken for, about the next dose; a call to a household makes one for each."""

    class Way(models.TextChoices):
        CALL = "call", "电话"
        VISIT = "visit", "上门"
        MESSAGE = "message", "短信微信"
        SLIP = "slip", "通知单"

    class Outcome(models.TextChoices):
        PROMISED = "promised", "约定接种日"
        NO_ANSWER = "no_answer", "没人接"
        REFUSED = "refused", "不愿意"
        DONE_ELSEWHERE = "done_elsewhere", "在外已种"
        WRONG_NUMBER = "wrong_number", "号码不对"
        MOVED = "moved", "搬走了"
        CALL_AGAIN = "call_again", "改天再打"
        # A message or slip went out; nobody answered yet.
        TOLD = "told", "已通知"

    # One for each person of a call; made on the phone, so that a call sent twice counts once.
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    resident = models.ForeignKey("registry.Resident", on_delete=models.PROTECT, related_name="contacts")
    campaign = models.ForeignKey("campaigns.Campaign", on_delete=models.PROTECT, related_name="+")
    way = models.CharField("方式", max_length=10, choices=Way, default=Way.CALL)
    outcome = models.CharField("结果", max_length=15, choices=Outcome)
    promised_on = models.DateField("约定接种日", null=True, blank=True)
    # Not before this day, null unless asked to call again.
    again_on = models.DateField("改天再打", null=True, blank=True)
    note = models.CharField("备注", max_length=200, blank=True)
    at = models.DateTimeField(db_index=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="contacts")
    entry = models.ForeignKey("registry.Entry", on_delete=models.PROTECT, related_name="contacts")

    class Meta:
        indexes = [
            # The last contact of each person.
            models.Index(name="contact_of_resident", fields=["resident", "campaign", "at"]),
        ]
        constraints = [
            models.CheckConstraint(
                name="contact_promise_has_its_day", condition=~Q(outcome="promised") | Q(promised_on__isnull=False)
            ),
            models.CheckConstraint(
                name="contact_again_has_its_day", condition=~Q(outcome="call_again") | Q(again_on__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.resident_id} {self.get_outcome_display()}"


class CallLease(models.Model):
    """正在联系: who is calling this card right now; it ends by itself at `until`."""

    # What a card is about: "household:12", or "resident:34" for who has no household.
    subject = models.CharField(max_length=40, unique=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    until = models.DateTimeField()

    def __str__(self) -> str:
        return self.subject
