"""Forms of 督办: to whom and about what; what is asked and by when; answers."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms

from campaigns.models import Campaign, Nudge, PhaseItem
from campaigns.nudges.access import units_nudged_by, villages_nudged_by
from registry.forms import InputMixin
from registry.models import Place, Unit, User
from reports.nudges.situations import About

# Days until an answer is asked for, unless the sender says otherwise.
USUAL_DAYS = 3
_MOST = 500
_LONG = {"required": "写几个字再交。", "max_length": "最多 500 个字。"}
_DAY = {"required": "选一个日子。", "invalid": "日期写成 2021-08-18 这样。"}


def _text(
    label: str, hint: str = "", *, required: bool = True, most: int = _MOST, words: dict[str, str] | None = None
) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": 4, "class": "input"})
    messages = _LONG | (words or {})
    return forms.CharField(
        label=label, help_text=hint, max_length=most, required=required, widget=widget, error_messages=messages
    )


def _day(label: str, hint: str = "") -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date", "class": "input short"}, format="%Y-%m-%d")
    return forms.DateField(label=label, help_text=hint, widget=widget, error_messages=_DAY)


class AboutForm(InputMixin, forms.Form):
    """To whom, `village:CODE` or `unit:ID`, and about what, a subject or `phase:KEY`; only what the account may."""

    to = forms.ChoiceField(
        label="发给谁",
        error_messages={
            "required": "选一个村（社区）或单位。",
            "invalid_choice": "这个村（社区）或单位不在你的范围内，另选一个。",
        },
    )
    subject = forms.ChoiceField(
        label="督办什么",
        help_text="同一个村（社区）或单位的同一事项，同时只有一张没销号的。",
        error_messages={"required": "选一个事项。", "invalid_choice": "没有这个事项，另选一个。"},
    )  # fmt: skip
    more = forms.MultipleChoiceField(
        label="同时发给",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="每个村（社区）一张，第一句按各自今天的数写，要求相同。",
        error_messages={"invalid_choice": "有一个村（社区）不在你的范围内，重新勾选。"},
    )

    def __init__(self, data: Any, *, user: User, campaign: Campaign, on: date):
        super().__init__(data)
        self._villages = {f"village:{one.code}": one for one in villages_nudged_by(user, campaign)}
        self._units = {f"unit:{one.pk}": one for one in units_nudged_by(user, campaign)}
        self._phases = {f"phase:{item.key}": item for item in campaign.phase_items.all() if item.start_on <= on}
        self.fields["to"].choices = [("", "——"), *self._linked_first(user), _group("单位", self._units)]
        self.fields["more"].choices = [(key, one.name) for key, one in self._villages.items()]
        plain = [choice for choice in Nudge.Subject.choices if choice[0] != Nudge.Subject.PHASE]
        self.fields["subject"].choices = [("", "——"), *plain, _group("阶段任务", self._phases)]

    def _linked_first(self, user: User) -> list[tuple[str, list[tuple[str, str]]]]:
        """A linked leader's own villages stand first (plan 一(一))."""
        linked = {key: one for key, one in self._villages.items() if user.name and one.linked_leader == user.name}
        others = {key: one for key, one in self._villages.items() if key not in linked}
        groups = [("我联系的村（社区）", linked), ("其他村（社区）" if linked else "村（社区）", others)]
        return [_group(name, found) for name, found in groups if found]

    @property
    def abouts(self) -> list[About]:
        """One for each that is written to, whom `to` names first."""
        subject = self.cleaned_data["subject"]
        phase: PhaseItem | None = self._phases.get(subject)
        keys = dict.fromkeys([self.cleaned_data["to"], *self.cleaned_data["more"]])
        named: list[Place | Unit] = [self._villages.get(key) or self._units[key] for key in keys]
        return [About(of, Nudge.Subject.PHASE if phase else subject, phase) for of in named]


def _group(name: str, found: dict[str, Any]) -> tuple[str, list[tuple[str, str]]]:
    return name, [(key, one.name) for key, one in found.items()]


class SendForm(InputMixin, forms.Form):
    text = _text("要求", "第一句是按今天的数写的，可以改；再写清要办什么、办到什么程度。")
    due_on = _day("反馈期限", "到这一天 24:00 还没反馈的算逾期。")

    def __init__(self, *args: Any, today: date, sentence: str = "", taken: int = 0, **kwargs: Any):
        """`taken` are the letters of a first sentence that is put before the words."""
        usual = {"text": sentence, "due_on": today + timedelta(days=USUAL_DAYS)}
        super().__init__(*args, initial=usual, **kwargs)
        if taken:
            room = _MOST - taken
            words = {"max_length": f"最多 {room} 个字，前面还有一句按今天的数写的。"}
            self.fields["text"] = _text("要求", most=room, words=words)


class AnswerForm(InputMixin, forms.Form):
    text = _text("办理情况", "办了什么、还差什么、差的怎么办；不用报人数，系统会算。")


class JudgeForm(InputMixin, forms.Form):
    """Returning asks for words and a day; striking off takes words where it needs them."""

    text = _text("说明", required=False)
    due_on = forms.DateField(required=False, error_messages=_DAY)

    def __init__(self, *args: Any, today: date, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self._usual = today + timedelta(days=USUAL_DAYS)

    def clean_due_on(self) -> date:
        return self.cleaned_data["due_on"] or self._usual
