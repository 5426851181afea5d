"""Forms of a unit's roll: input into domain types, each error one Chinese sentence."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms

from ledgers.units.members import Newcomer
from registry.forms import InputMixin
from registry.identity import IdentityNumber, InvalidNumber, read_number
from registry.models import Consent, MembershipKind
from registry.names import clean_name
from registry.phones import read_phones

_DAY = {"type": "date"}
_CONSENTS = [("", "没问过"), *Consent.choices]


class MemberForm(InputMixin, forms.Form):
    """Kind, class, guardian and consent of a member."""

    kind = forms.ChoiceField(label="人员类别", choices=MembershipKind.choices)
    class_name = forms.CharField(label="班级", required=False, max_length=40, help_text="学生填，如：七年级2班。")
    guardian = forms.CharField(label="监护人", required=False, max_length=60, help_text="学生填。")
    consent = forms.ChoiceField(label="知情同意", required=False, choices=_CONSENTS, help_text="学生填。")

    def clean(self) -> dict[str, Any]:
        """Class and consent are students' alone."""
        data = super().clean()
        if data.get("kind") != MembershipKind.STUDENT:
            data["class_name"] = data["consent"] = ""
        return data


class JoinForm(MemberForm):
    """Somebody who joins, by name and number as on the document."""

    field_order = ["name", "number", "kind", "class_name", "guardian", "consent", "phone", "joined_on", "lives_outside"]

    name = forms.CharField(label="姓名", max_length=60)
    number = forms.CharField(
        label="证件号码",
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "text"}),
        help_text="照身份证或户口簿填，系统用它认人；查过什么号码会记入操作日志。",
    )
    phone = forms.CharField(label="联系电话", required=False, max_length=30)
    joined_on = forms.DateField(label="哪天加入", required=False, widget=forms.DateInput(attrs=_DAY, format="%Y-%m-%d"))
    lives_outside = forms.BooleanField(
        label="户口和住处都不在本街道",
        required=False,
        help_text="没登记过的人：勾上记为非本辖区；不勾进待归类，由村（社区）认领。",
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_name(self) -> str:
        return clean_name(self.cleaned_data["name"])

    def clean_number(self) -> IdentityNumber:
        try:
            return read_number(self.cleaned_data["number"], today=self.today)
        except InvalidNumber as error:
            raise forms.ValidationError(error.sentence) from error

    def clean_phone(self) -> str:
        text = self.cleaned_data["phone"]
        phones, understood = read_phones(text) if text else ((), True)
        if not understood:
            raise forms.ValidationError("号码看不懂，手机写11位，座机带区号。")
        return phones[0][0] if phones else ""

    def clean_joined_on(self) -> date | None:
        return _not_later(self.cleaned_data["joined_on"], self.today)

    def newcomer(self) -> Newcomer:
        data = dict(self.cleaned_data)
        return Newcomer(identity=data.pop("number"), **data)


class LeaveForm(InputMixin, forms.Form):
    left_on = forms.DateField(label="哪天离开", widget=forms.DateInput(attrs=_DAY, format="%Y-%m-%d"))

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_left_on(self) -> date | None:
        return _not_later(self.cleaned_data["left_on"], self.today)


def _not_later(day: date | None, today: date) -> date | None:
    if day and day > today:
        raise forms.ValidationError("日期在今天以后，到时候再登记。")
    return day
