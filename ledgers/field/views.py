"""The phone's own addresses: an empty shell and its worker, the pages it keeps, the entries it sends."""

from __future__ import annotations

import hashlib
import json
from functools import cache

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.views.decorators.http import require_POST, require_safe

from ledgers.field.pages import Bundle, bundle_for
from ledgers.field.sending import Refused, entries_in, receive
from registry import devices
from registry.access import public, requires
from registry.audit import address_of


@cache
def _shell() -> str:
    """Rendered without a request: nothing in it can be about anybody."""
    return render_to_string("field/shell.html")


@public
@require_safe
def shell(request: HttpRequest) -> HttpResponse:
    """The page that stands in where the server cannot be reached; also the tray of unsent entries."""
    return HttpResponse(_shell())


@public
@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker, at the root so that it may answer for every page."""
    text = render_to_string("field/worker.js", {"version": hashlib.sha256(_shell().encode()).hexdigest()[:12]})
    return HttpResponse(text, content_type="text/javascript; charset=utf-8", headers={"Cache-Control": "no-cache"})


@requires("survey.record")
@require_safe
def bundle(request: HttpRequest) -> HttpResponse:
    """What the phone keeps for 48 hours; `same` where it has just that already (`?have=`).

    `remembered` false: the session came by password, and the phone's own secret may open nothing any more.
    """
    found = bundle_for(request)
    digest = _digest(found)
    remembered = devices.is_remembered(request.user, request.session)
    answer = {"account": request.user.pk, "home": found.home, "digest": digest, "remembered": remembered}
    if request.GET.get("have") == digest:
        return JsonResponse({**answer, "same": True})
    return JsonResponse({**answer, "large": found.large, "bottom": found.bottom, "pages": found.pages})


def _digest(found: Bundle) -> str:
    text = json.dumps([found.home, found.large, found.bottom, found.pages], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


@requires("survey.record")
@require_POST
def send(request: HttpRequest) -> HttpResponse:
    """Take several entries, each answered by itself: receipt, differences, or a refusal in one sentence."""
    try:
        # A form's body is read up by then (its CSRF token); a phone sends JSON.
        account, entries = entries_in(request.body if request.content_type == "application/json" else b"")
    except Refused as refused:
        return JsonResponse({"sentence": str(refused)}, status=400)
    if account != request.user.pk:
        return JsonResponse({"sentence": "这部手机记着另一个账号。"}, status=409)
    address = address_of(request)
    return JsonResponse({"answers": [receive(request.user, entry, address=address) for entry in entries]})
