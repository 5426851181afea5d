"""Forms of people whose place is in question: input into domain types, each error one Chinese sentence."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet

from registry.forms import InputMixin
from registry.identity import InvalidNumber, read_number
from registry.models import Place


class HandoverForm(InputMixin, forms.Form):
    """移交: to which village, and a word for those who confirm."""

    village = forms.ModelChoiceField(
        label="移交到",
        queryset=Place.objects.none(),
        empty_label="选一个村（社区）",
        error_messages={"required": "选一个村（社区）。"},
    )
    note = forms.CharField(
        label="说明", required=False, max_length=200, help_text="例如：去年9月起住在女儿家。对方确认时看得到。"
    )

    def __init__(self, *args: Any, villages: QuerySet[Place], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["village"].queryset = villages


class NumberForm(InputMixin, forms.Form):
    """补证件号码: checked like a roster's (interfaces, Identity numbers)."""

    number = forms.CharField(
        label="证件号码", max_length=40, widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text="照着身份证或户口簿抄，18 位，末位是 X 也写上。",
    )  # fmt: skip

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._today = today

    def clean_number(self) -> str:
        try:
            return read_number(self.cleaned_data["number"], today=self._today).number
        except InvalidNumber as error:
            raise forms.ValidationError(error.sentence) from error


class FindForm(NumberForm):
    """找人: both the name and the full number, so that nobody is found by guessing."""

    name = forms.CharField(label="姓名", max_length=60)

    field_order = ("name", "number")
