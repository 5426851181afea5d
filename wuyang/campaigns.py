"""The campaign a reader is at: remembered over pages, said by forms, and not written to once it has ended."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from campaigns.choice import FIELD, choose_for
from campaigns.closing import CampaignClosed, closed_sentence
from registry.access import may
from registry.rights import OF_A_CAMPAIGN

GetResponse = Callable[[HttpRequest], HttpResponse]
IN_SESSION = "campaign"


class ChosenCampaignMiddleware:
    """Let pages that name no campaign mean the one last looked at, and forms the one of their own page.

    A page opened with `?campaign=KEY` is remembered for the session. Only where there is something to
    choose: with one campaign nothing is kept.
    """

    def __init__(self, get_response: GetResponse):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated:
            return self.get_response(request)
        request.user.campaign_chosen = request.POST.get(FIELD, "") or request.session.get(IN_SESSION, "")
        response = self.get_response(request)
        if response.status_code == 200:
            self._remember(request)
        return response

    def _remember(self, request: HttpRequest) -> None:
        asked, shown = request.GET.get("campaign"), getattr(request.user, "campaign_shown", None)
        if not asked or shown is None or shown.key != asked or shown.is_draft:
            return
        running = request.user.campaigns_running
        # The one that is meant anyway need not be remembered, unless another one is.
        meant = request.session.get(IN_SESSION) or (running[0].key if running else "")
        if asked != meant:
            request.session[IN_SESSION] = asked

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """Refuse what would write facts of a campaign that has ended, before the page is even asked."""
        right = getattr(view, "right", "")
        if request.method != "POST" or right not in OF_A_CAMPAIGN or not may(request.user, right):
            return None
        if request.content_type == "application/json":
            # What a phone kept: each entry says of which campaign it is.
            return None
        campaign = choose_for(request.user, request.GET.get("campaign"))
        if campaign is None or campaign.is_active:
            return None
        return _closed(request, closed_sentence(campaign))

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        return _closed(request, error.sentence) if isinstance(error, CampaignClosed) else None


def _closed(request: HttpRequest, sentence: str) -> HttpResponse:
    return render(request, "campaign_closed.html", {"sentence": sentence}, status=409)
