"""By what a task is split: census bases of villages, or people on the registry (plan 一(二), 一(三))."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from math import ceil

from campaigns.models import Campaign, TargetVersion
from campaigns.splitting.reading import held_shares
from campaigns.splitting.rules import SplitRefused
from campaigns.targets import target_lines
from registry.models import Department, Place, Unit
from reports.dashboard.top import done_of
from reports.figures import places_at, rows_at
from reports.models import Figure

Kind, Basis = TargetVersion.Kind, TargetVersion.Basis


@dataclass(frozen=True)
class Part:
    """A village or department with its weight, its present task number and how many are done."""

    of: Place | Department
    weight: int
    goal: int | None
    done: int

    @property
    def key(self) -> str:
        return str(self.of.pk)


@dataclass(frozen=True)
class Parts:
    rows: list[Part]
    # What there is to split unless staff say otherwise; null without a goal.
    usual_total: int | None


def parts_of(campaign: Campaign, on: date, kind: str, basis: str) -> Parts:
    """Return what a task is split to, with today's figures; a constant number of queries.

    Raises SplitRefused where the census has no number for a village.
    """
    if kind == Kind.DEPARTMENTS:
        return _departments(campaign, on)
    villages, whole = target_lines(campaign)
    missing = [line.place.name for line in villages if line.census_base is None]
    if basis == Basis.CENSUS and missing:
        raise SplitRefused(f"{'、'.join(missing)}没有普查常住人口，先补上，或者改按在册人数分。")
    rows = places_at(campaign, on, campaign.place.prefix, Place.Level.VILLAGE)
    parts = []
    for line in villages:
        people = rows[line.place.code].counts.permanent if line.place.code in rows else None
        registered = people.in_scope if people else 0
        weight = line.census_base if basis == Basis.CENSUS else registered
        parts.append(Part(line.place, weight or 0, line.goal, done_of(people, campaign.judged_by) if people else 0))
    return Parts(parts, whole.goal)


def _departments(campaign: Campaign, on: date) -> Parts:
    weights, done = department_counts(campaign, on)
    goals = {share.department_id: share.goal for share in held_shares(campaign)}
    found = Department.objects.filter(pk__in=weights).order_by("pk")
    parts = [Part(one, weights[one.pk], goals.get(one.pk), done[one.pk]) for one in found]
    return Parts(parts, ceil(campaign.goal_rate * sum(weights.values())) if parts else None)


def department_counts(campaign: Campaign, on: date) -> tuple[dict[int, int], dict[int, int]]:
    """Count the members of each department's units and those done, by its id; a unit without one by its trade's
    (谁主管谁负责).
    """
    figures = rows_at(campaign, on, Figure.By.UNIT)
    units = Unit.objects.inside(campaign.place.prefix).values_list("pk", "department_id", "trade__department_id")
    weights: dict[int, int] = defaultdict(int)
    done: dict[int, int] = defaultdict(int)
    for unit, own, of_trade in units:
        row, department = figures.get(str(unit)), own or of_trade
        if row and department:
            weights[department] += row.counts.all.in_scope
            done[department] += done_of(row.counts.all, campaign.judged_by)
    return weights, done
