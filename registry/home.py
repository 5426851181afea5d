"""What upper floors contribute to the home page and to the menu, without being imported by it.

A floor puts a module `home.py` beside its models; it is found when the project starts:

    @home_card(order=20)
    def overdue(user: User) -> Card | None: ...

    @menu_badge("conflicts")
    def open_conflicts(user: User) -> int: ...

    home_is(Role.LEADER, "dashboard")
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from registry.models import User


@dataclass(frozen=True)
class Card:
    """One thing to do today: how many, of what, and the one way to do it."""

    title: str
    text: str
    url: str
    action: str
    count: int | None = None
    icon: str = "info"
    # A tone of the palette: brand, done, attention, over, exempt, neutral.
    tone: str = "brand"
    # The word under which it stands with others of its kind where there are many: 待办.
    pile: str = ""


@dataclass(frozen=True)
class Pile:
    """Cards of one kind together, a line for each."""

    title: str
    cards: list[Card]


# So many of a kind stand apart; more are one pile.
_APART = 2

CardMaker = Callable[[User], Card | None]
Counter = Callable[[User], int]

_homes: dict[str, str] = {}
_cards: list[tuple[int, CardMaker]] = []
_badges: dict[str, Counter] = {}


def home_is(role: str, route: str) -> None:
    """Send accounts that have only `role` from the home page to `route` (a leader's home is the dashboard)."""
    _homes[role] = route


def home_of(roles: frozenset[str]) -> str:
    """Return the route that is home for these roles; "" for the page of cards."""
    routes = {_homes.get(role, "") for role in roles}
    return routes.pop() if len(routes) == 1 else ""


def home_card(*, order: int) -> Callable[[CardMaker], CardMaker]:
    """Register a function that gives an account its card, or None where it has nothing to do with it."""

    def register(maker: CardMaker) -> CardMaker:
        _cards.append((order, maker))
        return maker

    return register


def menu_badge(route: str) -> Callable[[Counter], Counter]:
    """Register the count that stands beside the menu entry of `route`; it may run at most one query."""

    def register(counter: Counter) -> Counter:
        _badges[route] = counter
        return counter

    return register


def cards_for(user: User, *, beyond: int = 0) -> list[Card]:
    """Return the account's cards in their order; those of an order up to `beyond` are not even asked for."""
    made = [maker(user) for order, maker in sorted(_cards, key=lambda pair: pair[0]) if order > beyond]
    return [card for card in made if card is not None]


def piled(cards: list[Card]) -> list[Card | Pile]:
    """Put many cards of one kind together where the first of them stands."""
    kinds: dict[str, list[Card]] = {}
    for card in cards:
        kinds.setdefault(card.pile, []).append(card)
    piles = {kind: Pile(kind, found) for kind, found in kinds.items() if kind and len(found) > _APART}
    shown = [piles.get(card.pile, card) for card in cards]
    return [one for at, one in enumerate(shown) if one not in shown[:at]]


def badge_for(route: str, user: User) -> int:
    """Return the count beside a menu entry; 0 where there is none, and none is shown."""
    counter = _badges.get(route)
    return counter(user) if counter else 0
