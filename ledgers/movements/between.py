"""The ledgers between two days, each as known at its moment: 期初 + 转入 − 转出 = 期末 (rules 4, Movements).

Who has not changed since the earlier moment is asked of the database, over the people alone whose standing,
exemption, age or status has a day in the period; the others are decided in Python from what was known.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from django.db.models import Case, Count, F, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce

from campaigns.models import Campaign
from ledgers.day import LEDGERS, active, in_scope, of_ledger, with_day
from ledgers.models import Excuse, Standing
from ledgers.movements.known import Late, Point, corrected_between, late_since, merged_between
from ledgers.movements.rules import CAUSES, MEASURES, NOWHERE, Path, State, cause_at, cause_of, has, split_of
from ledgers.rules import is_permanent
from ledgers.summary import Populations, Table, by_place, is_unplaced
from registry.ages import born_by
from registry.models import Resident
from registry.querysets import within

RowOf = Callable[[str], str]


def counts_at(
    campaign: Campaign, on: date, known_at: datetime | None = None, *, inside: str = "", late: Late | None = None
) -> Table:
    """Count everybody in scope at `on` by finest place, as known at `known_at` (None: now); see `summary.by_place`.

    One query for now; for a moment the same, less what those who changed since add now, plus what they added then.

    `late`, of the same moment or an earlier one, spares reading who that is.
    """
    table: Table = defaultdict(Populations, by_place(campaign, on, inside=inside))
    changed, known = late or late_since(campaign, known_at)
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
    changed, known = late or late_since(campaign, known_at)
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


def movers(campaign: Campaign, opening: Point, closing: Point, prefix: str = "") -> list[Mover]:
    """Return the same person by person, for the lists behind the figures."""
    late = late_between(campaign, opening, closing)
    return list(_movers(campaign, opening, closing, prefix, late, by_person=True))


def late_between(campaign: Campaign, opening: Point, closing: Point) -> Late:
    """Return who changed since the earlier of both moments; nobody where both ends are as known now."""
    moments = [point.known_at for point in (opening, closing) if point.known_at]
    return late_since(campaign, min(moments, default=None))


def _movers(
    campaign: Campaign, opening: Point, closing: Point, prefix: str, late: Late, *, by_person: bool
) -> Iterator[Mover]:
    yield from _by_day(campaign, opening.on, closing.on, prefix, late.changed, by_person=by_person)
    found: Counter[tuple[Path, int | None]] = Counter()
    for resident, path in paths_of(campaign, opening, closing, late):
        if _lies_in(path, prefix) and _differs(path):
            found[path, resident if by_person else None] += 1
    for (path, resident), number in found.items():
        yield Mover(path, _cause(path), number, resident)


def paths_of(campaign: Campaign, opening: Point, closing: Point, late: Late) -> Iterator[tuple[int, Path]]:
    """Yield the way of each resident of `late`, moved or not, from all versions of their rows."""
    corrected = corrected_between(campaign, opening, closing, late.changed)
    merged = merged_between(opening, closing, late.changed)
    learnt = Point(opening.on, closing.known_at)
    for resident in sorted(late.changed):
        ends = [late.known.state(resident, point) for point in (opening, learnt, closing)]
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


def _by_day(
    campaign: Campaign, before: date, after: date, prefix: str, but: set[int], *, by_person: bool
) -> Iterator[Mover]:
    if before == after:
        return
    people = _people_between(campaign, before, after, prefix)
    if but:
        people = people.exclude(pk__among=but)
    keys = ("place_id", "residency", "status", "was", "had", "has_become", "has_now")
    if by_person:
        rows = people.order_by("place_id", "pk").values_list(*keys, "pk")
        grouped = ((row[:-1], 1, row[-1]) for row in rows)
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


# Folding: rows of places, both populations.


@dataclass
class Line:
    """A ledger of a row between two days; `into` and `out` by (other ledger, cause)."""

    opening: int = 0
    into: Counter[tuple[str, str]] = field(default_factory=Counter)
    out: Counter[tuple[str, str]] = field(default_factory=Counter)

    @property
    def closing(self) -> int:
        return self.opening + self.into.total() - self.out.total()


def village_row(place: str) -> str:
    """The row of a table by village: the village's code, "" for 待归类."""
    return "" if is_unplaced(place) else place[:12]


def group_row(place: str) -> str:
    """The row of a table by group: the finest place, a village's own code for people of no group."""
    return "" if is_unplaced(place) else place


# The rows of a table of one place.
INSIDE, ELSEWHERE = "inside", "elsewhere"


def row_inside(prefix: str) -> RowOf:
    """The one row of a place and what lies in it; who goes to or comes from elsewhere has moved."""

    def row(place: str) -> str:
        if place.startswith(prefix):
            return INSIDE
        return "" if is_unplaced(place) else ELSEWHERE

    return row


