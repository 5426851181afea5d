"""What a phone keeps: today's cards and the cadre's own households, rendered as they are online.

No full identity number, no picture, nobody else's household (issue 3, 8).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse

from registry.access import scope_of
from registry.models import Household, Role

# A round of a day or two; more would be a copy of the village.
MOST_HOUSEHOLDS = 400


@dataclass
class Bundle:
    """Pages by their address, each {"title", "html"}; the bottom bar; the address to begin at."""

    home: str
    large: bool
    bottom: str
    pages: dict[str, dict[str, str]] = field(default_factory=dict)


def bundle_for(request: HttpRequest) -> Bundle:
    """Return what the account's phone keeps; an account that is no cadre keeps an empty list."""
    made = Bundle(reverse("home"), request.user.large_type, render_to_string("parts/bottom.html", request=request))
    households = own_households(request)
    title = "入户"
    listed = render_to_string("field/own_households.html", {"households": households}, request)
    made.pages[made.home] = {"title": title, "html": listed}
    for household in households:
        html = render_to_string("field/card_for_now.html", {"household": household}, request)
        made.pages[f"/survey/{household.pk}/"] = {"title": str(household), "html": html}
    return made


def own_households(request: HttpRequest) -> list[Household]:
    prefixes = scope_of(request.user).prefixes(Role.CADRE)
    found = Household.objects.within_any(prefixes).filter(merged_into__isnull=True)
    return list(found.select_related("place").order_by("place_id", "sequence", "pk")[:MOST_HOUSEHOLDS])
