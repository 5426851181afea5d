"""Plan files: a campaign as one readable TOML file, parsed into plain values with clear refusals.

The fields of each row are named as the models name them, so that loading is one rule for all.
"""

import re
import tomllib
from dataclasses import MISSING, dataclass, field, fields
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar, get_type_hints

PLANS = Path(__file__).resolve().parent / "plans"
DEFAULT_PLAN = "wuyang-2021"
Row = TypeVar("Row")


class PlanError(Exception):
    """A plan file that cannot be loaded; the message is one Chinese sentence."""


@dataclass(frozen=True)
class CampaignRow:
    key: str
    name: str
    place: str
    start_on: date
    end_on: date
    min_age: int
    first_use_on: date
    goal_rate: Decimal
    dropout_limit: Decimal
    judged_by: str
    age_bands: list
    document: str = ""
    census_heading: str = ""
    key_tags: list = field(default_factory=list)
    tags: list = field(default_factory=list)
    is_default: bool = False
    articles: dict = field(default_factory=dict)
    thresholds: dict = field(default_factory=dict)


@dataclass(frozen=True)
class PlaceRow:
    code: str
    name: str
    level: str


@dataclass(frozen=True)
class PhaseRow:
    key: str
    name: str
    cohort: str
    measure: str
    start_on: date
    deadline_on: date
    article: str = ""
    from_age: int | None = None
    to_age: int | None = None
    age_on: date | None = None
    tag: str = ""
    dose_number: int | None = None
    goal_rate: Decimal = Decimal(1)
    is_soft: bool = False


@dataclass(frozen=True)
class PlatformRow:
    key: str
    name: str
    doses: int
    is_unknown: bool = False
    recommended_gap_days: int | None = None
    due_by: list = field(default_factory=list)
    too_early_days: int | None = None
    short_interval_days: int | None = None
    products: list = field(default_factory=list)


@dataclass(frozen=True)
class ProductRow:
    key: str
    name: str
    manufacturer: str = ""
    aliases: list = field(default_factory=list)
    approvals: list = field(default_factory=list)
    names_platform_only: bool = False


@dataclass(frozen=True)
class DepartmentRow:
    name: str
    duty: str = ""
    article: str = ""


@dataclass(frozen=True)
class TradeRow:
    name: str
    aliases: list = field(default_factory=list)
    department: str = ""
    is_key: bool = False


@dataclass(frozen=True)
class InstitutionRow:
    name: str
    level: int | None = None


@dataclass(frozen=True)
class AgeBandRow:
    """`to_age` inclusive, None = open."""

    key: str
    from_age: int
    to_age: int | None


@dataclass(frozen=True)
class Plan:
    campaign: CampaignRow
    age_bands: list[AgeBandRow]
    places: list[PlaceRow]
    phases: list[PhaseRow]
    platforms: list[PlatformRow]
    departments: list[DepartmentRow]
    trades: list[TradeRow]
    institutions: list[InstitutionRow]


_TABLES = {
    "places": PlaceRow,
    "phases": PhaseRow,
    "platforms": PlatformRow,
    "departments": DepartmentRow,
    "trades": TradeRow,
    "institutions": InstitutionRow,
}


def plan_path(name: str) -> Path:
    """Find a plan by its name in campaigns/plans, or by the path of a TOML file; PlanError if there is none."""
    path = Path(name) if name.endswith(".toml") else PLANS / f"{Path(name).name}.toml"
    if not path.is_file():
        raise PlanError(f"没有名为“{name}”的方案文件。")
    return path


def read_plan(text: str) -> Plan:
    """Parse the text of a plan file and check it as a whole. Raises PlanError."""
    try:
        tables = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise PlanError(f"方案文件不是有效的 TOML：{error}。") from error
    strange = set(tables) - set(_TABLES) - {"campaign"}
    if strange or "campaign" not in tables:
        raise PlanError(
            f"方案文件中有不认识的部分：{'、'.join(sorted(strange))}。" if strange else "方案文件缺少 campaign 部分。"
        )
    rows = {name: [_row(kind, table, name) for table in tables.get(name, [])] for name, kind in _TABLES.items()}
    rows["platforms"] = [_with_products(platform) for platform in rows["platforms"]]
    campaign = _row(CampaignRow, tables["campaign"], "campaign")
    plan = Plan(campaign=campaign, age_bands=[_age_band(key) for key in campaign.age_bands], **rows)
    _check(plan)
    return plan


def _row(kind: type[Row], table: dict[str, Any], where: str) -> Row:
    """Build one row; names the part of the file and the item that is wrong."""
    if not isinstance(table, dict):
        raise PlanError(f"{where}：应为一张表。")
    label = f"{where} {table.get('key') or table.get('name') or table.get('code') or ''}".strip()
    hints = get_type_hints(kind)
    strange = sorted(set(table) - set(hints))
    if strange:
        raise PlanError(f"{label}：不认识的项 {'、'.join(strange)}。")
    for item in fields(kind):
        has_default = item.default is not MISSING or item.default_factory is not MISSING
        if item.name not in table and not has_default:
            raise PlanError(f"{label}：缺少 {item.name}。")
    values = {name: _value(value, hints[name], f"{label}：{name}") for name, value in table.items()}
    return kind(**values)


def _value(value: Any, hint: Any, label: str) -> Any:
    if hint is Decimal and type(value) is int:
        return Decimal(value)
    if not isinstance(value, hint) or (isinstance(value, bool) and hint is not bool):
        raise PlanError(f"{label} 的值 {value} 不合要求。")
    return value


