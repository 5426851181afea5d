"""Fields of the plan's forms that read what people write: shares in per cent, lists, intervals, approvals."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms

_SEPARATORS = re.compile(r"[、，,;；\n]+")
_SPAN = re.compile(r"(\d{1,3})\s*(天|日|个月|月)")
_APPROVAL = re.compile(r"(\d{1,3})\s*岁?\s*[:：,，]?\s*(\d{4})[-./年](\d{1,2})[-./月](\d{1,2})日?")
DAY = forms.DateInput(attrs={"type": "date", "class": "input short"}, format="%Y-%m-%d")
LINE = forms.TextInput(attrs={"class": "input"})
SHORT = forms.TextInput(attrs={"class": "input short"})


def number(label: str, hint: str = "", *, least: int = 0, most: int = 999, required: bool = True) -> forms.IntegerField:
    return forms.IntegerField(
        label=label, help_text=hint, required=required, min_value=least, max_value=most,
        widget=forms.NumberInput(attrs={"class": "input short", "inputmode": "numeric"}),
        error_messages={
            "required": f"{label}没有填。", "invalid": "写一个整数。", "min_value": f"不能小于 {least}。",
            "max_value": f"不能大于 {most}。",
        },
    )  # fmt: skip


def day(label: str, hint: str = "", *, required: bool = True) -> forms.DateField:
    return forms.DateField(
        label=label, help_text=hint, required=required, widget=DAY,
        error_messages={"required": f"{label}没有选。", "invalid": "日期写成 2021-08-31 这样。"},
    )  # fmt: skip


def text(label: str, hint: str = "", *, most: int = 60, required: bool = True) -> forms.CharField:
    return forms.CharField(
        label=label, help_text=hint, required=required, max_length=most, widget=LINE,
        error_messages={"required": f"{label}没有填。", "max_length": f"最多 {most} 个字。"},
    )  # fmt: skip


class ShareField(forms.DecimalField):
    """A share that people write in per cent: 90.8 is 0.908."""

    def __init__(self, label: str, hint: str = "", **others: Any):
        super().__init__(
            label=label, help_text=hint or "百分数，例如 90.8。", max_digits=6, decimal_places=3,
            min_value=Decimal("0.001"), max_value=100,
            widget=forms.NumberInput(attrs={"class": "input short", "inputmode": "decimal", "step": "any"}),
            error_messages={
                "required": f"{label}没有填。", "invalid": "写一个百分数，例如 90.8。",
                "min_value": "要大于 0 %%。", "max_value": "不能超过 100 %%。",
                "max_decimal_places": "小数最多 3 位。", "max_digits": "数字太长。",
            },
            **others,
        )  # fmt: skip

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, Decimal):
            return f"{(value * 100).normalize():f}"
        return value

    def clean(self, value: Any) -> Decimal | None:
        found = super().clean(value)
        return None if found is None else found / 100


class WordsField(forms.CharField):
    """A list of words, one a line or with 、 between them; each once, in their order."""

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[str]:
        words = (word.strip() for word in _SEPARATORS.split(super().clean(value) or ""))
        return list(dict.fromkeys(word for word in words if word))


class BandsField(WordsField):
    """Age bands as 12-14、15-17、80+; dashes of any kind and 岁 are read as well."""

    def prepare_value(self, value: Any) -> Any:
        return "、".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[str]:
        found = [re.sub(r"[—–－~～至]+", "-", word.replace("岁", "")) for word in super().clean(value)]
        return [re.sub(r"及?以上$", "+", word).replace("＋", "+") for word in found]


class SpansField(forms.CharField):
    """By when each later dose is due, from the first one: 56天、6个月 becomes the `due_by` of a plan file."""

    def prepare_value(self, value: Any) -> Any:
        return "、".join(map(_span_words, value)) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[dict[str, int]]:
        words = [word.strip() for word in _SEPARATORS.split(super().clean(value) or "") if word.strip()]
        found = [_SPAN.fullmatch(word) for word in words]
        if None in found:
            raise forms.ValidationError("每针写多少天或者几个月，例如 56天、6个月。")
        return [
            {"dose": place, ("months" if match[2].endswith("月") else "days"): int(match[1])}
            for place, match in enumerate(found, 2)
            if match
        ]


def _span_words(due: dict[str, int]) -> str:
    return f"{due['days']}天" if "days" in due else f"{due['months']}个月"


class ApprovalsField(forms.CharField):
    """From which age a product may be given, and from which day on: one line each, 18岁 2020-07-22."""

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, list):
            return "\n".join(f"{one['from_age']}岁 {one['from']}" for one in value)
        return value

    def clean(self, value: Any) -> list[dict[str, Any]]:
        lines = [line.strip() for line in (super().clean(value) or "").splitlines() if line.strip()]
        return [self._approval(line) for line in lines]

    def _approval(self, line: str) -> dict[str, Any]:
        match = _APPROVAL.fullmatch(line)
        try:
            since = date(int(match[2]), int(match[3]), int(match[4])) if match else None
        except ValueError:
            since = None
        if match is None or since is None:
            raise forms.ValidationError(f"“{line[:20]}”没有读懂，每行写年龄和日期，例如 18岁 2020-07-22。")
        return {"from_age": int(match[1]), "from": since.isoformat()}
