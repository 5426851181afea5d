"""Phones remembered for thirty days: a secret behind the phone's PIN opens a session again (access.md).

Only the secret's hash is kept here. It has 256 bits of chance, so one round of SHA-256 is enough.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from datetime import timedelta

from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from registry.audit import record
from registry.limits import allowed
from registry.models import Device, User

DAYS = 30
# The key under which a session opened by a phone names it.
IN_SESSION = "device"
# Guesses from one address before it has to wait; a village office shares one.
FAILURES = 20
PAUSE = timedelta(minutes=15)
_MODEL = re.compile(r"Android [^;)]*; ([^;)]+?)(?: Build|[;)])")


class TooManyTries(Exception):
    """An address that sent too many secrets nobody has."""


def remembered(user: User) -> QuerySet[Device]:
    """Return the account's phones that still open sessions, the newest first."""
    return user.devices.filter(ended_at__isnull=True, expires_at__gt=timezone.now()).order_by("-created_at")


@transaction.atomic
def remember(user: User, name: str, session: SessionBase, *, instead: str = "", address: str = "") -> str:
    """Remember the phone this session runs on; return the secret, which is told to the phone alone, once.

    `instead` is the secret the phone held until now: it was logged in by password, beside it.
    """
    forget_of(session, by=user, address=address)
    for device in user.devices.filter(secret_hash=_hash(instead), ended_at__isnull=True):
        end(device, by=user, address=address)
    secret, now = secrets.token_urlsafe(32), timezone.now()
    device = Device.objects.create(
        user=user,
        secret_hash=_hash(secret),
        name=name[:80],
        created_at=now,
        seen_at=now,
        expires_at=now + timedelta(days=DAYS),
    )
    session[IN_SESSION] = device.pk
    record("device.remember", by=user, subject=f"device {device.pk}", detail={"手机": device.name}, address=address)
    return secret


def is_remembered(user: User, session: SessionBase) -> bool:
    """Whether this session was opened by a phone that can still open the next one."""
    return remembered(user).filter(pk=session.get(IN_SESSION)).exists()


@transaction.atomic
def resume(secret: str, *, address: str = "") -> Device | None:
    """Return the phone whose secret this is, None where it opens nothing any more; TooManyTries."""
    now = timezone.now()
    device = (
        Device.objects.select_related("user")
        .filter(secret_hash=_hash(secret), ended_at__isnull=True, expires_at__gt=now)
        .filter(user__is_active=True, user__grants__isnull=False)
        .first()
    )
    if device is None:
        _count_failure(address)
        record("device.refused", by=None, address=address)
        return None
    Device.objects.filter(pk=device.pk).update(seen_at=now)
    record("device.resume", by=device.user, subject=f"device {device.pk}", address=address)
    return device


def _count_failure(address: str) -> None:
    """Only failures wait: a right secret is no guess, and many phones may come from one address."""
    name = f"devices:{hashlib.sha256(address.encode()).hexdigest()}"
    if not allowed(name, FAILURES, seconds=PAUSE.total_seconds()):
        raise TooManyTries


@transaction.atomic
def end(device: Device, *, by: User, address: str = "") -> None:
    """End one phone and the sessions it opened; again changes nothing."""
    if Device.objects.filter(pk=device.pk, ended_at__isnull=True).update(ended_at=timezone.now()):
        _end_sessions({device.pk})
        record("device.end", by=by, subject=f"device {device.pk}", detail={"手机": device.name}, address=address)


@transaction.atomic
def end_all(user: User, *, by: User, address: str = "", but: int | None = None) -> None:
    """End the account's phones, except the one with the key `but`: password, scope or account changed hands."""
    for device in user.devices.filter(ended_at__isnull=True).exclude(pk=but):
        end(device, by=by, address=address)


def forget_of(session: SessionBase, *, by: User, address: str = "") -> None:
    """End the phone this session runs on, if it is remembered: at logout, and before it is remembered anew."""
    device = Device.objects.filter(pk=session.pop(IN_SESSION, None), user=by, ended_at__isnull=True).first()
    if device:
        Device.objects.filter(pk=device.pk).update(ended_at=timezone.now())
        record("device.end", by=by, subject=f"device {device.pk}", detail={"手机": device.name}, address=address)


def _end_sessions(devices: set[int]) -> None:
    """Sessions do not say whose they are without being read; there are a few hundred."""
    open_ones = Session.objects.filter(expire_date__gt=timezone.now())
    dead = [row.pk for row in open_ones if row.get_decoded().get(IN_SESSION) in devices]
    Session.objects.filter(pk__in=dead).delete()


def phone_name(user_agent: str) -> str:
    """Name a phone as its owner would: the model an Android browser tells, iPhone, or 电脑."""
    found = _MODEL.search(user_agent)
    if found and len(found[1]) > 1:
        return found[1].strip()
    return next((name for mark, name in _KINDS if mark in user_agent), "电脑")


_KINDS = (("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android 手机"))


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
