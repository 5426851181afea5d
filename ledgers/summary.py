"""Counts of the ledger of a day, by place, age band, unit and tag (rules 4, 5).

Each is one grouped pass: the database groups by the key and 人口类型 with one filtered count per
ledger, Python folds the groups into both populations. Grouping by the ledger itself would be shorter,
but PostgreSQL then guesses a group per person and gives up working in parallel.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any

from django.db.models import BooleanField, Count, ExpressionWrapper, FilteredRelation, Q, QuerySet

from campaigns.models import AgeBand, Campaign
from ledgers.day import dropout_base, in_scope, of_ledger, of_sub_state, placed, with_day
from ledgers.rules import is_permanent

# Registers the lookup `among`.
from registry import bulk as _bulk  # noqa: F401
from registry.ages import born_by
from registry.models import STAFF_KINDS, Membership, Residency, Resident
from registry.querysets import within_any


@dataclass(slots=True)
class Counts:
    """People of one population. `unknown_residency` are those of them whose 人口类型 is 类型未定."""

    in_scope: int = 0
    completed: int = 0
    waiting: int = 0
    due: int = 0
    overdue: int = 0
    excused: int = 0
    exempt: int = 0
    unvaccinated: int = 0
    dropout_base: int = 0
    unknown_residency: int = 0

    @property
    def incomplete(self) -> int:
        return self.waiting + self.due + self.overdue + self.excused

    @property
    def first_dose(self) -> int:
        """People with a counted dose (rules 5)."""
        return self.completed + self.incomplete

    @property
    def full(self) -> int:
        return self.completed

    @property
    def dropout_lost(self) -> int:
        """Who is overdue is past the due-by date of dose 2 as well: no later dose is due before it."""
        return self.overdue

    def __iadd__(self, other: Counts) -> Counts:
        for name in COUNT_NAMES:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        return self

    def __sub__(self, other: Counts) -> Counts:
        return Counts(*(getattr(self, name) - getattr(other, name) for name in COUNT_NAMES))


COUNT_NAMES = tuple(item.name for item in fields(Counts))


@dataclass(slots=True)
class Populations:
    """The same people counted twice: 全口径 and 常住口径."""

    all: Counts = field(default_factory=Counts)
    permanent: Counts = field(default_factory=Counts)

    def __iadd__(self, other: Populations) -> Populations:
        self.all += other.all
        self.permanent += other.permanent
        return self

    def __sub__(self, other: Populations) -> Populations:
        return Populations(self.all - other.all, self.permanent - other.permanent)


Table = dict[Any, Populations]


def by_place(campaign: Campaign, on: date, *, inside: str = "") -> Table:
    """Count everybody in scope at `on` by finest place code, in one query, inside the digits `inside`.

    Places without anybody are left out. A street's own code stands for its 待归类.
    """
    people = in_scope(Resident.objects.inside(inside) if inside else Resident.objects.all(), campaign, on)
    table: Table = defaultdict(Populations)
    for place, residency, counts in _grouped(people, campaign, on, "place_id"):
        add_counts(table[place], residency, counts, is_placed=not is_unplaced(place))
    return dict(table)


def by_place_with(campaign: Campaign, on: date, conditions: Mapping[str, Q]) -> tuple[Table, dict[str, dict[str, int]]]:
    """Count as `by_place`, and in the same pass the permanent residents of each place who meet each condition.

    Conditions are such as a queryset made by `ledgers.day.with_day` takes; places of nobody are left out.
    """
    people = in_scope(Resident.objects.all(), campaign, on)
    further = {name: Count("pk", filter=condition) for name, condition in conditions.items()}
    table: Table = defaultdict(Populations)
    met: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(conditions, 0))
    for row in _rows(people, campaign, on, ("place_id",), further):
        place, is_placed = row["place_id"], not is_unplaced(row["place_id"])
        add_counts(table[place], row["residency"], counts_of(row), is_placed=is_placed)
        if is_permanent(row["residency"], is_placed=is_placed):
            for name in conditions:
                met[place][name] += row[name]
    return dict(table), dict(met)


def by_age(campaign: Campaign, on: date, *prefixes: str) -> Table:
    """Count everybody in scope at `on` by age band key, in one query; all bands, in their order.

    With the prefixes of places their people alone.
    """
    bands = list(campaign.age_bands.order_by("from_age"))
    inside = within_any(prefixes) if prefixes else Q()
    people = in_scope(Resident.objects.filter(inside), campaign, on)
    flags = {f"reaches_{number}": reaches(band, on) for number, band in enumerate(bands)}
    table: Table = {band.key: Populations() for band in bands}
    for *reached, is_placed, residency, counts in _grouped(
        people.annotate(**flags, is_placed=_flag(placed())), campaign, on, *flags, "is_placed"
    ):
        # Bands are without gaps: of those a person is old enough for, the last one holds.
        add_counts(table[bands[sum(reached) - 1].key], residency, counts, is_placed=is_placed)
    return table


def by_unit(campaign: Campaign, on: date, total: Populations | None = None) -> Table:
    """Count members by unit id, people 非本辖区 included, and active people of no unit under None (rules 1).

    Who belongs to two units counts in both. `total`, everybody in scope, spares a query where it is known.
    """
    return unit_tables(campaign, on, total)[0]


def unit_tables(campaign: Campaign, on: date, total: Populations | None = None) -> tuple[Table, Table]:
    """Return what `by_unit` says, and the same of 职工 and 临聘 alone (the key groups of rules 6), in one pass."""
    members = _by_membership(campaign, on)
    table: Table = defaultdict(Populations)
    staff: Table = defaultdict(Populations)
    keys = ("membership__unit_id", "membership__kind", "is_placed")
    for unit, kind, is_placed, residency, counts in _grouped(members, campaign, on, *keys):
        add_counts(table[unit], residency, counts, is_placed=is_placed)
        if kind in STAFF_KINDS:
            add_counts(staff[unit], residency, counts, is_placed=is_placed)
    table[None] = (total or total_of(by_place(campaign, on))) - _of_any_unit(campaign, on)
    return dict(table), dict(staff)


def by_unit_of(campaign: Campaign, on: date, units: Collection[int]) -> Table:
    """Count the members of these units by unit id, as `by_unit` does; one query."""
    members = _by_membership(campaign, on, units)
    table: Table = defaultdict(Populations)
    for unit, is_placed, residency, counts in _grouped(members, campaign, on, "membership__unit_id", "is_placed"):
        add_counts(table[unit], residency, counts, is_placed=is_placed)
    return dict(table)


def _by_membership(campaign: Campaign, on: date, units: Collection[int] | None = None) -> QuerySet[Resident]:
    members = with_membership(in_scope(Resident.objects.all(), campaign, on, outside=True), units)
    return members.annotate(is_placed=_flag(placed()))


def with_membership(people: QuerySet[Resident], units: Collection[int] | None = None) -> QuerySet[Resident]:
    """Join open memberships (of these units), called `membership`: a row for each, none for people of no unit."""
    open_now = Q(memberships__left_on__isnull=True)
    people = people.annotate(membership=FilteredRelation("memberships", condition=open_now))
    # Narrows the outer join; in one filter with the unit, or Django would join a second time.
    own = Q() if units is None else Q(membership__unit__pk__among=set(units))
    return people.filter(own, membership__isnull=False)


def _of_any_unit(campaign: Campaign, on: date) -> Populations:
    """Active people of one unit or more, each once: few beside everybody, so cheaper than who is of none."""
    open_now = Membership.objects.filter(left_on__isnull=True)
    return _once(campaign, in_scope(Resident.objects.filter(pk__in=open_now.values("resident_id")), campaign, on), on)


def of_units(campaign: Campaign, on: date, units: Collection[int]) -> Populations:
    """Count the members of these units together, each once, people 非本辖区 included (rules 1); one query."""
    return _once(campaign, in_scope(members_of(units), campaign, on, outside=True), on)


def members_of(units: Collection[int]) -> QuerySet[Resident]:
    """Return whoever belongs to one of these units now, each once."""
    open_now = Membership.objects.filter(left_on__isnull=True, unit__pk__among=set(units))
    return Resident.objects.filter(pk__in=open_now.values("resident_id"))


def _once(campaign: Campaign, people: QuerySet[Resident], on: date) -> Populations:
    found = Populations()
    for is_placed, residency, counts in _grouped(people.annotate(is_placed=_flag(placed())), campaign, on, "is_placed"):
        add_counts(found, residency, counts, is_placed=is_placed)
    return found


def by_tag(campaign: Campaign, on: date) -> Table:
    """Count people in scope at `on` by the name of their tags; tags overlap and do not add up."""
    people = in_scope(Resident.objects.all(), campaign, on).filter(tag_links__isnull=False)
    people = people.annotate(is_placed=_flag(placed()))
    table: Table = defaultdict(Populations)
    for tag, is_placed, residency, counts in _grouped(people, campaign, on, "tag_links__tag__name", "is_placed"):
        add_counts(table[tag], residency, counts, is_placed=is_placed)
    return dict(table)


def by_village(places: Table) -> Table:
    """Fold a table by finest place into villages; 待归类 stands under ""."""
    villages: Table = defaultdict(Populations)
    for code, row in places.items():
        villages["" if is_unplaced(code) else code[:12]] += row
    return dict(villages)


def is_unplaced(code: str) -> bool:
    """Tell whether a place code names no village: its people wait in 待归类."""
    return code[9:12] == "000"


def total_of(table: Table) -> Populations:
    """Add up the rows of a table whose rows do not overlap."""
    total = Populations()
    for row in table.values():
        total += row
    return total


def _grouped(people: QuerySet[Resident], campaign: Campaign, on: date, *keys: str) -> Iterable[tuple[Any, ...]]:
    """Group by the keys and 人口类型; yields the keys, the residency and the counts of the group."""
    for row in _rows(people, campaign, on, keys, {}):
        yield *(row[key] for key in keys), row["residency"], counts_of(row)


def _rows(
    people: QuerySet[Resident], campaign: Campaign, on: date, keys: Iterable[str], further: Mapping[str, Count]
) -> QuerySet:
    grouped = with_day(people, campaign, on).order_by().values(*keys, "residency")
    return grouped.annotate(**aggregates(on), **further)


def aggregates(on: date) -> dict[str, Count]:
    """The fewest counts from which all others follow."""
    return {
        "number": Count("*"),
        "dosed": Count("standing__id"),
        "completed": Count("standing__completed_on"),
        "excused": Count("standing__id", filter=of_sub_state("excused", on)),
        "waiting": Count("standing__id", filter=of_sub_state("waiting", on)),
        "overdue": Count("standing__id", filter=of_sub_state("overdue", on)),
        "exempt": Count("excuse__id", filter=of_ledger("exempt")),
        "in_base": Count("standing__id", filter=dropout_base(on)),
    }


def counts_of(row: dict[str, Any]) -> Counts:
    """Work all counts out from those of `aggregates`."""
    return Counts(
        in_scope=row["number"],
        completed=row["completed"],
        waiting=row["waiting"],
        due=row["dosed"] - row["completed"] - row["excused"] - row["waiting"] - row["overdue"],
        overdue=row["overdue"],
        excused=row["excused"],
        exempt=row["exempt"],
        unvaccinated=row["number"] - row["dosed"] - row["exempt"],
        dropout_base=row["in_base"],
    )


def add_counts(row: Populations, residency: str, counts: Counts, *, is_placed: bool) -> None:
    """Add the counts of people of one 人口类型 to the populations they belong to."""
    if residency == Residency.UNKNOWN:
        counts.unknown_residency = counts.in_scope
    row.all += counts
    if is_permanent(residency, is_placed=is_placed):
        row.permanent += counts


def reaches(band: AgeBand, on: date) -> ExpressionWrapper:
    """Expression: at `on` the person is old enough for the band."""
    return _flag(Q(birth_on__lte=born_by(band.from_age, on)))


def _flag(condition: Q) -> ExpressionWrapper:
    return ExpressionWrapper(condition, output_field=BooleanField())
