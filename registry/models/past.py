"""Residents and memberships as they were before a change: written by the database alone (`registry.versions`)."""

from django.db import models

# What of a resident decides ledgers and counts: a change of one of these makes a row here.
VERSIONED = ("place_id", "residency", "status", "status_on", "birth_on")


# What of a membership says whether somebody is counted in a unit; merging two records moves it to the other one.
VERSIONED_MEMBERSHIP = ("resident_id", "unit_id", "left_on")


class PastResident(models.Model):
    """A resident as known until `ended_at` (exclusive). No key binds it: the resident may be gone by now.

    `known_at` is when the resident came on record, not when this version began: that is where the
    version before ended.
    """

    resident_id = models.BigIntegerField()
    place_id = models.CharField(max_length=15)
    residency = models.CharField(max_length=10)
    status = models.CharField(max_length=10)
    status_on = models.DateField(null=True)
    birth_on = models.DateField()
    known_at = models.DateTimeField()
    ended_at = models.DateTimeField()

    class Meta:
        indexes = [
            # Who has changed since a moment, and one resident's versions.
            models.Index(name="past_resident_ended", fields=["ended_at"]),
            models.Index(name="past_resident_of", fields=["resident_id", "ended_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.resident_id} until {self.ended_at}"


class PastMembership(models.Model):
    """A membership of a unit as known until `ended_at` (exclusive); `row_id` is its key (`versions.changed_rows`)."""

    row_id = models.BigIntegerField()
    resident_id = models.BigIntegerField()
    unit_id = models.BigIntegerField()
    left_on = models.DateField(null=True)
    known_at = models.DateTimeField()
    ended_at = models.DateTimeField()

    class Meta:
        # Who has left since a moment.
        indexes = [models.Index(name="past_membership_ended", fields=["ended_at"])]

    def __str__(self) -> str:
        return f"{self.row_id} until {self.ended_at}"
