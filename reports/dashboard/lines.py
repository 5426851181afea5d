"""One place with its counts in both populations, what was said of its people, and what it all comes to."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from campaigns.models import Campaign
from ledgers.reasons import Said
from ledgers.summary import Counts
from reports.ahead import Ahead
from reports.figure_rows import Row
from reports.ledger_rows import coverage_of
from reports.rules import BaseDoubt, Coverage, doubt_of_base


@dataclass(frozen=True)
class Line:
    """A row of a table of figures: `all` is 全口径 (rules 4), `permanent` and `coverage` are 常住口径 (rules 5)."""

    key: str
    name: str
    all: Counts
    permanent: Counts
    coverage: Coverage
    said: Said = field(default_factory=Said)
    url: str = ""
    ahead: Ahead = field(default_factory=Ahead)
    # The stored row itself, where earlier days are read from it.
    row: Row = field(default_factory=Row)

    @cached_property
    def doubt(self) -> BaseDoubt:
        """Return why the census base should be looked at; "" where it need not (rules 5)."""
        return doubt_of_base(self.permanent.in_scope, self.permanent.first_dose, self.coverage.census_base)

    @property
    def registry_excess(self) -> int | None:
        """Return the registry's permanent residents minus the census base; null without a base."""
        base = self.coverage.census_base
        return None if base is None else self.permanent.in_scope - base

    @property
    def over_limit(self) -> bool:
        return not self.coverage.dropout_met


def line_of(
    key: str,
    name: str,
    row: Row,
    campaign: Campaign,
    *,
    base: int | None = None,
    goal: int | None = None,
    url: str = "",
) -> Line:
    """Work a row out; `goal` is the task number assigned to the place, null to take the share of its base."""
    counts = row.counts
    cover = coverage_of(campaign, counts.permanent, census_base=base, assigned_goal=goal)
    return Line(key, name, counts.all, counts.permanent, cover, row.said, url, row.ahead, row)
