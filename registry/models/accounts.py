"""Accounts: who logs in, in which roles, over which scope (access.md)."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Coalesce


class Role(models.TextChoices):
    CADRE = "cadre", "村社干部"
    UNIT = "unit", "单位联系人"
    DEPARTMENT = "department", "部门科室"
    CLINIC = "clinic", "卫生院"
    STAFF = "staff", "街道专班"
    LEADER = "leader", "领导"
    AUDITOR = "auditor", "审计员"
    SYSADMIN = "sysadmin", "系统管理员"


class User(AbstractUser):
    """A person's own account; the account `system` stands for the machine and cannot log in."""

    class WorkLine(models.TextChoices):  # plan 一(一)
        DISPATCH = "dispatch", "综合调度"
        MOBILISE = "mobilise", "排查发动"
        PROFESSIONAL = "professional", "专业技术"

    name = models.CharField("姓名", max_length=60, blank=True)
    phone = models.CharField("联系电话", max_length=40, blank=True)
    work_line = models.CharField("工作线", max_length=20, choices=WorkLine, blank=True)
    large_type = models.BooleanField("大字版", default=False)
    # True from the day somebody else set the password until the owner changes it.
    must_change_password = models.BooleanField("须修改初始密码", default=False)

    def __str__(self) -> str:
        return self.name or self.username


class RoleGrant(models.Model):
    """One (role, scope) pair of an account. The scope is a place, a unit or a department, by role."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="grants")
    role = models.CharField("角色", max_length=20, choices=Role)
    place = models.ForeignKey("registry.Place", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    unit = models.ForeignKey("registry.Unit", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    department = models.ForeignKey(
        "registry.Department", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    # A grid worker's beat: narrows a cadre's `place`, which is the grid's village.
    grid = models.ForeignKey("registry.Grid", on_delete=models.PROTECT, null=True, blank=True, related_name="grants")
    # 专业技术线: an account of the clinic that may decide exemptions.
    may_approve = models.BooleanField("可审核禁忌缓种", default=False)
    # A village's 文书: gives one-time login codes to the cadres of its village.
    may_give_codes = models.BooleanField("可发登录码", default=False, db_default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="grant_scope_fits_its_role",
                condition=Q(
                    role__in=[Role.CADRE, Role.CLINIC, Role.STAFF, Role.LEADER],
                    place__isnull=False,
                    unit__isnull=True,
                    department__isnull=True,
                )
                | Q(role=Role.UNIT, place__isnull=True, unit__isnull=False, department__isnull=True)
                | Q(role=Role.DEPARTMENT, place__isnull=True, unit__isnull=True, department__isnull=False)
                | Q(
                    role__in=[Role.AUDITOR, Role.SYSADMIN],
                    place__isnull=True,
                    unit__isnull=True,
                    department__isnull=True,
                ),
            ),
            models.CheckConstraint(
                name="grant_grid_only_of_a_cadre", condition=Q(grid__isnull=True) | Q(role=Role.CADRE)
            ),
            models.CheckConstraint(
                name="grant_approves_only_as_clinic_or_staff",
                condition=Q(may_approve=False) | Q(role__in=[Role.CLINIC, Role.STAFF]),
            ),
            models.CheckConstraint(
                name="grant_gives_codes_only_as_cadre", condition=Q(may_give_codes=False) | Q(role=Role.CADRE)
            ),
            # Coalesced, because a null differs from every other null.
            models.UniqueConstraint(
                "user",
                "role",
                Coalesce("place", Value("")),
                Coalesce("unit", Value(0)),
                Coalesce("department", Value(0)),
                Coalesce("grid", Value(0)),
                name="grant_once_per_scope",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} {self.place or self.unit or self.department or ''}{self.grid or ''}".strip()


class LoginCode(models.Model):
    """A one-time code on paper, given out by staff or a village's clerk instead of a password by e-mail.

    Only its hash is kept. Used once, before `expires_at`; a newer code ends the older ones.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="login_codes")
    code_hash = models.CharField(max_length=128)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    # Null while it may still be used; also set when a newer code took its place.
    ended_at = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="login_code_open_once", fields=["user"], condition=Q(ended_at__isnull=True))
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.made_at}"


class Device(models.Model):
    """A phone remembered for thirty days: its secret opens a session again, and lies on the phone behind the PIN."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="devices")
    secret_hash = models.CharField(max_length=64, unique=True)
    name = models.CharField("手机", max_length=80, blank=True)
    created_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    # Null while it opens sessions; set at logout, by the owner, by staff, or when the account ends.
    ended_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name or str(self.pk)
