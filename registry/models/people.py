"""Residents, their households, identity documents, phones and tags, and what changed about them."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from registry.querysets import HouseholdQuerySet, ResidentQuerySet
from registry.versions import Clock

# For PostgreSQL, whose plain index answers "begins with" only in the collation C; SQLite needs none.
_BY_PREFIX = ["varchar_pattern_ops", "int8_ops"]


class Sex(models.TextChoices):
    MALE = "M", "男"
    FEMALE = "F", "女"


class Residency(models.TextChoices):
    """人口类型 (rules 1)."""

    LOCAL = "local", "户籍常住"
    INCOMING = "incoming", "外来常住"
    AWAY = "away", "户籍外出"
    TRANSIENT = "transient", "流动"
    UNKNOWN = "unknown", "类型未定"


class Status(models.TextChoices):
    ACTIVE = "active", "在册"
    OUTSIDE = "outside", "非本辖区"
    MOVED_OUT = "moved_out", "已迁出"
    DECEASED = "deceased", "已故"


class Household(models.Model):
    """A 居住户: who eat and sleep together, numbered in walking order inside its place (3组-017户).

    `number` is the 户号 of the booklet, which names a household only together with its village;
    "" where the household has none. A merged household points at the one that took its members.
    """

    class State(models.TextChoices):
        HOME = "home", "在家"
        AWAY = "away", "全家外出"
        # Registered here, nobody lives here: listed apart, confirmed once.
        REGISTERED_ONLY = "registered_only", "空挂户"
        COLLECTIVE = "collective", "集体户"
        RENTED = "rented", "租住户"

    # Listed apart and confirmed once, not visited each round.
    APART = (State.REGISTERED_ONLY, State.COLLECTIVE)

    village = models.ForeignKey("registry.Place", on_delete=models.PROTECT, related_name="+", db_index=False)
    # The finest place known: a group, or the village itself.
    place = models.ForeignKey("registry.Place", on_delete=models.PROTECT, related_name="+", db_index=False)
    # Position on the walk through `place`; null until it is numbered.
    sequence = models.PositiveIntegerField("户序", null=True, blank=True)
    number = models.CharField("户号", max_length=40, blank=True)
    head = models.CharField("户主", max_length=60, blank=True)
    address = models.CharField("门牌", max_length=120, blank=True, db_default="")
    state = models.CharField("户状态", max_length=16, choices=State, default=State.HOME, db_default=State.HOME)
    # Who said that a household listed apart really is one; null until confirmed.
    confirmed_entry = models.ForeignKey(
        "registry.Entry", on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    # 包保人; null means: the grid worker whose scope is the finest around `place`.
    caretaker = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="households"
    )
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged")
    # Unchecked by the database, see `Entry`.
    entry = models.ForeignKey(
        "registry.Entry", on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )

    objects = HouseholdQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["village", "head"], name="household_head")]
        constraints = [
            models.UniqueConstraint(
                name="household_number_once_per_village", fields=["village", "number"], condition=~Q(number="")
            ),
            # Also the walking order of every list, and every scope. Null sequences do not collide.
            models.UniqueConstraint(name="household_sequence_once_per_place", fields=["place", "sequence"]),
            models.CheckConstraint(name="household_not_merged_into_itself", condition=~Q(merged_into=F("id"))),
        ]

    def __str__(self) -> str:
        return self.number or self.head


class HouseholdChange(models.Model):
    """One changed field of a household: the old value is never lost. Values are kept as text, "" was none."""

    household = models.ForeignKey(Household, on_delete=models.CASCADE, related_name="changes")
    field = models.CharField(max_length=30)
    old = models.CharField(max_length=120, blank=True)
    new = models.CharField(max_length=120, blank=True)
    entry = models.ForeignKey("registry.Entry", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.CheckConstraint(name="household_change_changes_something", condition=~Q(old=F("new")))]

    def __str__(self) -> str:
        return f"{self.field}: {self.old} → {self.new}"


class Tag(models.Model):
    """A mark on residents that plans refer to: 党员, 村组干部, 出国 …"""

    name = models.CharField("标签", max_length=40, unique=True)

    def __str__(self) -> str:
        return self.name


class Resident(models.Model):
    """A person on record.

    `place` is the finest place known: a group, a village, or the street itself while no village has
    claimed the person (待归类). It is never null, so every scope is a prefix of its code.
    """

    name = models.CharField("姓名", max_length=60)
    # The name without spaces and dots and with variant characters folded: what names are compared by.
    name_key = models.CharField(max_length=60)
    pinyin = models.CharField(max_length=200, blank=True)
    initials = models.CharField(max_length=40, blank=True)
    sex = models.CharField("性别", max_length=1, choices=Sex, blank=True)
    birth_on = models.DateField("出生日期")
    place = models.ForeignKey("registry.Place", on_delete=models.PROTECT, related_name="+", db_index=False)
    # Where registered, if that is another village of the street; it reads, never counts (rules 1).
    registered_village = models.ForeignKey(
        "registry.Place", on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    household = models.ForeignKey(Household, on_delete=models.PROTECT, null=True, blank=True, related_name="members")
    relation = models.CharField("与户主关系", max_length=20, blank=True)
    residency = models.CharField("人口类型", max_length=10, choices=Residency, default=Residency.UNKNOWN)
    status = models.CharField("状态", max_length=10, choices=Status, default=Status.ACTIVE)
    # First day on which the person is in no ledger; null unless moved out or deceased.
    status_on = models.DateField("变动日期", null=True, blank=True)
    # False while no row and no person has said so: then a roster may still state it.
    status_stated = models.BooleanField(default=False)
    address = models.CharField("现住址", max_length=200, blank=True)
    registered_address = models.CharField("户籍地址", max_length=200, blank=True)
    guardian = models.CharField("监护人", max_length=60, blank=True)
    caretaker = models.CharField("包保人", max_length=60, blank=True)
    remarks = models.CharField("备注", max_length=500, blank=True)
    # Where to and since when, of who lives elsewhere; "" and null where nobody said.
    away_to = models.CharField("外出地", max_length=80, blank=True, db_default="")
    away_since = models.DateField("外出时间", null=True, blank=True)
    # Unchecked by the database, see `Entry`.
    entry = models.ForeignKey(
        "registry.Entry", on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    # When the row was written: what is known at a moment leaves out whoever came later (`registry.versions`).
    known_at = models.DateTimeField(db_default=Clock(), editable=False)

    objects = ResidentQuerySet.as_manager()

    class Meta:
        indexes = [
            # Ledger lists in the office's order (village, group), and every scope. The further columns
            # let a list walk past those its filters leave out without touching their rows.
            models.Index(name="resident_place", fields=["place", "id", "birth_on", "residency", "status", "status_on"]),
            # Search by the beginning of a name and of its initials, in any collation.
            models.Index(name="resident_name", fields=["name_key", "id"], opclasses=_BY_PREFIX),
            models.Index(name="resident_initials", fields=["initials", "id"], opclasses=_BY_PREFIX),
            # Ledger lists by name: Chinese offices expect the order of pinyin.
            models.Index(name="resident_pinyin", fields=["pinyin", "id"]),
            # The same of one 人口类型, and the few of a rare one, with what lets a list walk past people as above.
            # Most people are 户籍常住: a list by name soon meets them without.
            models.Index(
                name="resident_residency",
                fields=["residency", "pinyin", "id", "birth_on", "status", "status_on", "place"],
                condition=~Q(residency="local"),
            ),
            # Sort by age, and age bands.
            models.Index(name="resident_birth", fields=["birth_on", "id"]),
            # A registered village's read-only list.
            models.Index(
                name="resident_registered", fields=["registered_village"], condition=Q(registered_village__isnull=False)
            ),
            # Who came on record since a moment.
            models.Index(name="resident_known", fields=["known_at"]),
        ]
        constraints = [
            models.CheckConstraint(
                name="resident_gone_has_its_day",
                condition=Q(status__in=["active", "outside"], status_on__isnull=True)
                | Q(status__in=["moved_out", "deceased"], status_on__isnull=False),
            ),
            models.CheckConstraint(name="resident_has_a_name", condition=~Q(name="")),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def village_code(self) -> str:
        """The responsible village's code; "" while in 待归类."""
        code = self.place_id[:12]
        return "" if code.endswith("000") else code


