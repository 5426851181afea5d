"""Forms of the parts of a plan: from and to the plain values of a plan file."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms

from campaigns.models import Campaign, PhaseItem
from campaigns.plan_edit.fields import (
    LINE,
    ApprovalsField,
    BandsField,
    ShareField,
    SpansField,
    WordsField,
    day,
    number,
    text,
)
from campaigns.plan_files import Plan
from campaigns.plan_parts import Values
from campaigns.thresholds import THRESHOLDS
from registry.models import Trade

AREA = forms.Textarea(attrs={"class": "input", "rows": 3})
SELECT = forms.Select(attrs={"class": "input"})
REASON = {"required": "写明为什么改，例如上级文件名称。", "max_length": "最多 200 个字。"}


class PartForm(forms.Form):
    """One part of a plan. `plan` is the whole as it stands; a draft is asked for no reason."""

    reason = forms.CharField(
        label="为什么改", help_text="例如上级文件名称、会议决定；和改前的内容一起留在改动记录里。", max_length=200,
        widget=LINE, error_messages=REASON,
    )  # fmt: skip

    def __init__(self, *args: Any, plan: Plan, values: Values | None, is_draft: bool, **others: Any):
        self.plan, self.is_new = plan, values is None
        super().__init__(*args, initial=self.first(values or {}), **others)
        # Why stands last, below what changes.
        self.order_fields([*(name for name in self.fields if name != "reason"), "reason"])
        if is_draft:
            del self.fields["reason"]

    def first(self, values: Values) -> Values:
        """Return what the fields show before anybody has typed: shares exact, days as days."""
        return {name: _shown(self.base_fields.get(name), value) for name, value in values.items()}

    def values(self) -> Values:
        """Return the part as a plan file would say it."""
        return {name: value for name, value in self.cleaned_data.items() if name != "reason"}

    @property
    def reason_given(self) -> str:
        return self.cleaned_data.get("reason", "")


def _shown(field: forms.Field | None, value: Any) -> Any:
    if isinstance(field, ShareField) and value is not None:
        return Decimal(value)
    return date.fromisoformat(value) if isinstance(field, forms.DateField) and value else value


class BasicsForm(PartForm):
    name = text("名称", most=120)
    document = text("文件", "文号或文件名，没有就空着。", most=120, required=False)
    start_on = day("开始日")
    end_on = day("结束日")
    first_use_on = day("疫苗首次使用日", "比这更早的接种日期按错误退回。")
    goal_rate = ShareField("目标接种率")
    dropout_limit = ShareField("脱失率限值", "低于它才算达到，正好等于不算。")
    judged_by = forms.ChoiceField(label="考核口径", choices=Campaign.JudgedBy.choices, widget=SELECT)
    census_heading = text(
        "普查人数的栏目名称", "村（社区）名册里用这个栏目名称给出接种率的分母；没有普查数就空着。", required=False
    )


class AgesForm(PartForm):
    min_age = number("最低年龄（周岁）", "满这个年龄的人是接种对象。", most=120)
    age_bands = BandsField(
        label="年龄段", help_text="从最低年龄起首尾相接，例如 12-14、15-17、18-59、60+。", widget=LINE
    )


class GroupsForm(PartForm):
    key_trades = forms.MultipleChoiceField(
        label="重点行业", help_text="这些行业的单位，职工和临聘是重点人群。", required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "choices"}),
    )  # fmt: skip
    key_tags = WordsField(
        label="单位以外的重点人群", help_text="标签，例如村组干部；几个用、隔开。", required=False, widget=LINE
    )

    def __init__(self, *args: Any, **others: Any):
        super().__init__(*args, **others)
        names = Trade.objects.order_by("pk").values_list("name", flat=True)
        self.fields["key_trades"].choices = [(name, name) for name in names]

    def values(self) -> Values:
        # In the order in which the plan has them, so that ticking nothing else changes nothing.
        chosen = set(self.cleaned_data["key_trades"])
        order = list(Trade.objects.order_by("pk").values_list("name", flat=True))
        return super().values() | {"key_trades": [name for name in order if name in chosen]}


class ThresholdsForm(PartForm):
    def __init__(self, *args: Any, **others: Any):
        super().__init__(*args, **others)
        self._kept = others["plan"].campaign.thresholds
        for key, one in reversed(THRESHOLDS.items()):
            field = number(one.label, one.hint, least=one.least, most=one.most)
            field.initial = self._kept.get(key, one.default)
            self.fields = {key: field, **self.fields}

    def values(self) -> Values:
        return {"thresholds": {**self._kept, **{key: self.cleaned_data[key] for key in THRESHOLDS}}}


class PhaseForm(PartForm):
    name = text("阶段任务", most=80)
    cohort = forms.ChoiceField(label="目标人群", choices=PhaseItem.Cohort.choices, widget=SELECT)
    from_age = number("最小年龄", "目标人群是年龄段时填，空着不限。", most=120, required=False)
    to_age = number("最大年龄", "含这个年龄，空着不限。", most=120, required=False)
    age_on = day("年龄算到哪一天", "空着按统计那天的年龄。", required=False)
    tag = text("标签", "目标人群是标签时填。", most=40, required=False)
    measure = forms.ChoiceField(label="完成标准", choices=PhaseItem.Measure.choices, widget=SELECT)
    dose_number = number("第几针", "完成标准是针次时填。", least=1, most=9, required=False)
    start_on = day("开始日")
    deadline_on = day("截止日")
    goal_rate = ShareField("目标", "要求全部完成就写 100。")
    is_soft = forms.BooleanField(label="重点推进（软目标）", required=False)
    article = text("出处", "方案的条款，例如 五（二）。", most=20, required=False)

    def first(self, values: Values) -> Values:
        campaign = self.plan.campaign
        usual = {"goal_rate": Decimal(1), "cohort": "age", "measure": "dose", "dose_number": 1}
        usual |= {"from_age": campaign.min_age, "start_on": campaign.start_on, "deadline_on": campaign.end_on}
        return super().first(values) if values else usual

    def clean(self) -> Values:
        """Leave out what the chosen kind has no use for, so that a field left filled refuses nothing."""
        values = super().clean()
        if values.get("cohort") != PhaseItem.Cohort.AGE:
            values |= {"from_age": None, "to_age": None, "age_on": None}
        if values.get("cohort") != PhaseItem.Cohort.TAG:
            values["tag"] = ""
        if values.get("measure") != PhaseItem.Measure.DOSE:
            values["dose_number"] = None
        return values


class PlatformForm(PartForm):
    name = text("疫苗种类", "例如 灭活、流感。", most=40)
    doses = number("针次", "打满几针算完成接种。", least=1, most=9)
    recommended_gap_days = number("两针间隔（天）", "只打一针就空着。", required=False)
    due_by = SpansField(
        label="最迟时间", help_text="从第二针起依次写离第一针多久，例如 56天、6个月；只打一针就空着。", required=False,
        widget=LINE,
    )  # fmt: skip
    too_early_days = number("不足多少天不计针次", "空着表示不限。", required=False)
    short_interval_days = number("不足多少天标记间隔偏短", "照样计针次；空着表示不标记。", required=False)
    is_unknown = forms.BooleanField(
        label="疫苗不明的记录按这一行算", help_text="两种以上疫苗时要有一行，要求按最严的写。", required=False
    )


class ProductForm(PartForm):
    name = text("疫苗")
    platform = forms.ChoiceField(label="疫苗种类", widget=SELECT, error_messages={"required": "选一个疫苗种类。"})
    manufacturer = text("生产企业", most=80, required=False)
    aliases = WordsField(
        label="花名册里的别名",
        help_text="一行一个，或用、隔开；花名册写了这些名称就认作这种疫苗。",
        required=False,
        widget=AREA,
    )
    approvals = ApprovalsField(
        label="批准年龄",
        help_text="一行一个：年龄和从哪天起，例如 18岁 2020-07-22；空着不核对。",
        required=False,
        widget=AREA,
    )
    names_platform_only = forms.BooleanField(
        label="只说明疫苗种类", help_text="例如“灭活疫苗”，不知道是哪家企业的。", required=False
    )

    def __init__(self, *args: Any, **others: Any):
        super().__init__(*args, **others)
        self.fields["platform"].choices = [(row.key, row.name) for row in self.plan.platforms]


class InstitutionForm(PartForm):
    name = text("机构", most=120)
    level = forms.TypedChoiceField(
        label="等级", choices=[("", "等级未定"), ("3", "三级"), ("2", "二级"), ("1", "一级")], required=False,
        coerce=int, empty_value=None, widget=SELECT,
    )  # fmt: skip

    def __init__(self, *args: Any, **others: Any):
        super().__init__(*args, **others)
        if not self.is_new:
            # The name is how rosters know it; another name is another institution.
            self.fields["name"].disabled = True
