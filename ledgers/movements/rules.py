"""Why somebody moved from one ledger to another: pure functions over plain values (rules 4, Movements).

A movement has two ends: how a person stood at the opening, as it was known then, and at the closing, as it
is known now. Between them lies a third: the opening day as it is known now. What differs between the first
two is learnt later (补录, 更正), what differs between the last two happened in the period.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from ledgers.rules import Ledger

# In no ledger: too young, gone, or not on record.
NOWHERE = ""


class State(NamedTuple):
    """How a person stands on a day: `place` the finest code, "" for who is not on record at all.

    `status` is that of the record; `counted` doses count also for who has left the ledgers.
    """

    place: str = ""
    ledger: Ledger | str = NOWHERE
    is_permanent: bool = False
    counted: int = 0
    status: str = ""
    birth: str = ""

    @property
    def is_on_record(self) -> bool:
        return bool(self.place)


ABSENT = State()


class Path(NamedTuple):
    """One person's way: `opening` as known then, `learnt` the same day as known now, `closing` now.

    `was_corrected`: a dose that counted at the opening has been corrected, superseded or removed since.
    `was_merged`: the record has gone into another one.
    """

    opening: State
    learnt: State
    closing: State
    was_corrected: bool = False
    was_merged: bool = False


# The words of each cause, in the order in which a statement names them.
CAUSES = {
    "given": "本期接种",
    "late": "补录以前接种",
    "corrected": "更正接种记录",
    "excused": "禁忌缓种生效",
    "excuse_learnt": "补核准禁忌缓种",
    "excuse_ended": "缓种到期",
    "excuse_withdrawn": "撤回禁忌缓种",
    "birthday": "到了最低年龄",
    "birth_corrected": "更正出生日期",
    "registered": "新登记",
    "returned": "恢复在册",
    "placed": "待归类认领",
    "joined": "新进单位",
    "left": "离开单位",
    "moved": "改了村组",
    "residency": "改了人口类型",
    "deceased": "去世",
    "moved_out": "迁出",
    "outside": "转为非本辖区",
    "merged": "合并重复记录",
    "withdrawn": "撤销登记",
}

Predicate = Callable[[Path], bool]


def cause_of(path: Path) -> str:
    """Name why the ledger of a person changed between opening and closing: the first line that holds.

    Asked of people whose ledger, or whose number of counted doses, differs between both ends.
    """
    return next(cause for cause, holds in LADDER if holds(path))


def _is_gone(path: Path) -> bool:
    return path.opening.is_on_record and not path.closing.is_on_record


def _leaves_as(status: str) -> Predicate:
    def holds(path: Path) -> bool:
        return path.closing.ledger == NOWHERE and path.closing.status == status

    return holds


def _enters(path: Path) -> bool:
    return path.opening.ledger == NOWHERE and path.closing.ledger != NOWHERE


def _is_learnt(path: Path) -> bool:
    """The closing ledger was reached already on the opening day, only nobody knew."""
    return path.opening.ledger != path.learnt.ledger and path.learnt.ledger == path.closing.ledger


def _birth_differs(path: Path) -> bool:
    return path.opening.birth != path.closing.birth


def _place_differs(path: Path) -> bool:
    return path.opening.place != path.closing.place


def _between(before: str, after: str) -> Predicate:
    def holds(path: Path) -> bool:
        return path.opening.ledger == before and path.closing.ledger == after

    return holds


def _and(*predicates: Predicate) -> Predicate:
    return lambda path: all(holds(path) for holds in predicates)


def _backwards(path: Path) -> bool:
    return path.closing.counted < path.opening.counted or (
        path.opening.ledger == "completed" and path.closing.ledger == "incomplete"
    )


def _late_alone(path: Path) -> bool:
    """Nothing was given in the period: the opening day, as known now, says what the closing says."""
    return (path.learnt.counted, path.learnt.ledger == "completed") == (
        path.closing.counted,
        path.closing.ledger == "completed",
    )


LADDER: tuple[tuple[str, Predicate], ...] = (
    # Who left the record, or the ledgers.
    ("merged", _and(_is_gone, lambda path: path.was_merged)),
    ("withdrawn", _is_gone),
    ("deceased", _leaves_as("deceased")),
    ("moved_out", _leaves_as("moved_out")),
    ("outside", _leaves_as("outside")),
    ("birth_corrected", _and(lambda path: path.closing.ledger == NOWHERE, _birth_differs)),
    ("moved", lambda path: path.closing.ledger == NOWHERE),
    # Who came into them.
    ("registered", lambda path: not path.opening.is_on_record),
    ("birth_corrected", _and(_enters, _is_learnt, _birth_differs)),
    ("returned", _and(_enters, lambda path: path.opening.status != path.closing.status)),
    ("moved", _and(_enters, _is_learnt, _place_differs)),
    ("birthday", _enters),
    # Whose ledger follows from an exemption.
    ("excuse_learnt", _and(_between("unvaccinated", "exempt"), _is_learnt)),
    ("excused", _between("unvaccinated", "exempt")),
    ("excuse_withdrawn", _and(_between("exempt", "unvaccinated"), _is_learnt)),
    ("excuse_ended", _between("exempt", "unvaccinated")),
    # Whose ledger follows from doses.
    ("corrected", _backwards),
    ("corrected", _and(_late_alone, lambda path: path.was_corrected)),
    ("late", _late_alone),
    ("given", lambda path: True),
)


def cause_at(path: Path, opening_row: str, closing_row: str, cause: str, *, permanent: bool) -> str:
    """Name why somebody left or joined a row of a table: a place other than before comes first.

    `opening_row` and `closing_row` are the rows of both ends; `cause` is what `cause_of` said. `permanent`:
    the table counts permanent residents, whom a changed 人口类型 brings or takes.
    """
    if NOWHERE in (path.opening.ledger, path.closing.ledger):
        return cause
    if opening_row != closing_row:
        return "placed" if opening_row == "" else "moved"
    if permanent and path.opening.is_permanent != path.closing.is_permanent:
        # 类型未定 becomes permanent by being placed in a village (rules 1).
        was_placed = path.opening.place[9:12] == "000" != path.closing.place[9:12]
        return "placed" if was_placed else "residency"
    return cause


# The measures that a table of doses counts: people in scope with so many counted doses, or completed.
MEASURES = ("first", "second", "third", "full")
SPLITS = ("given", "late", "corrected", "people")


def has(state: State, measure: str) -> bool:
    """Tell whether somebody in the ledgers counts in a measure; `first` and `full` are those of rules 5."""
    if state.ledger == NOWHERE:
        return False
    if measure == "full":
        return state.ledger == "completed"
    if measure == "first":
        return state.ledger in ("completed", "incomplete")
    return state.counted >= (2 if measure == "second" else 3)


def split_of(path: Path, measure: str, *, same_row: bool) -> str:
    """Name the part of a measure's difference that a person belongs to, for whom `has` differs between both ends.

    `given` in the period; `late`: given before, learnt of now; `corrected`: a record was put right; `people`:
    somebody came into the row or left it (`same_row` False), with doses and all.
    """
    if not same_row or NOWHERE in (path.opening.ledger, path.closing.ledger):
        return "people"
    if not has(path.closing, measure):
        return "corrected"
    if path.learnt.ledger == NOWHERE or not has(path.learnt, measure):
        return "given"
    return "corrected" if path.was_corrected else "late"
