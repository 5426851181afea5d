"""Pages of the plan (方案任务): what is to be done, by when, and who changed it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from campaigns.access import get_campaign_for, get_phase_item_to_change, get_target_place_to_change, may_change
from campaigns.asked import with_campaign
from campaigns.forms import PhaseDatesForm, TargetForm, WholeTargetForm
from campaigns.models import Campaign
from campaigns.overview import phase_rows, plan_facts
from campaigns.phase_dates import DatesRefused, change_phase_dates
from campaigns.targets import set_target, target_lines
from registry.access import requires
from registry.audit import address_of
from registry.clock import today


@requires("plan.view")
@require_safe
@with_campaign
def plan(request: HttpRequest, campaign: Campaign) -> HttpResponse:
    """The campaign article by article."""
    return _page(request, "campaigns/plan.html", campaign, tab="plan", facts=plan_facts(campaign))


@requires("plan.view")
@require_safe
@with_campaign
def phases(request: HttpRequest, campaign: Campaign) -> HttpResponse:
    """The phase items with their windows and every change of a date."""
    return _page(request, "campaigns/phases.html", campaign, tab="phases", rows=phase_rows(campaign, today()))


@requires("plan.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def phase_dates(request: HttpRequest, pk: int) -> HttpResponse:
    """Change the window of one item; the old days, who and why stay below the form."""
    item = get_phase_item_to_change(request.user, pk)
    now = {"start_on": item.start_on, "deadline_on": item.deadline_on}
    form = PhaseDatesForm(request.POST or None, initial=now)
    if request.method == "POST" and form.is_valid():
        try:
            changed = change_phase_dates(item, **form.cleaned_data, by=request.user, address=address_of(request))
        except DatesRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"{item.name}：{'日期已改' if changed else '日期没有变化'}")
            return redirect(f"{reverse('phases')}?campaign={item.campaign.key}")
    row = phase_rows(item.campaign, today(), only=item.pk)[0]
    return _page(request, "campaigns/phase_dates.html", item.campaign, form=form, row=row)


@requires("plan.view")
@require_safe
@with_campaign
def targets(request: HttpRequest, campaign: Campaign) -> HttpResponse:
    """Census bases and task numbers per village, with their sums."""
    villages, whole = target_lines(campaign)
    return _page(
        request, "campaigns/targets.html", campaign, tab="targets", villages=villages, whole=whole,
        missing="、".join(line.place.name for line in villages if line.census_base is None),
    )  # fmt: skip


@requires("plan.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def target(request: HttpRequest, code: str) -> HttpResponse:
    """Set one village's base and task number, or the whole place's task number."""
    campaign = get_campaign_for(request.user, request.GET.get("campaign"))
    place = get_target_place_to_change(request.user, campaign, code)
    found = campaign.targets.filter(place=place).first()
    now = {"census_base": found.census_base, "goal": found.goal} if found else {}
    kind = WholeTargetForm if place.pk == campaign.place_id else TargetForm
    form = kind(request.POST or None, initial=now)
    if request.method == "POST" and form.is_valid():
        values = {"census_base": None, **form.cleaned_data}
        changed = set_target(campaign, place=place, **values, by=request.user, address=address_of(request))
        messages.success(request, f"{place.name}：{'数已改' if changed else '数没有变化'}")
        return redirect(f"{reverse('plan_targets')}?campaign={campaign.key}")
    return _page(request, "campaigns/target.html", campaign, form=form, place=place)


def _page(request: HttpRequest, template: str, campaign: Campaign, **context: Any) -> HttpResponse:
    common = {
        "campaign": campaign,
        # An ended campaign is read only.
        "may_change": may_change(request.user, campaign) and not campaign.is_ended,
    }
    wrong = "form" in context and context["form"].errors
    return render(request, template, {**common, **context}, status=422 if wrong else 200)
