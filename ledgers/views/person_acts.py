"""What is done on the person's page: correct facts and doses, look one person up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from campaigns.access import get_campaign_for
from ledgers import corrections
from ledgers.corrections import CorrectionRefused
from ledgers.evidence.forms import ProvenDoseForm
from ledgers.evidence.keeping import keep
from ledgers.forms import (
    FREE_TEXTS,
    CorrectedDoseForm,
    CorrectionForm,
    LookupForm,
    ReasonForm,
)
from ledgers.person_access import (
    LOOKUPS_PER_HOUR,
    get_dose_to_change,
    get_person_to_change,
    may_look_up,
    remember_look_up,
)
from registry import audit
from registry.access import requires, scope_of
from registry.audit import address_of
from registry.clock import today
from registry.masking import hide_numbers
from registry.models import IdentityDocument, Place, Resident, Role
from registry.querysets import within_any

_FORM = "ledgers/person_form.html"


@requires("person.edit")
@require_http_methods(["GET", "POST"])
def person_edit(request: HttpRequest, pk: int) -> HttpResponse:
    resident = get_person_to_change(request, pk)
    form = CorrectionForm(
        request.POST or None, initial=_initial(resident), places=_places(request), resident=resident, today=today()
    )
    if request.method == "POST" and form.is_valid():
        changed = corrections.correct_resident(
            resident,
            form.changes(),
            phones=form.remaining_phones(),
            reason=form.cleaned_data["reason"],
            by=request.user,
            address=address_of(request),
        )
        messages.success(request, f"已更正{resident.name}的资料" if changed else "没有改动，什么也没有写入")
        return _back(request, pk)
    return _ask(request, form, resident, "更正资料", f"更正{resident.name}的资料")


def _initial(resident: Resident) -> dict[str, Any]:
    values = {name: getattr(resident, name) for name in corrections.CORRECTABLE}
    return values | {name: hide_numbers(values[name]) for name in FREE_TEXTS}


def _places(request: HttpRequest) -> Any:
    """Where the account may put a person: its own villages and their groups; staff the whole street."""
    levels = [Place.Level.VILLAGE, Place.Level.GROUP]
    return Place.objects.filter(
        within_any(scope_of(request.user).prefixes(Role.CADRE, Role.STAFF), "code"), level__in=levels
    )


@requires("dose.add")
@require_http_methods(["GET", "POST"])
def dose_new(request: HttpRequest, pk: int) -> HttpResponse:
    resident = get_person_to_change(request, pk)
    campaign = get_campaign_for(request.user, None)
    form = ProvenDoseForm(request.POST or None, request.FILES or None, campaign=campaign)

    @transaction.atomic
    def act() -> str:
        dose = corrections.add_dose(
            resident, campaign, form.facts(), source=form.cleaned_data["source"], today=today(), **_who(request)
        )
        keep(form.cleaned_data["evidence"], dose=dose, entry=dose.entry)
        return f"已补录{resident.name}的一针"

    return _try(request, form, act, resident, "补录接种记录", "补录这一针")


@requires("dose.edit")
@require_http_methods(["GET", "POST"])
def dose_edit(request: HttpRequest, pk: int) -> HttpResponse:
    dose = get_dose_to_change(request, pk)
    fields = ("given_on", "product", "stated_number", "lot", "site")
    initial = {name: getattr(dose, name) for name in fields}
    form = CorrectedDoseForm(request.POST or None, initial=initial, campaign=dose.campaign)

    def act() -> str:
        reason = form.cleaned_data["reason"]
        corrections.correct_dose(dose, form.facts(), reason=reason, today=today(), **_who(request))
        return "已更正这一针，原来的记录留在经过里"

    return _try(request, form, act, dose.resident, "更正接种记录", "更正这一针")


@requires("dose.edit")
@require_http_methods(["GET", "POST"])
def dose_remove(request: HttpRequest, pk: int) -> HttpResponse:
    dose = get_dose_to_change(request, pk)
    form = ReasonForm(request.POST or None)

    def act() -> str:
        corrections.remove_dose(dose, reason=form.cleaned_data["reason"], **_who(request))
        return "已删除这一针，原来的记录留在经过里"

    return _try(request, form, act, dose.resident, "删除接种记录", "删除这一针")


@requires("person.lookup")
@require_http_methods(["GET", "POST"])
def lookup(request: HttpRequest) -> HttpResponse:
    """One person by full number: by POST, so that it stays out of addresses; limited per hour; in the trail."""
    form = LookupForm(request.POST or None, today=today())
    if request.method == "POST" and form.is_valid():
        if not may_look_up(request.user):
            form.add_error("number", f"一小时最多查 {LOOKUPS_PER_HOUR} 人，过一会再查。")
        else:
            found = _find(request, form.cleaned_data["number"])
            subject = f"resident {found}" if found else ""
            audit.record("resident.lookup", by=request.user, subject=subject, address=address_of(request))
            if found:
                remember_look_up(request, found)
                return redirect("person", found)
            form.add_error("number", "没有查到这个号码。核对一遍，仍没有就是还没有登记入册。")
    return render(request, "ledgers/lookup.html", {"form": form}, status=422 if form.errors else 200)


def _find(request: HttpRequest, number: str) -> int | None:
    prefixes = scope_of(request.user).prefixes(Role.CLINIC, Role.STAFF)
    people = Resident.objects.filter(within_any(prefixes))
    return (
        IdentityDocument.objects.filter(number=number, resident__in=people)
        .values_list("resident_id", flat=True)
        .first()
    )


def _who(request: HttpRequest) -> dict[str, Any]:
    return {"by": request.user, "address": address_of(request)}


def _try(
    request: HttpRequest, form: Form, act: Callable[[], str], resident: Resident, title: str, button: str
) -> HttpResponse:
    """Show the form; when it is sent and valid, act, and put a refusal where the reader looks."""
    if request.method == "POST" and form.is_valid():
        try:
            messages.success(request, act())
            return _back(request, resident.pk)
        except CorrectionRefused as refused:
            form.add_error(None, str(refused))
    return _ask(request, form, resident, title, button)


def _ask(request: HttpRequest, form: Form, resident: Resident, title: str, button: str) -> HttpResponse:
    context = {"form": form, "resident": resident, "title": title, "button": button}
    return render(request, _FORM, context, status=422 if form.errors else 200)


def _back(request: HttpRequest, pk: int) -> HttpResponse:
    return redirect("person", pk)
