"""疑似重复: two records that may be one person, found by name and birth date or by near-equal numbers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import combinations

from django.db import transaction
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.utils import timezone

from ledgers.models import Duplicate
from registry import audit
from registry.access import scope_of
from registry.models import IdentityDocument, Place, Resident, Role, Status, User
from registry.querysets import within, within_any

GROUND = Duplicate.Ground
# Namesakes compared with each other; a name that more people bear says nothing by itself.
_MOST_NAMESAKES = 60


@dataclass(frozen=True, slots=True)
class Namesake:
    """What tells two people of one name apart; `number` is "" for who has none."""

    pk: int
    birth_on: date
    number: str


def ground_of(one: Namesake, other: Namesake) -> str:
    """Say why two people of one name may be one person, "" where nothing says so.

    Two sound numbers that differ by more than a slip of the pen are two people, born on one day or not.
    """
    if one.number and other.number:
        return GROUND.NUMBER if _nearly_equal(one.number, other.number) else ""
    return GROUND.NAME_AND_BIRTH if one.birth_on == other.birth_on else ""


def _nearly_equal(one: str, other: str) -> bool:
    """One character differs besides the check digit, or two neighbours are swapped."""
    if len(one) != len(other) or one == other:
        return False
    # The last character follows from the others.
    apart = [index for index in range(len(one) - 1) if one[index] != other[index]]
    if len(apart) == 1:
        return True
    return (
        len(apart) == 2
        and apart[1] == apart[0] + 1
        and one[apart[0]] == other[apart[1]]
        and one[apart[1]] == other[apart[0]]
    )


def find_duplicates(street: Place) -> int:
    """Ask about every pair of a street that may be one person and was not asked about; return how many are new."""
    known = set(Duplicate.objects.values_list("first_id", "second_id"))
    new = [
        Duplicate(first_id=first, second_id=second, ground=ground)
        for first, second, ground in _pairs(street)
        if (first, second) not in known
    ]
    Duplicate.objects.bulk_create(new, ignore_conflicts=True)
    return len(new)


def _pairs(street: Place) -> Iterator[tuple[int, int, str]]:
    for namesakes in _namesakes(street):
        for one, other in combinations(namesakes, 2):
            ground = ground_of(one, other)
            if ground:
                yield one.pk, other.pk, ground


def _namesakes(street: Place) -> Iterator[list[Namesake]]:
    """Yield the people of each name that more than one bears, by key."""
    people = Resident.objects.filter(within(street.prefix), status__in=[Status.ACTIVE, Status.OUTSIDE])
    names = people.order_by().values("name_key").annotate(number=Count("pk"))
    repeated = names.filter(number__gt=1, number__lte=_MOST_NAMESAKES).values("name_key")
    first = IdentityDocument.objects.filter(resident=OuterRef("pk"), kind=IdentityDocument.RESIDENT)
    rows = people.filter(name_key__in=repeated).annotate(first=Subquery(first.values("number")[:1]))
    groups: dict[str, list[Namesake]] = defaultdict(list)
    for name, *values in rows.order_by("pk").values_list("name_key", "pk", "birth_on", "first"):
        pk, birth_on, number = values
        groups[name].append(Namesake(pk, birth_on, number or ""))
    yield from groups.values()


def propose(one: Resident, other: Resident, ground: str) -> Duplicate:
    """Ask about a pair that a page came upon; the same pair is asked once."""
    first, second = sorted((one.pk, other.pk))
    return Duplicate.objects.get_or_create(first_id=first, second_id=second, defaults={"ground": ground})[0]


def duplicates_visible_to(user: User) -> QuerySet[Duplicate]:
    """Return the pairs of which both people live in the account's street (staff)."""
    prefixes = scope_of(user).prefixes(Role.STAFF)
    return Duplicate.objects.filter(within_any(prefixes, "first__place_id"), within_any(prefixes, "second__place_id"))


@transaction.atomic
def are_different(duplicate: Duplicate, *, by: User, address: str = "") -> bool:
    """Remember that two people are two; False where it was decided meanwhile."""
    decided = Duplicate.objects.filter(pk=duplicate.pk, state=Duplicate.State.OPEN).update(
        state=Duplicate.State.DIFFERENT, decided_by=by, decided_at=timezone.now()
    )
    if decided:
        detail = {"另一人": duplicate.second_id}
        subject = f"resident {duplicate.first_id}"
        audit.record("duplicate.different", by=by, subject=subject, detail=detail, address=address)
    return bool(decided)
