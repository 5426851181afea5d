"""Who came in, who failed to, who left: entries of the trail that no page writes itself."""

from __future__ import annotations

from typing import Any

from axes.signals import user_locked_out
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest

from registry.audit import address_of, record
from registry.models import User


@receiver(user_logged_in)
def _came_in(sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
    record("login", by=user, subject=f"user {user.pk}", address=address_of(request))


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
    pk = User.objects.filter(username=username).values_list("pk", flat=True).first()
    record(action, by=None, subject=f"user {pk}" if pk else "", address=address_of(request) if request else "")
