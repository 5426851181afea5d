"""How people stood as it was known at a moment, for the few who have changed since (`registry.versions`).

Everybody else stands as the ledger of the day says (`ledgers.day`), so nothing is copied day by day. Here
the pure rules decide, over the rows that were known; a test compares both for everybody.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db.models import Q

from campaigns.models import Campaign
from ledgers.models import Dose, Excuse, Merge, PastExcuse, PastStanding, Standing
from ledgers.movements.rules import ABSENT, NOWHERE, State
from ledgers.rules import Stand, in_dropout_base, is_active, is_permanent, ledger_of, sub_state_of
from ledgers.summary import Counts, Populations, is_unplaced

# Registers the lookup `among`.
from registry import bulk as _bulk  # noqa: F401
from registry.ages import age_on
from registry.models import PastResident, Resident, Status
from registry.models.past import VERSIONED


class Point(NamedTuple):
    """A day, and the moment whose knowledge it is looked at with; `known_at` None: what is known now."""

    on: date
    known_at: datetime | None = None


class Version(NamedTuple):
    """A row as known from `known_at` until `ended_at` (exclusive, None = still)."""

    row: Any
    known_at: datetime
    ended_at: datetime | None

    def was_known(self, moment: datetime | None) -> bool:
        if moment is None:
            return self.ended_at is None
        return self.known_at <= moment and (self.ended_at is None or moment < self.ended_at)


class Record(NamedTuple):
    """What of a resident decides ledgers, in the order of VERSIONED."""

    place: str
    residency: str
    status: str
    status_on: date | None
    birth_on: date


def changed_since(campaign: Campaign, moment: datetime | None) -> set[int]:
    """Return the keys of everybody about whom something that decides ledgers became known after `moment`.

    Some of them may be gone by now. Six index scans; nobody for None.
    """
    if moment is None:
        return set()
    found: set[int] = set()
    for model in (Standing, Excuse):
        found.update(_keys(model.objects.filter(campaign=campaign, known_at__gt=moment), "resident_id"))
    for model in (PastStanding, PastExcuse):
        found.update(_keys(model.objects.filter(campaign_id=campaign.pk, ended_at__gt=moment), "resident_id"))
    found.update(_keys(Resident.objects.filter(known_at__gt=moment), "pk"))
    found.update(_keys(PastResident.objects.filter(ended_at__gt=moment), "resident_id"))
    return found


def _keys(rows: Any, name: str) -> Iterable[int]:
    return rows.order_by().values_list(name, flat=True).distinct()


@dataclass
class Knowledge:
    """All versions of some people's rows; asked for their state on any day, as known at any moment."""

    campaign: Campaign
    records: dict[int, list[Version]] = field(default_factory=lambda: defaultdict(list))
    stands: dict[int, list[Version]] = field(default_factory=lambda: defaultdict(list))
    excuses: dict[int, list[Version]] = field(default_factory=lambda: defaultdict(list))

    def state(self, resident: int, point: Point, *, outside: bool = False) -> State:
        """Return how a resident stands; ABSENT where the resident was not on record.

        With `outside` people 非本辖区 are in the ledgers, as in those of units.
        """
        record = self._record(resident, point.known_at)
        if record is None:
            return ABSENT
        stand, excused = self._covering(resident, point)
        in_ledgers = self._is_in_scope(record, point.on, outside=outside)
        return State(
            place=record.place,
            ledger=ledger_of(stand, excused=excused) if in_ledgers else NOWHERE,
            is_permanent=is_permanent(record.residency, is_placed=not is_unplaced(record.place)),
            counted=stand.counted if stand else 0,
            status=record.status,
            birth=record.birth_on.isoformat(),
        )

    def counts(self, resident: int, point: Point, *, outside: bool = False) -> tuple[str, Populations] | None:
        """Return a resident's place and what they add to its counts; None for who is in no ledger.

        With `outside` people 非本辖区 count too, as they do in the ledgers of units.
        """
        record = self._record(resident, point.known_at)
        if record is None or not self._is_in_scope(record, point.on, outside=outside):
            return None
        stand, excused = self._covering(resident, point)
        name = sub_state_of(stand, point.on, excused=excused) or ledger_of(stand, excused=excused)
        own = {
            name: 1,
            "in_scope": 1,
            "dropout_base": int(in_dropout_base(stand, point.on, excused=excused)),
            "unknown_residency": int(record.residency == "unknown"),
        }
        row = Populations(Counts(**own))
        if is_permanent(record.residency, is_placed=not is_unplaced(record.place)):
            row.permanent = Counts(**own)
        return record.place, row

    def _record(self, resident: int, moment: datetime | None) -> Record | None:
        """The version known at the moment: the earliest that ended after it, if the resident was there yet."""
        versions = self.records.get(resident, ())
        if moment is None:
            return versions[-1].row if versions and versions[-1].ended_at is None else None
        version = next((one for one in versions if one.ended_at is None or moment < one.ended_at), None)
        return version.row if version and version.known_at <= moment else None

    def _covering(self, resident: int, point: Point) -> tuple[Stand | None, bool]:
        stand = _covers(self.stands.get(resident, ()), point)
        return stand, _covers(self.excuses.get(resident, ()), point) is not None

    def _is_in_scope(self, record: Record, on: date, *, outside: bool = False) -> bool:
        campaign = self.campaign
        kept = outside and record.status == Status.OUTSIDE
        return (
            record.place.startswith(campaign.place.prefix)
            and (kept or is_active(record.status, record.status_on, on))
            and age_on(record.birth_on, on) >= campaign.min_age
        )


