"""One place with its counts in both populations, what was said of its people, and what it all comes to."""

from __future__ import annotations

from dataclasses import dataclass, field

from campaigns.models import Campaign
from ledgers.reasons import Said
from ledgers.summary import Counts
from reports.figures import Row
from reports.ledger_rows import coverage_of
from reports.rules import Coverage


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
    return Line(key, name, counts.all, counts.permanent, cover, row.said, url)
