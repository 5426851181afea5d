"""The own account: login and logout, home, type size, password."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.views import LoginView, LogoutView
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from registry import devices
from registry.access import may, public, requires, scope_of
from registry.audit import address_of, record
from registry.clock import today
from registry.forms import LoginForm, NewPasswordForm, PasswordForm
from registry.home import cards_for, home_of, piled
from registry.signals import BY_CODE

login = public(
    LoginView.as_view(
        template_name="registry/login.html", authentication_form=LoginForm, redirect_authenticated_user=True
    )
)

_logout = LogoutView.as_view()


@requires("own")
@require_POST
def logout(request: HttpRequest) -> HttpResponse:
    """End the session and have the browser forget what it kept (shared phones)."""
    devices.forget_of(request.session, by=request.user, address=address_of(request))
    response = _logout(request)
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


@requires("own")
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What to do today, by role."""
    route = home_of(scope_of(request.user).roles)
    if route:
        return redirect(route)
    return render(request, "registry/home.html", {"cards": piled(cards_for(request.user)), "today": today()})


@requires("own")
@require_safe
def me(request: HttpRequest) -> HttpResponse:
    context = {
        "devices": devices.remembered(request.user),
        "this_device": request.session.get(devices.IN_SESSION),
        "grants": request.user.grants.select_related(*_SCOPES),
        "may_give_codes": may(request.user, "accounts.codes"),
    }
    return render(request, "registry/me.html", context)


_SCOPES = ("place", "unit", "department", "grid")


@requires("own")
@require_POST
def type_size(request: HttpRequest) -> HttpResponse:
    """Switch 大字版 on or off; it is remembered with the account."""
    request.user.large_type = not request.user.large_type
    request.user.save(update_fields=["large_type"])
    return redirect("me")


@requires("own")
@require_http_methods(["GET", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    """Change the own password; all other sessions of the account end with the old one."""
    by_code = request.session.get(BY_CODE) and request.user.must_change_password
    form = (NewPasswordForm if by_code else PasswordForm)(request.user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            user = form.save()
            user.must_change_password = False
            user.save(update_fields=["must_change_password"])
            record("account.password", by=user, subject=f"user {user.pk}", address=address_of(request))
            devices.end_all(user, by=user, address=address_of(request), but=request.session.get(devices.IN_SESSION))
        update_session_auth_hash(request, user)
        request.session.pop(BY_CODE, None)
        messages.success(request, "密码已修改，其他设备上的登录已退出")
        return redirect("home")
    return render(request, "registry/password.html", {"form": form}, status=422 if form.errors else 200)
