"""What of 催种 an account may open: cards of its people, places and 包保人 of its scope (access.md)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.db.models import QuerySet
from django.http import Http404, HttpRequest

from campaigns.models import Campaign
from ledgers.follow_up.cards import Card
from ledgers.follow_up.pages import card_of
from ledgers.follow_up.people import LISTS, OVERDUE, Worklist
from ledgers.households.caretakers import possible_caretakers
from registry.access import get_own_resident_for, scope_of
from registry.models import Place, Resident, Role, User
from registry.querysets import within_any


def worklist_for(request: HttpRequest, campaign: Campaign, on: date) -> Worklist:
    """Read a list from the address; a place or 包保人 outside the scope is "not found"."""
    asked = request.GET or request.POST
    name = asked.get("list", OVERDUE)
    place = asked.get("place", "")
    if name not in LISTS or (place and not places_of(request.user).filter(pk=place).exists()):
        raise Http404
    return Worklist(campaign, request.user, on, name, place, _caretaker(request.user, asked))


def places_of(user: User) -> QuerySet[Place]:
    """Return villages and groups the account may narrow a list to; none for a unit's contact."""
    prefixes = scope_of(user).prefixes(Role.CADRE, Role.STAFF)
    inside = within_any(prefixes, "code")
    return Place.objects.filter(inside, level__in=[Place.Level.VILLAGE, Place.Level.GROUP])


def caretakers_of(user: User, place: str) -> list[User]:
    """Return who may look after households of the village asked for, or of the only one there is; none for a street."""
    prefixes = scope_of(user).prefixes(Role.CADRE, Role.STAFF)
    village = (place or (prefixes[0] if len(prefixes) == 1 else ""))[: Place.Level.VILLAGE]
    if len(village) < Place.Level.VILLAGE:
        return []
    return list(possible_caretakers(village))


def _caretaker(user: User, asked: Mapping[str, str]) -> User | None:
    key = asked.get("caretaker", "")
    if not key:
        return None
    found = next((one for one in caretakers_of(user, asked.get("place", "")) if str(one.pk) == key), None)
    if found is None:
        raise Http404
    return found


def get_card_for(request: HttpRequest, pk: int, campaign: Campaign, on: date) -> tuple[Resident, Card | None]:
    """Return a resident the account answers for, and the card to call them by; None where nobody is called now."""
    resident = get_own_resident_for(request.user, pk)
    return resident, card_of(Worklist(campaign, request.user, on), resident)
