"""Small cells of health: who of few people is exempt could be told from the figure (domain 7).

A figure of fewer exempt people than the plan's `small_cell`, 5 unless staff change it, is not given to others. A
row adds up, so its neighbours in the sum are not given either; and where the rows of a table add up to a total,
as many further rows give up theirs as it takes for what is missing to say nothing. One rule for the figures that
programs read (`reports.api`) and for the files of the daily report (`reports.briefing`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

# A figure about health, and those from which it could be worked out.
Rules = Sequence[tuple[str, tuple[str, ...]]]
RULES: Rules = (("exempt", ("unvaccinated",)), ("excused", ("waiting",)))

Figures = dict[str, Any]
Names = set[str]


def not_given(
    rows: Sequence[Figures], total: Figures | None, *, add_up: bool, least: int, rules: Rules = RULES
) -> tuple[list[Names], Names]:
    """Return the names of the figures that are not given, of each row and of the total.

    `add_up` says that the rows are parts of the total; those of tags overlap.
    """
    of_rows: list[Names] = [set() for _ in rows]
    of_total: Names = set()
    for small, mates in rules:
        for index in _hidden(rows, total, small, least, add_up=add_up):
            of_rows[index] |= {small, *mates}
        if total is not None and 0 < total[small] < least:
            of_total |= {small, *mates}
    return of_rows, of_total


def hide_small(rows: list[Figures], total: Figures | None, *, add_up: bool, least: int) -> None:
    """Put None in the place of the figures that are not given, in the rows and their total."""
    of_rows, of_total = not_given(rows, total, add_up=add_up, least=least)
    for row, names in [*zip(rows, of_rows, strict=True), *([(total, of_total)] if total is not None else [])]:
        row.update(dict.fromkeys(names))


def _hidden(rows: Sequence[Figures], total: Figures | None, small: str, least: int, *, add_up: bool) -> list[int]:
    """Return the places of the rows that do not give `small`."""
    filled = sorted((index for index, row in enumerate(rows) if row[small]), key=lambda index: rows[index][small])
    hidden = [index for index in filled if rows[index][small] < least]
    if hidden and add_up and total is not None and total[small] >= least:
        # One row alone is the rest of the total; several that are small in sum tell nearly as much.
        others = (index for index in filled if rows[index][small] >= least)
        while len(hidden) < 2 or sum(rows[index][small] for index in hidden) < least:
            further = next(others, None)
            if further is None:
                break
            hidden.append(further)
    return hidden
