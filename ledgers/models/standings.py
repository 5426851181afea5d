"""What follows from the facts: the timeline of each resident's series, and the days they are excused."""

from django.db import models
from django.db.models import F, Q

from registry.versions import Clock


class Standing(models.Model):
    """How a resident stands from `since` (inclusive) until `until` (exclusive, null = open).

    One row from each dose day on; none for a resident without doses. It does not depend on today.
    Decided by `ledgers.rules.timeline`, written only by `ledgers.standings.rebuild`.
    """

    resident = models.ForeignKey(
        "registry.Resident", on_delete=models.CASCADE, related_name="standings", db_index=False
    )
    # Campaign and platform are unchecked by the database: an import writes hundreds of thousands of rows
    # whose values come from the campaign it has just read, and the models protect both from deletion.
    campaign = models.ForeignKey(
        "campaigns.Campaign", on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    # The series that speaks for the person; the row `is_unknown` for unknown products.
    platform = models.ForeignKey(
        "campaigns.Platform", on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    counted = models.PositiveSmallIntegerField()
    needed = models.PositiveSmallIntegerField()
    # First counted dose on record of the speaking series.
    first_on = models.DateField()
    completed_on = models.DateField(null=True, blank=True)
    # Null once completed.
    next_from = models.DateField(null=True, blank=True)
    next_by = models.DateField(null=True, blank=True)
    # Due-by date of dose 2, whether given or not; null for a series of one dose (rules 5, dropout).
    second_due_on = models.DateField(null=True, blank=True)
    # Space-separated marks of rules 2, such as "dose_missing too_early".
    marks = models.CharField(max_length=120, blank=True)
    # The next dose depends on an unknown or mixed product: 先核实疫苗, never an invitation (rules 4).
    needs_product = models.BooleanField(default=False)
    # When the row was written (`registry.versions`).
    known_at = models.DateTimeField(db_default=Clock(), editable=False)

    class Meta:
        indexes = [
            # Whose doses changed since a moment.
            models.Index(name="standing_known", fields=["known_at"]),
            # 台账二 by 最迟应种日, and the few of a rare sub-state.
            models.Index(
                name="standing_next",
                fields=["campaign", "next_by", "resident"],
                condition=Q(next_by__isnull=False),
            ),
        ]
        constraints = [
            models.UniqueConstraint(name="standing_once_per_day", fields=["resident", "campaign", "since"]),
            models.CheckConstraint(
                name="standing_not_empty", condition=Q(until__isnull=True) | Q(until__gt=F("since"))
            ),
            models.CheckConstraint(
                name="standing_completed_or_next",
                condition=Q(completed_on__isnull=False, next_from__isnull=True, next_by__isnull=True)
                | Q(completed_on__isnull=True, next_from__isnull=False, next_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.since} {self.counted}/{self.needed}"


class Excuse(models.Model):
    """A period in which an approved exemption is in force: `since` inclusive, `until` exclusive, null = open.

    Overlapping exemptions are merged, so at most one row covers a day; rebuilt with the standings.
    """

    resident = models.ForeignKey("registry.Resident", on_delete=models.CASCADE, related_name="excuses", db_index=False)
    campaign = models.ForeignKey("campaigns.Campaign", on_delete=models.CASCADE, related_name="+", db_index=False)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    known_at = models.DateTimeField(db_default=Clock(), editable=False)

    class Meta:
        indexes = [models.Index(name="excuse_known", fields=["known_at"])]
        constraints = [
            models.UniqueConstraint(name="excuse_once_per_day", fields=["resident", "campaign", "since"]),
            models.CheckConstraint(name="excuse_not_empty", condition=Q(until__isnull=True) | Q(until__gt=F("since"))),
        ]

    def __str__(self) -> str:
        return f"{self.since}"
