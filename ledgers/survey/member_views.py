"""添加家庭成员: found by number in the registry, or new; who is on another village's list needs a handover."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from ledgers.handovers.handover import HandoverRefused
from ledgers.handovers.handover import ask as ask_for_handover
from ledgers.households.numbering import label_of
from ledgers.notes import NoteRefused
from ledgers.survey.access import get_door_for
from ledgers.survey.members import Elsewhere, Newcomer, add_member
from registry import audit
from registry.access import requires
from registry.audit import address_of
from registry.clock import today
from registry.forms import InputMixin
from registry.identity import InvalidNumber, read_number
from registry.limits import allowed
from registry.models import Place, Sex, User

# Numbers an account may try in an hour: each tells whether somebody is on another village's list (access.md).
TRIES_PER_HOUR = 60
TOO_MANY = f"一小时最多添加 {TRIES_PER_HOUR} 人，过一会再加。"


class MemberForm(InputMixin, forms.Form):
    name = forms.CharField(label="姓名", max_length=60)
    number = forms.CharField(
        label="证件号码",
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "text"}),
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
            raise forms.ValidationError("证件号码和出生日期要写一个，才分得清同名的人。")
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


@requires("survey.record")
@require_http_methods(["GET", "HEAD", "POST"])
def household_member_new(request: HttpRequest, pk: int) -> HttpResponse:
    door = get_door_for(request.user, pk)
    if not door.may_record:
        raise PermissionDenied
    form = MemberForm(request.POST or None)
    elsewhere = False
    if request.method == "POST" and form.is_valid():
        if not may_try(request.user):
            form.add_error(None, TOO_MANY)
        else:
            try:
                added = add_member(door.household, form.newcomer(), by=request.user, address=address_of(request))
            except NoteRefused as refused:
                form.add_error(None, str(refused))
            except Elsewhere as found:
                if request.POST.get("ask"):
                    ask_for(request, door.household.village, found)
                    return redirect("household", pk)
                note_try(request, found)
                elsewhere = True
            else:
                messages.success(request, f"已把{added.name}添加到这一户")
                return redirect("household", pk)
    context = {"form": form, "household": door.household, "label": label_of(door.household), "elsewhere": elsewhere}
    return render(request, "ledgers/survey/member_new.html", context, status=422 if form.errors else 200)


def may_try(user: User) -> bool:
    return allowed(f"members:{user.pk}", TRIES_PER_HOUR)


def note_try(request: HttpRequest, found: Elsewhere) -> None:
    """That somebody learned a person is on another village's list stands in the trail."""
    subject = f"resident {found.resident.pk}"
    audit.record("resident.lookup", by=request.user, subject=subject, address=address_of(request))


def ask_for(request: HttpRequest, village: Place, found: Elsewhere) -> None:
    """Ask the other side to hand the person over, and say so."""
    try:
        ask_for_handover(found.resident, village, by=request.user, address=address_of(request))
        messages.success(request, f"已请对方把{found.resident.name}移交给{village.name}，等对方确认")
    except HandoverRefused as refused:
        messages.error(request, str(refused))
