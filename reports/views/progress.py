"""进度总览 and the pages it leads to: villages, groups, units, the wall chart."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from campaigns.access import get_campaign_for
from registry.access import requires
from registry.clock import today
from reports.dashboard.access import reach_of
from reports.dashboard.frame import read_frame
from reports.dashboard.pages import dashboard_page


@requires("figures.view")
@require_safe
def dashboard(request: HttpRequest) -> HttpResponse:
    campaign = get_campaign_for(request.user, request.GET.get("campaign"))
    frame = read_frame(campaign, request.GET, today())
    return render(request, "reports/dashboard.html", {"page": dashboard_page(request.user, frame)})


village = dashboard
unit = dashboard
