"""What a correction changed: the figures of the village table that differ between two reports of a day."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from reports.briefing.table import Line, Report
from reports.rates import percent

Value = int | Fraction | None


@dataclass(frozen=True)
class Changed:
    place: str
    what: str
    old: str
    new: str
    # New minus old where both are counts.
    difference: int | None = None


# In the order of the table. New persons follow from the totals, so they are not named again.
FIELDS: tuple[tuple[str, Callable[[Line], Value]], ...] = (
    ("普查人数", lambda line: line.coverage.census_base),
    ("目标任务数", lambda line: line.coverage.goal),
    ("第一针人数", lambda line: line.coverage.first_dose),
    ("第一针接种率", lambda line: line.coverage.first_rate),
    ("全程人数", lambda line: line.coverage.full),
    ("全程接种率", lambda line: line.coverage.full_rate),
    ("间隔未到", lambda line: line.permanent.waiting),
    ("到期可种", lambda line: line.permanent.due),
    ("超期未种", lambda line: line.permanent.overdue),
    ("脱失率", lambda line: line.coverage.dropout_rate),
    ("应种未种", lambda line: line.permanent.unvaccinated),
    ("禁忌缓种", lambda line: line.permanent.exempt),
)


def changes_between(old: Report, new: Report) -> list[Changed]:
    """Return each figure that differs, village by village, the total last."""
    before = {line.key: line for line in (*old.lines, old.total)}
    found = []
    for line in (*new.lines, new.total):
        was = before.get(line.key)
        found += [_changed(line.name, name, was and read(was), read(line)) for name, read in FIELDS
                  if was is None or read(was) != read(line)]  # fmt: skip
    return found


def _changed(place: str, what: str, old: Value, new: Value) -> Changed:
    both = isinstance(old, int) and isinstance(new, int)
    return Changed(place, what, _words(old), _words(new), new - old if both else None)


def _words(value: Value) -> str:
    if isinstance(value, int):
        return f"{value:,}"
    return percent(value)