class IdentityDocument(models.Model):
    """A numbered document; the person is known again by (kind, number).

    Kind `resident` covers 居民身份证, 户口簿 and 港澳台居民居住证, which bear the same 18-digit number.
    """

    RESIDENT = "resident"

    resident = models.ForeignKey(Resident, on_delete=models.CASCADE, related_name="documents")
    kind = models.CharField("证件类型", max_length=20, default=RESIDENT)
    number = models.CharField("证件号码", max_length=40)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="document_once", fields=["number", "kind"]),
            models.CheckConstraint(name="document_number_not_empty", condition=~Q(number="")),
            models.CheckConstraint(
                name="document_resident_number_has_18",
                condition=~Q(kind="resident") | Q(number__regex=r"^[0-9]{17}[0-9X]$"),
            ),
        ]

    def __str__(self) -> str:
        return f"****{self.number[-2:]}"


class Phone(models.Model):
    """A phone of a resident; old people often give a child's, so it is neither unique nor a key."""

    class Whose(models.TextChoices):
        SELF = "self", "本人"
        FAMILY = "family", "家属"
        GUARDIAN = "guardian", "监护人"

    resident = models.ForeignKey(Resident, on_delete=models.CASCADE, related_name="phones", db_index=False)
    number = models.CharField("联系电话", max_length=20)
    last4 = models.CharField(max_length=4, db_index=False)
    whose = models.CharField("是谁的", max_length=10, choices=Whose, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="phone_once_per_resident", fields=["resident", "number"])]
        # Search by the last four digits.
        indexes = [models.Index(name="phone_last4", fields=["last4"])]

    def __str__(self) -> str:
        return f"****{self.last4}"


class ResidentTag(models.Model):
    resident = models.ForeignKey(Resident, on_delete=models.CASCADE, related_name="tag_links", db_index=False)
    tag = models.ForeignKey(Tag, on_delete=models.PROTECT, related_name="links")

    class Meta:
        constraints = [models.UniqueConstraint(name="tag_once_per_resident", fields=["resident", "tag"])]

    def __str__(self) -> str:
        return str(self.tag_id)


class ResidentChange(models.Model):
    """One changed field of a resident: the old value is never lost (rules: history).

    Values are kept as text (ISO dates, codes, keys); "" means there was none.
    """

    resident = models.ForeignKey(Resident, on_delete=models.CASCADE, related_name="changes")
    field = models.CharField(max_length=30)
    old = models.CharField(max_length=500, blank=True)
    new = models.CharField(max_length=500, blank=True)
    # Unchecked by the database, see `Entry`.
    entry = models.ForeignKey("registry.Entry", on_delete=models.PROTECT, related_name="changes", db_constraint=False)

    class Meta:
        constraints = [models.CheckConstraint(name="change_changes_something", condition=~Q(old=F("new")))]

    def __str__(self) -> str:
        return f"{self.field}: {self.old} → {self.new}"
