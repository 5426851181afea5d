"""The ledgers between two days, each as known at its moment: 期初 + 转入 − 转出 = 期末 (rules 4, Movements).

Who has not changed since the earlier moment is asked of the database, over the people alone whose standing,
exemption, age or status has a day in the period; the others are decided in Python from what was known.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator
from datetime import date, datetime
from typing import NamedTuple

from django.db.models import Case, Count, F, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce

from campaigns.models import Campaign
from ledgers.day import LEDGERS, active, in_scope, of_ledger, with_day
from ledgers.models import Excuse, Standing
from ledgers.movements.known import Late, Point, corrected_between, late_since, merged_between
from ledgers.movements.rules import MEASURES, NOWHERE, Path, State, cause_of, has
from ledgers.rules import is_permanent
from ledgers.summary import Populations, Table, by_place, is_unplaced
from registry.ages import born_by
from registry.models import Resident
from registry.querysets import within


def counts_at(
    campaign: Campaign, on: date, known_at: datetime | None = None, *, inside: str = "", late: Late | None = None
) -> Table:
    """Count everybody in scope at `on` by finest place, as known at `known_at` (None: now); see `summary.by_place`.

    One query for now; for a moment the same, less what those who changed since add now, plus what they added then.

    `late`, of the same moment or an earlier one, spares reading who that is.
    """
    table: Table = defaultdict(Populations, by_place(campaign, on, inside=inside))
    for changed, known in (late or late_since(campaign, known_at)).batches():
        for resident in changed:
            now, then = (known.counts(resident, Point(on, moment)) for moment in (None, known_at))
            if now and now[0].startswith(inside):
                table[now[0]] = table[now[0]] - now[1]
            if then and then[0].startswith(inside):
                table[then[0]] += then[1]
    return {place: row for place, row in table.items() if row.all.in_scope}


# Place → measure → people, (全口径, 常住口径).
DoseTable = dict[str, dict[str, tuple[int, int]]]


def doses_at(
    campaign: Campaign, on: date, known_at: datetime | None = None, *, inside: str = "", late: Late | None = None
) -> DoseTable:
    """Count people in the ledgers at `on` with so many counted doses, by finest place, as `counts_at` does."""
    people = in_scope(Resident.objects.all(), campaign, on).filter(within(inside) if inside else Q())
    counted = {
        "first": Q(standing__counted__gte=1),
        "second": Q(standing__counted__gte=2),
        "third": Q(standing__counted__gte=3),
        "full": of_ledger("completed"),
    }
    grouped = with_day(people, campaign, on).order_by().values_list("place_id", "residency")
    table: DoseTable = defaultdict(lambda: dict.fromkeys(MEASURES, (0, 0)))
    for place, residency, *numbers in grouped.annotate(**{m: Count("pk", filter=q) for m, q in counted.items()}):
        permanent = is_permanent(residency, is_placed=not is_unplaced(place))
        for measure, number in zip(MEASURES, numbers, strict=True):
            _add(table[place], measure, number, permanent=permanent)
    for changed, known in (late or late_since(campaign, known_at)).batches():
        for resident in changed:
            for sign, moment in ((-1, None), (1, known_at)):
                state = known.state(resident, Point(on, moment))
                if state.ledger != NOWHERE and state.place.startswith(inside):
                    for measure in MEASURES:
                        _add(table[state.place], measure, sign * has(state, measure), permanent=state.is_permanent)
    return dict(table)


def _add(row: dict[str, tuple[int, int]], measure: str, number: int, *, permanent: bool) -> None:
    everybody, own = row[measure]
    row[measure] = (everybody + number, own + number if permanent else own)


class Mover(NamedTuple):
    """People who went the same way between the two ends; `resident` where it is one person, and asked for."""

    path: Path
    cause: str
    number: int
    resident: int | None = None


def movements(
    campaign: Campaign, opening: Point, closing: Point, prefix: str = "", *, late: Late | None = None
) -> list[Mover]:
    """Return how many people went which way between two days, each as known at its moment; grouped, by any place.

    Everybody whose ledger, counted doses, place or 人口类型 differs between both ends, inside `prefix` at either
    end. `in_rows` folds them into rows of places and both populations.
    """
    late = late or late_between(campaign, opening, closing)
    return list(_movers(campaign, opening, closing, prefix, late, by_person=False))


def movers(
    campaign: Campaign,
    opening: Point,
    closing: Point,
    prefix: str = "",
    *,
    late: Late | None = None,
    among: Collection[int] | None = None,
) -> Iterator[Mover]:
    """Yield the same person by person, for the lists behind the figures; with `among`, of these people alone.

    Nobody is held in memory: over a long time they may be everybody.
    """
    late = late or late_between(campaign, opening, closing)
    return _movers(campaign, opening, closing, prefix, late, by_person=True, among=among)


def late_between(campaign: Campaign, opening: Point, closing: Point) -> Late:
    """Return who changed since the earlier of both moments; nobody where both ends are as known now."""
    moments = [point.known_at for point in (opening, closing) if point.known_at]
    return late_since(campaign, min(moments, default=None))


def _movers(
    campaign: Campaign,
    opening: Point,
    closing: Point,
    prefix: str,
    late: Late,
    *,
    by_person: bool,
    among: Collection[int] | None = None,
) -> Iterator[Mover]:
    yield from _by_day(campaign, opening.on, closing.on, prefix, late.changed, by_person=by_person, among=among)
    ways = paths_of(campaign, opening, closing, late if among is None else late.among(among))
    moved = ((resident, path) for resident, path in ways if _lies_in(path, prefix) and _differs(path))
    if by_person:
        yield from (Mover(path, _cause(path), 1, resident) for resident, path in moved)
    else:
        found = Counter(path for _, path in moved)
        yield from (Mover(path, _cause(path), number) for path, number in found.items())


def paths_of(campaign: Campaign, opening: Point, closing: Point, late: Late) -> Iterator[tuple[int, Path]]:
    """Yield the way of each resident of `late`, moved or not, from all versions of their rows."""
    learnt = Point(opening.on, closing.known_at)
    for residents, known in late.batches():
        corrected = corrected_between(campaign, opening, closing, residents)
        merged = merged_between(opening, closing, residents)
        for resident in residents:
            ends = [known.state(resident, point) for point in (opening, learnt, closing)]
            yield resident, Path(*ends, was_corrected=resident in corrected, was_merged=resident in merged)


def _lies_in(path: Path, prefix: str) -> bool:
    return path.opening.place.startswith(prefix) or path.closing.place.startswith(prefix)


def _differs(path: Path) -> bool:
    opening, closing = path.opening, path.closing
    if NOWHERE == opening.ledger == closing.ledger:
        return False
    return opening[:4] != closing[:4]


def _cause(path: Path) -> str:
    same = path.opening.ledger == path.closing.ledger and path.opening.counted == path.closing.counted
    return "" if same else cause_of(path)


# People about whom nothing became known since: what the calendar and dated facts do.


# So many rows are fetched at a time.
_CHUNK = 2000


def _by_day(
    campaign: Campaign,
    before: date,
    after: date,
    prefix: str,
    but: set[int],
    *,
    by_person: bool,
    among: Collection[int] | None,
) -> Iterator[Mover]:
    if before == after:
        return
    people = _people_between(campaign, before, after, prefix)
    if but:
        people = people.exclude(pk__among=but)
    if among is not None:
        people = people.filter(pk__among=set(among))
    keys = ("place_id", "residency", "status", "was", "had", "has_become", "has_now")
    if by_person:
        rows = people.order_by("place_id", "pk").values_list(*keys, "pk")
        grouped = ((row[:-1], 1, row[-1]) for row in rows.iterator(chunk_size=_CHUNK))
    else:
        rows = people.order_by().values_list(*keys).annotate(number=Count("pk"))
        grouped = ((row[:-1], row[-1], None) for row in rows)
    for row, number, resident in grouped:
        path = _path(*row)
        yield Mover(path, _cause(path), number, resident)


def _path(place: str, residency: str, status: str, was: str, had: int, became: str, having: int) -> Path:
    permanent = is_permanent(residency, is_placed=not is_unplaced(place))
    opening = State(place, was, permanent, had, status)
    return Path(opening, opening, State(place, became, permanent, having, status))


def _people_between(campaign: Campaign, before: date, after: date, prefix: str) -> QuerySet[Resident]:
    """Whose ledger or counted doses differ between two days, as known now; joined to both days."""
    earlier, later = sorted((before, after))
    people = Resident.objects.filter(within(campaign.place.prefix), within(prefix) if prefix else Q())
    people = people.filter(_has_a_day_between(campaign, earlier, later))
    people = with_day(with_day(people, campaign, before, "_1"), campaign, after, "_2")
    people = people.annotate(
        was=_ledger(campaign, before, "_1"),
        has_become=_ledger(campaign, after, "_2"),
        had=Coalesce(F("standing_1__counted"), 0),
        has_now=Coalesce(F("standing_2__counted"), 0),
    )
    return people.exclude(was=F("has_become"), had=F("has_now")).exclude(was=NOWHERE, has_become=NOWHERE)


def _has_a_day_between(campaign: Campaign, earlier: date, later: date) -> Q:
    """Condition: something dated begins or ends after `earlier`, up to `later`: nobody else can have moved."""
    span = {"gt": earlier, "lte": later}

    def in_span(name: str) -> Q:
        return Q(**{f"{name}__{side}": day for side, day in span.items()})

    doses = Standing.objects.filter(in_span("since"), campaign=campaign).values("resident_id")
    excuses = Excuse.objects.filter(in_span("since") | in_span("until"), campaign=campaign).values("resident_id")
    of_age = Q(birth_on__gt=born_by(campaign.min_age, earlier), birth_on__lte=born_by(campaign.min_age, later))
    ids = doses.union(excuses, Resident.objects.filter(of_age | in_span("status_on")).values("pk"), all=True)
    return Q(pk__in=ids)


def _ledger(campaign: Campaign, on: date, side: str) -> Case:
    present = active(on) & Q(birth_on__lte=born_by(campaign.min_age, on))
    whens = [When(present & of_ledger(name, side), then=Value(name)) for name in LEDGERS]
    return Case(*whens, default=Value(NOWHERE))
