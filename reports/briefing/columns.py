"""The columns of the office's tables (domain 6): villages, age bands, units, and what new persons are made of."""

from __future__ import annotations

from collections.abc import Callable

from reports.briefing.grid import COUNT, MIDDLE, RATE, SIGNED, TEXT, Column, Value
from reports.briefing.small import given
from reports.briefing.table import Ages, Line, Report, UnitLine, dose_name
from reports.briefing.words import percent_words
from reports.rules import share


def village_columns(report: Report) -> list[Column]:
    """The village progress table, permanent residents throughout but for one column that says otherwise."""
    heading = report.campaign["census_heading"] or f"普查{report.campaign['min_age']}岁及以上常住人口"
    names = {line.key: number for number, line in enumerate(report.villages, start=1)}
    return [
        Column("序号", lambda line: names.get(line.key), 5, MIDDLE),
        Column("村（社区）", lambda line: line.name, 11, TEXT),
        Column(heading, lambda line: line.coverage.census_base, 8),
        Column(f"目标任务数\n（{percent_words(report.demands.goal_rate)}）", lambda line: line.coverage.goal, 9),
        *_new_columns(report),
        *_cumulative_columns(report),
        *_open_columns(report),
        Column("脱失率\n（超期口径）", lambda line: line.coverage.dropout_rate, 9, RATE),
        Column("常住口径", _given(report, "unvaccinated"), group="应种未种"),
        Column("全口径", lambda line: line.everybody.unvaccinated, group="应种未种"),
        *_exempt_columns(report),
        *(column for index, name in enumerate(report.bands) for column in _band_columns(index, name)),
        Column("排名", lambda line: line.rank, 5, MIDDLE),
        Column("联村领导", lambda line: line.leader, 8, TEXT),
        Column("备注", lambda line: line.remark, 13, TEXT),
    ]


def _new_columns(report: Report) -> list[Column]:
    numbers = range(report.numbers)
    doses = [Column(dose_name(n + 1), _new(n), 6, SIGNED, "本期新增（针次）") for n in numbers]
    subtotal = Column("小计", lambda line: line.new_doses.total, 6, SIGNED, "本期新增（针次）")
    return [*doses, subtotal] if report.numbers > 1 else doses


def _new(index: int) -> Callable[[Line], Value]:
    return lambda line: line.new[index].total


def _dosed(index: int) -> Callable[[Line], Value]:
    return lambda line: line.dosed[index]


def _cumulative_columns(report: Report) -> list[Column]:
    gap = Column("还差\n（人）", lambda line: line.judged_gap, 6.3, COUNT, "累计")
    first = [
        Column("第一针\n人数", lambda line: line.coverage.first_dose, 6.5, COUNT, "累计"),
        Column("第一针\n接种率", lambda line: line.coverage.first_rate, 7.6, RATE, "累计"),
    ]
    later = [Column(dose_name(n + 1), _dosed(n), 6.3, COUNT, "累计") for n in range(1, report.numbers)]
    full = [
        Column("全程\n人数", lambda line: line.coverage.full, 6.5, COUNT, "累计"),
        Column("全程\n接种率", lambda line: line.coverage.full_rate, 7.6, RATE, "累计"),
    ]
    if report.demands.judged_by == "first":
        return [*first, gap, *later, *full]
    return [*first, *later, *full, gap]


def _given(report: Report, name: str) -> Callable[[Line | Ages | UnitLine], Value]:
    """Few exempt people are not told outside the street office, nor what they could be worked out from."""
    return lambda row: given(row, name, report.campaign["small_cell"])


def _open_columns(report: Report) -> list[Column]:
    group = "未完成全程接种"
    return [
        Column("间隔未到", _given(report, "waiting"), group=group),
        Column("到期可种", lambda line: line.permanent.due, group=group),
        Column("超期未种", lambda line: line.permanent.overdue, group=group),
        Column("暂缓中", _given(report, "excused"), group=group),
    ]


