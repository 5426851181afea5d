"""The form of a split: how many, by what, and the lines that staff adjust."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from django import forms

from campaigns.models import TargetVersion
from campaigns.splitting.actions import Share
from campaigns.splitting.rules import split
from registry.forms import InputMixin
from reports.splitting.weights import Parts

Kind, Basis = TargetVersion.Kind, TargetVersion.Basis
MOST = 10_000_000
_NUMBER = {
    "required": "写任务总数。",
    "invalid": "写一个整数。",
    "min_value": "不能小于 0。",
    "max_value": "这个数太大。",
}
_SHORT = {"class": "input short", "inputmode": "numeric"}


class ByForm(InputMixin, forms.Form):
    """What is asked in the address: to whom it is split, and by what."""

    kind = forms.ChoiceField(label="分给谁", choices=Kind.choices, required=False)
    basis = forms.ChoiceField(label="按什么分", choices=Basis.choices, required=False)

    @property
    def chosen(self) -> tuple[str, str]:
        """The kind and its basis; departments have no census number."""
        said = self.cleaned_data if self.is_valid() else {}
        kind = said.get("kind") or Kind.VILLAGES
        return kind, Basis.REGISTRY if kind == Kind.DEPARTMENTS else said.get("basis") or Basis.CENSUS


def mark_of(shares: Sequence[Share]) -> str:
    """Return what tells one split from another: who is to have how many."""
    said = ",".join(f"{share.of.pk}:{share.goal}" for share in shares)
    return hashlib.sha256(said.encode()).hexdigest()[:16]


class SplitForm(InputMixin, forms.Form):
    total = forms.IntegerField(
        label="任务总数", min_value=0, max_value=MOST, widget=forms.NumberInput(attrs=_SHORT), error_messages=_NUMBER
    )
    reason = forms.CharField(
        label="为什么这样分", required=False, max_length=200, help_text="例如上级文件名称、会议决定；锁定时要写。"
    )

    # The split that the page showed (`mark_of`), so that nothing else is locked.
    seen = forms.CharField(required=False, max_length=16, widget=forms.HiddenInput)

    def __init__(self, data: Any, *, parts: Parts):
        super().__init__(data, initial={"total": parts.usual_total})
        self.parts = parts
        for part in parts.rows:
            label = f"{part.of.name}调整为"
            number = forms.NumberInput(attrs=_SHORT | {"aria-label": label, "placeholder": "调整为"})
            self.fields[f"fixed_{part.key}"] = forms.IntegerField(
                label=label, required=False, min_value=0, max_value=MOST, widget=number, error_messages=_NUMBER
            )
            why = forms.TextInput(attrs={"aria-label": f"{part.of.name}调整原因", "placeholder": "为什么"})
            self.fields[f"why_{part.key}"] = forms.CharField(
                label=f"{part.of.name}调整原因", required=False, max_length=200, widget=why
            )

    def clean(self) -> dict[str, Any]:
        """Each adjusted line says why."""
        values = super().clean()
        for part in self.parts.rows:
            if values.get(f"fixed_{part.key}") is not None and not values.get(f"why_{part.key}", "").strip():
                self.add_error(f"why_{part.key}", f"{part.of.name}调整了，写明为什么。")
        return values

    def shares(self) -> list[Share]:
        """Return the split as the form says; raises SplitRefused where it cannot add up."""
        total = self.cleaned_data["total"]
        weights = {part.key: part.weight for part in self.parts.rows}
        said = {part.key: self.cleaned_data[f"fixed_{part.key}"] for part in self.parts.rows}
        fixed = {key: number for key, number in said.items() if number is not None}
        plain, goals = split(total, weights), split(total, weights, fixed)
        return [
            Share(
                part.of, part.weight, plain[part.key], goals[part.key], part.key in fixed,
                self.cleaned_data[f"why_{part.key}"] if part.key in fixed else "",
            )
            for part in self.parts.rows
        ]  # fmt: skip
