"""Which form edits which part of a plan, and what the page about it says."""

from __future__ import annotations

from typing import NamedTuple

from campaigns.models import PlanChange
from campaigns.plan_edit import forms
from campaigns.plan_files import Plan

NEW = "new"


class Editor(NamedTuple):
    form: type[forms.PartForm]
    title: str
    # A button is a verb with its object.
    thing: str
    hint: str = ""


SECTIONS = {
    "basics": Editor(forms.BasicsForm, "基本信息和考核", "基本信息", "改目标、限值或口径，进度和阶段任务会重新计算。"),
    "ages": Editor(forms.AgesForm, "年龄", "年龄", "改最低年龄，会有人进入或离开接种对象。"),
    "groups": Editor(forms.GroupsForm, "重点人群", "重点人群", "目标人群是“重点单位和重点人群”的阶段任务跟着改。"),
    "thresholds": Editor(forms.ThresholdsForm, "提醒阈值", "提醒阈值", "只改提醒和列表，不改任何人的台账。"),
}
PARTS = {
    PlanChange.Part.PHASE: Editor(forms.PhaseForm, "阶段任务", "阶段任务", "改日期会留下原来的日期。"),
    PlanChange.Part.PLATFORM: Editor(
        forms.PlatformForm, "疫苗种类", "疫苗种类", "针次和间隔决定谁算完成接种、谁到期、谁超期。"
    ),
    PlanChange.Part.PRODUCT: Editor(forms.ProductForm, "疫苗", "疫苗", "别名只影响以后导入的花名册。"),
    PlanChange.Part.INSTITUTION: Editor(
        forms.InstitutionForm, "医疗机构", "医疗机构", "因疾病或过敏不能接种的，要二级及以上机构的诊断证明。"
    ),
}


def editor_for(part: str, item: str) -> Editor | None:
    """Return what edits the part named in an address; None for what there is not."""
    return SECTIONS.get(item) if part == PlanChange.Part.CAMPAIGN else PARTS.get(part)


def new_key(plan: Plan, part: str) -> str:
    """Make the key of a new row, unlike all others of its kind; nobody has to think of one."""
    taken = {row.key for row in plan.phases} | {row.key for row in plan.platforms}
    taken |= {product.key for row in plan.platforms for product in row.products}
    stem = {"phase": "phase", "platform": "vaccine", "product": "product"}[part]
    return next(key for number in range(1, len(taken) + 2) if (key := f"{stem}-{number}") not in taken)
