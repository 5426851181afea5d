"""People whose place is in question: suggested villages, handovers between two sides, duplicates and their merging."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class Suggestion(models.Model):
    """A village that is asked whether somebody in 待归类 is theirs, at most three, the likeliest first."""

    class Ground(models.TextChoices):
        ADDRESS = "address", "现住址里写着"
        PHONE = "phone", "同一个电话"
        HOUSEHOLD = "household", "同一户"
        UNIT = "unit", "单位在这里"

    MOST = 3

    resident = models.ForeignKey("registry.Resident", on_delete=models.CASCADE, related_name="suggestions")
    village = models.ForeignKey("registry.Place", on_delete=models.PROTECT, related_name="+")
    ground = models.CharField(max_length=10, choices=Ground)
    # 1 is the likeliest.
    rank = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="suggestion_once", fields=["resident", "village"]),
            models.UniqueConstraint(name="suggestion_ranked_once", fields=["resident", "rank"]),
        ]

    def __str__(self) -> str:
        return f"{self.resident_id} {self.village_id}"


class Handover(models.Model):
    """移交（待对方确认）: a person stays with the giving side until the other confirms; never two, never none."""

    class State(models.TextChoices):
        OPEN = "open", "待对方确认"
        ACCEPTED = "accepted", "已接收"
        REFUSED = "refused", "对方不接收"
        WITHDRAWN = "withdrawn", "已撤回"

    resident = models.ForeignKey("registry.Resident", on_delete=models.PROTECT, related_name="handovers")
    giving = models.ForeignKey("registry.Place", on_delete=models.PROTECT, related_name="+")
    taking = models.ForeignKey("registry.Place", on_delete=models.PROTECT, related_name="+")
    # The side that asked: a village may give one away, or ask for one that lives with it.
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    # The village whose confirmation is awaited: `taking` for an offer, `giving` for a request.
    waits_for = models.ForeignKey("registry.Place", on_delete=models.PROTECT, related_name="+")
    note = models.CharField("说明", max_length=200, blank=True)
    state = models.CharField("移交", max_length=10, choices=State, default=State.OPEN)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    answered_at = models.DateTimeField(null=True, blank=True)
    answer = models.CharField("答复", max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="handover_open_once", fields=["resident"], condition=Q(state="open")),
            models.CheckConstraint(name="handover_between_two", condition=~Q(giving=F("taking"))),
            models.CheckConstraint(
                name="handover_waits_for_one_of_the_two",
                condition=Q(waits_for=F("giving")) | Q(waits_for=F("taking")),
            ),
            models.CheckConstraint(
                name="handover_answered_has_who_and_when",
                condition=Q(state="open", answered_by__isnull=True, answered_at__isnull=True)
                | (~Q(state="open") & Q(answered_by__isnull=False, answered_at__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.resident_id} {self.get_state_display()}"

    @property
    def no_words(self) -> str:
        """How the side that is waited for says no: it does not let the person go, or does not take it."""
        return "不移交" if self.waits_for_id == self.giving_id else "不接收"


class Duplicate(models.Model):
    """疑似重复: two people on record who may be one. `first` has the smaller key; decided once, remembered."""

    class Ground(models.TextChoices):
        NAME_AND_BIRTH = "name_birth", "同名同出生日期"
        NUMBER = "number", "号码只差一位"

    class State(models.TextChoices):
        OPEN = "open", "待核实"
        MERGED = "merged", "已合并"
        DIFFERENT = "different", "不是同一人"

    # Keys, not constraints: merging deletes one of the two, and the decision stays.
    first = models.ForeignKey("registry.Resident", on_delete=models.DO_NOTHING, db_constraint=False, related_name="+")
    second = models.ForeignKey("registry.Resident", on_delete=models.DO_NOTHING, db_constraint=False, related_name="+")
    ground = models.CharField(max_length=12, choices=Ground)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="duplicate_asked_once", fields=["first", "second"]),
            models.CheckConstraint(name="duplicate_in_order", condition=Q(first__lt=F("second"))),
        ]

    def __str__(self) -> str:
        return f"{self.first_id} {self.second_id}"


class Merge(models.Model):
    """The log of a merge: all that the removed record held, and which rows moved to the one that was kept."""

    kept = models.ForeignKey("registry.Resident", on_delete=models.PROTECT, related_name="merges")
    # The key the removed record had; the row itself is in `record`.
    removed = models.PositiveBigIntegerField()
    # {"resident": {...}, "moved": {model: [key]}, "dropped": {model: [{...}]}}
    record = models.JSONField(default=dict)
    entry = models.ForeignKey("registry.Entry", on_delete=models.PROTECT, related_name="+")
    undone_entry = models.ForeignKey(
        "registry.Entry", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    def __str__(self) -> str:
        return f"{self.removed} → {self.kept_id}"
