"""What standings and facts were before a change: written by the database alone (`registry.versions`)."""

from django.db import models

# What of facts whose rows change in place decides a report's columns; merging two records moves them to one resident.
VERSIONED_REASON = ("resident_id", "code", "promised_on")
VERSIONED_STATEMENT = ("resident_id", "month", "closed_entry_id")
VERSIONED_EXEMPTION = ("resident_id", "kind", "state", "start_on", "end_on")


class PastStanding(models.Model):
    """A row of `Standing` as known from `known_at` until `ended_at` (exclusive); written by the database alone."""

    resident_id = models.BigIntegerField()
    campaign_id = models.BigIntegerField()
    since = models.DateField()
    until = models.DateField(null=True)
    counted = models.PositiveSmallIntegerField()
    needed = models.PositiveSmallIntegerField()
    first_on = models.DateField()
    completed_on = models.DateField(null=True)
    next_from = models.DateField(null=True)
    next_by = models.DateField(null=True)
    second_due_on = models.DateField(null=True)
    known_at = models.DateTimeField()
    ended_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(name="past_standing_ended", fields=["ended_at"]),
            models.Index(name="past_standing_of", fields=["resident_id"]),
        ]

    def __str__(self) -> str:
        return f"{self.resident_id} {self.since}"


class PastExcuse(models.Model):
    """A row of `Excuse` as known from `known_at` until `ended_at` (exclusive); written by the database alone."""

    resident_id = models.BigIntegerField()
    campaign_id = models.BigIntegerField()
    since = models.DateField()
    until = models.DateField(null=True)
    known_at = models.DateTimeField()
    ended_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(name="past_excuse_ended", fields=["ended_at"]),
            models.Index(name="past_excuse_of", fields=["resident_id"]),
        ]

    def __str__(self) -> str:
        return f"{self.resident_id} {self.since}"


class PastReason(models.Model):
    """A row of `Reason` as known until `ended_at` (exclusive); `row_id` is its key (`versions.changed_rows`)."""

    row_id = models.BigIntegerField()
    resident_id = models.BigIntegerField()
    campaign_id = models.BigIntegerField()
    code = models.CharField(max_length=2)
    promised_on = models.DateField(null=True)
    known_at = models.DateTimeField()
    ended_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(name="past_reason_ended", fields=["ended_at"])]

    def __str__(self) -> str:
        return f"{self.row_id} until {self.ended_at}"


class PastStatement(models.Model):
    """A row of `Statement` as known until `ended_at` (exclusive), under its key `row_id`."""

    row_id = models.BigIntegerField()
    resident_id = models.BigIntegerField()
    campaign_id = models.BigIntegerField()
    month = models.DateField()
    closed_entry_id = models.BigIntegerField(null=True)
    known_at = models.DateTimeField()
    ended_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(name="past_statement_ended", fields=["ended_at"])]

    def __str__(self) -> str:
        return f"{self.row_id} until {self.ended_at}"


class PastExemption(models.Model):
    """A row of `Exemption` as known until `ended_at` (exclusive), under its key `row_id`; without its diagnosis."""

    row_id = models.BigIntegerField()
    resident_id = models.BigIntegerField()
    campaign_id = models.BigIntegerField()
    kind = models.CharField(max_length=20)
    state = models.CharField(max_length=10)
    start_on = models.DateField()
    end_on = models.DateField(null=True)
    known_at = models.DateTimeField()
    ended_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(name="past_exemption_ended", fields=["ended_at"])]

    def __str__(self) -> str:
        return f"{self.row_id} until {self.ended_at}"
