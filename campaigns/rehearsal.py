"""What a change of the plan would move, asked of the floors that know people and figures before it is made.

Campaigns knows neither doses nor figures. A floor above registers a function that looks and writes nothing:

    @rehearsal(order=10)
    def moves(asked: Asked, progress: Progress) -> list[Section]: ...

and one that follows the change within its transaction:

    @follows
    def rebuild(asked: Asked, progress: Progress) -> None: ...
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from campaigns.models import Campaign
from campaigns.plan_files import Plan
from campaigns.plan_parts import platform_rules, product_rules
from registry.jobs import Progress

# What of a campaign its figures depend on.
_COUNTING = ("min_age", "goal_rate", "dropout_limit", "judged_by", "key_tags")


@dataclass(frozen=True)
class Asked:
    """A change of one part: the plan as it is and as it would be, on the day the question is asked."""

    campaign: Campaign
    before: Plan
    after: Plan
    part: str
    key: str
    on: date
    # What one floor has worked out and another asks for as well, by name.
    kept: dict[str, Any] = field(default_factory=dict, compare=False)

    @property
    def is_about_vaccines(self) -> bool:
        """Whether a dose may come to count otherwise."""
        rules = [(platform_rules(plan), product_rules(plan)) for plan in (self.before, self.after)]
        return rules[0] != rules[1]

    @property
    def is_about_figures(self) -> bool:
        """Whether a figure of coverage or of a phase may come out otherwise."""
        if self.is_about_vaccines or self.before.phases != self.after.phases or self.before.trades != self.after.trades:
            return True
        return any(getattr(self.before.campaign, name) != getattr(self.after.campaign, name) for name in _COUNTING)


@dataclass(frozen=True)
class Line:
    """A figure before and after; texts as they stand on the page, "" for what has no figure."""

    name: str
    before: str
    after: str


@dataclass
class Section:
    """One block of what a change does: a sentence with its figures, and the figures line by line."""

    title: str
    sentence: str
    lines: list[Line] = field(default_factory=list)
    # People who come to stand elsewhere; the sections of people alone count any.
    moved: int = 0


Rehearser = Callable[[Asked, Progress], list[Section]]
Follower = Callable[[Asked, Progress], None]
# Tells how many records of doses a change has to look at, so that the page knows whether to wait for it.
Weigher = Callable[[Asked], int]

_rehearsers: list[tuple[int, Rehearser]] = []
_followers: list[Follower] = []
_weighers: list[Weigher] = []


def rehearsal(*, order: int) -> Callable[[Rehearser], Rehearser]:
    """Register what tells a part of a change's effect."""

    def register(function: Rehearser) -> Rehearser:
        _rehearsers.append((order, function))
        return function

    return register


def follows(function: Follower) -> Follower:
    """Register what has to follow a change, in its transaction, before figures are marked stale."""
    _followers.append(function)
    return function


def weighs(function: Weigher) -> Weigher:
    _weighers.append(function)
    return function


def weight(asked: Asked) -> int:
    return sum(function(asked) for function in _weighers)


def rehearse(asked: Asked, progress: Progress) -> dict[str, Any]:
    """Ask every floor and return its answers as JSON: {"on", "moved", "sections": [...]}. Writes nothing."""
    found = [
        section
        for _, function in sorted(_rehearsers, key=lambda pair: pair[0])
        for section in function(asked, progress)
    ]
    return {
        "on": asked.on.isoformat(),
        "moved": sum(section.moved for section in found),
        "sections": [asdict(section) for section in found],
    }


def follow(asked: Asked, progress: Progress) -> None:
    """Have every floor follow a change that has just been written, in the same transaction."""
    for function in _followers:
        function(asked, progress)
