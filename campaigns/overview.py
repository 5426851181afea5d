"""What the plan's pages ask for, in a constant number of queries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import F

from campaigns.models import Campaign, PhaseItem, PhaseItemChange, Platform
from campaigns.words import cohort_in_words, measure_in_words, ordinal, share, spacing_in_words
from registry.models import Department

# Nulls last on both databases: an institution of unknown level stands below the others.
_BY_LEVEL = (F("level").desc(nulls_last=True), "name")
FIELDS = {"start_on": "开始日", "deadline_on": "截止日"}


@dataclass(frozen=True)
class PhaseRow:
    """An item, whom and what it is about, when it runs as seen from a day, and its history."""

    item: PhaseItem
    cohort: str
    measure: str
    # upcoming, on_track (inside the window) or done (past it): the clock alone, no figures.
    when: str
    when_text: str
    changes: list[tuple[str, PhaseItemChange]]


def phase_rows(campaign: Campaign, on: date, only: int | None = None) -> list[PhaseRow]:
    """Return the items in the plan's order with their changes, newest first. Two queries and one for names."""
    items = campaign.phase_items.select_related("campaign__place").prefetch_related("changes__by")
    if only:
        items = items.filter(pk=only)
    return [_row(item, on) for item in items]


def _row(item: PhaseItem, on: date) -> PhaseRow:
    when, text = _when(item, on)
    changes = [(FIELDS[change.field], change) for change in item.changes.all()]
    return PhaseRow(item, cohort_in_words(item), measure_in_words(item), when, text, changes)


def _when(item: PhaseItem, on: date) -> tuple[str, str]:
    if on < item.start_on:
        return "upcoming", f"还有 {(item.start_on - on).days} 天开始"
    if on > item.deadline_on:
        return "neutral", f"已截止 {(on - item.deadline_on).days} 天"
    left = (item.deadline_on - on + timedelta(days=1)).days
    return "due", "今天截止" if left == 1 else f"还有 {left} 天"


@dataclass(frozen=True)
class Fact:
    """One thing the plan lays down, and the article it comes from."""

    name: str
    text: str
    article: str


def plan_facts(campaign: Campaign) -> dict[str, Any]:
    """Return what the plan says beside its phases: figures, platforms, trades, departments, institutions."""
    return {
        "facts": _main_facts(campaign),
        "platforms": [_platform(platform) for platform in campaign.platforms.prefetch_related("products")],
        "trades": list(campaign.key_trades.order_by("pk")),
        "departments": list(Department.objects.exclude(duty="").order_by("pk")),
        "institutions": [(row.name, _level(row.level)) for row in campaign.institutions.order_by(*_BY_LEVEL)],
    }


def _main_facts(campaign: Campaign) -> list[Fact]:
    bands = "、".join(f"{band.key.replace('-', '—').replace('+', '岁及以上')}" for band in campaign.age_bands.all())
    soon = campaign.thresholds.get("overdue_soon_days")
    said = {
        "end_on": ("接种时间", f"{_full(campaign.start_on)}—{_full(campaign.end_on)}"),
        "min_age": ("接种对象", f"{campaign.min_age}岁及以上、没有接种禁忌的人"),
        "goal_rate": ("目标接种率", share(campaign.goal_rate)),
        "dropout_limit": ("脱失率", f"低于 {share(campaign.dropout_limit)}（正好等于不算达到）"),
        "judged_by": ("考核口径", f"{campaign.get_judged_by_display()}；两个接种率都显示"),
        "census_heading": ("接种率的分母", campaign.census_heading or "没有普查数，只有在册口径的接种率"),
        "age_bands": ("年龄段", bands),
        "key_tags": ("单位以外的重点人群", "、".join(campaign.key_tags)),
        "first_use_on": ("疫苗首次使用日", f"{_full(campaign.first_use_on)}，比这更早的接种日期按错误退回"),
        "thresholds": ("快要超期的提醒", f"离最迟应种日 {soon} 天起列为“{soon}天内将超期”" if soon else ""),
    }
    return [Fact(name, text, campaign.articles.get(key, "")) for key, (name, text) in said.items() if text]


def _level(level: int | None) -> str:
    return f"{ordinal(level)}级" if level else "等级未定"


def _full(on: date) -> str:
    return f"{on.year}年{on.month}月{on.day}日"


def _platform(platform: Platform) -> dict[str, Any]:
    products = list(platform.products.all())
    return {
        "platform": platform,
        "spacing": spacing_in_words(platform),
        "products": [product for product in products if not product.names_platform_only],
        # Wordings that tell no maker: of use to who edits them alone.
        "wordings": [product for product in products if product.names_platform_only],
    }