def _with_products(platform: PlatformRow) -> PlatformRow:
    products = [_row(ProductRow, table, f"platforms {platform.key} products") for table in platform.products]
    return PlatformRow(**{**vars(platform), "products": products})


def _age_band(key: str) -> AgeBandRow:
    match = re.fullmatch(r"(\d+)(?:-(\d+)|\+)", str(key))
    if match is None or (match[2] and int(match[2]) < int(match[1])):
        raise PlanError(f"年龄段“{key}”应写作 12-14 或 80+。")
    return AgeBandRow(key=key, from_age=int(match[1]), to_age=int(match[2]) if match[2] else None)


def _check(plan: Plan) -> None:
    """Refuse what no row shows alone: doubles, names that lead nowhere, ages left out, the unknown row."""
    for name in _TABLES:
        rows = getattr(plan, name)
        keys = [getattr(row, "key", None) or getattr(row, "code", None) or row.name for row in rows]
        double = sorted({key for key in keys if keys.count(key) > 1})
        if double:
            raise PlanError(f"{name} 中重复：{'、'.join(double)}。")
    _check_names(plan)
    _check_age_bands(plan)
    _check_phases(plan)
    for platform in plan.platforms:
        _check_platform(platform)
    _check_unknown_row(plan.platforms)


def _check_names(plan: Plan) -> None:
    if plan.campaign.place not in {place.code for place in plan.places}:
        raise PlanError(f"places 中没有 campaign 的地区 {plan.campaign.place}。")
    if plan.campaign.judged_by not in ("first", "full"):
        raise PlanError("judged_by 应为 first 或 full。")
    departments = {department.name for department in plan.departments}
    for trade in plan.trades:
        if trade.department and trade.department not in departments:
            raise PlanError(f"trades {trade.name}：departments 中没有 {trade.department}。")
    products = [product for platform in plan.platforms for product in platform.products]
    for product in products:
        if any(set(approval) != {"from_age", "from"} for approval in product.approvals):
            raise PlanError(f"products {product.key}：approvals 每项应写明 from_age 和 from。")
    keys = [product.key for product in products]
    double = sorted({key for key in keys if keys.count(key) > 1})
    if double:
        raise PlanError(f"products 中重复：{'、'.join(double)}。")


def _check_age_bands(plan: Plan) -> None:
    """The bands must hold everybody in scope exactly once, or tables by age would not add up."""
    expected: int | None = plan.campaign.min_age
    for band in plan.age_bands:
        if band.from_age != expected:
            raise PlanError("年龄段应从最低年龄起，首尾相接。")
        expected = None if band.to_age is None else band.to_age + 1
    if expected is not None:
        raise PlanError("最后一个年龄段应不设上限。")


def _check_phases(plan: Plan) -> None:
    for phase in plan.phases:
        if phase.deadline_on < phase.start_on:
            raise PlanError(f"phases {phase.key}：截止日早于开始。")
        if phase.cohort not in ("goal", "age", "tag", "key_groups"):
            raise PlanError(f"phases {phase.key}：不认识的目标人群 {phase.cohort}。")
        if phase.measure not in ("dose", "up_to_date", "coverage"):
            raise PlanError(f"phases {phase.key}：不认识的完成标准 {phase.measure}。")
        if (phase.measure == "coverage") != (phase.cohort == "goal"):
            raise PlanError(f"phases {phase.key}：接种率与目标任务数须一起使用。")
        if (phase.measure == "dose") != (phase.dose_number is not None):
            raise PlanError(f"phases {phase.key}：按针次完成的任务应写明 dose_number。")
        if (phase.cohort == "tag") != bool(phase.tag):
            raise PlanError(f"phases {phase.key}：按标签的任务应写明 tag。")


def _check_platform(platform: PlatformRow) -> None:
    """A series of several doses needs its gap and, for each later dose, one due-by date."""
    numbers = [item.get("dose") for item in platform.due_by]
    if numbers != list(range(2, platform.doses + 1)):
        raise PlanError(f"platforms {platform.key}：due_by 应依次写明第2至{platform.doses}针。")
    if any(sorted(item) not in (["days", "dose"], ["dose", "months"]) for item in platform.due_by):
        raise PlanError(f"platforms {platform.key}：due_by 每项应写明 days 或 months 之一。")
    if platform.doses > 1 and platform.recommended_gap_days is None:
        raise PlanError(f"platforms {platform.key}：多针的疫苗应写明 recommended_gap_days。")


def _check_unknown_row(platforms: list[PlatformRow]) -> None:
    """The unknown row asks no less than any other, or naming a product could take a completed series away."""
    unknown = [row for row in platforms if row.is_unknown]
    if not platforms or len(unknown) > 1 or (len(platforms) > 1 and not unknown):
        raise PlanError("platforms 应有且只有一行 is_unknown；只有一种疫苗时可以没有。")
    for row in unknown:
        for other in platforms:
            if asks_less(row, other):
                raise PlanError(f"platforms {row.key}：疫苗不明的要求低于 {other.key}。")


def asks_less(row: PlatformRow, other: PlatformRow) -> bool:
    """Tell whether `row` is laxer than `other` in doses, gap, early limit or any due-by date (rules 2)."""
    return (
        row.doses < other.doses
        or (row.recommended_gap_days or 0) < (other.recommended_gap_days or 0)
        or (row.too_early_days or 0) < (other.too_early_days or 0)
        or any(_days(mine) > _days(theirs) for mine, theirs in zip(row.due_by, other.due_by, strict=False))
    )


def _days(due: dict[str, int]) -> int:
    # Months are taken at their longest: 6 months are at most 184 days.
    return due["days"] if "days" in due else due["months"] * 31 - due["months"] // 2
