"""The report as the office's workbook: villages on A3, age bands, units and the make-up of the new ones on A4."""

from __future__ import annotations

import io

import xlsxwriter

from reports.briefing.columns import age_columns, new_columns, unit_columns, village_columns
from reports.briefing.grid import A3, TEXT, Column, Grid, write_grid
from reports.briefing.stamp import Stamp
from reports.briefing.table import Report
from reports.briefing.words import percent_words, since_words, small_words, until_words

_OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


def write_workbook(report: Report, stamp: Stamp) -> bytes:
    """Return the workbook; every cell is a text or a number, none a formula."""
    output = io.BytesIO()
    with xlsxwriter.Workbook(output, _OPTIONS) as book:
        title = f"{report.campaign['name']}进度日报表"
        footer = f"{stamp.number}　{until_words(report)}　只含汇总数，不含个人信息"
        book.set_properties({"title": title, "subject": stamp.number, "comments": footer})
        for grid in grids_of(report, stamp):
            write_grid(book, grid, footer)
    return output.getvalue()


def grids_of(report: Report, stamp: Stamp) -> list[Grid]:
    """The sheets in their order; a correction begins with what it changed."""
    name = report.campaign["name"]
    line = _line(report, stamp)
    sheets = [
        Grid("村（社区）进度", f"{name}村（社区）进度日报表", f"{line}　　（常住口径，另注明的除外）",
             village_columns(report), report.lines, report.total, _village_notes(report), A3,
             subtotals=report.districts),
        Grid("年龄段", f"{name}分年龄段进度表", f"{line}　　（常住口径，接种率按在册人数算）",
             age_columns(report), report.ages[:-1], report.ages[-1], _age_notes(report), frozen=1),
        Grid("单位", f"{name}单位进度表", f"{line}　　（单位全部在册人员，不论住在哪里）",
             unit_columns(report), report.units, None, _unit_notes(report)),
        Grid("本期新增构成", f"{name}本期新增构成表", f"{line}　　（常住口径）",
             new_columns(report), report.lines, report.total, _new_notes(report), A3, frozen=1,
             subtotals=report.districts),
    ]  # fmt: skip
    return [_correction(report, stamp, line), *sheets] if stamp.correction else sheets


def _line(report: Report, stamp: Stamp) -> str:
    return f"填报单位（盖章）：{report.figures['where']}　　{until_words(report)}　　{stamp.words}　　单位：人"


def _correction(report: Report, stamp: Stamp, line: str) -> Grid:
    """更正说明: each figure that differs from the report before, with the reason."""
    columns = [
        Column("村（社区）", lambda row: row.place, 16, TEXT),
        Column("项目", lambda row: row.what, 18, TEXT),
        Column("原报", lambda row: row.old, 14, "middle"),
        Column("更正为", lambda row: row.new, 14, "middle"),
        Column("相差", lambda row: row.difference, 10, "signed"),
    ]
    notes = [f"更正原因：{stamp.reason}"]
    return Grid(
        "更正说明", f"第 {stamp.sequence} 期日报更正 {stamp.correction}", line, columns, stamp.changed, None, notes
    )


def _village_notes(report: Report) -> list[str]:
    judged = "第一针" if report.demands.judged_by == "first" else "全程"
    small = small_words(report)
    return [
        f"说明：1.接种率＝接种人数÷{report.campaign['census_heading'] or '普查常住人口'}，可以超过100%；"
        f"目标任务数没有另行下达的按 {percent_words(report.demands.goal_rate)} 计算、不足一人进一；"
        "合计按总数重算，不是各村相加或平均。"
        f"2.排名按{judged}接种率，相同的名次相同，没有普查人数的不排名。"
        f"3.本期新增＝本期累计−上期已报累计（{since_words(report)}），构成见“本期新增构成”表。"
        "4.第二针、第三针指打到这一针的人数，一针完成的疫苗没有后续针次；全程指按所种疫苗打满规定针次。"
        "5.脱失率（超期口径）＝超期未种÷第二针应完成人数。"
        + (f"6.{small}" if small else "")
        + ("片区的目标按各村七普之和计算，不排名。" if report.districts else ""),
    ]


def _age_notes(report: Report) -> list[str]:
    return [
        "说明：年龄段没有普查人数，接种率按在册常住人数算；合计按总数重算，不是各段平均。年龄按截至日的周岁。"
        f"{small_words(report)}"
    ]


def _unit_notes(report: Report) -> list[str]:
    open_units = sum(row.counts.unvaccinated > 0 for row in report.units)
    return [
        f"说明：共 {len(report.units):,} 个单位，{open_units:,} 个还有应种未种；按应种未种从多到少排。"
        "一人在两个单位的各算一次，所以不列合计。单位人员含非本辖区居住的。"
        f"{small_words(report)}"
    ]


def _new_notes(report: Report) -> list[str]:
    notes = [
        f"说明：上期已报累计＋本期接种＋补录以前＋更正＋人员变动＝本期累计（{since_words(report)}）。"
        "本期接种：接种日期在上期之后的；补录以前：接种日期在上期或更早、上期以后才录入的；更正：记录改正、撤销的；人员变动：带着接种记录迁入迁出、改村、改人口类型、去世、合并的人。"
    ]
    causes = report.figures["causes"]
    named = "；".join(cause["words"] for cause in causes)
    return [*notes, f"减少和更正的原因：{named}。"] if causes else notes
