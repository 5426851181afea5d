"""Who came in, who failed to, who left: entries of the trail that no page writes itself."""

from __future__ import annotations

from typing import Any

from axes.signals import user_locked_out
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest

from registry.audit import address_of, record
from registry.backends import account_named
from registry.models import User

BY_CODE = "came_by_code"


@receiver(user_logged_in)
def _came_in(sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
    by_code = getattr(user, "came_by_code", False)
    if by_code:
        # The password page then asks for no old password: there is none that the person knows.
        request.session[BY_CODE] = True
    record("login.code" if by_code else "login", by=user, subject=f"user {user.pk}", address=address_of(request))


@receiver(user_logged_out)
def _left(sender: Any, request: HttpRequest, user: User | None, **kwargs: Any) -> None:
    if user is not None:
        record("logout", by=user, subject=f"user {user.pk}", address=address_of(request))


@receiver(user_login_failed)
def _failed(sender: Any, credentials: dict[str, Any], request: HttpRequest | None = None, **kwargs: Any) -> None:
    _record_failure("login.failed", credentials.get("username") or "", request)


@receiver(user_locked_out)
def _locked_out(sender: Any, request: HttpRequest, username: str, **kwargs: Any) -> None:
    _record_failure("login.locked", username or "", request)


def _record_failure(action: str, username: str, request: HttpRequest | None) -> None:
    """Name the account only where there is one: people type passwords into the wrong field."""
    account = account_named(username)
    record(
        action, by=None, subject=f"user {account.pk}" if account else "", address=address_of(request) if request else ""
    )
