"""Movements folded into rows: lines of a statement, parts of new doses, and the people behind a figure.

A table's rows are named by a function of a person's finest place (`RowOf`): villages, groups, one place and the
rest. Whoever goes from one row to another has moved; within a row only the ledger counts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from ledgers.day import LEDGERS
from ledgers.movements.between import Mover
from ledgers.movements.rules import CAUSES, MEASURES, NOWHERE, State, cause_at, has, split_of
from ledgers.summary import Table, is_unplaced

RowOf = Callable[[str], str]


@dataclass
class Line:
    """A ledger of a row between two days; `into` and `out` by (other ledger, cause)."""

    opening: int = 0
    into: Counter[tuple[str, str]] = field(default_factory=Counter)
    out: Counter[tuple[str, str]] = field(default_factory=Counter)

    @property
    def closing(self) -> int:
        return self.opening + self.into.total() - self.out.total()


def village_row(place: str) -> str:
    """The row of a table by village: the village's code, "" for 待归类."""
    return "" if is_unplaced(place) else place[:12]


def group_row(place: str) -> str:
    """The row of a table by group: the finest place, a village's own code for people of no group."""
    return "" if is_unplaced(place) else place


# The rows of a table of one place.
INSIDE, ELSEWHERE = "inside", "elsewhere"


def row_inside(*prefixes: str) -> RowOf:
    """The one row of a place, or of several, and what lies in them; who goes to or comes from elsewhere has moved."""

    def row(place: str) -> str:
        if place.startswith(prefixes):
            return INSIDE
        return "" if is_unplaced(place) else ELSEWHERE

    return row


def one_row(place: str) -> str:
    """The one row of a table of people wherever they live: the members of a unit."""
    return INSIDE


Statement = dict[str, dict[str, Line]]


def statement(
    openings: Table, found: Iterable[Mover], row_of: RowOf = village_row, *, permanent: bool = False
) -> Statement:
    """Lay movements upon the opening counts: per row and ledger opening, in, out and closing.

    `openings` is what `counts_at` said of the opening, `found` what `movements` said; the closing is what
    `counts_at` says of the closing (tested).
    """
    rows: Statement = {}
    for place, counts in openings.items():
        for ledger in LEDGERS:
            own = counts.permanent if permanent else counts.all
            _line(rows, row_of(place), ledger).opening += getattr(own, ledger)
    for mover in found:
        step = step_of(mover, row_of, permanent=permanent)
        if step is None:
            continue
        if step.before:
            _line(rows, *step.before).out[step.after[1] if step.after else NOWHERE, step.cause] += mover.number
        if step.after:
            _line(rows, *step.after).into[step.before[1] if step.before else NOWHERE, step.cause] += mover.number
    return rows


def _line(rows: Statement, row: str, ledger: str) -> Line:
    lines = rows.setdefault(row, {name: Line() for name in LEDGERS})
    return lines[ledger]


class Step(NamedTuple):
    """A movement as one table sees it: (row, ledger) before and after, None where not counted, and why."""

    before: tuple[str, str] | None
    after: tuple[str, str] | None
    cause: str


def step_of(mover: Mover, row_of: RowOf, *, permanent: bool) -> Step | None:
    """Return the movement of a mover in a table; None where the table does not show one."""
    before, after = (_cell(state, row_of, permanent) for state in (mover.path.opening, mover.path.closing))
    if before == after:
        return None
    rows = [row_of(state.place) if state.place else "" for state in (mover.path.opening, mover.path.closing)]
    return Step(before, after, cause_at(mover.path, *rows, mover.cause, permanent=permanent))


def _cell(state: State, row_of: RowOf, permanent: bool) -> tuple[str, str] | None:
    if state.ledger == NOWHERE or (permanent and not state.is_permanent):
        return None
    return row_of(state.place), state.ledger


Splits = dict[str, dict[str, Counter[str]]]


def dose_splits(found: Iterable[Mover], row_of: RowOf = village_row, *, permanent: bool = False) -> Splits:
    """Split the differences of first, second, third dose and full per row: row → measure → part → people.

    Parts are rules' SPLITS: `given` in the period, `late` 补录以前, `corrected` 更正 (either sign), and `people` who
    came into the row or left it. Their sum is the closing's count less the opening's (tested).
    """
    rows: Splits = {}
    for mover in found:
        for measure in MEASURES:
            for row, part, number in _parts(mover, measure, row_of, permanent=permanent):
                rows.setdefault(row, {name: Counter() for name in MEASURES})[measure][part] += number
    return rows


def _parts(mover: Mover, measure: str, row_of: RowOf, *, permanent: bool) -> Iterator[tuple[str, str, int]]:
    """Yield what a mover adds to or takes from a measure: (row, part, people)."""
    ends = (mover.path.opening, mover.path.closing)
    rows = [cell and cell[0] for cell in (_cell(state, row_of, permanent) for state in ends)]
    before, after = (row is not None and has(state, measure) for row, state in zip(rows, ends, strict=True))
    same_row = rows[0] == rows[1]
    if before and after and same_row:
        return
    part = split_of(mover.path, measure, same_row=same_row)
    if before:
        yield rows[0], part, -mover.number
    if after:
        yield rows[1], part, mover.number


# The people behind a figure.


class Counted(NamedTuple):
    """People whom a figure counts in (`number` above 0) or out, the row they are counted in, and why."""

    mover: Mover
    number: int
    row: str
    cause: str
    # Of a measure of doses: which part of its difference they are.
    part: str = ""


@dataclass(frozen=True)
class LedgerCell:
    """A figure of a statement: its row (None: all), the side (`into`, `out`, "" for both) and a cause ("" for all)."""

    row: str | None
    ledger: str
    side: str = ""
    cause: str = ""

    def counted(self, mover: Mover, row_of: RowOf, *, permanent: bool) -> Iterator[Counted]:
        step = step_of(mover, row_of, permanent=permanent)
        if step is None or self.cause not in ("", step.cause):
            return
        for side, sign, end in (("out", -1, step.before), ("into", 1, step.after)):
            if self.side in ("", side) and end and end[1] == self.ledger and self.row in (None, end[0]):
                yield Counted(mover, sign * mover.number, end[0], step.cause)


@dataclass(frozen=True)
class DoseCell:
    """A figure of doses: its row (None: all), one of MEASURES, and a part of its difference ("" for all)."""

    row: str | None
    measure: str
    part: str = ""

    def counted(self, mover: Mover, row_of: RowOf, *, permanent: bool) -> Iterator[Counted]:
        for row, part, number in _parts(mover, self.measure, row_of, permanent=permanent):
            if self.part in ("", part) and self.row in (None, row):
                step = step_of(mover, row_of, permanent=permanent)
                # Whose ledger stays the same had one dose more, or one less.
                cause = step.cause if step else mover.cause or "corrected"
                yield Counted(mover, number, row, cause, part)


Cell = LedgerCell | DoseCell


def behind(
    found: Iterable[Mover], cell: Cell, row_of: RowOf = village_row, *, permanent: bool = False
) -> Iterator[Counted]:
    """Yield whom a figure counts, in the order of `found`, which is what `movers` said."""
    for mover in found:
        yield from cell.counted(mover, row_of, permanent=permanent)


def in_order(causes: Counter[tuple[str, str]]) -> list[tuple[str, int]]:
    """Add up a side of a line by cause, in the order of a statement: (cause, people)."""
    sums: Counter[str] = Counter()
    for (_, cause), number in causes.items():
        sums[cause] += number
    return [(cause, sums[cause]) for cause in CAUSES if sums[cause]]
