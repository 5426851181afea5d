"""How the ledgers, coverage and dropout would move: computed in memory for the people a plan touches."""

from __future__ import annotations

from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass
from datetime import date
from typing import Any

from campaigns.targets import target_lines
from ledgers.rosters.marks import facts_of
from ledgers.rosters.people import DoseState, ExemptionState, Person
from ledgers.rosters.plan import Plan
from ledgers.rules import (
    excuse_periods,
    in_dropout_base,
    is_active,
    is_permanent,
    ledger_of,
    stand_on,
    sub_state_of,
)
from ledgers.summary import Counts, Populations, by_place, total_of
from registry.ages import age_on

LEDGER_COUNTS = (
    "in_scope", "completed", "incomplete", "waiting", "due", "overdue", "excused", "exempt", "unvaccinated",
)  # fmt: skip
PEOPLE_COUNTS = ("first_dose", "full", "dropout_base", "dropout_lost")


def effects(plan: Plan) -> dict[str, Any]:
    """Return the whole registry's figures of today before and after the plan: {"as_of", "before", "after"}.

    Ledger counts are 全口径, coverage and dropout 常住口径 (rules 4, 5). One grouped query and the targets.
    """
    on = plan.today
    before = total_of(by_place(plan.campaign, on))
    after = Populations(copy(before.all), copy(before.permanent))
    for person in plan.known.people:
        if person.rows:
            _move(after, _side(plan, person, on, before=True), -1)
            _move(after, _side(plan, person, on, before=False), 1)
    _, whole = target_lines(plan.campaign)
    figures = {"census_base": whole.census_base, "goal": whole.goal}
    return {"as_of": on.isoformat(), "before": _row(before, figures), "after": _row(after, figures)}


@dataclass(frozen=True, slots=True)
class _Side:
    """Where a person stands on one side of the import: the sub-state inside `incomplete`, else the ledger."""

    place: str
    in_dropout_base: bool
    is_permanent: bool
    unknown: bool


def _move(populations: Populations, side: _Side | None, number: int) -> None:
    if side is None:
        return
    for counts in (populations.all, populations.permanent) if side.is_permanent else (populations.all,):
        counts.in_scope += number
        setattr(counts, side.place, getattr(counts, side.place) + number)
        counts.dropout_base += number if side.in_dropout_base else 0
        counts.unknown_residency += number if side.unknown else 0


def _side(plan: Plan, person: Person, on: date, *, before: bool) -> _Side | None:
    if before and person.is_new:
        return None
    value = _old_value if before else getattr
    active = is_active(value(person, "status"), value(person, "status_on"), on)
    if not active or age_on(person.birth_on, on) < plan.campaign.min_age:
        return None
    place = value(person, "place_id")
    if not place.startswith(plan.campaign.place.prefix):
        return None
    doses = [dose for dose in person.doses if dose.campaign == plan.campaign.pk and _counts(dose, before=before)]
    facts = facts_of(plan, person, sorted(doses, key=lambda dose: dose.given_on))
    stand = stand_on(plan.vaccines(plan.campaign.pk).timeline(facts), on)
    excused = _is_excused(person.exemptions, on, before=before)
    residency = value(person, "residency")
    permanent = is_permanent(residency, is_placed=place[9:12] != "000")
    return _Side(
        sub_state_of(stand, on, excused=excused) or ledger_of(stand, excused=excused),
        in_dropout_base(stand, on, excused=excused),
        permanent,
        permanent and residency == "unknown",
    )


def _old_value(person: Person, field: str) -> Any:
    return (person.changes or {}).get(field, getattr(person, field))


def _counts(dose: DoseState, *, before: bool) -> bool:
    return (dose.was if before else dose.state) == "live"


def _is_excused(exemptions: Iterable[ExemptionState], on: date, *, before: bool) -> bool:
    periods = []
    for one in exemptions:
        old = one.old if before else {}
        if not (before and one.id is None) and old.get("state", one.state) == "approved":
            periods.append((one.start_on, old.get("end_on", one.end_on)))
    return any(since <= on and (until is None or on < until) for since, until in excuse_periods(periods))


def _row(populations: Populations, figures: dict[str, int | None]) -> dict[str, Any]:
    people: Counts = populations.permanent
    base, goal = figures["census_base"], figures["goal"]
    return {
        **{name: getattr(populations.all, name) for name in LEDGER_COUNTS},
        **{name: getattr(people, name) for name in PEOPLE_COUNTS},
        **figures,
        "first_rate": _rate(people.first_dose, base),
        "full_rate": _rate(people.full, base),
        "dropout_rate": _rate(people.dropout_lost, people.dropout_base),
        "first_gap": None if goal is None else max(0, goal - people.first_dose),
        "full_gap": None if goal is None else max(0, goal - people.full),
    }


def _rate(part: int, whole: int | None) -> float | None:
    return round(part / whole, 6) if whole else None
