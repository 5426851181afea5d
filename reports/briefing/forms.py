"""Forms of 报送: to whom, why corrected, at what hour."""

from __future__ import annotations

from django import forms

from registry.forms import InputMixin


class SentForm(InputMixin, forms.Form):
    to = forms.CharField(
        label="报给", max_length=60, error_messages={"required": "写明报给哪个单位，例如县疫情防控指挥部。"}
    )


class CorrectionForm(InputMixin, forms.Form):
    reason = forms.CharField(
        label="更正原因",
        max_length=200,
        help_text="写给收表的人看，例如：卫生院补报了上午漏传的接种记录",
        error_messages={"required": "写明为什么更正，收表的人要看。"},
    )


class HourForm(InputMixin, forms.Form):
    at = forms.TimeField(
        label="每天几点",
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text="到点自动截数、生成日报；到点以后录入的，第二天按补录列出",
        error_messages={"required": "选一个时间。", "invalid": "时间写成 17:00 这样。"},
    )
    is_on = forms.BooleanField(label="每天自动生成", required=False)
