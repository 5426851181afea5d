"""What is known of a household at a glance: one query for each kind of fact, however many households."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from campaigns.models import Campaign
from ledgers.day import in_scope, with_day
from ledgers.households.caretakers import caretaker_of
from ledgers.households.numbering import label_of
from ledgers.models import SurveyRound, Visit
from registry.models import Household, Resident, Status, User

# What there is to do with a member, and how a list says so.
TO_DO = (("overdue", "超期"), ("due", "到期可种"), ("unvaccinated", "一针没打"), ("check", "先核实疫苗"))


@dataclass
class Glance:
    """One household of a list."""

    household: Household
    caretaker: User | None = None
    # Names of the members on record, the head first.
    members: list[str] = field(default_factory=list)
    # How many still have something to do, by what it is: unvaccinated, due, overdue, check.
    to_do: Counter[str] = field(default_factory=Counter)
    in_scope: int = 0
    last: Visit | None = None
    # Calls of the running round that found nobody.
    in_vain: int = 0
    is_done: bool = False

    @property
    def label(self) -> str:
        return label_of(self.household)

    @property
    def head(self) -> str:
        return self.household.head or (self.members[0] if self.members else "")

    @property
    def to_do_words(self) -> str:
        """What is left in words; 先核实疫苗 is no invitation."""
        if not self.in_scope:
            return "没有要接种的人"
        words = [f"{self.to_do[name]} 人{said}" for name, said in TO_DO if self.to_do[name]]
        return "，".join(words) if words else "都不用办"

    @property
    def has_to_do(self) -> bool:
        return any(self.to_do.values())

    @property
    def tone(self) -> str:
        return "over" if self.to_do["overdue"] else "attention" if self.has_to_do else "done"

    @property
    def is_apart(self) -> bool:
        return self.household.state in Household.APART

    @property
    def is_unconfirmed(self) -> bool:
        return self.is_apart and self.household.confirmed_entry_id is None

    @property
    def is_left(self) -> bool:
        """Whether the round still has to come by."""
        return not self.is_done and not self.is_apart

    @property
    def chip(self) -> tuple[str, str]:
        """State and words of the household's chip in the running round."""
        if self.is_done and self.last:
            return "done", self.last.get_outcome_display()
        if self.is_apart:
            return ("attention", "待确认") if self.is_unconfirmed else ("done", "已确认")
        if self.last is None:
            return "neutral", "从未入户"
        if self.in_vain:
            return "attention", f"家中无人 {self.in_vain} 次"
        if self.last.outcome == Visit.Outcome.REFUSED:
            return "attention", "不配合"
        return "neutral", "这轮没去"


def glances(households: Sequence[Household], campaign: Campaign, current: SurveyRound | None, on: date) -> list[Glance]:
    """Return what a list shows of these households, in their order; `place` must be at hand. Constant queries."""
    found = {one.pk: Glance(one) for one in households}
    if not found:
        return []
    keepers = caretaker_of(households)
    for pk, keeper in keepers.items():
        found[pk].caretaker = keeper
    _add_members(found)
    _add_to_do(found, campaign, on)
    _add_visits(found, campaign, current)
    return list(found.values())


def _add_members(found: dict[int, Glance]) -> None:
    people = Resident.objects.filter(household__pk__among=set(found), status=Status.ACTIVE)
    for household, name in people.order_by("pk").values_list("household_id", "name"):
        members = found[household].members
        members.insert(0, name) if name == found[household].household.head else members.append(name)


def _add_to_do(found: dict[int, Glance], campaign: Campaign, on: date) -> None:
    """Whoever is waiting, excused or done is nobody's backlog (screens)."""
    people = in_scope(Resident.objects.filter(household__pk__among=set(found)), campaign, on)
    columns = (
        "household_id", "standing__counted", "standing__completed_on", "standing__next_from", "standing__next_by",
        "standing__needs_product", "excuse__since",
    )  # fmt: skip
    for household, counted, completed, next_from, next_by, needs_product, excused in with_day(
        people, campaign, on
    ).values_list(*columns):
        glance = found[household]
        glance.in_scope += 1
        if completed or excused:
            continue
        if counted is None:
            glance.to_do["unvaccinated"] += 1
        elif next_from <= on:
            glance.to_do["check" if needs_product else "overdue" if next_by < on else "due"] += 1


def _add_visits(found: dict[int, Glance], campaign: Campaign, current: SurveyRound | None) -> None:
    visits = Visit.objects.filter(household__pk__among=set(found), campaign=campaign).order_by("at", "pk")
    for visit in visits:
        glance = found[visit.household_id]
        glance.last = visit
        if current and visit.round_id == current.pk:
            glance.is_done |= visit.outcome in Visit.DONE
            glance.in_vain += visit.outcome == Visit.Outcome.NOBODY
