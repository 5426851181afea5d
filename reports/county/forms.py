"""Typing the county's row of a day, or pasting it as it stands in its table."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms

from registry.forms import InputMixin

FIELDS = ("first_dose", "full", "first_rate", "full_rate", "rank", "rank_of")
_NUMBER = {"invalid": "写一个数。", "min_value": "不能小于 0。", "max_value": "这个数太大，检查一下。"}
_PASTED = "粘贴的一行要是：第一针人数、全程人数、第一针接种率、全程接种率、排名、乡镇街道数，中间用空格或制表符隔开。"


def read_pasted(text: str) -> dict[str, str]:
    """Read a pasted row in the order of FIELDS: 19,297 13,912 68.10% 49.10% 第12名 29; "-" where there is none. Pure.

    ValueError where it holds fewer or more than six cells, or a cell that is no number.
    """
    cells = text.split()
    if len(cells) != len(FIELDS):
        raise ValueError(text)
    values = {}
    for name, cell in zip(FIELDS, cells, strict=True):
        digits = re.sub(r"[,，%％第名位人]", "", cell)
        if digits not in ("", "-", "—", "/") and not re.fullmatch(r"\d+(\.\d+)?", digits):
            raise ValueError(cell)
        values[name] = "" if digits in ("-", "—", "/") else digits
    return values


def _count(label: str, **options: Any) -> forms.IntegerField:
    widget = forms.NumberInput(attrs={"class": "input short", "inputmode": "numeric"})
    return forms.IntegerField(
        label=label, required=False, min_value=0, widget=widget, error_messages=_NUMBER, **options
    )


def _rate(label: str) -> forms.DecimalField:
    widget = forms.NumberInput(attrs={"class": "input short", "inputmode": "decimal", "step": "0.01"})
    return forms.DecimalField(
        label=label, required=False, min_value=Decimal(0), max_value=Decimal(200), decimal_places=2, widget=widget,
        error_messages=_NUMBER,
    )  # fmt: skip


class CountyForm(InputMixin, forms.Form):
    on = forms.DateField(
        label="通报日期",
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"required": "选通报的是哪一天。"},
    )
    pasted = forms.CharField(
        label="粘贴一行", required=False, max_length=300,
        help_text="从县里的表复制本街道这一行的六个数："
        "第一针人数 全程人数 第一针接种率 全程接种率 排名 乡镇街道数；粘贴了就不用填下面。",
    )  # fmt: skip
    first_dose = _count("第一针人数", max_value=10_000_000)
    full = _count("全程人数", max_value=10_000_000)
    first_rate = _rate("第一针接种率（%）")
    full_rate = _rate("全程接种率（%）")
    rank = _count("排名", max_value=1000)
    rank_of = _count("共几个乡镇街道", max_value=1000)
    note = forms.CharField(label="说明", required=False, max_length=200)

    def __init__(self, data: Any = None, *, today: date, **options: Any):
        if data and data.get("pasted", "").strip():
            data = data.copy()
            try:
                data.update(read_pasted(data["pasted"]))
            except ValueError:
                self._unreadable = True
        super().__init__(data, **options)
        self._today = today

    _unreadable = False

    def clean_on(self) -> date:
        if self.cleaned_data["on"] > self._today:
            raise forms.ValidationError("通报的日期在今天以后，检查一下。")
        return self.cleaned_data["on"]

    def clean_pasted(self) -> str:
        if self._unreadable:
            raise forms.ValidationError(_PASTED)
        return ""

    def clean(self) -> dict[str, Any]:
        said = super().clean()
        if not self.errors and said.get("first_dose") is None and said.get("full") is None:
            raise forms.ValidationError("至少填第一针人数或全程人数。")
        rank, rank_of = said.get("rank"), said.get("rank_of")
        if rank and rank_of and rank > rank_of:
            self.add_error("rank", "排名比乡镇街道数还大，检查一下。")
        return said
