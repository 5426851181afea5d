"""The form of the thresholds from which on a question is asked."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms

from ledgers.doubts.rules import Limits
from registry.forms import InputMixin

_WRONG = {
    "invalid": "写一个整数，例如 10。",
    "min_value": "这个数太小，检查一下。",
    "max_value": "这个数太大，检查一下。",
}


def _number(label: str, least: int, help_text: str, *, required: bool = False) -> forms.IntegerField:
    widget = forms.NumberInput(attrs={"class": "input short", "inputmode": "numeric"})
    return forms.IntegerField(
        label=label, min_value=least, max_value=1000, required=required, widget=widget, help_text=help_text,
        error_messages=_WRONG | {"required": "写一个整数，例如 10。"},
    )  # fmt: skip


class LimitsForm(InputMixin, forms.Form):
    doubt_fast_households = _number("短时间登记多户：户数", 2, "同一个账号在下面的时间里登记了这么多户；空着就不问。")
    doubt_fast_minutes = _number("短时间登记多户：分钟", 1, "多长时间以内。", required=True)
    doubt_same_moment_households = _number("时间完全相同：户数", 2, "同一个账号同一秒登记了这么多户；空着就不问。")
    doubt_no_refusal_households = _number("没有人不愿意：户数", 2, "一个村走访了这么多户，没有人不愿意；空着就不问。")
    away_percent = forms.DecimalField(
        label="一天里改为外出（%）", min_value=Decimal("0.1"), max_value=100, decimal_places=1, required=False,
        widget=forms.NumberInput(attrs={"class": "input short", "inputmode": "decimal"}),
        help_text="一个村一天里改为外出的人占在册人数的比例达到多少；空着就不问。",
    )  # fmt: skip
    reason = forms.CharField(
        label="为什么改", max_length=200, error_messages={"required": "写明为什么改，例如会议决定。"}
    )

    @property
    def limits(self) -> Limits:
        said = {name: value for name, value in self.cleaned_data.items() if name.startswith("doubt_")}
        percent = self.cleaned_data["away_percent"]
        return Limits(**said, doubt_away_share=None if percent is None else percent / 100)


def initial_of(limits: Limits) -> dict[str, Any]:
    share = limits.doubt_away_share
    return limits.as_json() | {"away_percent": None if share is None else f"{(share * 100).normalize():f}"}