def _covers(versions: Collection[Version], point: Point) -> Any:
    for version in versions:
        row = version.row
        if row.since <= point.on and (row.until is None or point.on < row.until) and version.was_known(point.known_at):
            return row
    return None


class _Period(NamedTuple):
    since: date
    until: date | None


_STAND = ("since", "until", "counted", "needed", "first_on", "completed_on", "next_from", "next_by", "second_due_on")


def knowledge_of(campaign: Campaign, residents: Collection[int]) -> Knowledge:
    """Read all versions of these people's rows: six queries."""
    known = Knowledge(campaign)
    keys = set(residents)
    if not keys:
        return known
    past = PastResident.objects.filter(resident_id__among=keys).order_by("ended_at", "pk")
    for resident, *values, known_at, ended_at in past.values_list("resident_id", *VERSIONED, "known_at", "ended_at"):
        known.records[resident].append(Version(Record(*values), known_at, ended_at))
    now = Resident.objects.filter(pk__among=keys)
    for resident, *values, known_at in now.values_list("pk", *VERSIONED, "known_at"):
        known.records[resident].append(Version(Record(*values), known_at, None))
    _read(known.stands, campaign, keys, (Standing, PastStanding), _STAND, _stand)
    _read(known.excuses, campaign, keys, (Excuse, PastExcuse), ("since", "until"), _Period)
    return known


def _read(
    into: dict[int, list[Version]],
    campaign: Campaign,
    keys: set[int],
    models: tuple[Any, Any],
    columns: tuple[str, ...],
    make: Any,
) -> None:
    now, past = models
    rows = now.objects.filter(campaign=campaign, resident__pk__among=keys)
    for resident, known_at, *values in rows.values_list("resident_id", "known_at", *columns):
        into[resident].append(Version(make(*values), known_at, None))
    ended = past.objects.filter(campaign_id=campaign.pk, resident_id__among=keys)
    for resident, known_at, ended_at, *values in ended.values_list("resident_id", "known_at", "ended_at", *columns):
        into[resident].append(Version(make(*values), known_at, ended_at))


def _stand(*values: Any) -> Stand:
    since, until, counted, needed, first_on, completed_on, next_from, next_by, second_due_on = values
    return Stand(
        since, until, "", counted, needed, first_on, completed_on, next_from, next_by, second_due_on, (), False, ()
    )  # fmt: skip


# Versions of so many people are held in memory at a time.
BATCH = 10_000


@dataclass
class Late:
    """Who has changed since a moment. One of an earlier moment serves too.

    All versions of their rows are read a batch of people at a time, once for all questions where one batch holds them.
    """

    campaign: Campaign
    changed: set[int]
    _kept: Knowledge | None = None

    def batches(self) -> Iterator[tuple[list[int], Knowledge]]:
        """Yield people, by their keys in order, with what is and was known of them; six queries a batch."""
        keys = sorted(self.changed)
        if len(keys) > BATCH:
            for start in range(0, len(keys), BATCH):
                batch = keys[start : start + BATCH]
                yield batch, knowledge_of(self.campaign, batch)
        elif keys:
            self._kept = self._kept or knowledge_of(self.campaign, keys)
            yield keys, self._kept

    def with_more(self, residents: Collection[int]) -> Late:
        """Return the same with more people, of whom something else has changed."""
        more = self.changed.union(residents)
        return self if len(more) == len(self.changed) else Late(self.campaign, more)

    def among(self, residents: Collection[int]) -> Late:
        """Return the same of these people alone."""
        return Late(self.campaign, self.changed.intersection(residents), self._kept)


def late_since(campaign: Campaign, moment: datetime | None) -> Late:
    """Find out once who it is for all questions of a page."""
    return Late(campaign, changed_since(campaign, moment))


def corrected_between(campaign: Campaign, opening: Point, closing: Point, residents: Collection[int]) -> set[int]:
    """Return which residents had a dose on record at the opening that ended by the closing (corrected, removed …)."""
    if opening.known_at is None:
        return set()
    doses = Dose.objects.filter(campaign=campaign, resident__pk__among=set(residents))
    # What was recorded and ended after the opening was never known at it.
    ended = doses.filter(_between("ended_entry", opening, closing), entry__at__lte=opening.known_at)
    return set(ended.values_list("resident_id", flat=True))


def merged_between(opening: Point, closing: Point, residents: Collection[int]) -> set[int]:
    """Return which residents' records had gone into another one between the two moments."""
    if opening.known_at is None:
        return set()
    merges = Merge.objects.filter(_between("entry", opening, closing), removed__among=set(residents))
    undone = Q(undone_entry__isnull=False) & _between("undone_entry", opening, closing)
    return set(merges.exclude(undone).values_list("removed", flat=True))


def _between(entry: str, opening: Point, closing: Point) -> Q:
    condition = Q(**{f"{entry}__at__gt": opening.known_at})
    return condition & Q(**{f"{entry}__at__lte": closing.known_at}) if closing.known_at else condition
