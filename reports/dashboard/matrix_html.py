"""The rows of the matrix as HTML, written here: a template takes ten times as long, and a county has 300 villages."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

from registry.templatetags.wuyang import NOTHING, bar, day, full_day, icon, number, points, rate, signed
from reports.dashboard.frame import Frame
from reports.dashboard.headline import Change, Speed
from reports.dashboard.matrix import Matrix, Row

_DOUBTS = {"over": "接种率超过 100 %，请核对七普基数", "differs": "七普与在册相差超过 10 %，请核对"}
_MISSING = "按目标任务数算；名单是可以去动员的人"


def rows_html(matrix: Matrix, frame: Frame) -> SafeString:
    """Return a table row for each village, its name a link to the village's page."""
    query = conditional_escape(frame.link_query)
    rows = [_row(row, _link(f"{row.url}{query}", conditional_escape(row.line.name)), frame) for row in matrix.rows]
    return mark_safe("\n".join(rows))  # noqa: S308 (names are escaped, the rest is figures)


def districts_html(matrix: Matrix, frame: Frame) -> SafeString:
    """Return a subtotal for each 片区."""
    rows = [_row(row, str(conditional_escape(row.line.name)), frame, "district") for row in matrix.districts]
    return mark_safe("\n".join(rows))  # noqa: S308 (as above)


def total_html(matrix: Matrix, frame: Frame) -> SafeString:
    """Return the row under them."""
    return mark_safe(_row(matrix.total, "<b>合计</b>", frame))  # noqa: S308 (as above)


def _row(row: Row, name: str, frame: Frame, kind: str = "") -> str:
    cover, everybody, speed, lists, tints = row.line.coverage, row.line.all, row.speed, row.lists, row.tints
    judged = f"{rate(row.judged_rate)}{'' if row.judged_rate is None else ' %'}"
    drawn = bar(full=row.full_share, first=row.first_share, goal=row.goal_tick, label=row.line.name)
    moved = row.compared
    missing = f'<a class="toward" title="{_MISSING}" href="{row.missing_url}">{number(row.gap)}</a>'
    overdue = _link(lists.overdue_permanent, rate(cover.dropout_rate))
    slow = icon("down", "over") if speed.too_slow else ""
    unvaccinated = _link(lists.unvaccinated, number(everybody.unvaccinated))
    unvaccinated += _who_moved(row, "unvaccinated")
    exempt = _link(lists.exempt, number(everybody.exempt)) + _who_moved(row, "exempt")
    return f"""<tr{f' class="{kind}"' if kind else ""}>
  <td class="first break"><span>{name}{_doubt(row)}</span><b class="on-phone end-figure">{judged}</b></td>
  <td class="bar-col break">{drawn}</td>
  <td class="num away {tints["first"]}">{rate(cover.first_rate)}{_points(moved and moved.first_rate)}</td>
  <td class="num away {tints["full"]}">{rate(cover.full_rate)}{_points(moved and moved.full_rate)}</td>
  <td class="num {tints["gap"]}" data-name="还差">{missing}{_moved(moved and moved.gap(row.judged_by))}</td>
  <td class="num away second {tints["new"]}">{_silence(row)}{_new(row, moved)}</td>
  <td class="num away {tints["required"]}">{number(speed.required, 1)}</td>
  <td class="num away {tints["pace"]}">{slow}{number(speed.actual, 1)}</td>
  <td class="num end {tints["forecast"]}">{_end(speed, frame.on)}</td>
  <td class="num away {tints["dropout"]}">{_judgement(row)}{overdue}{_points(moved and moved.dropout_rate)}</td>
  <td class="num away {tints["unvaccinated"]}">{unvaccinated}</td>
  <td class="num away {tints["exempt"]}">{exempt}</td>
</tr>"""


def _new(row: Row, moved: Change | None) -> str:
    """New persons with a first dose and with a full course, each with the list of who they are."""
    if moved is None:
        return NOTHING
    counts = (("first", moved.first_dose), ("full", moved.full))
    shown = [_link(row.lists.dosed_since(moved.since, name), signed(count)) if count else "0" for name, count in counts]
    return " / ".join(shown)


def _who_moved(row: Row, ledger: str) -> str:
    """The change of a ledger, small beside it on wide screens, with the list of who came and went."""
    count = row.compared and getattr(row.compared, ledger)
    if not count:
        return ""
    url = getattr(row, f"{ledger}_moved_url")
    return f' <a class="moved on-pc-inline" href="{url}">{signed(count)}</a>' if url else _moved(count)


def _moved(count: int | None) -> str:
    """The change of a figure, small beside it, on wide screens; none where there is none."""
    return "" if not count else f' <small class="moved on-pc-inline">{signed(count)}</small>'


def _points(difference: Fraction | None) -> str:
    """The same of a rate, in percentage points."""
    return "" if not difference else f' <small class="moved on-pc-inline">{points(difference)}</small>'


def _doubt(row: Row) -> str:
    """A mark at a census base that should be looked at; the section on bases says why."""
    return (
        f' <a href="#bases" title="{_DOUBTS[row.line.doubt]}">{icon("risk", "attention")}</a>' if row.line.doubt else ""
    )


def _silence(row: Row) -> str:
    return f'<span title="连续三天没有新增第一针">{icon("behind", "attention")}</span>' if row.silent > 1 else ""


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
