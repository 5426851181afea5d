"""Comparisons inside one process on the registry as it stands: `python -m tests.bench.inside DAY [PART ...]`.

Prints a JSON list of results for `run.Bench.add`. Each side runs in turn with the other; the median counts.
"""

from __future__ import annotations

import json
import os
import sys
from datetime import date, timedelta
from importlib import import_module
from typing import Any

from tests.bench.compare import PAGE_ROUNDS, STREET, Timed, compare, opening, staff
from tests.bench.field import field

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wuyang.settings")


def figures(on: date) -> list[dict[str, Any]]:
    """The summary beside a plain grouped join, and all stored figures of a day beside one summary."""
    from campaigns.choice import campaign_for
    from ledgers.summary import by_place, by_village
    from tests.bench.baselines import PLAIN_SUMMARY, ask
    from tests.bench.measure import recompute_day

    campaign = campaign_for(None)

    def summary() -> None:
        by_village(by_place(campaign, on))

    def plain() -> None:
        ask(PLAIN_SUMMARY, campaign=campaign.pk, on=on)

    return [
        compare("ledger summary by village : plain grouped join", summary, plain, 3),
        compare(
            "recompute all figures of a day : one ledger summary", lambda: recompute_day(on), summary, 10, rounds=3
        ),
    ]


def movements(on: date) -> list[dict[str, Any]]:
    """Ledgers between two days beside one summary of a day: a day and a month, and after late entries."""
    from campaigns.choice import campaign_for
    from ledgers.models import Standing
    from ledgers.movements.between import counts_at, movements
    from ledgers.movements.folding import statement
    from ledgers.movements.known import Point
    from ledgers.standings import rebuild
    from ledgers.summary import by_place, by_village
    from registry.models import Resident
    from registry.versions import cut_off

    campaign = campaign_for(None)

    def summary() -> None:
        by_village(by_place(campaign, on))

    def between(opening: Point) -> Timed:
        return lambda: statement(counts_at(campaign, *opening), movements(campaign, opening, Point(on)))

    day, month = on - timedelta(days=1), on - timedelta(days=31)
    known = Point(day, cut_off())
    # As after an afternoon's imports: two thousand people are looked at with what was known before.
    late = list(Resident.objects.order_by("pk").values_list("pk", flat=True)[:2000])

    Standing.objects.filter(resident__pk__among=late).delete()
    rebuild(campaign, late)
    return [
        compare("movements of a day : one ledger summary", between(Point(day)), summary, 4),
        compare("movements of a month : one ledger summary", between(Point(month)), summary, 4),
        compare("movements since a day signed for : one ledger summary", between(known), summary, 4),
    ]


def pages(on: date) -> list[dict[str, Any]]:
    """The dashboard and ledger lists beside an empty logged-in page; server time through the test client.

    The dashboard as it is kept for a minute, and as it is when its figures have just changed.
    """
    from django.core.cache import cache

    client = staff()
    empty = opening(client, "/me/")
    dashboard = f"/progress/?on={on.isoformat()}"
    kept = opening(client, dashboard)

    def anew() -> None:
        cache.clear()
        kept()

    return [
        compare(f"page {dashboard} kept : empty page", kept, empty, 5, PAGE_ROUNDS),
        compare(f"page {dashboard} rendered anew : empty page", anew, empty, 5, PAGE_ROUNDS),
        *(
            compare(f"page {address} : empty page", opening(client, address), empty, 5, PAGE_ROUNDS)
            for address in _lists(on)
        ),
    ]


def first_time(on: date) -> list[dict[str, Any]]:
    """The dashboard of a day that nobody has asked for before, nor for the day before it, beside one grouped count."""
    from django.core.cache import cache

    from campaigns.choice import campaign_for
    from reports.models import Figure, PhaseFigure
    from tests.bench.baselines import PLAIN_SUMMARY, ask

    campaign, ours = campaign_for(None), opening(staff(), f"/progress/?on={on.isoformat()}")

    def forget() -> None:
        cache.clear()
        Figure.objects.filter(campaign=campaign, on__in=[on, on - timedelta(days=1)]).delete()
        PhaseFigure.objects.filter(item__campaign=campaign, on=on).delete()

    def theirs() -> None:
        ask(PLAIN_SUMMARY, campaign=campaign.pk, on=on)

    name = "dashboard of a day asked for the first time : one grouped count"
    return [compare(name, ours, theirs, 15, rounds=3, before=forget)]


