"""添加一户: the group, how the household lives there, and the first of its people."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from ledgers.households.access import get_place_for, get_village_for, may_change, places_given_by
from ledgers.households.numbering import label_of
from ledgers.notes import NoteRefused
from ledgers.survey.founding import found_household
from ledgers.survey.member_views import ask_for
from ledgers.survey.members import TOO_MANY, Elsewhere, may_try, note_try
from ledgers.survey.newcomer_forms import HouseholdForm
from registry.access import requires
from registry.audit import address_of
from registry.models import Place


@requires("survey.record")
@require_http_methods(["GET", "HEAD", "POST"])
def household_new(request: HttpRequest, place: str) -> HttpResponse:
    """Put a household on the walk that nobody had on a list (issue 3, 2)."""
    group = get_place_for(request.user, place)
    if not may_change(request.user, group.pk):
        raise PermissionDenied
    village = get_village_for(request.user, group.pk[: Place.Level.VILLAGE])
    places = places_given_by(request.user, village.pk)
    form = HouseholdForm(request.POST or None, places=places, initial={"place": group.pk})
    elsewhere = False
    if request.method == "POST" and form.is_valid():
        try:
            return _found(request, form)
        except NoteRefused as refused:
            form.add_error(None, str(refused))
        except Elsewhere as found:
            if request.POST.get("ask"):
                ask_for(request, village, found)
                return redirect("survey_group", group.pk)
            note_try(found, by=request.user, address=address_of(request))
            elsewhere = True
    context = {"form": form, "place": group, "village": village, "elsewhere": elsewhere}
    return render(request, "ledgers/survey/household_new.html", context, status=422 if form.errors else 200)


def _found(request: HttpRequest, form: HouseholdForm) -> HttpResponse:
    """Make the household and open its card, where the others of the family are added."""
    if not may_try(request.user):
        raise NoteRefused(TOO_MANY)
    household = found_household(form.found(), form.newcomer(), by=request.user, address=address_of(request))
    messages.success(request, f"已添加{label_of(household)} {household.head}户，家里还有别人就接着添加")
    return redirect("household", household.pk)
