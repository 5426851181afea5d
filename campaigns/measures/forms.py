"""The form of a village's measure."""

from __future__ import annotations

from typing import Any

from django import forms

from campaigns.models import Measure
from registry.forms import InputMixin

_DAY = {"required": "选一个日子。", "invalid": "日期写成 2021-08-31 这样。"}


def _day(label: str) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date", "class": "input short"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, error_messages=_DAY)


class MeasureForm(InputMixin, forms.Form):
    text = forms.CharField(
        label="措施",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="做什么、覆盖哪些组、怎么做；不写居民的名字和号码。",
        error_messages={"required": "写明做什么。", "max_length": "最多 300 个字。"},
    )
    responsible = forms.CharField(label="负责人", max_length=60, error_messages={"required": "写明谁负责。"})
    start_on = _day("开始日")
    due_on = _day("完成期限")
    state = forms.ChoiceField(label="进展", choices=Measure.State.choices)

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        start, due = values.get("start_on"), values.get("due_on")
        if start and due and due < start:
            self.add_error("due_on", "完成期限不能早于开始日。")
        return values
