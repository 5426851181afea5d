"""Accounts by spreadsheet: what each row means for the registry, and making the new accounts at once."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from django.contrib.auth.hashers import make_password
from django.db import transaction

from registry.access import places_given_by, roles_given_by
from registry.account_sheet import SheetRow
from registry.audit import record
from registry.login_codes import give_codes
from registry.models import Grid, Place, Role, RoleGrant, Unit, User
from registry.place_names import stem


@dataclass(frozen=True, slots=True)
class Planned:
    """A row of the preview: `refusal` is the sentence, "" for a row that can be done.

    `account` is the key of the open account with that phone, None for a new one; `is_known` when the
    account already has the role and scope.
    """

    number: int
    name: str
    phone: str
    role: str = ""
    place: str | None = None
    grid: int | None = None
    unit: int | None = None
    scope_words: str = ""
    account: int | None = None
    is_known: bool = False
    refusal: str = ""


def plan_accounts(rows: list[SheetRow], *, by: User) -> list[Planned]:
    """Say for each row what importing it would do; a constant number of queries."""
    return [*_Planner(rows, by).plan()]


class _Planner:
    def __init__(self, rows: list[SheetRow], by: User):
        self._rows = rows
        self._roles, prefixes = roles_given_by(by), places_given_by(by)
        self._villages: dict[str, set[Place]] = {}
        self._groups: dict[tuple[str, str], Place] = {}
        for place in Place.objects.within_any(prefixes).filter(level__gte=Place.Level.VILLAGE):
            if place.level == Place.Level.VILLAGE:
                self._villages.setdefault(stem(place.name), set()).add(place)
            else:
                self._groups[place.code[: Place.Level.VILLAGE], place.name] = place
        grids = Grid.objects.filter(village__in=Place.objects.within_any(prefixes))
        self._grids = {(grid.village_id, grid.name): grid.pk for grid in grids}
        self._units: dict[str, list[int]] = {}
        for key, name in Unit.objects.within_any(prefixes).values_list("pk", "name"):
            self._units.setdefault(name, []).append(key)
        phones = {row.phone for row in rows} - {""}
        self._accounts = {user.phone: user for user in User.objects.filter(phone__in=phones, is_active=True)}
        self._grants = set(
            RoleGrant.objects.filter(user__in=[user.pk for user in self._accounts.values()]).values_list(
                "user_id", "role", "place_id", "grid_id", "unit_id"
            )
        )

    def plan(self) -> list[Planned]:
        often = Counter(row.phone for row in self._rows)
        return [self._plan(row, repeated=often[row.phone] > 1) for row in self._rows]

    def _plan(self, row: SheetRow, *, repeated: bool) -> Planned:
        refusal = self._refusal(row, repeated)
        if refusal:
            return Planned(row.number, row.name, row.phone, refusal=refusal)
        scope = self._unit_scope(row) if row.unit and not row.village else self._place_scope(row)
        if isinstance(scope, str):
            return Planned(row.number, row.name, row.phone, refusal=scope)
        role, place, grid, unit, words = scope
        account = self._accounts.get(row.phone)
        known = account is not None and (account.pk, role, place, grid, unit) in self._grants
        return Planned(
            row.number, row.name, row.phone, role, place, grid, unit, words, account.pk if account else None, known
        )

    def _refusal(self, row: SheetRow, repeated: bool) -> str:
        account = self._accounts.get(row.phone)
        if not row.phone:
            return "没有手机号，或一格里写了几个：写一个 11 位手机号。"
        if repeated:
            return "这个手机号在表里不止一次：一个号码只配一个人。"
        if account is not None and account.name != row.name:
            return f"这个手机号已经是{account.name}的账号：核对号码，或先停用那个账号。"
        if not row.unit and not row.village:
            return "没有写村（社区）或单位：村干部写村，单位联系人写单位。"
        return ""

    def _place_scope(self, row: SheetRow) -> tuple | str:
        found = self._villages.get(stem("".join(row.village.split())), set())
        if Role.CADRE not in self._roles or len(found) != 1:
            return f"没有找到“{row.village}”：写本街道的村（社区）名称。"
        (village,) = found
        if row.grid:
            grid = self._grids.get((village.pk, row.grid))
            if grid is None:
                return f"{village}没有叫“{row.grid}”的网格：先在入户页设好网格，或写组。"
            return Role.CADRE.value, village.pk, grid, None, f"{village}{row.grid}"
        if row.group:
            group = self._groups.get((village.pk, row.group)) or self._groups.get((village.pk, f"{row.group}组"))
            if group is None:
                return f"{village}没有“{row.group}”：写成与名册一样的组名。"
            return Role.CADRE.value, group.pk, None, None, f"{village}{group}"
        return Role.CADRE.value, village.pk, None, None, str(village)

    def _unit_scope(self, row: SheetRow) -> tuple | str:
        found = self._units.get(row.unit, [])
        if Role.UNIT not in self._roles or len(found) != 1:
            return f"没有找到单位“{row.unit}”：写成与单位名册一样的全称。"
        return Role.UNIT.value, None, None, found[0], row.unit


@transaction.atomic
def make_accounts(planned: list[Planned], *, by: User, address: str = "") -> list[tuple[User, str]]:
    """Make the new accounts and add the missing scopes; return each new account with its login code, shown once."""
    rows = [row for row in planned if not row.refusal and not row.is_known]
    new = [row for row in rows if row.account is None]
    taken = set(User.objects.filter(username__in=[row.phone for row in new]).values_list("username", flat=True))
    User.objects.bulk_create(
        User(
            username=row.phone if row.phone not in taken else f"{row.phone}-{row.number}",
            name=row.name,
            phone=row.phone,
            password=make_password(None),
            must_change_password=True,
        )
        for row in new
    )
    keys = dict(User.objects.filter(phone__in=[row.phone for row in rows], is_active=True).values_list("phone", "pk"))
    RoleGrant.objects.bulk_create(
        RoleGrant(user_id=keys[row.phone], role=row.role, place_id=row.place, grid_id=row.grid, unit_id=row.unit)
        for row in rows
    )
    detail = {"created": len(new), "updated": len(rows) - len(new)}
    record("account.import", by=by, detail=detail, address=address)
    for row in rows:
        record(
            "account.grant", by=by, subject=f"user {keys[row.phone]}", detail={"角色": row.scope_words},
            address=address,
        )  # fmt: skip
    return give_codes(User.objects.filter(pk__in=[keys[row.phone] for row in new]), by=by, address=address)
