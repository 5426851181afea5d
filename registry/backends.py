"""Who is logging in: by account name or own phone number, with the password or a one-time code on paper."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest

from registry.login_codes import use_code
from registry.models import User


class AccountBackend(ModelBackend):
    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **others: Any
    ) -> User | None:
        """Return the account, None where name, password and code do not fit; closed accounts fit nothing."""
        account = account_named(username or "")
        if account is None or not password:
            # As long as for an account that exists, so that the time tells nothing.
            User().set_password(password)
            return None
        if not self.user_can_authenticate(account):
            account.check_password(password)
            return None
        if account.check_password(password):
            return account
        if use_code(account, password):
            account.came_by_code = True
            return account
        return None


def account_named(typed: str) -> User | None:
    """Find the account a login names: the one open account with that phone number, else that account name."""
    typed = typed.strip()
    if len(typed) == 11 and typed.isdigit():
        owners = list(User.objects.filter(phone=typed, is_active=True)[:2])
        if len(owners) == 1:
            return owners[0]
    return User.objects.filter(username=typed).first()
