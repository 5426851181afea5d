"""A new campaign in a few steps: 基本 → 疫苗 → 阶段任务 → 检查并开始."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from campaigns.access import campaigns_for, get_campaign_to_change, places_to_plan_for
from campaigns.life import LifeRefused, make_default, start_campaign
from campaigns.models import Campaign
from campaigns.overview import phase_rows, plan_facts
from campaigns.plan_check import PlanError
from campaigns.plan_edit.making import delete_draft, make_campaign
from campaigns.plan_edit.readiness import readiness_of
from campaigns.plan_edit.refused import ChangeRefused
from campaigns.plan_edit.setup_forms import NewCampaignForm
from registry.access import requires
from registry.audit import address_of
from registry.clock import today

STEPS = {"basics": "基本", "vaccines": "疫苗", "phases": "阶段任务", "check": "检查并开始"}


@requires("plan.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def campaign_new(request: HttpRequest) -> HttpResponse:
    """The first page: what it is about, from when to when, for whom; from nothing or after another one."""
    places = places_to_plan_for(request.user)
    if not places:
        raise PermissionDenied
    known = [campaign for campaign in campaigns_for(request.user) if not campaign.is_draft]
    form = NewCampaignForm(request.POST or None, places=places, campaigns=known, today=today())
    if request.method == "POST" and form.is_valid():
        try:
            made = make_campaign(form.basics(), source=form.source(), by=request.user, address=address_of(request))
        except PlanError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            return redirect("campaign_setup", key=made.key, step="vaccines")
    context = {"form": form, "steps": _steps("", "basics")}
    return render(request, "campaigns/campaign_new.html", context, status=422 if form.errors else 200)


@requires("plan.edit")
@require_safe
def campaign_setup(request: HttpRequest, key: str, step: str) -> HttpResponse:
    """One step of a draft: what stands there, and the forms that change it."""
    campaign = get_campaign_to_change(request.user, key)
    if step not in STEPS:
        raise Http404
    if not campaign.is_draft:
        return redirect(f"{reverse('plan')}?campaign={key}")
    names = list(STEPS)
    place = names.index(step)
    context = {
        "campaign": campaign, "step": step, "steps": _steps(key, step),
        "previous": names[place - 1] if place else "", "next": names[place + 1] if place + 1 < len(names) else "",
        "next_name": STEPS[names[place + 1]] if place + 1 < len(names) else "",
        **_of_step(campaign, step),
    }  # fmt: skip
    return render(request, f"campaigns/setup_{step}.html", context)


def _of_step(campaign: Campaign, step: str) -> dict[str, Any]:
    if step == "phases":
        return {"rows": phase_rows(campaign, today())}
    if step == "check":
        return {"ready": readiness_of(campaign, today()), "facts": plan_facts(campaign)}
    return {"facts": plan_facts(campaign)}


def _steps(key: str, here: str) -> list[dict[str, Any]]:
    """The steps with their addresses; none before the draft is there."""
    order = list(STEPS)
    return [
        {
            "number": number + 1, "name": STEPS[step], "here": step == here, "done": number < order.index(here),
            "url": reverse("campaign_setup", args=[key, step]) if key else "",
        }
        for number, step in enumerate(order)
    ]  # fmt: skip


@requires("plan.edit")
@require_POST
def campaign_start(request: HttpRequest, key: str) -> HttpResponse:
    """Let the draft begin, and open its dashboard."""
    campaign = get_campaign_to_change(request.user, key)
    if not readiness_of(campaign, today()).is_ready:
        return redirect("campaign_setup", key=key, step="check")
    told: dict[str, Any] = {"reason": "筹备完成", "by": request.user, "address": address_of(request)}
    try:
        start_campaign(campaign, **told)
        if request.POST.get("default"):
            make_default(campaign, **told)
    except LifeRefused as refused:
        messages.error(request, str(refused))
        return redirect("campaigns")
    messages.success(request, f"{campaign.name}：已开始")
    # Its dashboard, by way of the list: the floor above is known by its address alone.
    return redirect(f"{reverse('dashboard')}?campaign={key}")


@requires("plan.edit")
@require_POST
def campaign_delete(request: HttpRequest, key: str) -> HttpResponse:
    """Delete a draft that was not wanted."""
    campaign = get_campaign_to_change(request.user, key)
    try:
        if delete_draft(campaign, by=request.user, address=address_of(request)):
            messages.success(request, f"{campaign.name}：已删除")
        else:
            messages.error(request, "这项接种工作已经开始，不能删除，只能结束。")
    except ChangeRefused as refused:
        messages.error(request, str(refused))
    return redirect("campaigns")
