"""One page of a ledger list: walk the order of the list from a person on, take fifty, and stop.

The keys come first, from the index of the order alone; what a row shows is fetched for those fifty.
The last page is the first of the order reversed, so it costs the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Q, QuerySet
from django.db.models.expressions import OrderBy
from django.db.models.functions import Coalesce

# Registers the lookup `among`.
from registry import bulk as _bulk  # noqa: F401
from registry.models import Resident
from reports.lists.inhabited import inhabited
from reports.lists.people import Question, few_keys, people_asked

PAGE = 50
# What a list is ordered by, before the key. Each order has its index.
KEYS = {"place": "place_id", "name": "pinyin", "age": "birth_on", "next_by": "standing__next_by"}


@dataclass(frozen=True)
class Position:
    """Where a page begins: after or before a person of the list, at its end, or (nothing said) at its start."""

    after: int | None = None
    before: int | None = None
    at_end: bool = False

    @property
    def backwards(self) -> bool:
        return self.at_end or self.before is not None


@dataclass(frozen=True)
class Keys:
    """The residents of a page in their order, and whether the list goes on at either side."""

    ids: list[int]
    has_previous: bool
    has_next: bool


def page_keys(question: Question, position: Position) -> Keys:
    """Return the keys of one page; a person who has left the list meanwhile still marks the place."""
    field = KEYS[question.asked.sort]
    with _plain_plans():
        further = Q(standing__next_by__isnull=False) if question.asked.sort == "next_by" else Q()
        beyond = position.after or position.before
        value = None if beyond is None else _value_of(question, field, beyond)
        if beyond is not None and value is not None:
            further &= _beyond(field, value, beyond, backwards=position.backwards)
        few = few_keys(question)
        if few is not None:
            further &= Q(pk__among=few)
        elif question.asked.sort == "place":
            further &= inhabited(question, PAGE + 1, beyond=value, backwards=position.backwards)
        people = people_asked(question, further=further).order_by(*_order(question, field, position))
        ids = list(people.values_list("pk", flat=True)[: PAGE + 1])
    more = len(ids) > PAGE
    ids = ids[:PAGE]
    if position.backwards:
        return Keys(ids[::-1], has_previous=more, has_next=position.before is not None)
    return Keys(ids, has_previous=beyond is not None, has_next=more)


def walk(question: Question, block: int) -> Iterator[list[int]]:
    """Yield the keys of the whole list in its order, block by block; each block starts behind the last person."""
    field = KEYS[question.asked.sort]
    last: int | None = None
    while True:
        further = Q(standing__next_by__isnull=False) if question.asked.sort == "next_by" else Q()
        value = None if last is None else _value_of(question, field, last)
        if last is not None and value is not None:
            further &= _beyond(field, value, last, backwards=False)
        people = people_asked(question, further=further).order_by(*_order(question, field, Position()))
        with _plain_plans():
            ids = list(people.values_list("pk", flat=True)[:block])
        if ids:
            yield ids
        if len(ids) < block:
            return
        last = ids[-1]


def all_keys(question: Question, most: int) -> list[int]:
    """Return the keys of the whole list in its order, at most so many."""
    field = KEYS[question.asked.sort]
    people = people_asked(question).order_by(*_order(question, field, Position()))
    return list(people.values_list("pk", flat=True)[:most])


def _order(question: Question, field: str, position: Position) -> tuple[OrderBy, OrderBy]:
    key = F(field)
    if question.is_local and question.asked.sort != "place":
        # Not the bare column, so that PostgreSQL sorts a village's people instead of walking everybody's names.
        key = Coalesce(key, key)
    return (key.desc(), F("pk").desc()) if position.backwards else (key.asc(), F("pk").asc())


def _beyond(field: str, value: Any, pk: int, *, backwards: bool) -> Q:
    """Condition: behind the person `pk`, who has this value, in the order."""
    side = "lt" if backwards else "gt"
    # The first part alone bounds the walk along the index; the rest settles equals.
    return Q(**{f"{field}__{side}e": value}) & (Q(**{f"{field}__{side}": value}) | Q(**{f"pk__{side}": pk}))


def _value_of(question: Question, field: str, pk: int) -> Any:
    """Return what the list is ordered by of the person an address names, which says no name and no birth day."""
    people: QuerySet = Resident.objects.filter(pk=pk)
    if field.startswith("standing"):
        people = people_asked(question).filter(pk=pk)
    return people.values_list(field, flat=True).first()


@contextmanager
def _plain_plans() -> Iterator[None]:
    """Have PostgreSQL plan a page of fifty without parallel workers or compilation, which cost more than the page."""
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL max_parallel_workers_per_gather = 0; SET LOCAL jit = off")
        yield
