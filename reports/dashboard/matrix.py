"""挂图作战: the villages as a matrix, one row each, sortable by each column."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from functools import cached_property
from typing import Any

from reports.dashboard.headline import Change, Speed
from reports.dashboard.lines import Line
from reports.dashboard.links import Lists
from reports.dashboard.tints import Tints, tints_for


@dataclass(frozen=True)
class Row:
    """One village with what the matrix says about it."""

    line: Line
    change: Change | None
    further: Change | None
    speed: Speed
    # goal − done of the rate the county judges; null without a goal.
    gap: int | None
    over_limit: bool | None
    judged_by: str
    # Share of the census base that the goal is; null without a base.
    goal_tick: Fraction | None
    lists: Lists
    linked_leader: str = ""
    # Days without anybody new with a first dose: 0, 1 or the three of `reports.ahead`.
    silent: int = 0
    # Class of the cell in the sorted column, by the column's key.
    tints: Mapping[str, str] = field(default_factory=lambda: NO_TINTS)

    @property
    def url(self) -> str:
        return self.line.url

    @property
    def compared(self) -> Change | None:
        """Return the change to show: since the day somebody chose, else since the day before."""
        return self.further or self.change

    @property
    def unvaccinated_moved_url(self) -> str:
        return self.lists.moved(self.compared.since, "unvaccinated") if self.compared else ""

    @property
    def exempt_moved_url(self) -> str:
        return self.lists.moved(self.compared.since, "exempt") if self.compared else ""

    @property
    def first_share(self) -> Fraction | None:
        """Return the first-dose rate to draw: over census residents, else over the registry's."""
        cover = self.line.coverage
        return cover.first_rate if cover.census_base is not None else cover.first_rate_registry

    @property
    def full_share(self) -> Fraction | None:
        cover = self.line.coverage
        return cover.full_rate if cover.census_base is not None else cover.full_rate_registry

    @property
    def judged_rate(self) -> Fraction | None:
        cover = self.line.coverage
        return cover.first_rate if self.judged_by == "first" else cover.full_rate

    @property
    def missing_url(self) -> str:
        """Return who is missing to the goal the county judges."""
        return self.lists.unvaccinated_permanent if self.judged_by == "first" else self.lists.incomplete_permanent


Value = Callable[[Row], Any]


@dataclass(frozen=True)
class Column:
    """A column one can sort by; `high_is_bad` says which end comes first."""

    key: str
    name: str
    value: Value
    high_is_bad: bool
    # How a value reads in the explanation of the tints: rates in per cent, the rest as they are.
    scale: int = 1
    # None: not tinted (a name, a day).
    digits: int | None = 0
    # Heading in two lines where one would be wide.
    above: str = ""


COLUMNS = (
    Column("village", "村（社区）", lambda row: row.line.key, False, digits=None),
    Column("first", "第一针 %", lambda row: row.line.coverage.first_rate, False, 100),
    Column("full", "全程 %", lambda row: row.line.coverage.full_rate, False, 100),
    Column("gap", "还差（人）", lambda row: row.gap, True),
    Column("new", "第一针 / 全程", lambda row: row.compared and row.compared.first_dose, False, above="较前一日"),
    Column("required", "完成", lambda row: row.speed.required, True, digits=1, above="每天需"),
    Column("pace", "日均", lambda row: row.speed.actual, False, digits=1, above="近7天"),
    Column("forecast", "预计", lambda row: _lateness(row.speed), True, digits=None),
    Column("dropout", "脱失率 %", lambda row: row.line.coverage.dropout_rate, True, 100, digits=1),
    Column("unvaccinated", "未种", lambda row: row.line.all.unvaccinated, True, above="应种"),
    Column("exempt", "缓种", lambda row: row.line.all.exempt, True, above="禁忌"),
)
BY_KEY = {column.key: column for column in COLUMNS}
# A template that looks for a key in vain pays for it dearly.
NO_TINTS = {column.key: "" for column in COLUMNS}


def _lateness(speed: Speed) -> tuple[int, int] | None:
    """Order days of completion: the most persons missing on the deadline first, then the latest day."""
    if speed.short is None:
        return None
    return speed.short, speed.late if speed.late is not None else -(10**6)


@dataclass(frozen=True)
class Heading:
    """A column's heading as a link that sorts, and how it is sorted now ("" where it is not)."""

    column: Column
    query: str
    sorted: str


