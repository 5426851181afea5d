"""What a correction changed: the figures of the village table that differ between two reports of a day."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from reports.briefing.small import given
from reports.briefing.table import Line, Report
from reports.rates import percent

Value = int | Fraction | str | None


@dataclass(frozen=True)
class Changed:
    place: str
    what: str
    old: str
    new: str
    # New minus old where both are counts.
    difference: int | None = None


def _told(name: str) -> Callable[[Line, int], Value]:
    """A figure as the table tells it: what it does not give, its correction does not either."""
    return lambda line, least: given(line, name, least)


# In the order of the table. New persons follow from the totals, so they are not named again.
FIELDS: tuple[tuple[str, Callable[[Line, int], Value]], ...] = (
    ("普查人数", lambda line, _: line.coverage.census_base),
    ("目标任务数", lambda line, _: line.coverage.goal),
    ("第一针人数", lambda line, _: line.coverage.first_dose),
    ("第一针接种率", lambda line, _: line.coverage.first_rate),
    ("全程人数", lambda line, _: line.coverage.full),
    ("全程接种率", lambda line, _: line.coverage.full_rate),
    ("间隔未到", _told("waiting")),
    ("到期可种", lambda line, _: line.permanent.due),
    ("超期未种", lambda line, _: line.permanent.overdue),
    ("脱失率", lambda line, _: line.coverage.dropout_rate),
    ("应种未种", _told("unvaccinated")),
    ("禁忌缓种", _told("exempt")),
)


def changes_between(old: Report, new: Report) -> list[Changed]:
    """Return each figure that differs, village by village, the total last."""
    before = {line.key: line for line in (*old.lines, old.total)}
    least = new.campaign["small_cell"]
    found = []
    for line in (*new.lines, new.total):
        was = before.get(line.key)
        for name, read in FIELDS:
            then, now = was and read(was, least), read(line, least)
            if then != now:
                found.append(_changed(line.name, name, then, now))
    return found


def _changed(place: str, what: str, old: Value, new: Value) -> Changed:
    both = isinstance(old, int) and isinstance(new, int)
    return Changed(place, what, _words(old), _words(new), new - old if both else None)


def _words(value: Value) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, int):
        return f"{value:,}"
    return percent(value)
