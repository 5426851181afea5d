"""The rows of the matrix as HTML, written here: a template takes ten times as long, and a county has 300 villages."""

from __future__ import annotations

from datetime import date

from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

from registry.templatetags.wuyang import NOTHING, bar, day, full_day, icon, number, rate, signed
from reports.dashboard.frame import Frame
from reports.dashboard.headline import Speed
from reports.dashboard.matrix import Matrix, Row

_MISSING = "按目标任务数算；名单是可以去动员的人"


def rows_html(matrix: Matrix, frame: Frame) -> SafeString:
    """Return a table row for each village, its name a link to the village's page."""
    query = conditional_escape(frame.link_query)
    rows = [_row(row, _link(f"{row.url}{query}", conditional_escape(row.line.name)), frame) for row in matrix.rows]
    return mark_safe("\n".join(rows))  # noqa: S308 (names are escaped, the rest is figures)


def total_html(matrix: Matrix, frame: Frame) -> SafeString:
    """Return the row under them."""
    return mark_safe(_row(matrix.total, "<b>合计</b>", frame))  # noqa: S308 (as above)


def _row(row: Row, name: str, frame: Frame) -> str:
    cover, everybody, speed, lists, tints = row.line.coverage, row.line.all, row.speed, row.lists, row.tints
    judged = f"{rate(row.judged_rate)}{'' if row.judged_rate is None else ' %'}"
    drawn = bar(full=row.full_share, first=row.first_share, goal=row.goal_tick, label=row.line.name)
    new = f"{signed(row.change.first_dose)} / {signed(row.change.full)}" if row.change else NOTHING
    missing = f'<a class="toward" title="{_MISSING}" href="{row.missing_url}">{number(row.gap)}</a>'
    overdue = _link(lists.overdue_permanent, rate(cover.dropout_rate))
    slow = icon("down", "over") if speed.too_slow else ""
    return f"""<tr>
  <td class="first break">{name}<b class="on-phone end-figure">{judged}</b></td>
  <td class="bar-col break">{drawn}</td>
  <td class="num away {tints["first"]}">{rate(cover.first_rate)}</td>
  <td class="num away {tints["full"]}">{rate(cover.full_rate)}</td>
  <td class="num {tints["gap"]}" data-name="还差">{missing}</td>
  <td class="num away second {tints["new"]}">{new}</td>
  <td class="num away {tints["required"]}">{number(speed.required, 1)}</td>
  <td class="num away {tints["pace"]}">{slow}{number(speed.actual, 1)}</td>
  <td class="num end {tints["forecast"]}">{_end(speed, frame.on)}</td>
  <td class="num away {tints["dropout"]}">{_judgement(row)}{overdue}</td>
  <td class="num away {tints["unvaccinated"]}">{_link(lists.unvaccinated, number(everybody.unvaccinated))}</td>
  <td class="num away {tints["exempt"]}">{_link(lists.exempt, number(everybody.exempt))}</td>
</tr>"""


def _link(url: str, shown: str) -> str:
    return f'<a href="{url}">{shown}</a>'


def _end(speed: Speed, on: date) -> str:
    """When the goal is reached, or how many are missing then."""
    if speed.short is None:
        return NOTHING
    if speed.short:
        return f'<b class="tone-over">{icon("up", "over")}缺 {number(speed.short)} 人</b>'
    if speed.nothing_remains:
        return f'<span class="tone-done">{icon("check", "done")}已达标</span>'
    return day(speed.forecast) if speed.forecast and speed.forecast.year == on.year else full_day(speed.forecast)


def _judgement(row: Row) -> str:
    """Whether the dropout rate is within its limit, as a shape."""
    if row.over_limit is None:
        return ""
    return icon("up", "over") if row.over_limit else icon("check", "done")
