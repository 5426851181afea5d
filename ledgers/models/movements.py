"""日清: days whose ledgers the office, or a village, has signed for, with the moment that divides what was known."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class DaySigned(models.Model):
    """签收 of a day's ledgers as known at `cut_off_at`; signed again only as a numbered correction with its note.

    `counts` holds what stood on the page, by village code ("" 待归类): {"all": {ledger: people}, "permanent": …}. The
    page counts anew from what was known and says whether both agree.
    """

    campaign = models.ForeignKey("campaigns.Campaign", on_delete=models.PROTECT, related_name="days_signed")
    # Null: the campaign's whole place.
    village = models.ForeignKey(
        "registry.Place", on_delete=models.PROTECT, null=True, blank=True, related_name="days_signed"
    )
    on = models.DateField("截至")
    # 1 is the first; each further one corrects the one before.
    number = models.PositiveSmallIntegerField(default=1)
    cut_off_at = models.DateTimeField("截止时刻")
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField("签收时间")
    note = models.CharField("说明", max_length=200, blank=True)
    counts = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="day_signed_once_a_number",
                fields=["campaign", "on", "number"],
                condition=Q(village__isnull=True),
            ),
            models.UniqueConstraint(
                name="day_signed_once_a_village_and_number",
                fields=["campaign", "village", "on", "number"],
                condition=Q(village__isnull=False),
            ),
            models.CheckConstraint(name="day_signed_numbers_from_1", condition=Q(number__gte=1)),
            models.CheckConstraint(name="day_signed_after_its_cut_off", condition=Q(signed_at__gte=F("cut_off_at"))),
            models.CheckConstraint(name="day_signed_again_says_why", condition=Q(number=1) | ~Q(note="")),
        ]

    def __str__(self) -> str:
        return f"{self.on} #{self.number}"
