"""Where on the walk of places the people of a list stand: told by stored figures, so that empty places are passed."""

from __future__ import annotations

from django.db.models import Q
from django.db.models.functions import Coalesce, Length
from django.db.models.lookups import In

from registry.models import Place
from reports.lists.asked import EVERYBODY, SUB_STATES
from reports.lists.people import Question, is_loose
from reports.models import Figure
from reports.storing import is_fresh


def inhabited(question: Question, most: int, *, beyond: str | None, backwards: bool) -> Q:
    """Condition: not in one of the places before the page's end where stored figures know nobody of the ledger.

    Whole villages of nobody in a ledger are usual at a campaign's begin and end, and each person passed by
    costs a look at the standings. A page of `most` people needs no more places than that, from the one
    `beyond` which it begins; where a further filter leaves fewer of them, the walk goes on as it would.
    Without fresh figures, or where they do not count the list's people, nothing is said.
    """
    names = _counted_as(question)
    if not names or question.outside or question.is_local or not is_fresh(question.campaign, question.asked.on):
        return Q()
    population = "permanent" if question.asked.is_permanent else "all"
    rows = Figure.objects.filter(campaign=question.campaign, on=question.asked.on, by=Figure.By.PLACE)
    # Groups, and the people of none in a village (their row ends in 000) and in a street. Zeros are not stored.
    rows = rows.annotate(digits=Length("key")).filter(Q(digits=Place.Level.GROUP) | Q(key__endswith="000"))
    rows = rows.filter(**{f"counts__{population}__has_any_keys": names})
    if beyond is not None:
        side = "lte" if backwards else "gte"
        rows = rows.filter(**{f"key__{side}": _key_of(beyond)})
    keys = list(rows.order_by("-key" if backwards else "key").values_list("key", flat=True)[:most])
    return _in_places([_place_of(key) for key in keys], is_all=len(keys) < most, backwards=backwards)


def _in_places(places: list[str], *, is_all: bool, backwards: bool) -> Q:
    """Condition: in one of the places, which stand in the order of the walk, or behind them unless they are all."""
    if not places:
        return Q(pk__in=())
    # Not the bare column, so that PostgreSQL goes on walking in order and looks each place up as it comes.
    here = Q(In(Coalesce("place_id", "place_id"), places))
    from_side, behind = ("lte", "lt") if backwards else ("gte", "gt")
    bound = Q(**{f"place_id__{from_side}": places[0]})
    if is_all:
        to_side = "gte" if backwards else "lte"
        return bound & Q(**{f"place_id__{to_side}": places[-1]}) & here
    return bound & (here | Q(**{f"place_id__{behind}": places[-1]}))


def _counted_as(question: Question) -> list[str]:
    """The names under which stored figures count the people of the list."""
    asked = question.asked
    if asked.ledger == EVERYBODY:
        return []
    if asked.ledger == "incomplete":
        return [asked.sub] if asked.sub else list(SUB_STATES)
    return [asked.ledger]


def _key_of(place: str) -> str:
    """The key of the row that counts the people of a finest place."""
    return place if place[9:12] == "000" else place.ljust(Place.Level.GROUP, "0")


def _place_of(key: str) -> str:
    return key[: Place.Level.VILLAGE] if is_loose(key) else key
