"""The phones an account is remembered on: remember, open a session again, end."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from registry import devices
from registry.access import public, requires
from registry.audit import address_of

_BACKEND = settings.AUTHENTICATION_BACKENDS[-1]
_LONGEST_SECRET = 100


@requires("own")
@require_POST
def device_remember(request: HttpRequest) -> HttpResponse:
    """Give the phone a secret that opens this account's sessions for thirty days; it is never shown again."""
    name = devices.phone_name(request.headers.get("User-Agent", "")[:500])
    instead = request.POST.get("secret", "")[:_LONGEST_SECRET]
    secret = devices.remember(request.user, name, request.session, instead=instead, address=address_of(request))
    return JsonResponse({"secret": secret, "account": request.user.pk})


@public
@require_POST
def device_resume(request: HttpRequest) -> HttpResponse:
    """Open a session with a phone's secret; 410 tells the phone to forget everything it keeps."""
    try:
        device = devices.resume(request.POST.get("secret", "")[:_LONGEST_SECRET], address=address_of(request))
    except devices.TooManyTries:
        return JsonResponse({"sentence": "试得太多，过 15 分钟再试。"}, status=429)
    if device is None:
        return JsonResponse({"sentence": "这部手机的登录已停用，请用账号重新登录。"}, status=410)
    login(request, device.user, backend=_BACKEND)
    request.session[devices.IN_SESSION] = device.pk
    return JsonResponse({"account": device.user_id})


@requires("own")
@require_POST
def device_end(request: HttpRequest, pk: int) -> HttpResponse:
    """End one of the own phones, lost or given away."""
    device = get_object_or_404(request.user.devices, pk=pk)
    devices.end(device, by=request.user, address=address_of(request))
    messages.success(request, f"{device.name}已停用，下次连上网就清空")
    return redirect("me")
