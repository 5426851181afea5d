"""Whom a change of the vaccine table or of the lowest age moves (rules 2, 4): worked out in memory, nothing written.

For the people whose doses the change touches both timelines are decided by the pure rule, the table as
it is and as it would be; the day's exemptions and scope come from the one query of the ledgers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby, islice
from operator import itemgetter
from typing import Any

from django.db.models import Q, QuerySet

from campaigns.models import Campaign, Product
from campaigns.plan_parts import platform_rules, product_rules
from campaigns.rehearsal import Asked
from ledgers.day import in_scope, permanent, with_day
from ledgers.models import Dose
from ledgers.rules import Stand, in_dropout_base, ledger_of, stand_on, sub_state_of
from ledgers.standings import BLOCK
from ledgers.summary import Populations, by_place, total_of
from ledgers.vaccines import Vaccines
from registry.jobs import Progress
from registry.models import Resident

# A ledger, with the group inside `incomplete`; OUT is no ledger at all.
Where = str
OUT = "out_of_scope"
# A person's timeline by the vaccine table as it is, and as it would be.
Both = tuple[tuple[Stand, ...], tuple[Stand, ...]]


@dataclass
class Moves:
    """How many people come to stand elsewhere, by (from, to), in both populations; and changes within a ledger."""

    all: Counter[tuple[Where, Where]] = field(default_factory=Counter)
    permanent: Counter[tuple[Where, Where]] = field(default_factory=Counter)
    # Permanent residents that the dropout's base gains or loses.
    in_base: int = 0
    # Still incomplete in the same group, with other days for the next dose; and those first counted otherwise.
    other_days: int = 0

    @property
    def moved(self) -> int:
        return sum(self.all.values())


def moves_of(asked: Asked, progress: Progress) -> Moves:
    """Return whom the change moves on the day asked. Reads in blocks, and once, however many floors ask."""
    if "moves" not in asked.kept:
        asked.kept["moves"] = _moves(asked, progress)
    return asked.kept["moves"]


def _moves(asked: Asked, progress: Progress) -> Moves:
    if asked.is_about_vaccines:
        return _of_vaccines(asked, progress)
    if asked.before.campaign.min_age != asked.after.campaign.min_age:
        return _of_age(asked)
    return Moves()


def touched_by(asked: Asked) -> QuerySet[Dose]:
    """The live doses that the change may count otherwise: of the vaccines that change, and those that may be any."""
    changed = changed_products(asked)
    condition = Q(product__in=changed)
    if platform_rules(asked.before) != platform_rules(asked.after):
        # A dose without a known product may belong to any series, also to one that comes or goes.
        condition |= Q(product__isnull=True)
    return Dose.objects.filter(condition, campaign=asked.campaign, state=Dose.State.LIVE)


def touched_people(asked: Asked) -> QuerySet[Dose]:
    """The keys of those people, ascending, each once."""
    return touched_by(asked).order_by("resident_id").values_list("resident_id", flat=True).distinct()


def changed_products(asked: Asked) -> list[int]:
    """Return the keys of the products whose rules differ between the two plans."""
    before, after = product_rules(asked.before), product_rules(asked.after)
    keys = [key for key in before | after if before.get(key) != after.get(key)]
    found = Product.objects.filter(platform__campaign=asked.campaign, key__in=keys)
    return list(found.values_list("pk", flat=True))


def _of_vaccines(asked: Asked, progress: Progress) -> Moves:
    found = Moves()
    for block in timelines(asked, progress, "计算影响"):
        people = _people(asked.campaign, asked.on, list(block))
        for resident, both in block.items():
            if resident in people:
                _compare(found, both, people[resident], asked.on)
    return found


def timelines(asked: Asked, progress: Progress, step: str) -> Iterator[dict[int, Both]]:
    """Yield a block of the touched people at a time: how each stands by the table as it is, and as it would be."""
    old, new = Vaccines(asked.campaign), Vaccines(asked.campaign, asked.after.platforms)
    done, total = 0, touched_by(asked).count()
    ids = touched_people(asked).iterator(chunk_size=BLOCK)
    while block := list(islice(ids, BLOCK)):
        yield {
            resident: tuple(vaccines.timeline([vaccines.fact(*fact) for fact in facts]) for vaccines in (old, new))
            for resident, facts in _facts(asked.campaign, block)
        }
        done += len(block)
        progress(min(done, total), total, step)


def _people(campaign: Campaign, on: date, ids: list[int]) -> dict[int, tuple[bool, bool]]:
    """Of the people in scope that day: whether the census counts them, and whether an exemption is in force."""
    people = with_day(in_scope(Resident.objects.filter(pk__among=ids), campaign, on), campaign, on)
    census = set(people.filter(permanent()).order_by().values_list("pk", flat=True))
    rows = people.order_by().values_list("pk", "excuse__resident")
    return {pk: (pk in census, excuse is not None) for pk, excuse in rows}


def _facts(campaign: Campaign, ids: list[int]) -> Iterator[tuple[int, list[tuple[Any, ...]]]]:
    doses = (
        Dose.objects.filter(campaign=campaign, resident__pk__among=ids, state=Dose.State.LIVE)
        .order_by("resident_id", "given_on")
        .values_list("resident_id", "given_on", "product_id", "stated_number", "source", "resident__birth_on")
    )
    for resident, group in groupby(doses.iterator(BLOCK), key=itemgetter(0)):
        yield resident, [dose[1:] for dose in group]


def _compare(found: Moves, both: Both, person: tuple[bool, bool], on: date) -> None:
    """Decide one person's ledger twice and count the difference."""
    counts, excused = person
    before, after = (stand_on(stands, on) for stands in both)
    move = (_where(before, on, excused=excused), _where(after, on, excused=excused))
    if move[0] != move[1]:
        found.all[move] += 1
        found.permanent[move] += counts
    elif before and after and (before.next_from, before.next_by) != (after.next_from, after.next_by):
        found.other_days += 1
    if counts:
        found.in_base += in_dropout_base(after, on, excused=excused) - in_dropout_base(before, on, excused=excused)


def _where(stand: Stand | None, on: date, *, excused: bool) -> Where:
    return sub_state_of(stand, on, excused=excused) or ledger_of(stand, excused=excused)


def _of_age(asked: Asked) -> Moves:
    """Who comes into scope or leaves it: two counts of the day, one with the other age."""
    other = copy(asked.campaign)
    other.min_age = asked.after.campaign.min_age
    gained = total_of(by_place(other, asked.on)) - total_of(by_place(asked.campaign, asked.on))
    return _from_counts(gained)


# The groups that people in scope fall into, by the names of `Counts`.
PLACES = ("completed", "waiting", "due", "overdue", "excused", "exempt", "unvaccinated")


def _from_counts(gained: Populations) -> Moves:
    found = Moves(in_base=gained.permanent.dropout_base)
    for counter, counts in ((found.all, gained.all), (found.permanent, gained.permanent)):
        for name in PLACES:
            number = getattr(counts, name)
            if number:
                counter[(OUT, name) if number > 0 else (name, OUT)] = abs(number)
    return found
