"""Pages of 催种: the cards of a list in turn, and the one card in which a person lies."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet

from ledgers.follow_up.cards import Card, Person
from ledgers.follow_up.facts import cards_of, people_with_facts
from ledgers.follow_up.people import (
    DUE,
    OVERDUE,
    SOON,
    Worklist,
    condition_of,
    open_to_a_call,
    people_of,
    reachable,
)
from ledgers.follow_up.silence import at_rest
from registry.access import scope_of
from registry.models import Resident

PAGE = 20
# Where a person stands in a list: the due-by day, then the key.
Mark = tuple[date, int]


def page_of(listed: Worklist, after: int | None) -> tuple[list[Card], int | None]:
    """Return the cards of the page behind the person `after`, and behind whom the next page begins.

    Those with fewest days left come first. A household stands only on the page of its first person in
    the list, with all who are called with them. A constant number of queries.
    """
    begin = _mark_of(listed, after)
    rows = people_of(listed, _beyond(begin)).values_list("standing__next_by", "pk", "household")
    # A village's are fetched whole: told that few are asked for, PostgreSQL walks everybody's days to find them.
    shown = list(rows)[: PAGE + 1] if listed.is_local else list(rows[: PAGE + 1])
    goes_on, shown = len(shown) > PAGE, shown[:PAGE]
    placed = [(mark, card) for card in _with_family(listed, shown) if (mark := _mark_of_card(card, listed))]
    cards = [card for mark, card in sorted(placed, key=lambda pair: pair[0]) if begin is None or mark > begin]
    return cards, shown[-1][1] if goes_on else None


def _mark_of(listed: Worklist, after: int | None) -> Mark | None:
    """Where the page begins; None at the start of the list, also behind somebody who has left it meanwhile."""
    if after is None:
        return None
    return reachable(listed, Q(pk=after)).values_list("standing__next_by", "pk").first()


def _beyond(begin: Mark | None) -> Q:
    # The day itself must be known: no index is walked over nulls.
    if begin is None:
        return Q(standing__next_by__isnull=False)
    next_by, pk = begin
    # The first part alone bounds the walk along the index; the rest settles equals.
    return Q(standing__next_by__gte=next_by) & (Q(standing__next_by__gt=next_by) | Q(pk__gt=pk))


def _with_family(listed: Worklist, rows: list[tuple[date, int, int | None]]) -> list[Card]:
    if not rows:
        return []
    households = {household for *_, household in rows if household}
    family = Q(household__in=households) & condition_of(listed.family)
    people = reachable(listed, Q(pk__in=[pk for _, pk, _ in rows]) | family)
    return _cards(listed, people)


def _mark_of_card(card: Card, listed: Worklist) -> Mark | None:
    """The first of the card's people who are in the list; None where none is."""
    return min(((p.next_by, p.pk) for p in card.people if _is_in(p, listed) and p.next_by), default=None)


def _is_in(person: Person, listed: Worklist) -> bool:
    """As `condition_of` says of the people fetched: `days_left` tells the three lists apart."""
    left = person.days_left if person.days_left is not None else 0
    kept = {OVERDUE: left < 0, SOON: 0 <= left < listed.soon_days, DUE: left >= 0}
    return kept.get(listed.name, True) and (listed.name not in kept or not person.needs_product)


def whole(listed: Worklist, most: int) -> list[Card]:
    """Return all cards of a list in walking order, of at most so many people; for paper."""
    rows = list(people_of(listed).values_list("standing__next_by", "pk", "household")[:most])
    return sorted(_with_family(listed, rows), key=lambda card: card.walk)


def card_of(listed: Worklist, resident: Resident) -> Card | None:
    """Return the card in which the resident lies, with everybody of the household reached on the same phone.

    Members without a dose are called with the others. None where there is nobody to call: all done,
    silent, at rest but for the resident asked for, or in mourning.
    """
    same = Q(household=resident.household_id) if resident.household_id else Q(pk=resident.pk)
    rest = at_rest(listed.campaign, listed.on)
    people = reachable(listed, same & open_to_a_call(listed.on) & (Q(pk=resident.pk) | ~rest))
    cards = _cards(listed, people)
    return next((card for card in cards if any(person.pk == resident.pk for person in card.people)), None)


def _cards(listed: Worklist, people: QuerySet[Resident]) -> list[Card]:
    units = scope_of(listed.user).unit_ids
    return cards_of(people_with_facts(people, listed.campaign, listed.on, own_units=units), reader=listed.user)
