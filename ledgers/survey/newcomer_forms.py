"""Forms of 添加家庭成员 and 添加一户 → somebody new and where they live: one for the page and for the phone."""

from __future__ import annotations

from typing import Any

from django import forms

from ledgers.survey.founding import Found
from ledgers.survey.members import Newcomer
from registry.clock import today
from registry.forms import InputMixin
from registry.identity import SENTENCES, InvalidNumber, read_number
from registry.models import Household, Place, Sex

NEITHER = "证件号码和出生日期要写一个，才分得清同名的人。"
# A phone without signal says itself that a number cannot be right, in the same words.
_PHONE_SAYS = {
    "data-length": SENTENCES["id_length"],
    "data-checksum": SENTENCES["id_checksum"],
    "data-neither": NEITHER,
}


class MemberForm(InputMixin, forms.Form):
    name = forms.CharField(label="姓名", max_length=60)
    number = forms.CharField(
        label="证件号码",
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "text", **_PHONE_SAYS}),
        help_text="在册的按号码找到，不用重新录；没有号码就写出生日期。",
    )
    birth_on = forms.DateField(
        label="出生日期",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="没有证件号码才写。",
    )
    sex = forms.ChoiceField(label="性别", choices=[("", "未登记"), *Sex.choices], required=False)
    relation = forms.CharField(label="与户主关系", max_length=20, required=False)

    def clean_number(self) -> str:
        text = self.cleaned_data["number"]
        if not text:
            return ""
        try:
            self.read = read_number(text, today=today())
        except InvalidNumber as error:
            raise forms.ValidationError(error.sentence) from error
        return self.read.number

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if not data.get("number") and not data.get("birth_on") and "number" not in self.errors:
            raise forms.ValidationError(NEITHER)
        if data.get("birth_on") and data["birth_on"] > today():
            self.add_error("birth_on", "出生日期在今天以后，请核对。")
        return data

    def newcomer(self) -> Newcomer:
        data = self.cleaned_data
        birth_on, sex = data["birth_on"], data["sex"]
        if data["number"]:
            # The number wins over what was typed beside it (interfaces).
            birth_on, sex = self.read.birth_on, self.read.sex
        return Newcomer(data["name"].strip(), birth_on, data["number"], sex, data.get("relation", ""))


class HouseholdForm(MemberForm):
    """The head as for a new member; then where the household stands and how it lives there."""

    place = forms.ModelChoiceField(Place.objects.none(), label="哪个组", empty_label=None)
    state = forms.ChoiceField(label="户状态", choices=Household.State.choices, initial=Household.State.HOME)
    address = forms.CharField(label="门牌", max_length=120, required=False, help_text="门上写的，或者怎么找到这家。")
    relation = None
    field_order = ["name", "number", "birth_on", "sex", "place", "state", "address"]

    def __init__(self, *args: Any, places: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = "户主姓名"
        self.fields["place"].queryset = places

    def found(self) -> Found:
        data = self.cleaned_data
        return Found(data["place"], data["state"], data["address"].strip())
