"""催种: whom to call today, those with fewest days left first."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.db.models import Case, IntegerField, Sum, When
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from campaigns.access import get_campaign_for
from ledgers.follow_up.access import caretakers_of, places_of, worklist_for
from ledgers.follow_up.pages import page_of
from ledgers.follow_up.people import CALLED, LISTS, Worklist, condition_of, narrowed, reachable
from registry.access import may, requires
from registry.clock import today
from registry.models import Place


@requires("follow_up.call")
@require_safe
def follow_up(request: HttpRequest) -> HttpResponse:
    """Cards of one list."""
    campaign = get_campaign_for(request.user, None)
    if campaign is None:
        return render(request, "ledgers/follow_up/no_plan.html")
    listed = worklist_for(request, campaign, today())
    after = request.GET.get("after", "")
    cards, behind = page_of(listed, int(after) if after.isdigit() and len(after) < 19 else None)
    context = _context(listed) | {
        "cards": cards,
        "more": query_of(listed, after=behind) if behind else "",
        "here": request.get_full_path(),
    }
    return render(request, "ledgers/follow_up/list.html", context)


@requires("follow_up.call")
@require_safe
def follow_up_totals(request: HttpRequest) -> HttpResponse:
    """The tabs with their counts, asked for once the page is there; a street's are not counted."""
    campaign = get_campaign_for(request.user, None)
    if campaign is None:
        return HttpResponse()
    listed = worklist_for(request, campaign, today())
    counts = _counts(listed) if listed.is_local else {}
    return render(request, "ledgers/follow_up/tabs.html", {"tabs": _tabs(listed, counts), "listed": listed})


def _counts(listed: Worklist) -> dict[str, int]:
    """How many people each list holds, in one query."""
    # Told of each person first and added up then: inside an aggregate, a condition that looks at other
    # tables would look past the person it is about.
    told = {
        f"in_{name}": Case(When(condition_of(listed.of(name)), then=1), default=0, output_field=IntegerField())
        for name in LISTS
    }
    sums = {name: Coalesce(Sum(f"in_{name}"), 0) for name in LISTS}
    return narrowed(listed, reachable(listed)).order_by().annotate(**told).aggregate(**sums)


def _context(listed: Worklist) -> dict[str, Any]:
    return {
        "listed": listed,
        "title": listed.words(listed.name),
        "tabs": _tabs(listed, {}),
        "counts": f"{reverse('follow_up_totals')}?{query_of(listed)}" if listed.is_local else "",
        "places": _places(listed),
        "caretakers": [(str(one.pk), str(one)) for one in caretakers_of(listed.user, listed.place)],
        "is_called": listed.name in CALLED,
        "sees_home_visits": may(listed.user, "follow_up.home_visits"),
        "sees_effect": may(listed.user, "follow_up.effect"),
        "query": query_of(listed),
    }


def query_of(listed: Worklist, **further: Any) -> str:
    """The address's query string of a list."""
    said = {"list": listed.name, "place": listed.place, "caretaker": listed.caretaker and listed.caretaker.pk}
    return urlencode({name: value for name, value in (said | further).items() if value})


def _tabs(listed: Worklist, counts: dict[str, int]) -> list[tuple[str, str, bool, int | None]]:
    """Query, word, whether it is open, and how many people it holds, None while nobody has counted."""
    return [(query_of(listed.of(name)), listed.words(name), name == listed.name, counts.get(name)) for name in LISTS]


def _places(listed: Worklist) -> list[tuple[str, str]]:
    """Villages to choose from, and the groups of the one that is chosen or the only one; one query."""
    found = list(places_of(listed.user).order_by("code"))
    villages = [place for place in found if place.level == Place.Level.VILLAGE]
    of = listed.place[: Place.Level.VILLAGE] or (villages[0].code if len(villages) == 1 else "")
    # A grid worker has groups and no village.
    groups = [p for p in found if p.level == Place.Level.GROUP and (not villages or p.code.startswith(of or "-"))]
    return [(p.code, p.name) for p in sorted([*villages, *groups], key=lambda p: p.code)]
