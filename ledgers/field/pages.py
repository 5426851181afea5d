"""What a phone keeps: today's doors and the cadre's own households, rendered as they are online.

No full identity number, no picture, nobody else's household (issue 3, 8). A constant number of queries.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse

from campaigns.access import get_campaign_for
from campaigns.models import Campaign
from ledgers.households.caretakers import in_care_of
from ledgers.models import SurveyRound, Visit
from ledgers.survey.card import Card, cards_of, choices_of, render_card
from ledgers.survey.newcomer_forms import HouseholdForm, MemberForm
from ledgers.today.views import today as today_view
from registry import clock
from registry.access import scope_of
from registry.models import Household, Place, Role

# What one pair of feet walks in a round; more would be a copy of the village.
MOST_HOUSEHOLDS = 400
_MAIN = re.compile(r'<main[^>]*id="content"[^>]*>(.*)</main>', re.DOTALL)
_TOKEN = re.compile(r'<input type="hidden" name="csrfmiddlewaretoken"[^>]*>')


@dataclass
class Bundle:
    """Pages by their address, each {"title", "html"}; the bottom bar; the address to begin at."""

    home: str
    large: bool
    bottom: str
    pages: dict[str, dict[str, str]] = field(default_factory=dict)

    def add(self, address: str, title: str, html: str) -> None:
        # The token is of one session, and differs each time.
        self.pages[address] = {"title": title, "html": _TOKEN.sub("", html)}


def bundle_for(request: HttpRequest) -> Bundle:
    """Return what the account's phone keeps; for an account that is no cadre, nothing."""
    bottom = render_to_string("parts/bottom.html", request=request)
    made = Bundle(reverse("today"), request.user.large_type, bottom)
    campaign = get_campaign_for(request.user, None)
    if campaign is None or Role.CADRE not in scope_of(request.user).roles:
        return made
    made.add(made.home, "今天要办", _today(request))
    places = _places(request)
    new_url = reverse("household_new", args=[places[0][0]]) if places else ""
    _add_households(made, request, campaign, new_url)
    _add_newcomers(made, request, places)
    return made


def _today(request: HttpRequest) -> str:
    """The doors of today as their own page shows them, without what stands around it."""
    found = _MAIN.search(today_view(request).content.decode())
    return found[1] if found else ""


def _add_households(made: Bundle, request: HttpRequest, campaign: Campaign, new_url: str) -> None:
    cards = cards_of(own_households(request), campaign, clock.today())
    choices, survey = choices_of(campaign), reverse("survey")
    addresses = [reverse("household", args=[card.household.pk]) for card in cards]
    for card, address, following in zip(cards, addresses, [*addresses[1:], survey], strict=False):
        html = render_card(request, card, campaign, choices=choices, back=survey, next_url=following, key="")
        made.add(address, f"{card.label} {card.head}户", html)
    doors = zip(cards, addresses, _done(cards, campaign), strict=True)
    context = {"doors": list(doors), "new_url": new_url}
    made.add(survey, "入户", render_to_string("field/own_households.html", context, request))


def _add_newcomers(made: Bundle, request: HttpRequest, places: list[tuple[str, str]]) -> None:
    """The forms for who stands on no list, once for all households: the phone says which one is meant."""
    founding = HouseholdForm(places=Place.objects.none())
    founding.fields["place"].choices = places if len(places) == 1 else [("", "选一个组"), *places]
    made.add(
        reverse("field_member"), "添加家庭成员", render_to_string("field/member.html", {"form": MemberForm()}, request)
    )
    made.add(
        reverse("field_household"), "添加一户", render_to_string("field/household.html", {"form": founding}, request)
    )


def _places(request: HttpRequest) -> list[tuple[str, str]]:
    """Return the groups of the cadre's villages, named with their village where there are several."""
    own = Place.objects.filter(level__gte=Place.Level.VILLAGE).order_by("code")
    found = list(own.within_any(scope_of(request.user).prefixes(Role.CADRE)))
    villages = {place.pk: place.name for place in found if place.level == Place.Level.VILLAGE}
    return [(place.pk, _name(place, villages)) for place in found]


def _name(place: Place, villages: dict[str, str]) -> str:
    village = villages.get(place.pk[: Place.Level.VILLAGE], "")
    return f"{village}{place.name}" if len(villages) > 1 and place.level > Place.Level.VILLAGE else place.name


def own_households(request: HttpRequest) -> list[Household]:
    """Return 我包的户 in walking order."""
    found = Household.objects.standing().filter(in_care_of(request.user))
    return list(found.select_related("place", "village").walking()[:MOST_HOUSEHOLDS])


def _done(cards: list[Card], campaign: Campaign) -> list[bool]:
    """Whether each household is done in the running round; where there is none, nobody has to go."""
    running = SurveyRound.objects.filter(campaign=campaign, ends_on__isnull=True).first()
    if running is None:
        return [False] * len(cards)
    visits = Visit.objects.filter(round=running, household__pk__among={card.household.pk for card in cards})
    done = set(visits.filter(outcome__in=Visit.DONE).values_list("household_id", flat=True))
    return [card.household.pk in done for card in cards]
