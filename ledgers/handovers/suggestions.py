"""Which villages are asked whether somebody in 待归类 is theirs: at most three, the likeliest first.

By words of the address, the same phone, the same household, the unit. Somebody of whom nothing tells a
village is asked of all, until three have said 不是我村的; then the office decides.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from ledgers.models import NotOurs, Suggestion
from registry.models import Membership, Phone, Place, Resident, Status
from registry.place_names import stem
from registry.querysets import within

GROUND = Suggestion.Ground
# How an address may call it beside its bare name.
_ENDINGS = ("社区", "村")
_BATCH = 2000


def suggest(street: Place) -> int:
    """Make the suggestions of everybody in 待归类 of a street anew; return how many people have one.

    A constant number of queries per 2,000 people. Safe to run twice.
    """
    waiting = Resident.objects.filter(place=street, status=Status.ACTIVE).order_by("pk")
    keys = list(waiting.values_list("pk", flat=True))
    words = _words_of_villages(street)
    found = 0
    with transaction.atomic():
        Suggestion.objects.filter(resident__place__level__gte=Place.Level.VILLAGE).delete()
        for start in range(0, len(keys), _BATCH):
            found += _suggest(keys[start : start + _BATCH], street, words)
    return found


def _suggest(keys: list[int], street: Place, words: dict[str, str]) -> int:
    hints: dict[int, dict[str, str]] = defaultdict(dict)
    for ground, pairs in (
        (GROUND.ADDRESS, _by_address(keys, words)),
        (GROUND.PHONE, _by_phone(keys, street)),
        (GROUND.HOUSEHOLD, _by_household(keys, street)),
        (GROUND.UNIT, _by_unit(keys, street)),
    ):
        for resident, village in pairs:
            # The likeliest ground is said, once for each village.
            hints[resident].setdefault(village, ground)
    Suggestion.objects.filter(resident__in=keys).delete()
    Suggestion.objects.bulk_create(
        Suggestion(resident_id=resident, village_id=village, ground=ground, rank=rank)
        for resident, villages in hints.items()
        for rank, (village, ground) in enumerate(list(villages.items())[: Suggestion.MOST], start=1)
    )
    return len(hints)


def _words_of_villages(street: Place) -> dict[str, str]:
    """Return what an address may call a village → its code; a word of two villages names neither."""
    found: dict[str, set[str]] = defaultdict(set)
    for code, name in Place.objects.villages().inside(street.prefix).values_list("code", "name"):
        short = stem(name)
        for word in {name, short, *(short + end for end in _ENDINGS)}:
            found[word].add(code)
    return {word: next(iter(codes)) for word, codes in found.items() if len(codes) == 1 and len(word) > 1}


def _by_address(keys: list[int], words: dict[str, str]) -> Iterable[tuple[int, str]]:
    rows = Resident.objects.filter(pk__in=keys).values_list("pk", "address", "registered_address")
    for resident, *addresses in rows:
        for text in addresses:
            for word, village in words.items():
                if word in text:
                    yield resident, village


def _by_phone(keys: list[int], street: Place) -> Iterable[tuple[int, str]]:
    asked = defaultdict(list)
    for resident, number in Phone.objects.filter(resident__in=keys).values_list("resident_id", "number"):
        asked[number].append(resident)
    known = Phone.objects.filter(_placed("resident__place"), within(street.prefix, "resident__place_id"))
    for number, place in known.filter(number__in=list(asked)).values_list("number", "resident__place_id").distinct():
        for resident in asked[number]:
            yield resident, place[: Place.Level.VILLAGE]


def _by_household(keys: list[int], street: Place) -> Iterable[tuple[int, str]]:
    housed = Resident.objects.filter(within(street.prefix, "household__village_id"), pk__in=keys)
    yield from housed.values_list("pk", "household__village_id")


def _by_unit(keys: list[int], street: Place) -> Iterable[tuple[int, str]]:
    at = Membership.objects.filter(_placed("unit__place"), resident__in=keys, left_on__isnull=True)
    rows = at.filter(within(street.prefix, "unit__place_id")).values_list("resident_id", "unit__place_id")
    for resident, place in rows:
        yield resident, place[: Place.Level.VILLAGE]


def _placed(place: str) -> Q:
    return Q(**{f"{place}__level__gte": Place.Level.VILLAGE})


def asked_of(people: QuerySet[Resident], villages: list[str]) -> QuerySet[Resident]:
    """Narrow people of 待归类 to those the villages are asked about: suggested, or open to all; not disclaimed."""
    said = NotOurs.objects.filter(resident=OuterRef("pk"))
    suggested = Suggestion.objects.filter(resident=OuterRef("pk"))
    enough = (
        NotOurs.objects.filter(resident=OuterRef("pk"))
        .order_by()
        .values("resident")
        .annotate(number=Count("pk"))
        .filter(number__gte=Suggestion.MOST)
    )
    open_to_all = ~Exists(suggested) & ~Exists(enough)
    people = people.filter(Exists(suggested.filter(village__in=villages)) | open_to_all)
    return people.exclude(Exists(said.filter(village__in=villages)))
