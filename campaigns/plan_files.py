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

from campaigns.plan_check import PlanError, asks_less, check

__all__ = ["DEFAULT_PLAN", "Plan", "PlanError", "age_band", "asks_less", "plan_path", "read_plan"]

PLANS = Path(__file__).resolve().parent / "plans"
DEFAULT_PLAN = "wuyang-2021"
Row = TypeVar("Row")


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
    plan = Plan(campaign=campaign, age_bands=[age_band(key) for key in campaign.age_bands], **rows)
    check(plan)
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


def age_band(key: str) -> AgeBandRow:
    """Read `12-14` or `80+`; PlanError for anything else."""
    match = re.fullmatch(r"(\d+)(?:-(\d+)|\+)", str(key))
    if match is None or (match[2] and int(match[2]) < int(match[1])):
        raise PlanError(f"年龄段“{key}”应写作 12-14 或 80+。", "age_bands")
    return AgeBandRow(key=key, from_age=int(match[1]), to_age=int(match[2]) if match[2] else None)
