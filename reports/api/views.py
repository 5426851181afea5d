"""The answers to other offices' programs: by token and never by session, figures only."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.views.decorators.http import require_safe

from campaigns.models import Campaign
from registry.access import public
from reports.api import asked, figures
from reports.api.csv_lines import csv_lines
from reports.api.description import description
from reports.api.refusals import Refused, json_answer
from reports.api.tokens import admit
from reports.models import ApiToken

ByToken = Callable[[HttpRequest, ApiToken], HttpResponse]


def by_token(view: ByToken) -> Callable[[HttpRequest], HttpResponse]:
    """Answer who bears a token; nobody logs in here, so the route is public and the token is its right."""

    @public
    @require_safe
    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponse:
        try:
            return view(request, admit(request))
        except Refused as refused:
            return refused.answer()

    return guarded


@public
@require_safe
def openapi(request: HttpRequest) -> JsonResponse:
    """The description of these routes (OpenAPI 3.1), for whoever writes the other program."""
    return JsonResponse(description(), json_dumps_params={"ensure_ascii": False, "indent": 1})


@by_token
def campaigns(request: HttpRequest, token: ApiToken) -> HttpResponse:
    """The campaigns whose figures the token reads."""
    found = Campaign.objects.filter(is_draft=False).select_related("place").order_by("start_on", "key")
    documents = [_campaign(campaign) for campaign in found if figures.reach_of(campaign, [token.place])]
    return json_answer({"campaigns": documents})


def _campaign(campaign: Campaign) -> dict[str, Any]:
    return {
        "key": campaign.key,
        "name": campaign.name,
        "place": campaign.place_id,
        "start": campaign.start_on.isoformat(),
        "end": campaign.end_on.isoformat(),
        "is_active": campaign.is_active,
    }


@by_token
def summary(request: HttpRequest, token: ApiToken) -> HttpResponse:
    """Ledgers, coverage and dropout on a day (rules 4, 5): the document of `ledger_summary --json`."""
    reach = asked.reach_asked(token, request.GET)
    on = asked.day_asked(request.GET, "as_of", reach.campaign)
    by = asked.by_asked(request.GET, reach)
    residency = asked.choice_asked(request.GET, "residency", asked.RESIDENCIES)
    return json_answer(figures.summary(reach, on, by, residency))


@by_token
def phases(request: HttpRequest, token: ApiToken) -> HttpResponse:
    """The plan's phase items on a day (rules 6): the document of `phase_progress --json`."""
    reach = asked.reach_asked(token, request.GET)
    on = asked.day_asked(request.GET, "as_of", reach.campaign)
    return json_answer(figures.phases(reach.campaign, on, asked.village_asked(request.GET, reach)))


@by_token
def daily(request: HttpRequest, token: ApiToken) -> HttpResponse:
    """A CSV of the rows of `ledger_summary --by village`, a line per place and day, as it is read."""
    reach = asked.reach_asked(token, request.GET)
    first, last = asked.days_asked(request.GET, reach.campaign)
    residency = asked.choice_asked(request.GET, "residency", asked.RESIDENCIES)
    lines = csv_lines(figures.daily(reach, first, last, residency))
    return csv_answer(lines, f"daily-{first}-{last}.csv")


def csv_answer(lines: Any, name: str) -> StreamingHttpResponse:
    """Stream lines of CSV; nobody keeps a copy on the way."""
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response