def _lists(on: date) -> list[str]:
    """First and last pages, with filters that hold many people, few (a phase of teens), or nobody."""
    day = f"on={on.isoformat()}"
    village = "500233003100"
    return [
        *(f"/ledgers/{ledger}/?{day}{end}" for ledger in LEDGERS for end in ("", "&page=last")),
        f"/ledgers/unvaccinated/?{day}&village={village}",
        f"/ledgers/unvaccinated/?{day}&age=12-14&page=last",
        f"/ledgers/incomplete/?{day}&sub=overdue",
        f"/ledgers/incomplete/?{day}&sub=due&sort=next_by&page=last",
        f"/ledgers/completed/?{day}&tag=党员&page=last",
        f"/ledgers/unvaccinated/?{day}&residency=away&sort=name",
        f"/ledgers/unvaccinated/?{day}&residency=permanent&sort=age&page=last",
        f"/ledgers/unvaccinated/?{day}&reason=none",
        f"/ledgers/unvaccinated/?{day}&reason=41",
        f"/ledgers/completed/?{day}&residency=transient",
        f"/ledgers/unvaccinated/?{day}&phase=adults-first&page=last",
        f"/ledgers/unvaccinated/?{day}&phase=key-groups",
        f"/ledgers/unvaccinated/?{day}&phase=teens-12-14-first&sort=name",
        f"/ledgers/incomplete/?{day}&phase=adults-follow-up&sort=next_by",
    ]


LEDGERS = ("completed", "incomplete", "unvaccinated", "exempt")


def filtered_total(on: date) -> list[dict[str, Any]]:
    """The exact total of a filtered list, which follows by a second request, beside one grouped count."""
    from campaigns.choice import campaign_for
    from tests.bench.baselines import PLAIN_COUNT, ask

    campaign = campaign_for(None)
    total = opening(staff(), f"/ledgers/unvaccinated/totals/?on={on.isoformat()}&residency=away")

    def plain() -> None:
        ask(PLAIN_COUNT, campaign=campaign.pk, on=on)

    return [compare("total of a filtered list : one grouped count", total, plain, 3)]


def interfaces(on: date) -> list[dict[str, Any]]:
    """What other offices' programs read of stored days, beside an empty logged-in page; server time."""
    from django.core.cache import cache
    from django.test import Client

    from registry.models import Place, User
    from reports.api.tokens import make_token

    reader = staff()
    by = User.objects.get(username="bench-staff")
    _, secret = make_token(name="bench", place=Place.objects.get(code=STREET), days=1, by=by)
    program = Client(SERVER_NAME="localhost", headers={"Authorization": f"Bearer {secret}"})

    def reading(address: str) -> Timed:
        def get() -> None:
            # Its limit is by the hour, and the bench asks faster.
            cache.clear()
            answer = program.get(address)
            text = b"".join(answer.streaming_content) if answer.streaming else answer.content
            if answer.status_code != 200 or not text:
                raise SystemExit(f"{address} answered {answer.status_code}")

        return get

    first = (on - timedelta(days=2)).isoformat()
    addresses = (
        f"/api/v1/summary/?as_of={on.isoformat()}",
        f"/api/v1/phases/?as_of={on.isoformat()}",
        f"/api/v1/daily.csv?from={first}&to={on.isoformat()}",
    )
    return [
        compare(f"{address} : empty page", reading(address), opening(reader, "/me/"), 5, PAGE_ROUNDS)
        for address in addresses
    ]


# In this order: the field comes last, for it writes what people said and promised.
PARTS = {part.__name__: part for part in (figures, movements, pages, first_time, filtered_total, interfaces, field)}


def main() -> None:
    # As the server starts, with its settings for the collection of garbage.
    import_module("wuyang.wsgi")
    on = date.fromisoformat(sys.argv[1])
    chosen = sys.argv[2:] or PARTS
    print(json.dumps([result for name, part in PARTS.items() if name in chosen for result in part(on)]))


if __name__ == "__main__":
    main()
