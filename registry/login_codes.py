"""One-time login codes on paper: eight digits, good for one login within a week (no e-mail, no short message).

Only a keyed hash is kept, and five wrong tries end a code, so that eight digits suffice.
"""

from __future__ import annotations

import secrets
from datetime import timedelta

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from registry.access import accounts_kept_by, scope_of
from registry.audit import record
from registry.models import LoginCode, Role, RoleGrant, User
from registry.querysets import within

DIGITS = 8
GOOD_FOR = timedelta(days=7)
MOST_TRIES = 5


@transaction.atomic
def give_codes(accounts: QuerySet[User], *, by: User, address: str = "") -> list[tuple[User, str]]:
    """Make a code for each open account and end its older one; return them to be printed once."""
    now = timezone.now()
    people = list(accounts.filter(is_active=True).order_by("name", "pk"))
    LoginCode.objects.filter(user__in=people, ended_at__isnull=True).update(ended_at=now)
    given = [(person, f"{secrets.randbelow(10**DIGITS):0{DIGITS}}") for person in people]
    LoginCode.objects.bulk_create(
        LoginCode(user=person, code_hash=_hash(person, code), made_by=by, made_at=now, expires_at=now + GOOD_FOR)
        for person, code in given
    )
    for person in people:
        record("account.code", by=by, subject=f"user {person.pk}", address=address)
    return given


def shown_code(code: str) -> str:
    """Return a code as it stands on paper, in two halves."""
    return f"{code[: DIGITS // 2]} {code[DIGITS // 2 :]}"


def use_code(account: User, typed: str) -> bool:
    """Tell whether `typed` is the account's open code, and end it; the account then has to set a password."""
    code = "".join(typed.split())
    if len(code) != DIGITS or not code.isdigit():
        return False
    now = timezone.now()
    with transaction.atomic():
        still_good = LoginCode.objects.filter(user=account, ended_at__isnull=True, expires_at__gt=now)
        found = still_good.filter(tries__lt=MOST_TRIES).select_for_update().first()
        if found is None:
            return False
        if not constant_time_compare(found.code_hash, _hash(account, code)):
            LoginCode.objects.filter(pk=found.pk).update(tries=F("tries") + 1)
            return False
        LoginCode.objects.filter(pk=found.pk).update(ended_at=now)
        account.must_change_password = True
        account.save(update_fields=["must_change_password"])
    return True


def _hash(account: User, code: str) -> str:
    return salted_hmac("registry.login_codes", f"{account.pk}:{code}", algorithm="sha256").hexdigest()


def accounts_given_codes_by(user: User) -> QuerySet[User]:
    """Return the open accounts to which the account may give codes, never its own.

    Staff and sysadmins: those they keep. A village's 文书: cadres of the village and nothing else.
    """
    scope = scope_of(user)
    if scope.roles & {Role.STAFF, Role.SYSADMIN}:
        found = accounts_kept_by(user)
    else:
        found = _cadres_of(user)
    return found.filter(is_active=True).exclude(pk=user.pk)


def _cadres_of(clerk: User) -> QuerySet[User]:
    people = User.objects.none()
    for grant in clerk.grants.filter(role=Role.CADRE, may_give_codes=True).select_related("place"):
        own = RoleGrant.objects.filter(within(grant.place.prefix), role=Role.CADRE)
        others = RoleGrant.objects.exclude(pk__in=own.values("pk"))
        people |= User.objects.filter(pk__in=own.values("user_id")).exclude(pk__in=others.values("user_id"))
    return people
