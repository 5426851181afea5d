"""The form of the conditions under which alerts are raised."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms

from registry.forms import InputMixin
from reports.alerts.rules import AT_RISK, BEHIND, Thresholds

_NUMBER = {"invalid": "写一个数，例如 4。", "min_value": "要大于 0。", "max_value": "这个数太大，检查一下。"}
_SHORT = {"class": "input short", "inputmode": "decimal"}


class ThresholdsForm(InputMixin, forms.Form):
    phases = forms.MultipleChoiceField(
        label="阶段任务",
        required=False,
        choices=[(BEHIND, "滞后时预警"), (AT_RISK, "有风险时预警")],
        widget=forms.CheckboxSelectMultiple,
        help_text="都不勾就不按阶段任务预警。",
    )
    dropout = forms.DecimalField(
        label="脱失率达到（%）",
        required=False,
        min_value=Decimal("0.01"),
        max_value=100,
        decimal_places=2,
        widget=forms.NumberInput(attrs=_SHORT),
        error_messages=_NUMBER,
        help_text="比方案的限值低一些，留出补种的时间；空着就不按脱失率预警。",
    )
    silent_days = forms.IntegerField(
        label="没有动静的天数",
        required=False,
        min_value=1,
        max_value=30,
        widget=forms.NumberInput(attrs=_SHORT),
        error_messages=_NUMBER,
        help_text="这么多个整天没有走访、电话、接种和反馈的记录，今天也还没有；空着就不预警。",
    )
    reason = forms.CharField(
        label="为什么改", max_length=200, error_messages={"required": "写明为什么改，例如会议决定。"}
    )

    @property
    def thresholds(self) -> Thresholds:
        said = self.cleaned_data
        rate = said["dropout"]
        return Thresholds(tuple(said["phases"]), None if rate is None else rate / 100, said["silent_days"])


def initial_of(thresholds: Thresholds) -> dict[str, Any]:
    rate = thresholds.alert_dropout
    return {
        "phases": list(thresholds.alert_phases),
        "dropout": None if rate is None else f"{(rate * 100).normalize():f}",
        "silent_days": thresholds.alert_silent_days,
    }