Statement = dict[str, dict[str, Line]]


def statement(
    openings: Table, found: list[Mover], row_of: RowOf = village_row, *, permanent: bool = False
) -> Statement:
    """Lay movements upon the opening counts: per row and ledger opening, in, out and closing.

    `openings` is what `counts_at` said of the opening, `found` what `movements` said; the closing is what
    `counts_at` says of the closing (tested).
    """
    rows: Statement = {}
    for place, counts in openings.items():
        for ledger in LEDGERS:
            own = counts.permanent if permanent else counts.all
            _line(rows, row_of(place), ledger).opening += getattr(own, ledger)
    for mover in found:
        step = step_of(mover, row_of, permanent=permanent)
        if step is None:
            continue
        if step.before:
            _line(rows, *step.before).out[step.after[1] if step.after else NOWHERE, step.cause] += mover.number
        if step.after:
            _line(rows, *step.after).into[step.before[1] if step.before else NOWHERE, step.cause] += mover.number
    return rows


def _line(rows: Statement, row: str, ledger: str) -> Line:
    lines = rows.setdefault(row, {name: Line() for name in LEDGERS})
    return lines[ledger]


class Step(NamedTuple):
    """A movement as one table sees it: (row, ledger) before and after, None where not counted, and why."""

    before: tuple[str, str] | None
    after: tuple[str, str] | None
    cause: str


def step_of(mover: Mover, row_of: RowOf, *, permanent: bool) -> Step | None:
    """Return the movement of a mover in a table; None where the table does not show one."""
    before, after = (_cell(state, row_of, permanent) for state in (mover.path.opening, mover.path.closing))
    if before == after:
        return None
    rows = [row_of(state.place) if state.place else "" for state in (mover.path.opening, mover.path.closing)]
    return Step(before, after, cause_at(mover.path, *rows, mover.cause, permanent=permanent))


def _cell(state: State, row_of: RowOf, permanent: bool) -> tuple[str, str] | None:
    if state.ledger == NOWHERE or (permanent and not state.is_permanent):
        return None
    return row_of(state.place), state.ledger


Splits = dict[str, dict[str, Counter[str]]]


def dose_splits(found: list[Mover], row_of: RowOf = village_row, *, permanent: bool = False) -> Splits:
    """Split the differences of first, second, third dose and full per row: row → measure → part → people.

    Parts are rules' SPLITS: `given` in the period, `late` 补录以前, `corrected` 更正 (either sign), and `people` who
    came into the row or left it. Their sum is the closing's count less the opening's (tested).
    """
    rows: Splits = {}
    for mover in found:
        for measure in MEASURES:
            for row, part, number in _parts(mover, measure, row_of, permanent=permanent):
                rows.setdefault(row, {name: Counter() for name in MEASURES})[measure][part] += number
    return rows


def _parts(mover: Mover, measure: str, row_of: RowOf, *, permanent: bool) -> Iterator[tuple[str, str, int]]:
    """Yield what a mover adds to or takes from a measure: (row, part, people)."""
    ends = (mover.path.opening, mover.path.closing)
    rows = [cell and cell[0] for cell in (_cell(state, row_of, permanent) for state in ends)]
    before, after = (row is not None and has(state, measure) for row, state in zip(rows, ends, strict=True))
    same_row = rows[0] == rows[1]
    if before and after and same_row:
        return
    part = split_of(mover.path, measure, same_row=same_row)
    if before:
        yield rows[0], part, -mover.number
    if after:
        yield rows[1], part, mover.number


@dataclass(frozen=True)
class Cell:
    """A figure of a statement: a row and ledger, the side (`into` or `out`), and a cause ("" for all)."""

    row: str
    ledger: str
    side: str
    cause: str = ""


def behind(
    found: list[Mover], cell: Cell, row_of: RowOf = village_row, *, permanent: bool = False
) -> list[tuple[int, Step]]:
    """Return the residents that a figure counts, each with their step; `found` is what `movers` said."""
    people = []
    for mover in found:
        step = step_of(mover, row_of, permanent=permanent)
        if step is None or mover.resident is None or cell.cause not in ("", step.cause):
            continue
        if (step.after if cell.side == "into" else step.before) == (cell.row, cell.ledger):
            people.append((mover.resident, step))
    return people


def in_order(causes: Counter[tuple[str, str]]) -> list[tuple[str, int]]:
    """Add up a side of a line by cause, in the order of a statement: (cause, people)."""
    sums: Counter[str] = Counter()
    for (_, cause), number in causes.items():
        sums[cause] += number
    return [(cause, sums[cause]) for cause in CAUSES if sums[cause]]
