"""入户排查: villages → groups → households, each with what is known at a glance, and how far the round has come."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from campaigns.access import get_campaign_for
from campaigns.models import Campaign
from ledgers.households.access import (
    get_place_for,
    get_village_for,
    households_of,
    may_change,
    places_of,
    prefixes_of,
    villages_walked_by,
)
from ledgers.households.caretakers import in_care_of
from ledgers.households.glance import glances
from ledgers.households.joining import without_household
from ledgers.households.progress import (
    Progress,
    is_passed_up,
    is_visited,
    passed_up,
    progress_of,
    street_progress,
    total,
    was_visited,
)
from ledgers.households.rounds import running_round
from ledgers.models import SurveyRound
from registry.access import may, requires
from registry.clock import today
from registry.models import Household, Place, Resident, User
from registry.names import name_key
from registry.querysets import within_any

PER_PAGE = 30
SEARCH = "household_search"


@requires("survey.view")
@require_safe
def survey(request: HttpRequest) -> HttpResponse:
    """The villages with how far each has come; who walks a single one is taken there."""
    campaign = get_campaign_for(request.user, None)
    villages = list(villages_walked_by(request.user))
    if len(villages) == 1:
        return redirect("survey_village", villages[0].pk)
    current = running_round(campaign) if campaign else None
    progress = street_progress(prefixes_of(request.user), campaign, current) if campaign else {}
    context = _context(request.user, campaign, current) | {
        "rows": [(village, progress.get(village.pk, Progress())) for village in villages],
        "whole": total(progress),
    }
    return render(request, "ledgers/households/villages.html", context)


@requires("survey.view")
@require_safe
def survey_village(request: HttpRequest, village: str) -> HttpResponse:
    """The groups of a village; a grid worker sees those of the grid."""
    found = get_village_for(request.user, village)
    campaign = get_campaign_for(request.user, None)
    if campaign is None:
        return render(request, "ledgers/households/no_plan.html")
    current = running_round(campaign)
    places = list(places_of(request.user, found))
    prefixes = [prefix for prefix in prefixes_of(request.user) if prefix.startswith(found.code)] or [found.code]
    progress = progress_of(prefixes, campaign, current)
    rows = [
        (place, progress[place.pk]) for place in places if place.level > Place.Level.VILLAGE or place.pk in progress
    ]
    context = _context(request.user, campaign, current) | {
        "village": found,
        "several": villages_walked_by(request.user).count() > 1,
        "rows": rows,
        "whole": total(progress),
        "whole_code": found.code if any(place.pk == found.pk for place in places) else "",
        "passed_up": _passed_up(request.user, current, prefixes),
        "loose": sum(without_household(prefix).count() for prefix in prefixes),
    }
    return render(request, "ledgers/households/village.html", context)


def _passed_up(user: User, current: SurveyRound | None, prefixes: list[str]) -> int:
    if current is None:
        return 0
    return households_of(user).within_any(prefixes).filter(is_passed_up(current)).count()


def _context(user: User, campaign: Campaign | None, current: SurveyRound | None) -> dict[str, Any]:
    return {
        "campaign": campaign,
        "round": current,
        "today": today(),
        "may_arrange": may(user, "survey.arrange"),
        "may_edit": may(user, "household.edit"),
    }


@dataclass(frozen=True)
class Choice:
    """What of a place a list shows: a word of the address, how it is named, which households it means."""

    key: str
    words: str
    condition: Q


def choices_of(campaign: Campaign, current: SurveyRound | None) -> list[Choice]:
    """Return what a list may be narrowed to; the first is what it opens with."""
    apart = Q(state__in=Household.APART)
    every = Choice("all", "全部", Q())
    rest = [
        Choice("never", "从未入户", ~apart & ~Q(was_visited(campaign))),
        Choice("apart", "空挂户和集体户", apart),
    ]
    if current is None:
        return [every, *rest]
    done = Q(is_visited(current))
    return [
        Choice("left", "这轮还没去", ~apart & ~done),
        Choice("done", "这轮已办", ~apart & done),
        *rest,
        Choice("passed", "三次没人", is_passed_up(current)),
        every,
    ]


@requires("survey.view")
@require_safe
def survey_group(request: HttpRequest, place: str) -> HttpResponse:
    """The households of a group (or of a whole village) in walking order."""
    found = get_place_for(request.user, place)
    village = get_village_for(request.user, found.pk[: Place.Level.VILLAGE])
    households = households_of(request.user).inside(found.prefix)
    return _list(request, households, {"place": found, "village": village})


@requires("survey.view")
@require_POST
def household_search(request: HttpRequest) -> HttpResponse:
    """Keep what is searched for in the session: a name has no place in an address."""
    request.session[SEARCH] = request.POST.get("search", "").strip()[:40]
    return redirect("household_list")


@requires("survey.view")
@require_safe
def household_list(request: HttpRequest) -> HttpResponse:
    """Households found by the name of a member, its initials, or the number on the walk."""
    text = request.session.get(SEARCH, "")
    households = households_of(request.user)
    households = households.filter(_found_by(request.user, text)) if text else households.none()
    return _list(request, households, {"search": text}, narrowed=False)


@requires("survey.arrange")
@require_safe
def passed_up_list(request: HttpRequest) -> HttpResponse:
    """The households of the whole street where the third call found nobody: staff look for another way."""
    campaign = get_campaign_for(request.user, None)
    current = running_round(campaign) if campaign else None
    keys = passed_up(current) if current else set()
    about = {"title": "三次没人的户", "hint": "村里去了三次都没人，换个办法联系：打电话、问邻居、请派出所核对。"}
    return _list(request, households_of(request.user).filter(pk__among=keys), about, narrowed=False)


def _found_by(user: User, text: str) -> Q:
    if text.isdigit():
        return Q(sequence=int(text)) if len(text) < 6 else Q(number=text)
    lower = text.replace(" ", "").lower()
    by_name = Q(initials__startswith=lower) if lower.isascii() else Q(name_key__startswith=name_key(text))
    people = Resident.objects.filter(within_any(prefixes_of(user)), by_name, household__isnull=False)
    condition = Q(pk__in=people.values("household_id"))
    # A head who is on no roster; across a whole street no index would find the name.
    if all(len(prefix) > Place.Level.STREET for prefix in prefixes_of(user)):
        condition |= Q(head__startswith=text)
    return condition


def _list(
    request: HttpRequest, households: QuerySet[Household], about: dict[str, Any], *, narrowed: bool = True
) -> HttpResponse:
    campaign = get_campaign_for(request.user, None)
    if campaign is None:
        return render(request, "ledgers/households/no_plan.html")
    current = running_round(campaign)
    choices = choices_of(campaign, current) if narrowed else []
    here = next((one for one in choices if one.key == request.GET.get("only")), choices[0] if choices else None)
    mine = request.GET.get("mine") == "1"
    if here:
        households = households.filter(here.condition)
    if mine:
        households = households.filter(in_care_of(request.user))
    page = Paginator(households.walking().select_related("place"), PER_PAGE).get_page(request.GET.get("page"))
    context = _context(request.user, campaign, current) | about
    context |= {
        "page": page,
        "rows": glances(list(page), campaign, current, today()),
        "choices": choices,
        "here": here,
        "mine": mine,
        "query": "".join([f"only={here.key}&" if here else "", "mine=1&" if mine else ""]),
    }
    context["may_edit"] &= "place" not in about or may_change(request.user, about["place"].pk)
    return render(request, "ledgers/households/list.html", context)
