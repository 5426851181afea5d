"""A campaign's plan as plain values, and one part of it changed: what staff edit, before anything is written.

The values are those of a plan file, so that a file and the browser are held to the same rules
(`campaigns.plan_check`). A part is named as in `PlanChange.Part`, its row by the row's key.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, fields, replace
from datetime import date
from decimal import Decimal
from typing import Any, get_type_hints

from campaigns.models import Campaign, PhaseItem, Platform, Product
from campaigns.plan_check import PlanError, check
from campaigns.plan_files import (
    CampaignRow,
    InstitutionRow,
    PhaseRow,
    PlaceRow,
    Plan,
    PlatformRow,
    ProductRow,
    TradeRow,
    age_band,
)

Values = dict[str, Any]
# What a part is made of beside the fields of its row in a plan file.
_KINDS = {"phase": PhaseRow, "platform": PlatformRow, "product": ProductRow, "institution": InstitutionRow}
_LISTS = {"phase": "phases", "platform": "platforms", "institution": "institutions"}


def plan_of(campaign: Campaign) -> Plan:
    """Read the plan as it stands in the database. A constant number of queries, whatever its size."""
    place = campaign.place
    level = "county" if place.level == place.Level.COUNTY else "street"
    trades = campaign.key_trades.order_by("pk").values_list("name", flat=True)
    bands = list(campaign.age_bands.order_by("from_age").values_list("key", flat=True))
    return Plan(
        campaign=_row(CampaignRow, campaign, place=place.code, age_bands=bands),
        age_bands=[age_band(key) for key in bands],
        places=[PlaceRow(place.code, place.name, level)],
        phases=[_row(PhaseRow, item) for item in PhaseItem.objects.filter(campaign=campaign)],
        platforms=_platforms(campaign),
        departments=[],
        trades=[TradeRow(name, is_key=True) for name in trades],
        institutions=[_row(InstitutionRow, one) for one in campaign.institutions.order_by("name")],
    )


def _platforms(campaign: Campaign) -> list[PlatformRow]:
    products: dict[int, list[ProductRow]] = {}
    for product in Product.objects.filter(platform__campaign=campaign).order_by("pk"):
        products.setdefault(product.platform_id, []).append(_row(ProductRow, product))
    found = Platform.objects.filter(campaign=campaign).order_by("position", "pk")
    return [_row(PlatformRow, one, products=products.get(one.pk, [])) for one in found]


def _row(kind: type, model: Any, **others: Any) -> Any:
    """Build a row of a plan file from a model whose fields bear the same names."""
    known = {item.name for item in fields(kind)} - others.keys() - {"tags"}
    return kind(**{name: getattr(model, name) for name in known}, **others)


def part_of(plan: Plan, part: str, key: str) -> Values | None:
    """Return the plain values of one part, None where there is none of that key."""
    if part == "campaign":
        values = asdict(plan.campaign) | {"key_trades": [trade.name for trade in plan.trades if trade.is_key]}
        return plain({name: value for name, value in values.items() if name != "tags"})
    if part == "product":
        found = ((row, product) for row in plan.platforms for product in row.products if product.key == key)
        return next((plain(asdict(product) | {"platform": row.key}) for row, product in found), None)
    row = next((row for row in getattr(plan, _LISTS[part]) if _key(row) == key), None)
    return None if row is None else plain({k: v for k, v in asdict(row).items() if k != "products"})


def with_part(plan: Plan, part: str, key: str, new: Values | None) -> Plan:
    """Return the plan with the fields of one part changed, the part added, or (None) taken away; not checked yet."""
    if part == "campaign":
        return _with_campaign(plan, new or {})
    before = part_of(plan, part, key)
    row = None if new is None else {**(before or {}), **new}
    if part == "product":
        return replace(plan, platforms=_with_product(plan.platforms, key, row))
    kind, name = _KINDS[part], _LISTS[part]
    rows = list(getattr(plan, name))
    index = next((number for number, one in enumerate(rows) if _key(one) == key), None)
    if row is not None and part == "platform":
        row = row | {"products": rows[index].products if index is not None else []}
    made = [] if row is None else [typed(kind, row)]
    rows[index if index is not None else len(rows) : (index + 1) if index is not None else len(rows)] = made
    return replace(plan, **{name: rows})


def _with_campaign(plan: Plan, new: Values) -> Plan:
    trades = plan.trades
    if "key_trades" in new:
        trades = [TradeRow(name, is_key=True) for name in new["key_trades"]]
    values = plain(asdict(plan.campaign)) | {name: value for name, value in new.items() if name != "key_trades"}
    row = typed(CampaignRow, values)
    return replace(plan, campaign=row, age_bands=[age_band(key) for key in row.age_bands], trades=trades)


def _with_product(platforms: list[PlatformRow], key: str, row: Values | None) -> list[PlatformRow]:
    if row is not None and row["platform"] not in {platform.key for platform in platforms}:
        raise PlanError("先选这种疫苗属于哪个疫苗种类。", "platform")
    made = None if row is None else typed(ProductRow, {k: v for k, v in row.items() if k != "platform"})
    found = []
    for platform in platforms:
        products = list(platform.products)
        index = next((number for number, one in enumerate(products) if one.key == key), len(products))
        stays = made is not None and row is not None and row["platform"] == platform.key
        products[index : index + 1] = [made] if stays else []
        found.append(replace(platform, products=products))
    return found


def proposed(campaign: Campaign, part: str, key: str, new: Values | None) -> tuple[Plan, Plan]:
    """Return the plan as it is and as it would be, checked as a whole. Raises PlanError with one sentence."""
    before = plan_of(campaign)
    after = with_part(before, part, key, new)
    check(after)
    return before, after


def platform_rules(plan: Plan) -> list[tuple[Any, ...]]:
    """What of the platforms decides how doses count, in the table's order: all but names and products (rules 2)."""
    return [_rule(row) for row in plan.platforms]


