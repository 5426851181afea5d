"""The campaign that a page's address asks for, handed to its view."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from campaigns.access import get_campaign_for, may_change

View = Callable[..., HttpResponse]
NO_PLAN = "campaigns/no_plan.html"


def with_campaign(view: View) -> View:
    """Call `view(request, campaign, …)`; while there is no plan at all the page says what to do."""

    @wraps(view)
    def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        campaign = get_campaign_for(request.user, request.GET.get("campaign"))
        if campaign is None:
            return render(request, NO_PLAN)
        return view(request, campaign, *args, **kwargs)

    return asked


def with_campaign_to_change(view: View) -> View:
    """The same for a page that changes the campaign: whoever may not is told so."""

    @wraps(view)
    def asked(request: HttpRequest, campaign: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        if not may_change(request.user, campaign):
            raise PermissionDenied
        return view(request, campaign, *args, **kwargs)

    return with_campaign(asked)
