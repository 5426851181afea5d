"""Two sides of one comparison, run in turn inside this process; the median of each counts."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

ROUNDS = 5
PAGE_ROUNDS = 15
STREET = "500233003000"

Timed = Callable[[], Any]


def compare(
    name: str, ours: Timed, theirs: Timed, limit: float, rounds: int = ROUNDS, before: Timed = lambda: None
) -> dict[str, Any]:
    """Run both sides in turn after one warm-up each; `before` is called, unmeasured, before each run of ours.

    Returns a result for `run.Bench.add`.
    """
    before(), ours(), theirs()
    pairs = [(before(), _seconds(ours), _seconds(theirs))[1:] for _ in range(rounds)]
    ours_median, theirs_median = (statistics.median(side) for side in zip(*pairs, strict=True))
    return {"args": [name, ours_median, theirs_median, limit], "options": {}}


def logged_in(name: str, role: str, place: str) -> Any:
    """Return a test client of the account `name`, which has one role at one place."""
    from django.test import Client

    from registry.models import Place, RoleGrant, User

    user, _ = User.objects.get_or_create(username=name)
    RoleGrant.objects.get_or_create(user=user, role=role, place=Place.objects.get(code=place))
    client = Client(SERVER_NAME="localhost")
    client.force_login(user)
    return client


def staff() -> Any:
    """Return a test client of the street's staff."""
    return logged_in("bench-staff", "staff", STREET)


def opening(client: Any, address: str) -> Timed:
    """Return an action that opens a page through a test client and insists on an answer."""

    def get() -> None:
        answer = client.get(address)
        if answer.status_code != 200:
            raise SystemExit(f"{address} answered {answer.status_code}")

    return get


def _seconds(side: Timed) -> float:
    started = time.perf_counter()
    side()
    return time.perf_counter() - started
