"""今天要办: a cadre's home."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from campaigns.access import get_campaign_for
from campaigns.models import Campaign
from ledgers.today.candidates import households_to_visit
from ledgers.today.cards import by_place, cards_of_day
from ledgers.today.walk import Done, Walk, done_today
from registry.access import requires, scope_of
from registry.clock import today as day_today
from registry.home import cards_for
from registry.models import Place, Role

# Cards that are open when the page comes; the others fold away below them.
SHOWN = 6
# Home cards up to this order count whom to call and who is left, which is what this page shows door by door.
_OWN_FIGURES = 30


@requires("survey.record")
@require_safe
def today(request: HttpRequest) -> HttpResponse:
    """The doors of today; with `day=tomorrow` those of the next day. The street's staff choose a village first."""
    campaign = get_campaign_for(request.user, None)
    if campaign is None:
        return render(request, "ledgers/today/no_plan.html", {"others": cards_for(request.user, beyond=_OWN_FIGURES)})
    prefixes = _prefixes(request)
    if any(len(prefix) < Place.Level.VILLAGE for prefix in prefixes):
        villages = Place.objects.villages().within_any(prefixes)
        return render(request, "ledgers/today/villages.html", {"villages": villages})
    walk = _walk(request, campaign, prefixes)
    is_today = walk.on == day_today()
    done = done_today(walk) if is_today else Done()
    cards = cards_of_day(walk, done)
    context = {
        "walk": walk,
        "is_today": is_today,
        "where": _where(prefixes),
        "cards": cards[:SHOWN],
        "folded": cards[SHOWN:],
        "lying": by_place(cards),
        "left": len(cards),
        "done": done,
        "whole": len(cards) + len(done),
        "share": Fraction(len(done), max(1, len(cards) + len(done))),
        "others": cards_for(request.user, beyond=_OWN_FIGURES),
        "here": request.get_full_path(),
        "mine_query": _query(request, walk, whole=False),
        "whole_query": _query(request, walk, whole=True),
    }
    if not cards and is_today:
        context |= _what_is_next(walk, done)
    return render(request, "ledgers/today/today.html", context)


def _prefixes(request: HttpRequest) -> tuple[str, ...]:
    """The places walked: the account's own, or the one village the address names."""
    own = scope_of(request.user).prefixes(Role.CADRE, Role.STAFF)
    village = request.GET.get("village", "")
    if not village:
        return own
    if not any(village.startswith(prefix) for prefix in own) or not Place.objects.filter(pk=village).exists():
        raise Http404
    return (village,)


def _walk(request: HttpRequest, campaign: Campaign, prefixes: tuple[str, ...]) -> Walk:
    """我包的户 unless the whole village is asked for; staff look after no households."""
    mine = Role.CADRE in scope_of(request.user).roles and request.GET.get("whole") != "1"
    on = day_today() + timedelta(days=request.GET.get("day") == "tomorrow")
    return Walk(request.user, campaign, on, prefixes, mine)


def _query(request: HttpRequest, walk: Walk, *, whole: bool) -> str:
    said = {"village": request.GET.get("village", ""), "whole": "1" if whole else "", "day": request.GET.get("day", "")}
    return urlencode({name: value for name, value in said.items() if value})


def _where(prefixes: tuple[str, ...]) -> str:
    """白坪村 3组、4组; one query."""
    codes = {*prefixes, *(prefix[: Place.Level.VILLAGE] for prefix in prefixes)}
    names = dict(Place.objects.filter(pk__in=codes).values_list("code", "name"))
    villages = "、".join(name for code, name in sorted(names.items()) if len(code) == Place.Level.VILLAGE)
    groups = "、".join(names[code] for code in prefixes if len(code) == Place.Level.GROUP and code in names)
    return f"{villages} {groups}".strip()


def _what_is_next(walk: Walk, done: Done) -> dict[str, Any]:
    """What may still be done when the day's doors are: tomorrow's, and those nobody has visited."""
    tomorrow = len(cards_of_day(replace(walk, on=walk.on + timedelta(days=1)), Done()))
    return {"tomorrow": tomorrow, "unvisited": households_to_visit(walk, done).count(), "survey": reverse("survey")}
