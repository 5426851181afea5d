"""The four figures at the top against their limits, and what one must know beside them (screens, rules 5)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from ledgers.summary import Counts
from reports.dashboard.headline import Change, Speed, catch_up
from reports.dashboard.lines import Line
from reports.dashboard.links import Lists

JUDGED_NAMES = {"first": "第一针接种", "full": "全程接种"}


class Part(NamedTuple):
    name: str
    count: int
    url: str


class Moved(NamedTuple):
    """Persons more or fewer than on an earlier day, what that is in the rate, and the list of who moved."""

    number: int
    rate: Fraction | None
    url: str


@dataclass(frozen=True)
class RateCard:
    """First dose or full course: the rate shown, how many are missing to the goal, what moved since yesterday."""

    # The rate over census residents; over the registry's where there is no census base.
    shown: Fraction | None
    by_census: bool
    gap: int | None
    judged: bool
    state: str
    state_text: str
    fill: str
    # The ledgers that hold who is counted: their sum is the numerator.
    parts: list[Part]
    # Who is missing.
    missing_url: str
    change: Moved | None
    further: Moved | None


@dataclass(frozen=True)
class Slice:
    """A part of a stacked bar: its share, and where it begins."""

    key: str
    name: str
    count: int
    share: Fraction
    at: Fraction
    url: str = ""
    note: str = ""
    # Persons more than on the day it is compared with; null where it is compared with none.
    moved: int | None = None


@dataclass(frozen=True)
class Top:
    """What the head of a page of progress says about its place."""

    line: Line
    judged_by: str
    goal_rate: Decimal
    dropout_limit: Decimal
    speed: Speed
    change: Change | None
    # Since the day somebody chose to compare with, if any.
    further: Change | None
    first: RateCard
    full: RateCard
    ledgers: list[Slice]
    lists: Lists

    @property
    def compared(self) -> Change | None:
        """Return the change that stands beside figures without room for two."""
        return self.further or self.change

    def _unvaccinated_since(self, change: Change | None) -> str:
        return self.lists.moved(change.since, "unvaccinated") if change else ""

    @property
    def change_url(self) -> str:
        return self._unvaccinated_since(self.change)

    @property
    def further_url(self) -> str:
        return self._unvaccinated_since(self.further)

    @property
    def exempt_url(self) -> str:
        return self.lists.moved(self.compared.since, "exempt", permanent=True) if self.compared else ""

    @property
    def judged_name(self) -> str:
        return JUDGED_NAMES[self.judged_by]

    @property
    def goal(self) -> int | None:
        return self.line.coverage.goal

    @property
    def done(self) -> int:
        return done_of(self.line.permanent, self.judged_by)

    @property
    def gap(self) -> int | None:
        return gap_of(self.line, self.judged_by)

    @property
    def judged_registry(self) -> Fraction | None:
        cover = self.line.coverage
        return cover.first_rate_registry if self.judged_by == "first" else cover.full_rate_registry

    @property
    def dropout_rate(self) -> Fraction | None:
        return self.line.coverage.dropout_rate

    @property
    def over_limit(self) -> bool:
        return self.line.over_limit

    @property
    def catch_up(self) -> int:
        """Return how many overdue people must have their dose to bring the rate below the limit."""
        permanent = self.line.permanent
        return catch_up(permanent.dropout_lost, permanent.dropout_base, Fraction(self.dropout_limit))

    @property
    def dropout_share(self) -> Fraction | None:
        """Return the rate on a bar that ends at twice the limit, so that the limit stands in its middle."""
        return None if self.dropout_rate is None else self.dropout_rate / (2 * Fraction(self.dropout_limit))

    @property
    def goal_tick(self) -> Fraction | None:
        """Return the goal as a share of the census base, where the bars bear their tick."""
        cover = self.line.coverage
        return Fraction(cover.goal, cover.census_base) if cover.goal and cover.census_base else None

    @property
    def dropout_tick(self) -> Fraction:
        return Fraction(1, 2)

    @property
    def dropout_fill(self) -> str:
        return "over" if self.over_limit else "full"

    @property
    def registry_difference(self) -> int | None:
        return None if self.line.registry_excess is None else abs(self.line.registry_excess)


def done_of(permanent: Counts, judged_by: str) -> int:
    """Return the people whom the county counts: with a first dose, or with a full course."""
    return permanent.first_dose if judged_by == "first" else permanent.full


def gap_of(line: Line, judged_by: str) -> int | None:
    return line.coverage.first_gap if judged_by == "first" else line.coverage.full_gap


def rate_card(
    line: Line,
    which: str,
    *,
    judged_by: str,
    status: str,
    change: Change | None,
    further: Change | None,
    lists: Lists,
) -> RateCard:
    """Make the card of `which` (first, full); `status` is that of the phase item which the county judges, or ""."""
    cover, first = line.coverage, which == "first"
    by_census = cover.census_base is not None
    gap = gap_of(line, which)
    judged = which == judged_by
    reached = gap == 0
    return RateCard(
        shown=_rate(line, which, by_census=by_census),
        by_census=by_census,
        gap=gap,
        judged=judged,
        state="met" if reached else status if judged else "",
        state_text="达标" if reached else "",
        fill="first-alone" if first else "full",
        parts=_parts(line, lists, first=first),
        missing_url=lists.unvaccinated_permanent if first else lists.incomplete_permanent,
        change=_moved(change, lists, first=first),
        further=_moved(further, lists, first=first),
    )


def _moved(change: Change | None, lists: Lists, *, first: bool) -> Moved | None:
    if change is None:
        return None
    url = lists.dosed_since(change.since, "first" if first else "full")
    by_census = change.now.coverage.census_base is not None
    if first:
        rate = change.first_rate if by_census else change.first_rate_registry
        return Moved(change.first_dose, rate, url)
    return Moved(change.full, change.full_rate if by_census else change.full_rate_registry, url)


def _parts(line: Line, lists: Lists, *, first: bool) -> list[Part]:
    completed = Part("已完成", line.permanent.completed, lists.completed_permanent)
    if not first:
        return [completed]
    return [completed, Part("未完成", line.permanent.incomplete, lists.incomplete_permanent)]


def _rate(line: Line, which: str, *, by_census: bool) -> Fraction | None:
    cover = line.coverage
    if by_census:
        return cover.first_rate if which == "first" else cover.full_rate
    return cover.first_rate_registry if which == "first" else cover.full_rate_registry


def slices(parts: list[tuple[str, str, int, str, str]]) -> list[Slice]:
    """Lay (key, name, count, url, note) side by side from the left, in their order; shares of their sum."""
    total = sum(count for _, _, count, _, _ in parts) or 1
    made, before = [], 0
    for key, name, count, url, note in parts:
        made.append(Slice(key, name, count, Fraction(count, total), Fraction(before, total), url, note))
        before += count
    return made


def with_moves(parts: list[Slice], earlier: list[Slice]) -> list[Slice]:
    """Say of each part how it moved since the same parts on an earlier day."""
    then = {part.key: part.count for part in earlier}
    return [replace(part, moved=part.count - then[part.key]) for part in parts]


def ledger_slices(line: Line, lists: Lists) -> list[Slice]:
    """The four places of rules 4 in 全口径: they add up to everybody in scope."""
    everybody = line.all
    return slices([
        ("completed", "已完成接种", everybody.completed, lists.completed, ""),
        ("incomplete", "未完成全程接种", everybody.incomplete, lists.incomplete, ""),
        ("exempt-part", "禁忌缓种", everybody.exempt, lists.exempt, ""),
        ("unvaccinated", "应种未种", everybody.unvaccinated, lists.unvaccinated, ""),
    ])  # fmt: skip


def state_slices(counts: Counts, lists: Lists, residency: str = "") -> list[Slice]:
    """The four groups inside 未完成全程接种, of one population, in the order in which they are called."""

    def part(sub: str) -> str:
        return lists.of("incomplete", sub=sub, residency=residency)

    return slices([
        ("overdue-part", "超期未种", counts.overdue, part("overdue"), "先打，已过最迟应种日"),
        ("due-part", "到期可种", counts.due, part("due"), "今天就能打"),
        ("waiting-part", "间隔未到", counts.waiting, part("waiting"), "还不到最早可种日"),
        ("exempt-part", "暂缓中", counts.excused, part("excused"), "已核准禁忌或缓种"),
    ])  # fmt: skip
