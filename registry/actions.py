"""What is done to accounts; each act leaves its entry in the trail, in the same transaction."""

from __future__ import annotations

import secrets

from django.db import IntegrityError, transaction

from registry.audit import record
from registry.devices import end_all
from registry.models import RoleGrant, User

# Without letters and digits that look alike on paper.
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


class GrantRefused(Exception):
    """A role with a scope that the account has already, or its last one."""


@transaction.atomic
def create_account(account: User, grant: RoleGrant, *, by: User, address: str = "") -> str:
    """Save a new account with its first role; return the initial password, which is shown once."""
    password = _set_initial_password(account)
    account.save()
    record("account.create", by=by, subject=_subject(account), detail={"账号": account.username}, address=address)
    add_grant(account, grant, by=by, address=address)
    return password


@transaction.atomic
def change_account(account: User, fields: list[str], *, by: User, address: str = "") -> None:
    """Save the named fields of an account; the trail keeps the old and the new values."""
    if not fields:
        return
    old = User.objects.values(*fields).get(pk=account.pk)
    account.save(update_fields=fields)
    detail = {name: [old[name], getattr(account, name)] for name in fields}
    record("account.change", by=by, subject=_subject(account), detail=detail, address=address)


@transaction.atomic
def add_grant(account: User, grant: RoleGrant, *, by: User, address: str = "") -> None:
    """Give an account a role with its scope; GrantRefused where it has it already."""
    grant.user = account
    try:
        with transaction.atomic():
            grant.save(force_insert=True)
    except IntegrityError as error:
        raise GrantRefused("这个账号已经有这个角色和范围。") from error
    record("account.grant", by=by, subject=_subject(account), detail={"角色": str(grant)}, address=address)


@transaction.atomic
def remove_grant(grant: RoleGrant, *, by: User, address: str = "") -> None:
    """Take a role from an account; GrantRefused for its last one, since nobody could find it again."""
    account = User.objects.select_for_update().get(pk=grant.user_id)
    if not account.grants.exclude(pk=grant.pk).exists():
        raise GrantRefused("这是最后一个角色。先加上新的，或者停用账号。")
    detail = {"角色": str(grant)}
    grant.delete()
    # What the phone keeps was chosen by the old scope.
    end_all(account, by=by, address=address)
    record("account.revoke", by=by, subject=_subject(account), detail=detail, address=address)


@transaction.atomic
def disable_account(account: User, *, by: User, address: str = "") -> None:
    """Close an account; its password goes too, so that no session outlives a later opening."""
    account.is_active = False
    account.set_unusable_password()
    account.save(update_fields=["is_active", "password"])
    end_all(account, by=by, address=address)
    record("account.disable", by=by, subject=_subject(account), address=address)


@transaction.atomic
def reset_password(account: User, *, by: User, address: str = "") -> str:
    """Open an account with a new initial password, which is returned to be shown once; its sessions end."""
    password = _set_initial_password(account)
    account.is_active = True
    account.save(update_fields=["is_active", "password", "must_change_password"])
    end_all(account, by=by, address=address)
    record("account.reset", by=by, subject=_subject(account), address=address)
    return password


def _set_initial_password(account: User) -> str:
    password = "-".join("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(3))
    account.set_password(password)
    account.must_change_password = True
    return password


def _subject(account: User) -> str:
    return f"user {account.pk}"
