"""Phase items and platforms said in words, for people who have read the plan and not the database."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from campaigns.models import Campaign, PhaseItem, Platform

ORDINALS = "一二三四五六七八九"


def cohort_in_words(item: PhaseItem) -> str:
    """Say whom an item is for (rules 6)."""
    if item.cohort == PhaseItem.Cohort.GOAL:
        return "目标任务数（按普查常住人口算）"
    if item.cohort == PhaseItem.Cohort.TAG:
        return f"标签“{item.tag}”的常住人员"
    if item.cohort == PhaseItem.Cohort.KEY_GROUPS:
        tags = "、".join(item.campaign.key_tags)
        return "重点单位的职工和临聘" + (f"，以及{tags}" if tags else "")
    on = f"（年龄按{_day(item.age_on)}算）" if item.age_on else ""
    return f"{_ages(item.from_age, item.to_age)}常住人员{on}"


def measure_in_words(item: PhaseItem) -> str:
    """Say what counts as done (rules 6)."""
    if item.measure == PhaseItem.Measure.DOSE:
        return f"打了第{ordinal(item.dose_number or 1)}针，或已完成接种"
    if item.measure == PhaseItem.Measure.UP_TO_DATE:
        return "打过针的人里，没有到期可种和超期未种的"
    campaign = item.campaign
    judged = Campaign.JudgedBy(campaign.judged_by).label
    return f"{judged}达到 {share(campaign.goal_rate)}，且脱失率低于 {share(campaign.dropout_limit)}"


def spacing_in_words(platform: Platform) -> list[str]:
    """Say how far apart and how late the doses of a platform may be (rules 2)."""
    said = []
    if platform.recommended_gap_days:
        said.append(f"两针间隔 {platform.recommended_gap_days} 天")
    said += [_due(rule) for rule in platform.due_by]
    if platform.too_early_days:
        said.append(f"不足 {platform.too_early_days} 天不计针次")
    if platform.short_interval_days:
        said.append(f"不足 {platform.short_interval_days} 天计针次并标记间隔偏短")
    return said or ["只有一针，没有间隔"]


def share(value: Decimal) -> str:
    """A share with the digits it has in the plan: 0.90800 → 90.8 %."""
    return f"{(value * 100).normalize():f} %"


def ordinal(number: int) -> str:
    """1 → 一; from ten on the digits stay."""
    return ORDINALS[number - 1] if number <= len(ORDINALS) else str(number)


def _due(rule: dict[str, Any]) -> str:
    after = f"{rule['days']} 天" if "days" in rule else f"{rule['months']} 个月"
    return f"第{ordinal(rule['dose'])}针最迟在第一针后 {after}"


def _ages(from_age: int | None, to_age: int | None) -> str:
    if to_age is None:
        return f"{from_age}岁及以上" if from_age is not None else "全部"
    return f"{from_age or 0}—{to_age}岁"


def _day(on: date) -> str:
    return f"{on.year}年{on.month}月{on.day}日"
