"""Small cells of health: who of few people is exempt could be told from the figure (domain 7).

A figure of 1 to 4 exempt people is not given. A ledger row adds up, so its neighbour in the sum is not given
either; and where the rows of a table add up to a total, as many further rows give up theirs as it takes for
what is missing to say nothing.
"""

from __future__ import annotations

from typing import Any

# Figures under this are small.
LEAST = 5
# The figure about health, and the one from which it could be worked out.
PAIRS = (("exempt", "unvaccinated"), ("excused", "waiting"))

Figures = dict[str, Any]


def hide_small(rows: list[Figures], total: Figures | None, *, add_up: bool) -> None:
    """Put None in the place of small figures and of what gives them away, in the rows and their total.

    `add_up` says that the rows are parts of the total; those of tags overlap.
    """
    for small, mate in PAIRS:
        hidden = _hidden(rows, total, small, add_up)
        for row in hidden:
            row[small] = row[mate] = None
        if total is not None and 0 < total[small] < LEAST:
            total[small] = total[mate] = None


def _hidden(rows: list[Figures], total: Figures | None, small: str, add_up: bool) -> list[Figures]:
    filled = sorted((row for row in rows if row[small]), key=lambda row: row[small])
    hidden = [row for row in filled if row[small] < LEAST]
    if hidden and add_up and total is not None and total[small] >= LEAST:
        # One row alone is the rest of the total; several that are small in sum tell nearly as much.
        others = (row for row in filled if row[small] >= LEAST)
        while len(hidden) < 2 or sum(row[small] for row in hidden) < LEAST:
            further = next(others, None)
            if further is None:
                break
            hidden.append(further)
    return hidden
