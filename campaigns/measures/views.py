"""一村一策 in the browser: a village's measures with every wording, and the form that writes them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from campaigns.access import get_campaign_for
from campaigns.links import address_in
from campaigns.measures import access
from campaigns.measures.actions import MeasureRefused, write_measure
from campaigns.measures.forms import MeasureForm
from campaigns.measures.reading import measures_of
from campaigns.models import Campaign, Measure
from registry.access import requires
from registry.audit import address_of
from registry.clock import today
from registry.models import Place

CHANGEABLE = ("text", "responsible", "start_on", "due_on", "state")


@requires("measure.view")
@require_safe
def measures(request: HttpRequest, code: str) -> HttpResponse:
    campaign = get_campaign_for(request.user, request.GET.get("campaign"))
    village = access.get_village_for(request.user, campaign, code)
    context = {
        "campaign": campaign,
        "village": village,
        "measures": measures_of(campaign, village, today()),
        "may_write": access.may_write(request.user, village),
        "on": today(),
    }
    return render(request, "campaigns/measures/list.html", context)


@requires("measure.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def measure_new(request: HttpRequest, code: str) -> HttpResponse:
    campaign = get_campaign_for(request.user, request.GET.get("campaign"))
    village = access.get_village_to_write(request.user, campaign, code)
    return _form(request, campaign, village, {"start_on": today(), "due_on": campaign.end_on})


@requires("measure.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def measure(request: HttpRequest, pk: int) -> HttpResponse:
    """Another wording of one measure, or that it is done."""
    found = access.get_measure_to_write(request.user, pk)
    return _form(request, found.campaign, found.village, {name: getattr(found, name) for name in CHANGEABLE}, found)


def _form(
    request: HttpRequest, campaign: Campaign, village: Place, initial: dict[str, Any], follows: Measure | None = None
) -> HttpResponse:
    form = MeasureForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            made = write_measure(
                campaign, village, **form.cleaned_data, follows=follows, by=request.user, address=address_of(request)
            )
        except MeasureRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"{village}的措施已写下" if made else "措施没有变化，什么也没有写入")
            return redirect(address_in(campaign, "measures", village.code))
    context = {"form": form, "village": village, "campaign": campaign, "follows": follows}
    return render(request, "campaigns/measures/form.html", context, status=422 if form.errors else 200)
