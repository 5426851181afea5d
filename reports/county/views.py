"""上级通报: the county's rows day by day, one of them beside ours, and the form to type or paste one."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from campaigns.access import may_change
from campaigns.asked import with_campaign, with_campaign_to_change
from campaigns.links import address_in
from campaigns.models import Campaign
from registry.access import may, requires
from registry.audit import address_of
from registry.clock import today
from reports.county.beside import beside
from reports.county.forms import FIELDS, CountyForm
from reports.county.keeping import keep_county_figure
from reports.dashboard.access import reach_of
from reports.days import read_day
from reports.models import CountyFigure

SHOWN = 31


@requires("county.view")
@require_safe
@with_campaign
def county(request: HttpRequest, campaign: Campaign) -> HttpResponse:
    """The day asked for, else the newest, beside ours; the days before it as a table."""
    if not reach_of(request.user, campaign).whole:
        # A village's leader has no street to compare.
        raise Http404
    figures = list(CountyFigure.objects.filter(campaign=campaign).select_related("entered_by")[:SHOWN])
    on = read_day(request.GET.get("on", ""), figures[0].on if figures else today())
    chosen = next((figure for figure in figures if figure.on == on), None)
    context = {
        "campaign": campaign,
        "figures": figures,
        "day": beside(chosen) if chosen else None,
        "may_edit": may(request.user, "county.edit") and may_change(request.user, campaign),
    }
    return render(request, "reports/county/county.html", context)


@requires("county.edit")
@require_http_methods(["GET", "HEAD", "POST"])
@with_campaign_to_change
def county_new(request: HttpRequest, campaign: Campaign) -> HttpResponse:
    """Type or paste the row of a day; a day that has one is replaced, and the trail has what stood before."""
    form = CountyForm(request.POST or None, today=today(), initial={"on": today()})
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        values = {name: said[name] for name in FIELDS}
        figure = keep_county_figure(
            campaign, said["on"], values, note=said["note"], by=request.user, address=address_of(request)
        )
        messages.success(request, f"记下了 {figure.on.month}月{figure.on.day}日的通报")
        return redirect(address_in(campaign, "county", on=figure.on.isoformat()))
    return render(
        request, "reports/county/new.html", {"form": form, "campaign": campaign}, status=422 if form.errors else 200
    )
