"""Accounts of the demonstration, one or two per role; their passwords are printed, so they guard nothing real."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.hashers import PBKDF2PasswordHasher

from registry.models import Department, Grid, Place, Role, RoleGrant, Unit, User
from reports.demo.street import BY_NAME, STREET

_BAIPING, _HUANGGU = BY_NAME["白坪村"].code, BY_NAME["黄谷村"].code
_LINKED = tuple(BY_NAME[name].code for name in ("曹家村", "楠木村", "白坪村"))


@dataclass(frozen=True)
class Account:
    username: str
    name: str
    role: Role
    # Place codes; for a unit its name, for a department its name.
    scope: tuple[str, ...]
    # What the table on the terminal says of the scope, and what to try first.
    scope_words: str
    to_try: str
    work_line: str = ""
    may_approve: bool = False
    # A grid of the village in `scope`, by its name.
    grid: str = ""

    @property
    def password(self) -> str:
        return f"{self.username}-2021"


ACCOUNTS = (
    Account("zhuanban", "刘明", Role.STAFF, (STREET,), "全街道", "进度总览、导入花名册、待核实", "dispatch"),
    Account("lingdao", "向前进", Role.LEADER, (STREET,), "全街道", "进度总览：离 90.8 % 还差多少人", "dispatch"),
    Account("lianduan", "何正清", Role.LEADER, _LINKED, "曹家、楠木、白坪三村", "联村领导看自己联系的村"),
    Account("baiping", "秦素芳", Role.CADRE, (_BAIPING,), "白坪村", "本村超期未种的人，认领待归类人员", "mobilise"),
    Account(
        "baiping1", "向荣华", Role.CADRE, (_BAIPING,), "白坪村第一网格", "入户：1组、2组还没去的户", grid="第一网格"
    ),
    Account("baiping3", "冉小红", Role.CADRE, (_BAIPING,), "白坪村第二网格", "网格员只看得到自己的组", grid="第二网格"),
    Account("huanggu", "谭志军", Role.CADRE, (_HUANGGU,), "黄谷村", "打开白坪村的人：找不到", "mobilise"),
    Account("shuichang", "周文伟", Role.UNIT, ("乌杨水厂",), "乌杨水厂", "本单位还有谁没打"),
    Account("zhongxue", "罗海燕", Role.UNIT, ("乌杨初级中学",), "乌杨初级中学", "按班级看学生"),
    Account("jingfa", "唐建波", Role.DEPARTMENT, ("经发办",), "经发办主管的行业", "制造业各单位的台账"),
    Account("weisheng", "陈静", Role.CLINIC, (STREET,), "乌杨卫生院", "审核缓种申请", "professional", may_approve=True),
    Account("jiezhong", "杨敏", Role.CLINIC, (STREET,), "乌杨卫生院", "上传接种系统导出的花名册", "professional"),
    Account("shenji", "邓国平", Role.AUDITOR, (), "操作日志", "谁看过完整号码，看不到任何名单"),
    Account("guanli", "余波", Role.SYSADMIN, (), "账号与设置", "建账号、停用账号"),
)  # fmt: skip


def make_accounts() -> dict[str, User]:
    """Create the accounts with their grants; places, units and departments must exist. By user name."""
    made: dict[str, User] = {}
    for account in ACCOUNTS:
        user = User.objects.create(
            username=account.username,
            name=account.name,
            work_line=account.work_line,
            password=_hashed(account.password),
        )
        RoleGrant.objects.bulk_create(_grants(account, user))
        made[account.username] = user
    return made


def _hashed(password: str) -> str:
    """Hash with few rounds: what is printed needs no slow hash, and the first login stores a full one."""
    hasher = PBKDF2PasswordHasher()
    return hasher.encode(password, hasher.salt(), iterations=1000)


def _grants(account: Account, user: User) -> list[RoleGrant]:
    if account.role == Role.UNIT:
        return [RoleGrant(user=user, role=account.role, unit=Unit.objects.get(name=name)) for name in account.scope]
    if account.role == Role.DEPARTMENT:
        departments = Department.objects.filter(name__in=account.scope)
        return [RoleGrant(user=user, role=account.role, department=department) for department in departments]
    places = Place.objects.filter(code__in=account.scope)
    grid = Grid.objects.get(name=account.grid, village__in=places) if account.grid else None
    grants = [
        RoleGrant(user=user, role=account.role, place=place, may_approve=account.may_approve, grid=grid)
        for place in places
    ]
    return grants or [RoleGrant(user=user, role=account.role)]


def table() -> str:
    """Return the accounts as a table for the terminal, columns aligned though Chinese is twice as wide."""
    head = ("账号", "密码", "角色", "范围", "可以试试")
    rows = [(a.username, a.password, str(a.role.label), a.scope_words, a.to_try) for a in ACCOUNTS]
    widths = [max(_width(row[column]) for row in (head, *rows)) for column in range(len(head))]
    lines = ["  ".join(_padded(cell, width) for cell, width in zip(row, widths, strict=True)) for row in (head, *rows)]
    return "\n".join(line.rstrip() for line in lines)


def _width(text: str) -> int:
    return sum(2 if ord(character) > 0x2E7F else 1 for character in text)


def _padded(text: str, width: int) -> str:
    return text + " " * (width - _width(text))
