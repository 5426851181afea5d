"""What the files of a report do not give of few exempt people, and what stands there instead (`reports.small_cells`).

Who receives the file knows each sum: people without a dose are 应种未种 and 禁忌缓种, people with an open series
are those who wait and those who are excused among others. So a neighbour is given as the sum that it cannot pass.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from ledgers.summary import Counts
from reports.small_cells import RULES, Rules, not_given

if TYPE_CHECKING:
    from reports.briefing.table import Ages, Line, UnitLine

    Row = TypeVar("Row", Line, Ages, UnitLine)

# A figure that is large enough, but would give a small one away.
WITHHELD = "＊"
# The kinds of exemption add up to the exempt, of whom each kind tells the other.
_LINE_RULES: Rules = (
    ("exempt", ("unvaccinated", "contraindicated", "deferred")),
    ("contraindicated", ("deferred",)),
    ("deferred", ("contraindicated",)),
    RULES[1],
)
# By neighbour: what is small beside it.
_SMALL = {"unvaccinated": "exempt", "waiting": "excused"}


def withheld(rows: Sequence[Row], total: Row | None, least: int, rules: Rules = RULES) -> tuple[list[Row], Row | None]:
    """Mark what the rows and their total do not give; rows without a total do not add up to anything."""
    found, whole = not_given(
        [row.health for row in rows],
        total.health if total else None,
        add_up=total is not None,
        least=least,
        rules=rules,
    )
    marked = [replace(row, withheld=frozenset(names)) for row, names in zip(rows, found, strict=True)]
    return marked, replace(total, withheld=frozenset(whole)) if total else None


def withheld_of_lines(rows: Sequence[Line], total: Line, least: int) -> tuple[list[Line], Line]:
    return withheld(rows, total, least, _LINE_RULES)


def withheld_of_sum(parts: Iterable[Row]) -> frozenset[str]:
    """Return what a sum of some of the rows does not give: whatever one of them does not."""
    return frozenset().union(*(part.withheld for part in parts))


def health_of(counts: Counts) -> dict[str, int]:
    """The figures that the rule reads."""
    return {name: getattr(counts, name) for name in ("exempt", "unvaccinated", "excused", "waiting")}


def given(row: Row, name: str, least: int) -> int | str:
    """Return a figure as it is told to others: the count, 不足 `least`, at most so many, or not at all."""
    count = row.health[name]
    if name not in row.withheld:
        return count
    if name in _SMALL:
        return f"≤{count + row.health[_SMALL[name]]:,}"
    return f"<{least}" if count < least else WITHHELD
