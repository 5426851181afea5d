"""Small cells of health: who of few people is exempt could be told from the figure (domain 7).

A figure of fewer exempt people than the plan's `small_cell`, 5 unless staff change it, is not given. A ledger
row adds up, so its neighbour in the sum is not given either; and where the rows of a table add up to a total,
as many further rows give up theirs as it takes for what is missing to say nothing.
"""

from __future__ import annotations

from typing import Any

# The figure about health, and the one from which it could be worked out.
PAIRS = (("exempt", "unvaccinated"), ("excused", "waiting"))

Figures = dict[str, Any]


def hide_small(rows: list[Figures], total: Figures | None, *, add_up: bool, least: int) -> None:
    """Put None in the place of figures under `least` and of what gives them away, in the rows and their total.

    `add_up` says that the rows are parts of the total; those of tags overlap.
    """
    for small, mate in PAIRS:
        hidden = _hidden(rows, total, small, least, add_up=add_up)
        for row in hidden:
            row[small] = row[mate] = None
        if total is not None and 0 < total[small] < least:
            total[small] = total[mate] = None


def _hidden(rows: list[Figures], total: Figures | None, small: str, least: int, *, add_up: bool) -> list[Figures]:
    filled = sorted((row for row in rows if row[small]), key=lambda row: row[small])
    hidden = [row for row in filled if row[small] < least]
    if hidden and add_up and total is not None and total[small] >= least:
        # One row alone is the rest of the total; several that are small in sum tell nearly as much.
        others = (row for row in filled if row[small] >= least)
        while len(hidden) < 2 or sum(row[small] for row in hidden) < least:
            further = next(others, None)
            if further is None:
                break
            hidden.append(further)
    return hidden
