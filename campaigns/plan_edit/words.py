"""A change of a plan in words: which part, what it was and what it becomes."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from campaigns.models import Campaign, PhaseItem, PlanChange, Product
from campaigns.thresholds import differing
from campaigns.words import share

FIELDS = {
    "name": "名称", "document": "文件", "start_on": "开始日", "end_on": "结束日", "first_use_on": "疫苗首次使用日",
    "goal_rate": "目标", "dropout_limit": "脱失率限值", "judged_by": "考核口径", "census_heading": "普查人数的栏目名称",
    "min_age": "最低年龄", "age_bands": "年龄段", "key_trades": "重点行业", "key_tags": "单位以外的重点人群",
    "thresholds": "提醒阈值", "article": "出处", "cohort": "目标人群", "from_age": "最小年龄", "to_age": "最大年龄",
    "age_on": "年龄算到", "tag": "标签", "measure": "完成标准", "dose_number": "第几针", "deadline_on": "截止日",
    "is_soft": "重点推进", "doses": "针次", "recommended_gap_days": "两针间隔", "due_by": "最迟时间",
    "too_early_days": "不足多少天不计针次", "short_interval_days": "不足多少天标记间隔偏短",
    "is_unknown": "疫苗不明按这一行算",
    "platform": "疫苗种类", "manufacturer": "生产企业", "aliases": "别名", "approvals": "批准年龄",
    "names_platform_only": "只说明疫苗种类", "level": "等级", "is_active": "进行中", "is_draft": "筹备中",
    "is_default": "默认",
}  # fmt: skip
# Of a part that comes or goes these say nothing to anybody.
_SILENT = {"key", "place", "articles", "position"}
_DAYS = {"start_on", "end_on", "first_use_on", "deadline_on", "age_on"}
_SHARES = {"goal_rate", "dropout_limit"}
_IN_DAYS = {"recommended_gap_days", "too_early_days", "short_interval_days"}
_CHOICES: dict[str, dict[str, str]] = {
    "judged_by": dict(Campaign.JudgedBy.choices), "cohort": dict(PhaseItem.Cohort.choices),
    "measure": dict(PhaseItem.Measure.choices),
}  # fmt: skip


Names = dict[tuple[str, str], str]


def names_of(campaign: Campaign) -> Names:
    """Return the names of what a campaign's plan has, by part and key, for a page of changes. Three queries."""
    parts = {
        PlanChange.Part.PHASE: campaign.phase_items.values_list("key", "name"),
        PlanChange.Part.PLATFORM: campaign.platforms.values_list("key", "name"),
        PlanChange.Part.PRODUCT: Product.objects.filter(platform__campaign=campaign).values_list("key", "name"),
    }
    return {(part.value, key): name for part, rows in parts.items() for key, name in rows}


def subject_of(change: PlanChange, names: Names) -> str:
    """Name what is changed: 疫苗种类“灭活”; one that has gone by the name it had."""
    if change.part == PlanChange.Part.CAMPAIGN:
        return "接种工作"
    values = change.new or change.old or {}
    name = names.get((change.part, change.key)) or values.get("name") or change.key
    return f"{change.get_part_display()}“{name}”"


def act_of(change: PlanChange) -> str:
    return "新增" if change.old is None else "删除" if change.new is None else "修改"


def lines_of(change: PlanChange) -> list[tuple[str, str, str]]:
    """Return (field, before, after) in words, the fields in the order in which they were given."""
    old, new = change.old or {}, change.new or {}
    names = [name for name in {**old, **new} if name not in _SILENT]
    limits = differing(old.get("thresholds") or {}, new.get("thresholds") or {})
    lines = [(name, before or "—", after or "—") for name, (before, after) in limits.items()]
    names = [name for name in names if name != "thresholds"]
    lines += [(FIELDS.get(name, name), _words(name, old.get(name)), _words(name, new.get(name))) for name in names]
    return [line for line in lines if line[1] != line[2]]


def _words(name: str, value: Any) -> str:
    if value is None or value == "" or value == []:
        return "—"
    if isinstance(value, bool):
        return "是" if value else "否"
    if name in _CHOICES:
        return _CHOICES[name].get(value, value)
    if name in _DAYS:
        on = date.fromisoformat(value)
        return f"{on.year}年{on.month}月{on.day}日"
    if name in _SHARES:
        return share(Decimal(value))
    if name in _IN_DAYS:
        return f"{value} 天"
    return _list_words(name, value) if isinstance(value, list) else str(value)


def _list_words(name: str, value: list[Any]) -> str:
    if name == "due_by":
        return "、".join(f"第{one['dose']}针 {one.get('days') or one.get('months')}{_unit(one)}" for one in value)
    if name == "approvals":
        return "、".join(f"{one['from_age']}岁起（{one['from']}）" for one in value)
    return "、".join(map(str, value))


def _unit(due: dict[str, int]) -> str:
    return " 天" if "days" in due else " 个月"