def _exempt_columns(report: Report) -> list[Column]:
    group = "禁忌缓种\n（有佐证）"
    return [
        Column("禁忌", _given(report, "contraindicated"), 6, group=group),
        Column("缓种", _given(report, "deferred"), 6, group=group),
    ]


def _band_columns(index: int, name: str) -> list[Column]:
    return [
        Column("在册", lambda line: line.bands[index].in_scope, 6.3, COUNT, name),
        Column("已种", lambda line: line.bands[index].first, 6.3, COUNT, name),
        Column("接种率", lambda line: line.bands[index].first_rate, 7.6, RATE, name),
    ]


def age_columns(report: Report) -> list[Column]:
    return [
        Column("年龄段", lambda row: row.name, 20, TEXT),
        Column("在册常住人数", lambda row: row.counts.in_scope, 11),
        *_rates(),
        *_open_of(report),
        Column("应种未种", _given(report, "unvaccinated"), 10),
        Column("禁忌缓种", _given(report, "exempt"), 10),
    ]


def _rates() -> list[Column]:
    def rate(name: str) -> Callable[[Ages | UnitLine], Value]:
        return lambda row: share(getattr(row.counts, name), row.counts.in_scope)

    return [
        Column("人数", lambda row: row.counts.first_dose, 9, COUNT, "第一针"),
        Column("接种率\n（在册口径）", rate("first_dose"), 11, RATE, "第一针"),
        Column("人数", lambda row: row.counts.full, 9, COUNT, "全程"),
        Column("接种率\n（在册口径）", rate("full"), 11, RATE, "全程"),
    ]


def _open_of(report: Report) -> list[Column]:
    group = "未完成全程接种"
    return [
        Column("间隔未到", _given(report, "waiting"), 9, COUNT, group),
        Column("到期可种", lambda row: row.counts.due, 9, COUNT, group),
        Column("超期未种", lambda row: row.counts.overdue, 9, COUNT, group),
        Column("暂缓中", _given(report, "excused"), 9, COUNT, group),
    ]


def unit_columns(report: Report) -> list[Column]:
    names = {id(unit): number for number, unit in enumerate(report.units, start=1)}
    return [
        Column("序号", lambda row: names.get(id(row)), 6, MIDDLE),
        Column("单位", lambda row: row.name, 26, TEXT),
        Column("所在村（社区）", lambda row: row.village, 12, TEXT),
        Column("行业", lambda row: row.trade, 12, TEXT),
        Column("主管部门", lambda row: row.department, 14, TEXT),
        Column("重点行业", lambda row: "是" if row.is_key else "", 7, MIDDLE),
        Column("在册人数", lambda row: row.counts.in_scope, 9),
        *_rates(),
        *_open_of(report),
        Column("应种未种", _given(report, "unvaccinated"), 9),
        Column("禁忌缓种", _given(report, "exempt"), 9),
    ]


def new_columns(report: Report) -> list[Column]:
    """What the report before said, what came to it and why, what that makes: yesterday + today = total."""
    columns = [Column("村（社区）", lambda line: line.name, 14, TEXT)]
    for index in range(report.numbers):
        columns += _ledger_of(dose_name(index + 1), _new_of(index), _dosed(index))
    return columns + _ledger_of("全程", lambda line: line.new_full, lambda line: line.permanent.full)


def _new_of(index: int) -> Callable[[Line], object]:
    return lambda line: line.new[index]


def _ledger_of(name: str, new: Callable, now: Callable) -> list[Column]:
    return [
        Column("上期已报累计", lambda line: now(line) - new(line).total, 9, COUNT, name),
        Column("本期接种", lambda line: new(line).given, 8, SIGNED, name),
        Column("补录以前", lambda line: new(line).late, 8, SIGNED, name),
        Column("更正", lambda line: new(line).corrected, 7, SIGNED, name),
        Column("人员变动", lambda line: new(line).people, 8, SIGNED, name),
        Column("本期累计", lambda line: now(line), 9, COUNT, name),
    ]
