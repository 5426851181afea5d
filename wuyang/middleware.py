"""What every answer carries and every session obeys, whatever page it is."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib.auth import logout
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.middleware.gzip import GZipMiddleware
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse

from registry.access import scope_of
from registry.models import User

logger = logging.getLogger(__name__)
GetResponse = Callable[[HttpRequest], HttpResponse]

# Own files only: no script or style inside a page, nothing from elsewhere.
CONTENT_SECURITY_POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)

# An IPv6 address in full.
_LONGEST_ADDRESS = 45

# A session is written again only when its last sign of life is older than this.
SEEN_STEP_SECONDS = 60


class CompressPagesMiddleware(GZipMiddleware):
    """Send pages and the phone's answers compressed; a spreadsheet is so already.

    Django's own adds bytes by chance, so that a page's length tells nothing of what it hides (BREACH).
    """

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        kind = response.headers.get("Content-Type", "").partition(";")[0]
        if response.streaming or kind not in ("text/html", "application/json"):
            return response
        return super().process_response(request, response)


class ClientAddressMiddleware:
    """Put the address that our own proxies saw into REMOTE_ADDR, for the trail, locks and limits.

    What stands further left in the header was written by the client and is not believed.
    """

    def __init__(self, get_response: GetResponse):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        seen = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
        if settings.PROXIES and len(seen) >= settings.PROXIES and (address := seen[-settings.PROXIES].strip()):
            request.META["REMOTE_ADDR"] = address[:_LONGEST_ADDRESS]
        return self.get_response(request)


class SafeHeadersMiddleware:
    """Forbid foreign content on every page, and any copy of a page that knows its reader."""

    def __init__(self, get_response: GetResponse):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        if request.user.is_authenticated:
            response.headers["Cache-Control"] = "no-store"
        return response


class HtmxLoginMiddleware:
    """Send the whole page to the login when a part of it was asked for after the session ended."""

    def __init__(self, get_response: GetResponse):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        login = reverse("login")
        if "HX-Request" in request.headers and response.headers.get("Location", "").startswith(login):
            page = urlsplit(request.headers.get("HX-Current-URL", "")).path or "/"
            return HttpResponse(status=204, headers={"HX-Redirect": f"{login}?{urlencode({'next': page})}"})
        return response


class BusyDatabaseMiddleware:
    """Say plainly that the database is being written or is away; nothing of the request was kept."""

    def __init__(self, get_response: GetResponse):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        # SQLite says the same of a table that is not there, which no waiting mends.
        if not isinstance(error, OperationalError) or "no such" in str(error):
            return None
        logger.exception("database not to be had")
        # Without the request, since the frame of the page would ask the database again.
        return HttpResponse(render_to_string("503.html"), status=503, headers={"Retry-After": "10"})


class SessionLimitsMiddleware:
    """End a session that was quiet for too long for one of its roles, or began SESSION_COOKIE_AGE ago (S11)."""

    def __init__(self, get_response: GetResponse):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            self._check(request)
        return self.get_response(request)

    def _check(self, request: HttpRequest) -> None:
        now, session = int(time.time()), request.session
        since, seen = session.get("since", now), session.get("seen", 0)
        # The large screen opens no list of people: it may lose its connection for as long as that takes.
        is_idle = seen and not session.get("screen") and now - seen > _idle_seconds(request.user)
        if now - since > settings.SESSION_COOKIE_AGE or is_idle:
            logout(request)
        elif now - seen >= SEEN_STEP_SECONDS:
            session["since"], session["seen"] = since, now


class ScreenSessionMiddleware:
    """End a session that was given up for the large screen as soon as it asks for anything else.

    It hangs unattended in a meeting room: who walks up to it must log in (reports.dashboard.screen).
    """

    def __init__(self, get_response: GetResponse):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated and request.session.get("screen") and request.path not in _on_the_screen():
            logout(request)
        return self.get_response(request)


def _on_the_screen() -> set[str]:
    return {reverse("screen"), reverse("screen_figures"), reverse("logout")}


def _idle_seconds(user: User) -> int:
    """The shortest time that one of the account's roles allows."""
    of_role, otherwise = settings.SESSION_IDLE_SECONDS_OF_ROLE, settings.SESSION_IDLE_SECONDS
    return min((of_role.get(role, otherwise) for role in scope_of(user).roles), default=otherwise)


class InitialPasswordMiddleware:
    """Lead an account with a password that somebody else has seen to the page where it sets its own."""

    def __init__(self, get_response: GetResponse):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if user.is_authenticated and user.must_change_password and request.path not in _own_ways_out():
            return redirect("password")
        return self.get_response(request)


def _own_ways_out() -> set[str]:
    return {reverse("password"), reverse("logout")}
