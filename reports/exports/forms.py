"""Forms of exports: what for, to whom, masked or in full; and a leader's standing release."""

from __future__ import annotations

from django import forms

from registry.forms import DaysField, InputMixin
from registry.models import Place
from reports.exports.kinds import layouts
from reports.exports.order import PURPOSES, Terms
from reports.models.exports import MOST_DAYS

_OTHER = "other"
_MASKED, _FULL = "masked", "full"


class ExportForm(InputMixin, forms.Form):
    """The purpose of an export, and for numbers in full its recipient."""

    purpose = forms.ChoiceField(
        label="用途",
        choices=[*((words, words) for words in PURPOSES), (_OTHER, "其他（写明）")],
        widget=forms.RadioSelect,
        error_messages={"required": "选一个用途，导出记录要写明。"},
    )
    note = forms.CharField(label="说明", required=False, max_length=150, help_text="选“其他”时必须写明给谁、做什么用。")
    contents = forms.ChoiceField(
        label="号码",
        choices=[(_MASKED, "部分隐藏，马上能下载"), (_FULL, "完整号码，要第二个人放行")],
        widget=forms.RadioSelect,
        required=False,
    )
    recipient = forms.CharField(
        label="接收单位", required=False, max_length=100, help_text="完整号码必须写明交给谁，如：县疾控中心。"
    )

    def __init__(self, *args: object, recipients: list[str] | None = None, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.recipients = recipients or []
        if self.recipients:
            self.fields["recipient"].widget.attrs["list"] = "recipients"

    def clean(self) -> dict[str, str]:
        data = super().clean()
        if data.get("purpose") == _OTHER and not data.get("note", "").strip():
            self.add_error("note", "写明这份名单给谁、做什么用。")
        if data.get("contents") == _FULL and not data.get("recipient", "").strip():
            self.add_error("recipient", "完整号码要写明交给哪个单位。")
        return data

    @property
    def terms(self) -> Terms:
        data = self.cleaned_data
        note, is_other = data["note"].strip(), data["purpose"] == _OTHER
        return Terms(
            purpose=note if is_other else data["purpose"],
            note="" if is_other else note,
            recipient=data["recipient"].strip(),
            is_full=data["contents"] == _FULL,
        )


class StandingForm(InputMixin, forms.Form):
    """One layout, one purpose, one recipient, at most 30 days (access.md)."""

    layout = forms.ChoiceField(label="名单")
    purpose = forms.ChoiceField(label="用途", choices=[(words, words) for words in PURPOSES])
    recipient = forms.CharField(
        label="接收单位",
        max_length=100,
        help_text="导出时写的接收单位要一字不差。",
        error_messages={"required": "写明交给哪个单位。"},
    )
    place = forms.ModelChoiceField(label="范围", queryset=Place.objects.none(), empty_label=None)
    days = DaysField(
        label="天数",
        most=MOST_DAYS,
        then="到期再给",
        initial=7,
        help_text=f"从今天算起，最多 {MOST_DAYS} 天，随时可以收回。",
    )

    def __init__(self, *args: object, places: list[str], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["layout"].choices = layouts()
        self.fields["place"].queryset = Place.objects.filter(pk__in=places)

    @property
    def terms(self) -> Terms:
        return Terms(self.cleaned_data["purpose"], recipient=self.cleaned_data["recipient"].strip(), is_full=True)
