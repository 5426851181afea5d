"""片区: the villages of the street in a few sets, each with its subtotal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from campaigns.targets import TargetLine
from reports.dashboard.board import Board
from reports.dashboard.matrix import Row
from reports.rules import base_of

Districts = Mapping[str, list[TargetLine]]


def districts_of(villages: Sequence[TargetLine]) -> dict[str, list[TargetLine]]:
    """Return the villages of each 片区, in the order of their codes; none where one holds them all."""
    found: dict[str, list[TargetLine]] = {}
    for line in villages:
        if line.place.district_group:
            found.setdefault(line.place.district_group, []).append(line)
    return found if any(len(part) < len(villages) for part in found.values()) else {}


def district_rows(board: Board, districts: Districts) -> list[Row]:
    """Make a subtotal of each; its goal is the share of the sum of bases, not the sum of goals (rules 5)."""
    return [
        board.row(
            board.line(name, name, base=base_of([line.census_base for line in part])),
            board.lists.inside(district=name),
        )
        for name, part in districts.items()
    ]
