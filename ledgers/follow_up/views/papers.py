"""What goes out on paper, and what comes of it all: slips, the clinic's home visits, the effect of contacts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from campaigns.access import get_campaign_for
from ledgers.follow_up.access import worklist_for
from ledgers.follow_up.calls import record_told
from ledgers.follow_up.cards import Card
from ledgers.follow_up.effect import PERIOD_DAYS, Tally, contacts_of_effect, effect, people_of
from ledgers.follow_up.facts import cards_of, people_with_facts
from ledgers.follow_up.home_visits import people_to_visit
from ledgers.follow_up.pages import whole
from ledgers.follow_up.people import CALLED, Worklist
from ledgers.follow_up.rules import EFFECT_DAYS
from ledgers.follow_up.texts import sentence
from ledgers.follow_up.views.lists import query_of
from ledgers.follow_up.wording import site_of, told_of
from ledgers.models import Contact
from registry import audit
from registry.access import requires
from registry.audit import address_of
from registry.clock import today
from registry.models import Place, Resident

# What one person hands out in a day; a longer list is narrowed to a group first.
MOST_SLIPS = 300
# As many as two sheets of paper take.
VISITS_PER_PAGE = 80
PER_PAGE = 50


@requires("follow_up.call")
@require_POST
def follow_up_slips(request: HttpRequest) -> HttpResponse:
    """Slips of one list for paper, a household each; that somebody took them is written to the trail."""
    listed, cards = _to_hand_out(request)
    people = sum(len(_told(card)) for card in cards)
    audit.record(
        "follow_up.slips",
        by=request.user,
        subject=f"campaign {listed.campaign.pk}",
        detail={"名单": listed.words(listed.name), "人数": people},
        address=address_of(request),
    )
    context = {
        "listed": listed,
        "slips": [(card, _lines(card, listed.on)) for card in cards],
        "people": people,
        "where": _name_of(listed.place) or str(listed.campaign.place),
        "site": site_of(listed.campaign),
        "query": query_of(listed),
    }
    return render(request, "ledgers/follow_up/slips.html", context)


@requires("follow_up.call")
@require_POST
def follow_up_slips_given(request: HttpRequest) -> HttpResponse:
    """Note that the slips of a list were handed out."""
    listed, cards = _to_hand_out(request)
    told = [person.pk for card in cards for person in _told(card)]
    number = record_told(
        told, listed.campaign, way=Contact.Way.SLIP, at=timezone.now(), by=request.user, address=address_of(request)
    )
    messages.success(request, f"已记下：通知单发给 {number} 人")
    return redirect("follow_up")


def _to_hand_out(request: HttpRequest) -> tuple[Worklist, list[Card]]:
    campaign = get_campaign_for(request.user, None)
    if campaign is None:
        raise Http404
    listed = worklist_for(request, campaign, today())
    if listed.name not in CALLED:
        raise Http404
    return listed, [card for card in whole(listed, MOST_SLIPS) if _told(card)]


def _told(card: Card) -> list[Any]:
    return [person for person in card.asked if not person.needs_product]


def _lines(card: Card, on: date) -> list[tuple[str, str]]:
    return [(person.name, sentence(told_of(person), on)) for person in _told(card)]


def _name_of(code: str) -> str:
    return _names_of({code}).get(code, "")


def _names_of(codes: Iterable[str]) -> dict[str, str]:
    return dict(Place.objects.filter(pk__in=set(codes)).values_list("code", "name"))


@requires("follow_up.home_visits")
@require_safe
def follow_up_home_visits(request: HttpRequest) -> HttpResponse:
    """Whom the clinic vaccinates at home, village by village in walking order."""
    campaign = get_campaign_for(request.user, None)
    on = today()
    people = people_to_visit(request.user, campaign, on) if campaign else Resident.objects.none()
    page = Paginator(people.values_list("pk", flat=True), VISITS_PER_PAGE).get_page(request.GET.get("page"))
    keys = list(page)
    found = people_with_facts(people.filter(pk__in=keys), campaign, on) if keys else []
    cards = sorted(cards_of(found, reader=request.user), key=lambda card: card.walk)
    villages = _names_of({card.village for card in cards})
    rows = [(villages.get(card.village, ""), card, person) for card in cards for person in card.people]
    context = {"rows": rows, "page": page, "on": on, "campaign": campaign}
    return render(request, "ledgers/follow_up/home_visits.html", context)


@requires("follow_up.effect")
@require_safe
def follow_up_effect(request: HttpRequest) -> HttpResponse:
    """Done within fourteen days of a contact, villages by ways; every figure opens its people."""
    campaign, on = get_campaign_for(request.user, None), today()
    table = effect(request.user, campaign, on) if campaign else {}
    names = _names_of(table)
    ways = [way for way in Contact.Way if any(way.value in found for found in table.values())]
    totals = {way: _sum(found.get(way.value) for found in table.values()) for way in ways}
    rows = [
        (code, names.get(code, "待归类"), [(way, found.get(way.value)) for way in ways])
        for code, found in sorted(table.items())
    ]
    context = {
        "rows": rows,
        "ways": ways,
        "totals": [(way, totals[way]) for way in ways],
        "whole": _sum(totals.values()),
        "on": on,
        "period": PERIOD_DAYS,
        "within": EFFECT_DAYS,
        "campaign": campaign,
    }
    return render(request, "ledgers/follow_up/effect.html", context)


def _sum(tallies: Any) -> Tally:
    total = Tally()
    for tally in tallies:
        if tally is not None:
            total += tally
    return total


@requires("follow_up.effect")
@require_safe
def follow_up_effect_people(request: HttpRequest) -> HttpResponse:
    """The people behind one figure of the effect page."""
    campaign, on = get_campaign_for(request.user, None), today()
    asked = {name: request.GET.get(name, "") for name in ("village", "way", "state")}
    keys = contacts_of_effect(request.user, campaign, on, **asked) if campaign else []
    page = Paginator(keys, PER_PAGE).get_page(request.GET.get("page"))
    contacts = people_of(request.user, campaign, on, list(page)) if keys else []
    words = [_name_of(asked["village"]), dict(Contact.Way.choices).get(asked["way"], "")]
    context = {
        "contacts": contacts,
        "page": page,
        "query": f"{urlencode(asked)}&",
        "words": " ".join(filter(None, words)),
        "done": asked["state"] == "done",
        "on": on,
    }
    return render(request, "ledgers/follow_up/effect_people.html", context)
