"""Why the unvaccinated are unvaccinated: permanent residents without a first dose, by reason (rules 3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from ledgers.rules import LOST_REASONS, REASONS
from reports.dashboard.lines import Line
from reports.dashboard.links import Lists
from reports.dashboard.top import Slice, slices, state_slices, with_moves
from reports.lists.asked import DEFERRED, LASTING, NO_REASON, PAUSED, PERMANENT, WINNABLE

# The parts of 可动员 in the order in which they can be acted on; 禁忌待佐证 and 缓种待佐证 still count as such.
WINNABLE_PARTS = (("7", "已约定"), ("9", "待苗或待组织"), ("8", "需上门"), ("1", "禁忌待佐证"), ("2", "缓种待佐证"))
UNWILLING_PARTS = ("41", "42", "43", "44")
AWAY_PARTS = ("51", "52")
UNREACHABLE_PARTS = ("61",)
UNWILLING, AWAY, UNREACHABLE = LOST_REASONS
# A label over the bar leans inward where it would leave it.
LEANS_FROM = Fraction(2, 3)
LEANS_UNTIL = Fraction(1, 3)


@dataclass(frozen=True)
class Remainder:
    """All permanent residents without a counted dose: unvaccinated, and exempt."""

    total: int
    parts: list[Slice]
    winnable: int
    # Of the winnable, nobody has said why.
    untold: int
    untold_url: str
    # Those with a first dose who are not done: what can be done with each, and how many the goal of full needs.
    begun: int
    begun_parts: list[Slice]
    full_needed: int | None
    # First doses that the goal still needs; null without a goal.
    needed: int | None

    @property
    def still_needed(self) -> int:
        """Return how many must be won beyond those who can be won; 0 where they suffice."""
        return max((self.needed or 0) - self.winnable, 0)

    @property
    def ready(self) -> int:
        """Return how many can have their next dose today."""
        return sum(part.count for part in self.begun_parts if part.key in ("overdue-part", "due-part"))

    @property
    def needed_at(self) -> Fraction | None:
        """Return where on the bar the number needed stands; null where it is none or beyond the bar."""
        if not self.needed or self.needed > self.total:
            return None
        return Fraction(self.needed, self.total)

    @property
    def anchor(self) -> str:
        at = self.needed_at or Fraction(0)
        return "end" if at > LEANS_FROM else "start" if at < LEANS_UNTIL else "middle"


def remainder_of(line: Line, lists: Lists, then: Line | None = None) -> Remainder:
    """Split the permanent residents who are not done by what can be done; `then` is the line to compare with."""
    permanent = line.permanent
    parts = _undosed(line, lists)
    begun = state_slices(permanent, lists, PERMANENT)
    if then is not None:
        parts = with_moves(parts, _undosed(then, lists))
        begun = with_moves(begun, state_slices(then.permanent, lists, PERMANENT))
    return Remainder(
        total=permanent.unvaccinated + permanent.exempt,
        parts=parts,
        winnable=parts[0].count,
        untold=permanent.unvaccinated - sum(line.said.reasons.values()),
        untold_url=_url(lists, NO_REASON),
        begun=permanent.incomplete,
        begun_parts=begun,
        full_needed=line.coverage.full_gap,
        needed=line.coverage.first_gap,
    )


def _undosed(line: Line, lists: Lists) -> list[Slice]:
    """Those without a counted dose; `reasons` of the line count them by reason code."""
    permanent, reasons, paused = line.permanent, line.said.reasons, line.said.paused
    lost = {code: _sum(reasons, code) for code in LOST_REASONS}
    winnable = permanent.unvaccinated - paused - sum(lost.values())
    lasting = line.ahead.lasting
    return slices([
        ("winnable", "可动员", winnable, _url(lists, WINNABLE), _winnable_note(reasons, winnable)),
        ("unwilling", "不愿意", lost[UNWILLING], _url(lists, UNWILLING), _note(reasons, UNWILLING, UNWILLING_PARTS)),
        ("paused", "医生现场暂缓", paused, _url(lists, PAUSED), "到再问的日子转回可动员"),
        ("away-reason", "外出", lost[AWAY], _url(lists, AWAY), _note(reasons, AWAY, AWAY_PARTS)),
        ("unreachable", "联系不上", lost[UNREACHABLE], _url(lists, UNREACHABLE),
         _note(reasons, UNREACHABLE, UNREACHABLE_PARTS)),
        ("deferred-part", "缓种", permanent.exempt - lasting, _exempt_url(lists, DEFERRED), "已通过审核，到期自动转回"),
        ("exempt-part", "禁忌", lasting, _exempt_url(lists, LASTING), "已通过审核，没有期限"),
    ])  # fmt: skip


def _exempt_url(lists: Lists, only: str) -> str:
    return lists.of("exempt", residency=PERMANENT, only=only)


def _url(lists: Lists, reason: str) -> str:
    return lists.of("unvaccinated", residency="permanent", reason=reason)


def _sum(reasons: Mapping[str, int], code: str) -> int:
    """Count a reason with the two-digit codes that refine it; 10 refines nothing."""
    return sum(count for other, count in reasons.items() if other != "10" and other.startswith(code))


def _winnable_note(reasons: Mapping[str, int], winnable: int) -> str:
    named = [(name, reasons.get(code, 0)) for code, name in WINNABLE_PARTS]
    # 其他, nothing said, and those a doctor's day has come round for.
    rest = winnable - sum(count for _, count in named)
    return _words([*named, ("没有填原因或其他", rest)])


def _note(reasons: Mapping[str, int], code: str, parts: tuple[str, ...]) -> str:
    """Say what a reason is made of, adding up to all of it; "" where no part of it is known."""
    named = [(REASONS[part], reasons.get(part, 0)) for part in parts]
    known = sum(count for _, count in named)
    return _words([*named, ("其他或没有细分", _sum(reasons, code) - known)]) if known else ""


def _words(named: list[tuple[str, int]]) -> str:
    return "，".join(f"{name} {count:,}" for name, count in named if count)
