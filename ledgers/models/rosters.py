"""Rosters as they were sent, what was read from them and what became of them."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from ledgers.querysets import RosterQuerySet
from registry.models import Source


class RosterImport(models.Model):
    """One file sent in: kept with its hash, who and when; previewed, then approved or discarded.

    The facts an approved import made point at `entry`.
    """

    class Kind(models.TextChoices):
        VILLAGES = "villages", "村（社区）名册"
        UNITS = "units", "单位名册"
        RESIDENTS = "residents", "居民花名册"
        DOSES_WIDE = "doses_wide", "接种花名册（一人一行）"
        DOSES_LONG = "doses_long", "接种花名册（一针一行）"
        EXEMPTIONS = "exemptions", "禁忌缓种名单"
        # Lists that come back: matched, never told by their headings alone, but for the row key of ours.
        CHECKLIST = "checklist", "核查名单"
        FOLLOWUP = "followup", "填回的台账"

    class State(models.TextChoices):
        READING = "reading", "正在读取"
        PREVIEW = "preview", "待核对"
        REFUSED = "refused", "未能读取"
        WRITING = "writing", "正在入库"
        DONE = "done", "已入库"
        DISCARDED = "discarded", "已放弃"
        UNDONE = "undone", "已撤销"

    campaign = models.ForeignKey("campaigns.Campaign", on_delete=models.PROTECT, related_name="+")
    file = models.FileField("文件", upload_to="rosters/%Y/%m/")
    name = models.CharField("文件名", max_length=200)
    sha256 = models.CharField(max_length=64, db_index=True)
    size = models.PositiveIntegerField()
    state = models.CharField("状态", max_length=10, choices=State, default=State.READING)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(auto_now_add=True)
    # What the sender or staff chose; "" or {} means: as recognised.
    chosen_kind = models.CharField(max_length=20, choices=Kind, blank=True)
    chosen_sheet = models.CharField(max_length=100, blank=True)
    # Column index (text) → field name, or "" for a column not to be used.
    chosen_columns = models.JSONField(default=dict)
    village = models.ForeignKey("registry.Place", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    source = models.CharField("来源", max_length=12, choices=Source, default=Source.ROSTER)
    # What the reader found.
    kind = models.CharField("类别", max_length=20, choices=Kind, blank=True)
    # {"sheets": [...], "sheet", "header_row", "columns": [{"index", "heading", "field", "sample"}]}
    layout = models.JSONField(default=dict)
    # The counts of `import_roster --json`.
    counts = models.JSONField(default=dict)
    # How ledgers, coverage and dropout move: {"before": ROW, "after": ROW, …}.
    effects = models.JSONField(default=dict)
    # What undoing needs and no row's entry tells: {"created": {model: [key]}, "changed": {model: {key: {field: old}}}}.
    before = models.JSONField(default=dict)
    # Why the file was refused as a whole: code and Chinese sentence.
    refusal_code = models.CharField(max_length=30, blank=True)
    refusal = models.CharField(max_length=200, blank=True)
    job = models.ForeignKey("registry.Job", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    entry = models.OneToOneField(
        "registry.Entry", on_delete=models.PROTECT, null=True, blank=True, related_name="roster"
    )
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    approved_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    undone_at = models.DateTimeField(null=True, blank=True)

    objects = RosterQuerySet.as_manager()

    class Meta:
        ordering = ["-uploaded_at", "-id"]
        constraints = [
            models.CheckConstraint(
                name="roster_done_has_its_entry",
                condition=~Q(state__in=["done", "undone"]) | Q(entry__isnull=False),
            ),
            models.CheckConstraint(
                name="roster_approved_who_and_when",
                condition=Q(approved_by__isnull=True, approved_at__isnull=True)
                | Q(approved_by__isnull=False, approved_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class RosterMessage(models.Model):
    """An error or warning about one cell of a roster, with the sender's own row number."""

    class Level(models.TextChoices):
        ERROR = "error", "退回"
        WARNING = "warning", "提醒"

    roster = models.ForeignKey(RosterImport, on_delete=models.CASCADE, related_name="messages")
    level = models.CharField(max_length=7, choices=Level)
    row = models.PositiveIntegerField()
    column = models.CharField(max_length=60, blank=True)
    # For the preview, so that it need not read the file again; numbers of people and phones masked.
    person = models.CharField("姓名", max_length=60, blank=True)
    content = models.CharField("原内容", max_length=60, blank=True)
    code = models.CharField(max_length=30)
    message = models.CharField(max_length=200)

    class Meta:
        ordering = ["row", "id"]
        # The preview's tabs and filters, which show a roster's messages by level and code.
        indexes = [models.Index(name="roster_message_code", fields=["roster", "level", "code"])]

    def __str__(self) -> str:
        return f"{self.row} {self.code}"


class ColumnLayout(models.Model):
    """A sender's layout, remembered: the headings of a sheet → the fields staff chose for them."""

    # Hash of the normalised headings in their order.
    fingerprint = models.CharField(max_length=64, unique=True)
    kind = models.CharField(max_length=20, choices=RosterImport.Kind)
    columns = models.JSONField(default=dict)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return self.fingerprint[:8]
