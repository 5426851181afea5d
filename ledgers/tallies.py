"""What the daily report counts beyond the ledgers: each dose by its number, per village and age band (domain 6).

Two grouped passes over the ledger of a day (`ledgers.day`); everything of the report is addition over them, so a
village's row, its age bands and the street's total cannot differ. People about whom something became known after
the cut-off are taken as they were known then (`ledgers.movements`).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import Count, Q, QuerySet

from campaigns.models import AgeBand, Campaign
from ledgers.day import in_scope, of_ledger, permanent, with_day
from ledgers.models import Exemption
from ledgers.movements.known import Late, Point, late_since
from ledgers.movements.said import LastingAt
from ledgers.rules import is_permanent
from ledgers.summary import Populations, add_counts, aggregates, counts_of, is_unplaced, reaches
from registry.ages import age_on
from registry.models import Resident


@dataclass(slots=True)
class Tally:
    """Both populations; by dose number how many permanent residents have so many counted doses or more.

    `contraindicated` are those of the exempt permanent residents whose 禁忌 lasts; the others are deferred.
    """

    counts: Populations = field(default_factory=Populations)
    dosed: Counter[int] = field(default_factory=Counter)
    contraindicated: int = 0

    def __iadd__(self, other: Tally) -> Tally:
        self.counts += other.counts
        self.dosed.update(other.dosed)
        self.contraindicated += other.contraindicated
        return self


# By (village's code, age band's key); "" is 待归类.
Tallies = dict[tuple[str, str], Tally]


def largest_series(campaign: Campaign) -> int:
    """Return the most doses that a platform of the campaign asks for."""
    return max(campaign.platforms.values_list("doses", flat=True), default=1)


def tallies(campaign: Campaign, on: date, known_at: datetime | None = None, *, late: Late | None = None) -> Tallies:
    """Count everybody in scope at `on`, as known at `known_at` (None: now); pairs of nobody are left out.

    Two grouped queries and three small ones; those of `ledgers.movements.known` for who changed since.
    """
    bands = list(campaign.age_bands.order_by("from_age"))
    numbers = range(1, largest_series(campaign) + 1)
    table: Tallies = defaultdict(Tally)
    if known_at is None:
        _count_unchanged(table, campaign, on, bands, numbers, ())
        return dict(table)
    lasting = LastingAt(campaign, on, known_at)
    late = (late or late_since(campaign, known_at)).with_more(lasting.owners())
    _count_unchanged(table, campaign, on, bands, numbers, late.changed)
    _count_changed(table, Point(on, known_at), bands, numbers, late, lasting)
    return dict(table)


def by_village(campaign: Campaign, on: date, known_at: datetime | None = None) -> dict[str, Tally]:
    """Return the same by village."""
    return fold(tallies(campaign, on, known_at), 0)


def fold(cells: Tallies, part: int) -> dict[str, Tally]:
    """Add the cells up by village (part 0) or by age band (1)."""
    found: dict[str, Tally] = defaultdict(Tally)
    for key, cell in cells.items():
        found[key[part]] += cell
    return dict(found)


def _count_unchanged(
    table: Tallies,
    campaign: Campaign,
    on: date,
    bands: list[AgeBand],
    numbers: Iterable[int],
    changed: Collection[int],
) -> None:
    flags = {f"reaches_{number}": reaches(band, on) for number, band in enumerate(bands)}
    people = with_day(in_scope(Resident.objects.all(), campaign, on).annotate(**flags), campaign, on).order_by()
    if changed:
        people = people.exclude(pk__among=set(changed))
    doses = {f"dose_{n}": Count("standing__id", filter=Q(standing__counted__gte=n)) for n in numbers}
    for row in people.values("place_id", *flags, "residency").annotate(**aggregates(on), **doses):
        found = _cell(table, row["place_id"], bands[sum(row[flag] for flag in flags) - 1])
        is_placed = not is_unplaced(row["place_id"])
        add_counts(found.counts, row["residency"], counts_of(row), is_placed=is_placed)
        if is_permanent(row["residency"], is_placed=is_placed):
            found.dosed.update({n: row[f"dose_{n}"] for n in numbers})
    for row in _lasting(people, campaign, on).values("place_id", *flags).annotate(number=Count("pk")):
        cell = _cell(table, row["place_id"], bands[sum(row[flag] for flag in flags) - 1])
        cell.contraindicated += row["number"]


def _count_changed(
    table: Tallies,
    point: Point,
    bands: list[AgeBand],
    numbers: Iterable[int],
    late: Late,
    lasting: LastingAt,
) -> None:
    for residents, known in late.batches():
        lasts = lasting.among(residents)
        for resident in residents:
            counted, state = known.counts(resident, point), known.state(resident, point)
            if counted is None:
                continue
            age = age_on(date.fromisoformat(state.birth), point.on)
            # Bands are without gaps: of those a person is old enough for, the last one holds.
            cell = _cell(table, counted[0], [band for band in bands if band.from_age <= age][-1])
            cell.counts += counted[1]
            if state.is_permanent:
                cell.dosed.update({n: int(state.counted >= n) for n in numbers})
                cell.contraindicated += int(state.ledger == "exempt" and resident in lasts)


def _cell(table: Tallies, place: str, band: AgeBand) -> Tally:
    return table["" if is_unplaced(place) else place[:12], band.key]


def _lasting(people: QuerySet[Resident], campaign: Campaign, on: date) -> QuerySet[Resident]:
    """The exempt permanent residents with an approved contraindication in force (rules 3)."""
    lasting = _contraindications(campaign, on).values("resident_id")
    return people.filter(of_ledger("exempt"), permanent(), pk__in=lasting)


def _contraindications(campaign: Campaign, on: date) -> QuerySet[Exemption]:
    approved = Exemption.objects.filter(campaign=campaign, state="approved", kind="contraindication", start_on__lte=on)
    # A contraindication may end as well; null lasts.
    return approved.filter(Q(end_on__isnull=True) | Q(end_on__gte=on))
