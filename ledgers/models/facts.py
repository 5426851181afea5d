"""What somebody recorded: doses, statements, exemptions, reasons. Never silently overwritten."""

from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce

from ledgers.querysets import ExemptionQuerySet
from registry.models import Source
from registry.versions import Clock


class Dose(models.Model):
    """A dose on record (rules 2). Word of mouth is a `Statement`, never a dose.

    `live` doses count; a `waiting` one waits for a person's decision; the others have ended, by
    `ended_entry`, and stay for the history.
    """

    class State(models.TextChoices):
        LIVE = "live", "有效"
        WAITING = "waiting", "待核实"
        SUPERSEDED = "superseded", "未采用"
        CORRECTED = "corrected", "已更正"
        REMOVED = "removed", "已删除"

    ENDED = (State.SUPERSEDED, State.CORRECTED, State.REMOVED)

    resident = models.ForeignKey("registry.Resident", on_delete=models.PROTECT, related_name="doses", db_index=False)
    # Campaign and entry are unchecked by the database: both are constants of an import, read or made in
    # its transaction, and the models protect them from deletion (see `registry.Entry`).
    campaign = models.ForeignKey(
        "campaigns.Campaign", on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    given_on = models.DateField("接种日期")
    # Null: the record names no known product.
    product = models.ForeignKey(
        "campaigns.Product", on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    # The number the record states, within one vaccine; null where none is stated.
    stated_number = models.PositiveSmallIntegerField("针次", null=True, blank=True)
    lot = models.CharField("批号", max_length=60, blank=True)
    site = models.CharField("接种单位", max_length=120, blank=True)
    # The words of the record where no product was recognised.
    product_text = models.CharField(max_length=120, blank=True)
    source = models.CharField("来源", max_length=12, choices=Source)
    state = models.CharField(max_length=10, choices=State, default=State.LIVE)
    entry = models.ForeignKey(
        "registry.Entry", on_delete=models.PROTECT, related_name="doses", db_index=False, db_constraint=False
    )
    # The row of the roster it came from, as the spreadsheet program numbers it; null if typed.
    row = models.PositiveIntegerField(null=True, blank=True)
    ended_entry = models.ForeignKey(
        "registry.Entry", on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )

    class Meta:
        indexes = [
            # A person's doses, in the order the rules take them.
            models.Index(name="dose_of_resident", fields=["resident", "campaign", "given_on"]),
        ]
        constraints = [
            models.UniqueConstraint(
                name="dose_one_live_a_day", fields=["resident", "campaign", "given_on"], condition=Q(state="live")
            ),
            models.CheckConstraint(name="dose_is_not_word_of_mouth", condition=~Q(source="verbal")),
            models.CheckConstraint(
                name="dose_ended_has_who_ended_it",
                condition=Q(state__in=["live", "waiting"], ended_entry__isnull=True)
                | Q(state__in=["superseded", "corrected", "removed"], ended_entry__isnull=False),
            ),
            models.CheckConstraint(
                name="dose_stated_number_from_1", condition=Q(stated_number__isnull=True) | Q(stated_number__gte=1)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.given_on}"


class Statement(models.Model):
    """自述已种（待凭证）: word of mouth; kept and shown, never counted (rules 2).

    `month` is the first day of the month named; `given_on` is null when only the month is known.
    It is closed by a dose of its stated number or in its month.
    """

    resident = models.ForeignKey("registry.Resident", on_delete=models.PROTECT, related_name="statements")
    campaign = models.ForeignKey("campaigns.Campaign", on_delete=models.PROTECT, related_name="+")
    month = models.DateField()
    given_on = models.DateField(null=True, blank=True)
    product = models.ForeignKey("campaigns.Product", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    stated_number = models.PositiveSmallIntegerField(null=True, blank=True)
    entry = models.ForeignKey("registry.Entry", on_delete=models.PROTECT, related_name="+")
    row = models.PositiveIntegerField(null=True, blank=True)
    # Null while nothing has closed it.
    closed_entry = models.ForeignKey(
        "registry.Entry", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    known_at = models.DateTimeField(db_default=Clock(), editable=False)

    class Meta:
        indexes = [models.Index(name="statement_known", fields=["known_at"])]
        constraints = [
            # Coalesced, because a null differs from every other null.
            models.UniqueConstraint(
                "resident",
                "campaign",
                "month",
                Coalesce("stated_number", Value(0)),
                name="statement_open_once",
                condition=Q(closed_entry__isnull=True),
            ),
            models.CheckConstraint(
                name="statement_day_lies_in_its_month", condition=Q(given_on__isnull=True) | Q(given_on__gte=F("month"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"


class Exemption(models.Model):
    """禁忌 or 缓种, with its evidence and state (rules 3). Only an approved one exempts anybody."""

    class Kind(models.TextChoices):
        CONTRAINDICATION = "contraindication", "禁忌"
        DEFERRAL = "deferral", "缓种"

    class Ground(models.TextChoices):
        DISEASE = "disease", "疾病"
        ALLERGY = "allergy", "过敏"
        PREGNANCY = "pregnancy", "妊娠"
        OTHER = "other", "其他"

    class State(models.TextChoices):
        CLAIMED = "claimed", "待审核"
        APPROVED = "approved", "已通过"
        REJECTED = "rejected", "已退回"
        WITHDRAWN = "withdrawn", "已撤回"

    resident = models.ForeignKey("registry.Resident", on_delete=models.PROTECT, related_name="exemptions")
    campaign = models.ForeignKey("campaigns.Campaign", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField("类型", max_length=20, choices=Kind)
    reason = models.CharField("原因", max_length=10, choices=Ground)
    # What the record says, for the approver and the claimant only (access.md).
    diagnosis = models.CharField("诊断", max_length=200, blank=True)
    institution = models.ForeignKey(
        "campaigns.Institution", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    start_on = models.DateField("诊断日期")
    # Last day, inclusive; null only for a lasting contraindication.
    end_on = models.DateField("缓种至", null=True, blank=True)
    state = models.CharField("审核", max_length=10, choices=State, default=State.CLAIMED)
    note = models.CharField("说明", max_length=200, blank=True)
    entry = models.ForeignKey("registry.Entry", on_delete=models.PROTECT, related_name="exemptions")
    decided_entry = models.ForeignKey(
        "registry.Entry", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    row = models.PositiveIntegerField(null=True, blank=True)
    known_at = models.DateTimeField(db_default=Clock(), editable=False)

    objects = ExemptionQuerySet.as_manager()

    class Meta:
        indexes = [
            # Today's cards: deferrals that end soon, and claims sent back.
            models.Index(name="exemption_state_end", fields=["campaign", "state", "end_on"]),
            models.Index(name="exemption_known", fields=["known_at"]),
        ]
        constraints = [
            # The same person, kind and start is the same exemption (interfaces: Exemptions).
            models.UniqueConstraint(name="exemption_once", fields=["resident", "campaign", "kind", "start_on"]),
            models.CheckConstraint(
                name="exemption_deferral_ends",
                condition=Q(kind="contraindication") | Q(kind="deferral", end_on__isnull=False),
            ),
            models.CheckConstraint(
                name="exemption_end_not_before_start", condition=Q(end_on__isnull=True) | Q(end_on__gte=F("start_on"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.start_on}"


class Reason(models.Model):
    """Why a resident is not vaccinated, and the day they promised (rules 3, reason codes).

    For code 3, 医生现场暂缓, `promised_on` is the day to ask again; until then nobody asks.
    """

    resident = models.ForeignKey("registry.Resident", on_delete=models.CASCADE, related_name="reasons")
    campaign = models.ForeignKey("campaigns.Campaign", on_delete=models.PROTECT, related_name="+")
    code = models.CharField("未种原因", max_length=2, blank=True)
    note = models.CharField(max_length=200, blank=True)
    promised_on = models.DateField("约定接种日", null=True, blank=True)
    entry = models.ForeignKey("registry.Entry", on_delete=models.PROTECT, related_name="+")
    known_at = models.DateTimeField(db_default=Clock(), editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(name="reason_once", fields=["resident", "campaign"])]
        indexes = [
            # The ledger's filter by reason.
            models.Index(name="reason_code", fields=["campaign", "code"]),
            # Today's cards: whose promised day is today or past.
            models.Index(
                name="reason_promised", fields=["campaign", "promised_on"], condition=Q(promised_on__isnull=False)
            ),
            models.Index(name="reason_known", fields=["known_at"]),
        ]

    def __str__(self) -> str:
        return self.code
