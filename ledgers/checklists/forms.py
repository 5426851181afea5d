"""Forms of 核查名单: sending a list in, its due hour, and answering a row."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django import forms

from campaigns.models import Campaign, Product
from ledgers.checklists.answers import Said
from ledgers.checklists.taking import usual_due_at
from ledgers.models import Checklist, ChecklistRow, Exemption
from ledgers.rules import REASONS
from registry.clock import moment_at, moment_of
from registry.forms import InputMixin
from registry.models import Place

Kind = ChecklistRow.Answer
PROOFS = [("certificate", "接种凭证"), ("health_code", "渝康码"), ("verbal", "本人自述")]
_DAY = {"type": "date"}
_CHOOSE = "选一个核查结果。"


class DueForm(InputMixin, forms.Form):
    """By when a list is to be reported back."""

    due_on = forms.DateField(
        label="回报日期",
        widget=forms.DateInput(_DAY, format="%Y-%m-%d"),
        error_messages={"required": "写明哪一天以前回报。"},
    )
    due_at = forms.TimeField(
        label="几点以前",
        widget=forms.TimeInput({"type": "time"}, format="%H:%M"),
        error_messages={"required": "写明几点以前回报。"},
    )

    def __init__(self, *args: Any, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._now = now

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        day, hour = values.get("due_on"), values.get("due_at")
        if day and hour:
            values["due"] = moment_at(day, hour)
            if values["due"] <= self._now:
                self.add_error("due_on", "回报时限已经过了，另定一个时间。")
        return values


class ChecklistForm(DueForm):
    """A list handed down: the file, who sent it, by when, and whom it should hold."""

    file = forms.FileField(
        label="名单文件",
        widget=forms.FileInput({"accept": ".xlsx,.xls,.et,.ods,.csv,.txt,.html,.htm"}),
        error_messages={"required": "先选名单文件。", "empty": "这个文件是空的，另选一个。"},
    )
    sender = forms.CharField(label="发来单位", max_length=60, required=False)
    scope = forms.ModelChoiceField(
        label="名单应包括哪里的人",
        queryset=Place.objects.none(),
        required=False,
        empty_label="没有说，只核对名单里的人",
    )
    holds = forms.ChoiceField(label="应包括哪些人", choices=Checklist.Holds.choices, required=False)

    def __init__(self, *args: Any, campaign: Campaign, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, now=now, **kwargs)
        usual = moment_of(usual_due_at(now))
        self.fields["due_on"].initial, self.fields["due_at"].initial = usual.date(), usual.time()
        street = campaign.place
        villages = Place.objects.villages().inside(street.prefix)
        self.fields["scope"].queryset = (villages | Place.objects.filter(pk=street.pk)).order_by("code")

    def clean_holds(self) -> str:
        return self.cleaned_data["holds"] or Checklist.Holds.EVERYBODY


class AnswerForm(forms.Form):
    """One answer to a row; each answer asks for what belongs to it and no more."""

    answer = forms.ChoiceField(choices=Kind.choices, error_messages={"required": _CHOOSE, "invalid_choice": _CHOOSE})
    on = forms.DateField(required=False, error_messages={"invalid": "日期看不懂，写成 2021-08-20 这样。"})
    proof = forms.ChoiceField(choices=PROOFS, required=False)
    product = forms.CharField(max_length=40, required=False)
    kind = forms.ChoiceField(choices=Exemption.Kind.choices, required=False)
    ground = forms.ChoiceField(choices=Exemption.Ground.choices, required=False)
    end_on = forms.DateField(required=False)
    to = forms.CharField(max_length=80, required=False)
    code = forms.ChoiceField(choices=[(code, word) for code, word in REASONS.items() if code[0] == "4"], required=False)
    note = forms.CharField(max_length=200, required=False)
    certain = forms.BooleanField(required=False)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._today = today

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        answer, on = values.get("answer"), values.get("on")
        if answer == Kind.DOSED and "on" in values and (on is None or on > self._today):
            self.add_error("on", "写明哪一天打的，不能晚于今天。")
        if answer == Kind.DOSED and not values.get("proof"):
            self.add_error("proof", "选一下凭什么知道的：接种凭证、渝康码，或者本人自述。")
        if answer == Kind.PROMISED and "on" in values and (on is None or on < self._today):
            self.add_error("on", "写明约好哪一天，从今天算起。")
        if answer in (Kind.DECEASED, Kind.OUTSIDE) and not values.get("certain"):
            self.add_error("certain", "会从台账里移走，勾上“确认”再答。")
        return values

    def said(self) -> Said:
        values = self.cleaned_data
        names = {"proof": "proof", "product": "product", "kind": "kind", "ground": "reason", "to": "to", "code": "code"}
        detail: dict[str, Any] = {told: values[name] for name, told in names.items() if values.get(name)}
        if values["end_on"]:
            detail["end_on"] = values["end_on"].isoformat()
        if values["certain"]:
            detail["certain"] = True
        has_day = values["answer"] in (Kind.DOSED, Kind.PROMISED, Kind.EXEMPT, Kind.DECEASED, Kind.AWAY)
        return Said(values["answer"], values["on"] if has_day else None, detail, values["note"].strip())


def first_error(form: forms.Form) -> str:
    """What is wrong, in one sentence; "" where nothing is."""
    return next((errors[0] for errors in form.errors.values()), "")


def products_of(campaign: Campaign) -> list[tuple[str, str]]:
    """Return the vaccines to choose from, those that name a product."""
    found = Product.objects.filter(platform__campaign=campaign, names_platform_only=False)
    return list(found.order_by("platform__position", "pk").values_list("key", "name"))
