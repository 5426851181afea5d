"""Phase items with their counts judged: what `phase_progress` and the pages show (rules 6)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from campaigns.models import Campaign, PhaseItem
from campaigns.targets import TargetLine, target_lines
from reports.phase_counts import ItemCounts, window_of
from reports.rates import json_pace, json_rate
from reports.rules import PhaseCounts, Progress, base_of, goal_of, is_dropout_met, progress


@dataclass(frozen=True)
class PhaseLine:
    """A phase item of one place at a day; `counts` say beside its progress who is later and who can be won.

    `then` is its progress on the day it is compared with; null where that is not kept, or with none.
    """

    item: PhaseItem
    counts: ItemCounts
    progress: Progress
    then: Progress | None = None

    def as_json(self) -> dict[str, Any]:
        """An item of `phase_progress` (interfaces.md)."""
        found = self.progress
        return {
            "key": self.item.key,
            "article": self.item.article,
            "start": self.item.start_on.isoformat(),
            "deadline": self.item.deadline_on.isoformat(),
            "cohort": found.cohort,
            "done": found.done,
            "remaining": found.remaining,
            "rate": json_rate(found.rate),
            "status": found.status,
            "required_pace": json_pace(found.required_pace),
            "pace": json_pace(found.pace),
            "forecast": found.forecast.isoformat() if found.forecast else None,
        }


def goals_of(campaign: Campaign) -> dict[str, int | None]:
    """The goals of the campaign's villages and, under its own code, of its place as a whole (rules 5)."""
    villages, whole = target_lines(campaign)
    return {line.place.code: line.goal for line in [*villages, whole]}


def goal_of_several(campaign: Campaign, lines: Iterable[TargetLine]) -> int | None:
    """The goal of some villages together: the share of the sum of their bases, not the sum of their goals (rules 5)."""
    return goal_of(base_of([line.census_base for line in lines]), None, campaign.goal_rate)


def judge(campaign: Campaign, item: PhaseItem, counts: ItemCounts, goal: int | None, on: date) -> PhaseLine:
    """Judge an item's counts at `e` for the day `on`; `goal` is the cohort of a coverage item."""
    is_coverage = item.measure == PhaseItem.Measure.COVERAGE
    judged = PhaseCounts(
        cohort=goal if is_coverage else counts.cohort,
        done=counts.done,
        baseline=counts.baseline,
        week_ago=counts.week_ago,
        open_week_ago=counts.open_week_ago,
        is_dropout_met=is_dropout_met(counts.dropout_lost, counts.dropout_base, campaign.dropout_limit),
    )
    return PhaseLine(item, counts, progress(window_of(item), judged, on))
