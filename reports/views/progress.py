"""进度总览 and the pages it leads to: villages, groups, units, the wall chart."""

from __future__ import annotations

from dataclasses import replace

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.views.decorators.http import require_safe

from campaigns.access import get_campaign_for
from campaigns.asked import NO_PLAN
from campaigns.models import Campaign
from ledgers.units.access import units_kept_by
from ledgers.units.zeroing import last_of
from registry.access import may, requires
from registry.clock import today
from registry.models import Place
from reports.dashboard.access import get_place_for, get_unit_for, reach_of
from reports.dashboard.empty import empty_page
from reports.dashboard.frame import Frame, read_frame
from reports.dashboard.kept import has_people, stamp_of
from reports.dashboard.own_groups import own_groups_page
from reports.dashboard.pages import dashboard_page, matrix_page, own_villages_page
from reports.dashboard.phase_page import phase_page
from reports.dashboard.unit_pages import unit_page, units_page
from reports.dashboard.village_page import village_page
from reports.nudges.linked import leaders_page
from reports.nudges.village import village_pressure


@requires("figures.view")
@require_safe
def dashboard(request: HttpRequest) -> HttpResponse:
    """The whole street; whoever answers for less is sent to what is theirs."""
    frame = _frame(request)
    if frame is None:
        return render(request, NO_PLAN)
    reach = reach_of(request.user, frame.campaign)
    if not reach.prefixes:
        return redirect(f"{reverse('units')}{frame.same_query}")
    if len(reach.prefixes) == 1 and not reach.whole:
        return redirect(f"{reverse('village', args=[reach.prefixes[0]])}{frame.same_query}")
    nobody_yet = None if has_people(frame) else empty_page(request.user, frame)
    if nobody_yet:
        return render(request, "reports/dashboard_empty.html", {"page": nobody_yet})
    if reach.of_groups:
        return render(request, "reports/own_groups.html", {"page": own_groups_page(frame, reach)})
    first = leaders_page(request.user, frame.campaign, frame.on)
    if not reach.whole:
        context = {"page": own_villages_page(request.user, frame, reach), "first": first}
        return render(request, "reports/villages.html", context)
    # Put together only if its parts are not kept from a moment ago.
    page = SimpleLazyObject(lambda: dashboard_page(request.user, frame))
    return render(
        request, "reports/dashboard.html", {"page": page, "stamp": stamp_of(request.user, frame), "first": first}
    )


@requires("figures.view")
@require_safe
def village(request: HttpRequest, code: str) -> HttpResponse:
    """One village or group."""
    frame = _frame_or_404(request)
    place = get_place_for(request.user, frame.campaign, code)
    zeroing = last_of(frame.campaign, village=place) if place.level == Place.Level.VILLAGE else None
    page = village_page(request.user, place, frame)
    pressure = village_pressure(request.user, frame.campaign, place, today())
    return render(request, "reports/village.html", {"page": page, "zeroing": zeroing, "pressure": pressure})


@requires("figures.view")
@require_safe
def phase(request: HttpRequest, key: str) -> HttpResponse:
    """One phase item: its gap in people, split over the villages that the account reads."""
    frame = _frame_or_404(request)
    page = phase_page(request.user, frame, key, reach_of(request.user, frame.campaign))
    return render(request, "reports/phase.html", {"page": page})


@requires("figures.view")
@require_safe
def wall_chart(request: HttpRequest) -> HttpResponse:
    """挂图作战 as one sheet of A3, of all villages that the account reads."""
    frame = _frame(request)
    if frame is None:
        return render(request, NO_PLAN)
    reach = reach_of(request.user, frame.campaign)
    if not reach.prefixes or reach.of_groups:
        return redirect("dashboard")
    # On the wall the best stand first, unless asked otherwise.
    frame = replace(frame, sort=frame.sort or f"-{frame.campaign.judged_by}")
    return render(request, "reports/wall_chart.html", {"page": matrix_page(request.user, frame, reach)})


@requires("ledger.view")
@require_safe
def units(request: HttpRequest) -> HttpResponse:
    """The units that the account answers for or oversees."""
    frame = _frame(request)
    if frame is None:
        return render(request, NO_PLAN)
    page = units_page(request.user, frame, request.GET.get("show", ""))
    return render(request, "reports/units.html", {"page": page})


@requires("ledger.view")
@require_safe
def unit(request: HttpRequest, pk: int) -> HttpResponse:
    """Who of one unit's people is missing."""
    found = get_unit_for(request.user, pk)
    page = unit_page(request.user, found, _frame_or_404(request))
    keeps = may(request.user, "unit.manage") and units_kept_by(request.user).filter(pk=pk).exists()
    context = {"page": page, "keeps_members": keeps, "zeroing": last_of(page.frame.campaign, unit=found)}
    return render(request, "reports/unit.html", context)


def _frame(request: HttpRequest) -> Frame | None:
    campaign: Campaign | None = get_campaign_for(request.user, request.GET.get("campaign"))
    return read_frame(campaign, request.GET, today()) if campaign else None


def _frame_or_404(request: HttpRequest) -> Frame:
    frame = _frame(request)
    if frame is None:
        raise Http404
    return frame
