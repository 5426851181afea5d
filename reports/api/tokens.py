"""Tokens: made once and shown once, kept as a hash, counted at each use, withdrawn at any time."""

from __future__ import annotations

import secrets
from datetime import timedelta
from hashlib import sha256

from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest
from django.utils import timezone

from registry import audit
from registry.access import places_given_by
from registry.audit import address_of
from registry.clock import start_of
from registry.limits import allowed
from registry.models import Place, User
from registry.querysets import within_any
from reports.api.refusals import Refused
from reports.models import ApiToken

PREFIX = "wy_"
_SHOWN = 8
# Within an hour; a page of figures that refreshes itself each minute stays far below.
PER_HOUR = 600
WRONG_PER_HOUR = 60
_STEP = timedelta(minutes=1)


@transaction.atomic
def make_token(*, name: str, place: Place, days: int, by: User, address: str = "") -> tuple[ApiToken, str]:
    """Make a token and return it with its secret, which nobody can see again."""
    secret = PREFIX + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        name=name,
        place=place,
        hash=_hash(secret),
        start=secret[:_SHOWN],
        made_by=by,
        expires_at=timezone.now() + timedelta(days=days),
    )
    _trace("token.make", token, by=by, address=address)
    return token, secret


@transaction.atomic
def withdraw_token(token: ApiToken, *, by: User, address: str = "") -> bool:
    """End a token at once; False when it was withdrawn before."""
    still = ApiToken.objects.filter(pk=token.pk, withdrawn_at__isnull=True)
    if not still.update(withdrawn_by=by, withdrawn_at=timezone.now()):
        return False
    _trace("token.withdraw", token, by=by, address=address)
    return True


def tokens_kept_by(user: User) -> QuerySet[ApiToken]:
    """Return the tokens the account keeps: of places inside its own, all for a sysadmin."""
    inside = within_any(places_given_by(user))
    return ApiToken.objects.filter(inside).select_related("place", "made_by", "withdrawn_by")


def get_token_kept_by(user: User, pk: int) -> ApiToken:
    """Return a token the account keeps; any other is "not found"."""
    token = tokens_kept_by(user).filter(pk=pk).first()
    if token is None:
        raise Http404
    return token


def admit(request: HttpRequest) -> ApiToken:
    """Return the token that a request bears, or raise why it is not answered; notes the use."""
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not secret.strip():
        raise Refused(401, "token_missing", "请求头要带上令牌：Authorization: Bearer 令牌。")
    token = ApiToken.objects.select_related("place").filter(hash=_hash(secret.strip())).first()
    now = timezone.now()
    if token is None:
        _count_wrong(address_of(request))
        raise Refused(401, "token_unknown", "没有这个令牌，请向街道专班重新申请。")
    if token.withdrawn_at:
        raise Refused(401, "token_withdrawn", "这个令牌已经停用，请向街道专班重新申请。")
    if token.expires_at <= now:
        raise Refused(401, "token_expired", "这个令牌已经到期，请向街道专班重新申请。")
    if not allowed(f"api:{token.pk}", PER_HOUR):
        raise Refused(429, "too_many", f"这个令牌一小时最多请求 {PER_HOUR} 次，过一会儿再试。")
    _note_use(token, address_of(request))
    return token


def _count_wrong(address: str) -> None:
    if not allowed(f"api-wrong:{sha256(address.encode()).hexdigest()}", WRONG_PER_HOUR):
        raise Refused(429, "too_many", "错误的令牌试得太多，过一小时再试。")


@transaction.atomic
def _note_use(token: ApiToken, address: str) -> None:
    """Note the use, once a minute; the first of a day stands in the trail with its address."""
    now = timezone.now()
    today = start_of(timezone.localdate(now))
    own = ApiToken.objects.filter(pk=token.pk)
    # Null: never used.
    if own.filter(Q(last_used_at__isnull=True) | Q(last_used_at__lt=today)).update(last_used_at=now):
        _trace("token.use", token, by=None, address=address)
    else:
        own.filter(last_used_at__lt=now - _STEP).update(last_used_at=now)


def _hash(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()


def _trace(action: str, token: ApiToken, *, by: User | None, address: str) -> None:
    detail = {"使用单位": token.name, "令牌": f"{token.start}…", "范围": token.place.name}
    audit.record(action, by=by, subject=f"token {token.pk}", detail=detail, address=address)
