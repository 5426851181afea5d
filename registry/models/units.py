"""Work units, the trades they belong to, and the departments that answer for the trades."""

from django.db import models
from django.db.models import F, Q

from registry.querysets import UnitQuerySet
from registry.versions import Clock


class Department(models.Model):
    """A department or office of the street (谁主管谁负责, plan 一(二))."""

    name = models.CharField("名称", max_length=60, unique=True)
    duty = models.TextField("职责", blank=True)
    article = models.CharField("条款", max_length=40, blank=True)

    def __str__(self) -> str:
        return self.name


class Trade(models.Model):
    """A trade (行业). Which trades are key is the campaign's to say."""

    name = models.CharField("行业", max_length=60, unique=True)
    aliases = models.JSONField(default=list)
    department = models.ForeignKey(Department, on_delete=models.PROTECT, null=True, blank=True, related_name="trades")

    def __str__(self) -> str:
        return self.name


class Unit(models.Model):
    """A work unit or school; `place` is the village where it stands, or the street where unknown."""

    name = models.CharField("单位名称", max_length=120)
    place = models.ForeignKey("registry.Place", on_delete=models.PROTECT, related_name="units")
    # Null: trade unknown or other; such a unit is never key (rules 6).
    trade = models.ForeignKey(Trade, on_delete=models.PROTECT, null=True, blank=True, related_name="units")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, null=True, blank=True, related_name="units")
    contact = models.CharField("联系人", max_length=60, blank=True)
    phone = models.CharField("联系电话", max_length=40, blank=True)
    # What the unit says of itself; null where it said nothing. Never a figure of ours.
    staff_count = models.PositiveIntegerField("职工人数", null=True, blank=True)
    entry = models.ForeignKey("registry.Entry", on_delete=models.PROTECT, related_name="+")

    objects = UnitQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(name="unit_name_once_per_place", fields=["name", "place"])]

    def __str__(self) -> str:
        return self.name


class MembershipKind(models.TextChoices):
    STAFF = "staff", "职工"
    TEMPORARY = "temporary", "临聘"
    STUDENT = "student", "学生"
    LODGER = "lodger", "入住人员"


# A roster that names a unit and leaves 人员类别 blank: an empty field, filled by whoever says it later.
KIND_UNSTATED = ""
# Who works there, as a member of no stated kind is taken to; the plan's key groups are these of key units (rules 6).
STAFF_KINDS = (MembershipKind.STAFF, MembershipKind.TEMPORARY, KIND_UNSTATED)


class Consent(models.TextChoices):
    """知情同意 of a student's guardian (plan 五(三))."""

    SIGNED = "signed", "已签"
    UNSIGNED = "unsigned", "未签"
    REFUSED = "refused", "不同意"


class Membership(models.Model):
    """A resident's membership of a unit, open while `left_on` is null (the day of leaving is outside)."""

    resident = models.ForeignKey("registry.Resident", on_delete=models.CASCADE, related_name="memberships")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="memberships")
    kind = models.CharField("人员类别", max_length=10, choices=MembershipKind, default=MembershipKind.STAFF)
    class_name = models.CharField("班级", max_length=40, blank=True)
    # "" where nobody asked; only students' guardians are asked.
    consent = models.CharField("知情同意", max_length=10, choices=Consent, blank=True, db_default="")
    joined_on = models.DateField(null=True, blank=True)
    left_on = models.DateField(null=True, blank=True)
    # Unchecked by the database, see `Entry`.
    entry = models.ForeignKey(
        "registry.Entry", on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    known_at = models.DateTimeField(db_default=Clock(), editable=False)

    class Meta:
        # Who has joined since a moment.
        indexes = [models.Index(name="membership_known", fields=["known_at"])]
        constraints = [
            models.UniqueConstraint(
                name="membership_open_once", fields=["resident", "unit"], condition=Q(left_on__isnull=True)
            ),
            # A null on either side passes: an unknown day contradicts nothing.
            models.CheckConstraint(
                name="membership_left_not_before_joined",
                condition=Q(left_on__isnull=True) | Q(joined_on__isnull=True) | Q(left_on__gte=F("joined_on")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.kind_words}"

    @property
    def kind_words(self) -> str:
        return self.get_kind_display() or "人员类别未填"
