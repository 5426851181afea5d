"""The ledgers between two days, each as known at its moment: 期初 + 转入 − 转出 = 期末 (rules 4, Movements).

Who has not changed since the earlier moment is asked of the database, over the people alone whose standing,
exemption, age or status has a day in the period; the others are decided in Python from what was known.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator
from datetime import date, datetime
from typing import Any, NamedTuple

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
    table = dosed_now(people, campaign, on)
    for changed, known in (late or late_since(campaign, known_at)).batches():
        for resident in changed:
            for sign, moment in ((-1, None), (1, known_at)):
                state = known.state(resident, Point(on, moment))
                if state.place.startswith(inside):
                    add_dosed(table, state, sign)
    return dict(table)


def dosed_now(people: QuerySet[Resident], campaign: Campaign, on: date) -> DoseTable:
    """Count people in scope at `on` with so many counted doses, by finest place, as known now; one query."""
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
    return table


def add_dosed(table: DoseTable, state: State, sign: int) -> None:
    """Add somebody to a table of doses, or take them out (`sign` −1); who is in no ledger changes nothing."""
    if state.ledger != NOWHERE:
        for measure in MEASURES:
            _add(table[state.place], measure, sign * has(state, measure), permanent=state.is_permanent)


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
    people = Resident.objects.filter(within(prefix) if prefix else Q())
    yield from moved_by_day(campaign, opening, closing, people, late.changed, by_person=by_person, among=among)
    ways = paths_of(campaign, opening, closing, late if among is None else late.among(among))
    moved = ((resident, path) for resident, path in ways if _lies_in(path, prefix) and differs(path))
    if by_person:
        yield from (Mover(path, reason_of(path), 1, resident) for resident, path in moved)
    else:
        found = Counter(path for _, path in moved)
        yield from (Mover(path, reason_of(path), number) for path, number in found.items())


def paths_of(
    campaign: Campaign, opening: Point, closing: Point, late: Late, *, outside: bool = False
) -> Iterator[tuple[int, Path]]:
    """Yield the way of each resident of `late`, moved or not, from all versions of their rows.

    With `outside` people 非本辖区 are in the ledgers too, as in those of units.
    """
    learnt = Point(opening.on, closing.known_at)
    for residents, known in late.batches():
        corrected = corrected_between(campaign, opening, closing, residents)
        merged = merged_between(opening, closing, residents)
        for resident in residents:
            ends = [known.state(resident, point, outside=outside) for point in (opening, learnt, closing)]
            yield resident, Path(*ends, was_corrected=resident in corrected, was_merged=resident in merged)


def _lies_in(path: Path, prefix: str) -> bool:
    return path.opening.place.startswith(prefix) or path.closing.place.startswith(prefix)


def differs(path: Path) -> bool:
    """Tell whether somebody who is in a ledger at one end at least stands otherwise at the other."""
    opening, closing = path.opening, path.closing
    if NOWHERE == opening.ledger == closing.ledger:
        return False
    return opening[:4] != closing[:4]


def reason_of(path: Path) -> str:
    """Name the cause of a path; "" for who stays in the ledger with the same doses."""
    same = path.opening.ledger == path.closing.ledger and path.opening.counted == path.closing.counted
    return "" if same else cause_of(path)


# People about whom nothing became known since: what the calendar and dated facts do.


# So many rows are fetched at a time.
_CHUNK = 2000


def moved_by_day(
    campaign: Campaign,
    opening: Point,
    closing: Point,
    people: QuerySet[Resident],
    but: set[int],
    *,
    by_person: bool,
    among: Collection[int] | None = None,
    outside: bool = False,
) -> Iterator[Mover]:
    """Yield those of `people` whom the days moved, `but` for those whose versions say it; as known now."""
    asked = _asked(campaign, opening.on, closing.on, people, but, among, outside=outside)
    if asked is None:
        return
    if by_person:
        rows = asked.order_by("place_id", "pk").values_list(*_KEYS, "pk").iterator(chunk_size=_CHUNK)
        grouped = ((row[:-1], 1, row[-1]) for row in rows)
    else:
        grouped = ((row[:-1], row[-1], None) for row in _grouped(asked, _KEYS))
    for row, number, resident in grouped:
        path = _path(*row)
        yield Mover(path, reason_of(path), number, resident)


def moved_by_day_and(
    key: str, campaign: Campaign, opening: Point, closing: Point, people: QuerySet[Resident], but: set[int]
) -> Iterator[tuple[Any, Mover]]:
    """Yield the same of members of units, grouped by one column more, whose value stands before each."""
    asked = _asked(campaign, opening.on, closing.on, people, but, None, outside=True)
    for found, *row, number in _grouped(asked, (key, *_KEYS)) if asked is not None else ():
        path = _path(*row)
        yield found, Mover(path, reason_of(path), number)


_KEYS = ("place_id", "residency", "status", "was", "had", "has_become", "has_now")


def _asked(
    campaign: Campaign,
    before: date,
    after: date,
    people: QuerySet[Resident],
    but: set[int],
    among: Collection[int] | None,
    *,
    outside: bool,
) -> QuerySet[Resident] | None:
    """Whom to ask the database for; None where a day is compared with itself."""
    if before == after:
        return None
    people = _people_between(campaign, before, after, people, outside=outside)
    if but:
        people = people.exclude(pk__among=but)
    return people if among is None else people.filter(pk__among=set(among))


def _grouped(people: QuerySet[Resident], keys: tuple[str, ...]) -> QuerySet:
    return people.order_by().values_list(*keys).annotate(number=Count("pk"))


def _path(place: str, residency: str, status: str, was: str, had: int, became: str, having: int) -> Path:
    permanent = is_permanent(residency, is_placed=not is_unplaced(place))
    opening = State(place, was, permanent, had, status)
    return Path(opening, opening, State(place, became, permanent, having, status))


def _people_between(
    campaign: Campaign, before: date, after: date, people: QuerySet[Resident], *, outside: bool
) -> QuerySet[Resident]:
    """Whose ledger or counted doses differ between two days, as known now; joined to both days."""
    earlier, later = sorted((before, after))
    people = people.filter(within(campaign.place.prefix), _has_a_day_between(campaign, earlier, later))
    people = with_day(with_day(people, campaign, before, "_1"), campaign, after, "_2")
    people = people.annotate(
        was=_ledger(campaign, before, "_1", outside=outside),
        has_become=_ledger(campaign, after, "_2", outside=outside),
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


def _ledger(campaign: Campaign, on: date, side: str, *, outside: bool) -> Case:
    present = active(on, outside=outside) & Q(birth_on__lte=born_by(campaign.min_age, on))
    whens = [When(present & of_ledger(name, side), then=Value(name)) for name in LEDGERS]
    return Case(*whens, default=Value(NOWHERE))