def product_rules(plan: Plan) -> dict[str, tuple[Any, ...]]:
    """What of the products does: the platform of each, with its rule, and for which ages it is approved."""
    return {
        product.key: (_rule(row), tuple(map(str, product.approvals)))
        for row in plan.platforms
        for product in row.products
    }


def _rule(row: PlatformRow) -> tuple[Any, ...]:
    due = tuple(tuple(sorted(item.items())) for item in row.due_by)
    gaps = (row.recommended_gap_days, row.too_early_days, row.short_interval_days)
    return row.key, row.doses, row.is_unknown, due, gaps


def differences(old: Values | None, new: Values | None) -> tuple[Values | None, Values | None]:
    """Return only the fields that differ, on both sides; a part that comes or goes is told whole."""
    if old is None or new is None:
        return old, plain(new)
    changed = [name for name in new if plain(new[name]) != old.get(name)]
    return {name: old.get(name) for name in changed}, {name: plain(new[name]) for name in changed}


def typed(kind: type, values: Values) -> Any:
    """Build a row of a plan file from plain values: days from ISO text, shares from text."""
    hints = get_type_hints(kind)
    return kind(**{name: _typed(value, hints[name]) for name, value in values.items()})


def _typed(value: Any, hint: Any) -> Any:
    if isinstance(value, str) and date in (hint, *getattr(hint, "__args__", ())):
        return date.fromisoformat(value)
    return Decimal(value) if hint is Decimal and not isinstance(value, Decimal) else value


def plain(value: Any) -> Any:
    """The value as JSON keeps it, so that what a file, the database and a form say can be compared."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:.5f}"
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, Iterable) and not isinstance(value, str):
        return [plain(item) for item in value]
    return value


def _key(row: Any) -> str:
    return getattr(row, "key", None) or row.name
