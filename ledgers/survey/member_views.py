"""添加家庭成员: found by number in the registry, or new; who is on another village's list needs a handover."""

from __future__ import annotations

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
from ledgers.survey.members import TOO_MANY, Elsewhere, InOtherHousehold, add_member, may_try, note_try
from ledgers.survey.newcomer_forms import MemberForm
from registry.access import requires
from registry.audit import address_of
from registry.models import Household, Place, Resident


@requires("survey.record")
@require_http_methods(["GET", "HEAD", "POST"])
def household_member_new(request: HttpRequest, pk: int) -> HttpResponse:
    door = get_door_for(request.user, pk)
    if not door.may_record:
        raise PermissionDenied
    form = MemberForm(request.POST or None)
    elsewhere, other = False, ""
    if request.method == "POST" and form.is_valid():
        if not may_try(request.user):
            form.add_error(None, TOO_MANY)
        else:
            try:
                added = _add(request, door.household, form)
            except InOtherHousehold as found:
                other = str(found)
            except NoteRefused as refused:
                form.add_error(None, str(refused))
            except Elsewhere as found:
                if request.POST.get("ask"):
                    ask_for(request, door.household.village, found)
                    return redirect("household", pk)
                note_try(found, by=request.user, address=address_of(request))
                elsewhere = True
            else:
                messages.success(request, f"已把{added.name}添加到这一户")
                return redirect("household", pk)
    context = {"form": form, "household": door.household, "label": label_of(door.household)}
    context |= {"elsewhere": elsewhere, "other": other}
    return render(request, "ledgers/survey/member_new.html", context, status=422 if form.errors else 200)


def _add(request: HttpRequest, household: Household, form: MemberForm) -> Resident:
    moves = "moves" in request.POST
    return add_member(household, form.newcomer(), moves=moves, by=request.user, address=address_of(request))


def ask_for(request: HttpRequest, village: Place, found: Elsewhere) -> None:
    """Ask the other side to hand the person over, and say so."""
    try:
        ask_for_handover(found.resident, village, by=request.user, address=address_of(request))
        messages.success(request, f"已请对方把{found.resident.name}移交给{village.name}，等对方确认")
    except HandoverRefused as refused:
        messages.error(request, str(refused))