@dataclass(frozen=True)
class Matrix:
    rows: list[Row]
    total: Row
    # Residents that no village has claimed (待归类); null where there are none.
    unplaced: Line | None
    unplaced_lists: Lists
    headings: dict[str, Heading]
    sorted_by: Column
    tints: Tints | None
    # Villages that the actual pace does not bring to the goal by the deadline, and persons missing there.
    behind: int
    short: int
    met_by_deadline: int
    within_limit: int
    # Whether anybody's dropout can be told at all: not of one dose, nor before the first second doses are due.
    has_dropout: bool
    deadline: date
    # 片区 subtotals, worked out from sums like the total; none where the office has no 片区.
    districts: list[Row]

    @cached_property
    def silent_today(self) -> list[Row]:
        """Return the villages where nobody new had a first dose since the day before, in the order of their codes."""
        return sorted((row for row in self.rows if row.silent), key=lambda row: row.line.key)

    @cached_property
    def silent_longer(self) -> list[Row]:
        return [row for row in self.silent_today if row.silent > 1]

    @cached_property
    def doubted(self) -> list[Row]:
        """Return the villages whose census base should be looked at, the widest difference first."""
        found = [row for row in self.rows if row.line.doubt]
        return sorted(found, key=lambda row: -abs(row.line.registry_excess or 0))

    @property
    def words_of_tints(self) -> list[tuple[int, str]]:
        return self.tints.words() if self.tints else []


def matrix_of(
    rows: list[Row],
    total: Row,
    unplaced: Line | None,
    *,
    districts: list[Row],
    unplaced_lists: Lists,
    sort: str,
    deadline: date,
) -> Matrix:
    """Sort the villages by `sort`, a column's key ("-key": best first); an unknown one means the judged rate."""
    key, best_first = sort.removeprefix("-"), sort.startswith("-")
    column = BY_KEY.get(key) or BY_KEY[total.judged_by]
    known = [row for row in rows if row.speed.short is not None]
    behind = [row for row in known if row.speed.short]
    tints = _tints(rows, column)
    return Matrix(
        rows=[_tinted(row, column, tints) for row in _sorted(rows, column, best_first=best_first)],
        total=total,
        unplaced=unplaced,
        unplaced_lists=unplaced_lists,
        headings={c.key: _heading(c, column, best_first=best_first) for c in COLUMNS},
        sorted_by=column,
        tints=tints,
        behind=len(behind),
        short=sum(row.speed.short or 0 for row in behind),
        met_by_deadline=len(known) - len(behind),
        within_limit=sum(row.over_limit is False for row in rows),
        has_dropout=any(row.over_limit is not None for row in rows),
        deadline=deadline,
        districts=districts,
    )


def _sorted(rows: list[Row], column: Column, *, best_first: bool) -> list[Row]:
    """Worst first unless asked otherwise; rows without a value last; equals in the order of their codes."""
    known = sorted((row for row in rows if column.value(row) is not None), key=lambda row: row.line.key)
    unknown = [row for row in rows if column.value(row) is None]
    known.sort(key=lambda row: _quick(column.value(row)), reverse=column.high_is_bad != best_first)
    return known + unknown


def _quick(value: Any) -> Any:
    """Return what sorts like the value: hundreds of fractions compare slowly, and no two are as near as floats err."""
    return float(value) if type(value) is Fraction else value


def _heading(column: Column, chosen: Column, *, best_first: bool) -> Heading:
    if column is not chosen:
        return Heading(column, column.key, "")
    upward = column.high_is_bad == best_first
    return Heading(column, column.key if best_first else f"-{column.key}", "ascending" if upward else "descending")


def _tints(rows: list[Row], column: Column) -> Tints | None:
    if column.digits is None:
        return None
    return tints_for([_scaled(row, column) for row in rows], high_is_bad=column.high_is_bad, digits=column.digits)


def _tinted(row: Row, column: Column, tints: Tints | None) -> Row:
    step = tints.step(_scaled(row, column)) if tints else 0
    return replace(row, tints=NO_TINTS | {column.key: f"tint-{step}"}) if step else row


def _scaled(row: Row, column: Column) -> Fraction | int | None:
    """Return the cell's value as the page shows it: a share as per cent."""
    value = column.value(row)
    return None if value is None else value * column.scale
