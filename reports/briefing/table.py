"""The rows of a report worked out from its figures: rates, gaps, ranks; nothing is counted here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from ledgers.summary import Counts
from reports.briefing.bands import name_of, sums_of
from reports.briefing.districts import district_rows
from reports.briefing.small import health_of, withheld, withheld_of_lines, withheld_of_sum
from reports.rules import Coverage, Demands, coverage, share

Plain = Mapping[str, Any]
# How a report names the persons with one counted dose, two, three; no series asks for more.
DOSES = ("first", "second", "third")
NUMERALS = "零一二三四五六七八九"


def dose_name(number: int) -> str:
    return f"第{NUMERALS[number]}针"


def measure_name(measure: str) -> str:
    return "全程" if measure == "full" else dose_name(DOSES.index(measure) + 1)


@dataclass(frozen=True)
class New:
    """New persons since the report before, and the parts they add up from."""

    given: int = 0
    late: int = 0
    corrected: int = 0
    # Who came into the row or left it with their doses: moved, died, changed 人口类型.
    people: int = 0

    @property
    def total(self) -> int:
        return self.given + self.late + self.corrected + self.people

    def __add__(self, other: New) -> New:
        parts = zip(astuple(self), astuple(other), strict=True)
        return New(*(one + more for one, more in parts))


@dataclass(frozen=True)
class Balance:
    """What was told before, what came to it, and what that makes."""

    measure: str
    new: New
    closing: int

    @property
    def name(self) -> str:
        return measure_name(self.measure)

    @property
    def opening(self) -> int:
        return self.closing - self.new.total


@dataclass(frozen=True)
class BandCell:
    in_scope: int
    first: int
    full: int

    @property
    def first_rate(self) -> Fraction | None:
        return share(self.first, self.in_scope)


@dataclass(frozen=True)
class Line:
    """A village, 待归类 or the total: counts of permanent residents, `everybody` in 全口径 (rules 4, 5)."""

    key: str
    name: str
    leader: str
    permanent: Counts
    everybody: Counts
    # Persons with one counted dose or more, with two or more, …
    dosed: tuple[int, ...]
    contraindicated: int
    bands: tuple[BandCell, ...]
    coverage: Coverage
    # By dose number, and who completed.
    new: tuple[New, ...]
    new_full: New
    judged_by: str
    rank: int | None = None
    # The names of what the files do not give (`reports.briefing.small`).
    withheld: frozenset[str] = frozenset()

    @property
    def health(self) -> dict[str, int]:
        kinds = {"contraindicated": self.contraindicated, "deferred": self.deferred}
        return health_of(self.permanent) | kinds

    @property
    def deferred(self) -> int:
        return self.permanent.exempt - self.contraindicated

    @property
    def new_doses(self) -> New:
        """小计: all numbers together, in doses."""
        return sum(self.new, New())

    @property
    def judged_rate(self) -> Fraction | None:
        return self.coverage.first_rate if self.judged_by == "first" else self.coverage.full_rate

    @property
    def judged_gap(self) -> int | None:
        return self.coverage.first_gap if self.judged_by == "first" else self.coverage.full_gap

    @property
    def judged_new(self) -> New:
        return self.new[0] if self.judged_by == "first" else self.new_full

    @property
    def judged_done(self) -> int:
        return self.coverage.first_dose if self.judged_by == "first" else self.coverage.full

    @property
    def remark(self) -> str:
        """What one must know of the row, made by the machine: the office adds its own by hand."""
        if not self.key:
            return ""
        if self.coverage.census_base is None:
            return "没有普查人数，不排名"
        rate = self.coverage.first_rate
        return "接种率超过100%，核对人数" if rate is not None and rate > 1 else ""


@dataclass(frozen=True)
class Ages:
    name: str
    counts: Counts
    withheld: frozenset[str] = frozenset()

    @property
    def health(self) -> dict[str, int]:
        return health_of(self.counts)


@dataclass(frozen=True)
class UnitLine:
    name: str
    village: str
    trade: str
    department: str
    is_key: bool
    counts: Counts
    withheld: frozenset[str] = frozenset()

    @property
    def health(self) -> dict[str, int]:
        return health_of(self.counts)


@dataclass(frozen=True)
class Report:
    """A report read from its figures: everything that the page and the files show."""

    figures: Plain
    demands: Demands
    on: date
    cut_off: datetime
    villages: tuple[Line, ...]
    unplaced: Line | None
    # 片区 subtotals, worked out from sums like the total; none where the office has no 片区.
    districts: tuple[Line, ...]
    total: Line
    ages: tuple[Ages, ...]
    units: tuple[UnitLine, ...]
    bands: tuple[str, ...]
    since: Plain = field(default_factory=dict)

    @property
    def campaign(self) -> Plain:
        return self.figures["campaign"]

    @property
    def numbers(self) -> int:
        """The most doses of a series."""
        return self.figures["numbers"]

    @property
    def lines(self) -> tuple[Line, ...]:
        return (*self.villages, *([self.unplaced] if self.unplaced else []))

    @property
    def balance(self) -> list[Balance]:
        """Yesterday + today = total, for each dose by its number and for who completed."""
        total = self.total
        named = [(DOSES[n], total.new[n], total.dosed[n]) for n in range(self.numbers)]
        return [Balance(*row) for row in (*named, ("full", total.new_full, total.permanent.full))]

    @property
    def ranked(self) -> list[Line]:
        """The villages with a rank, the best first."""
        return sorted((line for line in self.villages if line.rank), key=lambda line: (line.rank, line.key))


def read_report(figures: Plain) -> Report:
    """Work a report out from its figures."""
    campaign = figures["campaign"]
    demands = Demands(Decimal(campaign["goal_rate"]), Decimal(campaign["dropout_limit"]), campaign["judged_by"])
    least = campaign["small_cell"]
    villages = ranked([_line(row, figures, demands) for row in figures["villages"]])
    unplaced = [_line(figures["unplaced"], figures, demands)] if figures["unplaced"] else []
    lines, total = withheld_of_lines([*villages, *unplaced], _line(figures["total"], figures, demands), least)
    return Report(
        figures=figures,
        demands=demands,
        on=date.fromisoformat(figures["on"]),
        cut_off=datetime.fromisoformat(figures["cut_off"]),
        villages=tuple(lines[: len(villages)]),
        unplaced=lines[-1] if unplaced else None,
        districts=districts_of(figures, demands, lines[: len(villages)]),
        total=total,
        ages=_ages(figures["ages"], least),
        units=tuple(withheld([_unit(row) for row in figures["units"]], None, least)[0]),
        bands=tuple(band["name"] for band in figures["bands"]),
        since=figures["since"],
    )


def _ages(rows: list[Plain], least: int) -> tuple[Ages, ...]:
    """The bands, youngest first, the sums within them, and all together; added up, never averaged."""
    bands = [Ages(name_of(row["key"]), _counts(row)) for row in rows]
    bands, total = withheld(bands, Ages("合计", added(band.counts for band in bands)), least)
    by_key = {row["key"]: band for row, band in zip(rows, bands, strict=True)}
    sums = [_sum_of_ages(name, [by_key[key] for key in keys]) for name, keys in sums_of(by_key)]
    return (*bands, *sums, total)


def _sum_of_ages(name: str, parts: list[Ages]) -> Ages:
    return Ages(f"其中：{name}", added(part.counts for part in parts), withheld_of_sum(parts))


def added(counts: Iterable[Counts]) -> Counts:
    """Add counts up into a new one."""
    total = Counts()
    for one in counts:
        total += one
    return total


def ranked(lines: Iterable[Line]) -> list[Line]:
    """Give each village its rank by the exact rate the county judges; equals share one, without a base none."""
    lines = list(lines)
    rates = [line.judged_rate for line in lines if line.judged_rate is not None]
    ranks = {rate: 1 + sum(other > rate for other in rates) for rate in set(rates)}
    return [replace(line, rank=ranks.get(line.judged_rate)) for line in lines]


def _line(row: Plain, figures: Plain, demands: Demands) -> Line:
    permanent = _counts(row["permanent"])
    new = {name: New(*parts) for name, parts in row["new"].items()}
    return Line(
        key=row["key"],
        name=row["name"],
        leader=row["leader"],
        permanent=permanent,
        everybody=_counts(row["all"]),
        dosed=tuple(_padded(row["dosed"], figures["numbers"])),
        contraindicated=row["contraindicated"],
        bands=tuple(BandCell(*row["bands"][band["key"]]) for band in figures["bands"]),
        coverage=_coverage(demands, permanent, row),
        new=tuple(new.get(measure, New()) for measure in DOSES[: figures["numbers"]]),
        new_full=new.get("full", New()),
        judged_by=demands.judged_by,
    )


def districts_of(figures: Plain, demands: Demands, villages: Iterable[Line]) -> tuple[Line, ...]:
    """Make a subtotal of each 片区; it tells nothing that one of its villages does not."""
    by_key = {line.key: line for line in villages}
    return tuple(
        replace(_line(row, figures, demands), withheld=withheld_of_sum(by_key[key] for key in keys))
        for row, keys in district_rows(figures["villages"])
    )


def _padded(dosed: list[int], numbers: int) -> list[int]:
    """A village without anybody has no counts at all."""
    return [*dosed, *[0] * (numbers - len(dosed))]


def _coverage(demands: Demands, permanent: Counts, row: Plain) -> Coverage:
    return coverage(
        demands,
        in_scope=permanent.in_scope,
        first_dose=permanent.first_dose,
        full=permanent.full,
        exempt=permanent.exempt,
        dropout_base=permanent.dropout_base,
        dropout_lost=permanent.dropout_lost,
        census_base=row["base"],
        # The goal as it stood at the cut-off.
        assigned_goal=row["goal"],
    )


def _counts(row: Plain) -> Counts:
    return Counts(**{name: value for name, value in row.items() if name != "key"})


def _unit(row: Plain) -> UnitLine:
    return UnitLine(**{name: value for name, value in row.items() if name != "counts"}, counts=_counts(row["counts"]))
