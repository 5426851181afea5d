"""The trend as plain SVG from the server: what stands on the page without JavaScript, and until the chart is drawn.

Lines lie in an inner drawing that is stretched to the width of the page; words stand outside it, in per cent.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from math import ceil
from typing import TYPE_CHECKING

from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

from registry.templatetags.wuyang import day, number, percent
from reports.dashboard.timeline import Axis, axis_of

if TYPE_CHECKING:
    from reports.dashboard.trend import Point, Trend

WIDTH = 1000
TOP, HEIGHT = 30, 230
SMALL_TOP, SMALL_HEIGHT = TOP + HEIGHT + 48, 56
TOTAL = SMALL_TOP + SMALL_HEIGHT + 12
# A label leans inward where it would leave the drawing.
EDGE = Fraction(7, 10)

At = tuple[Fraction, Fraction]


def trend_svg(trend: Trend) -> SafeString:
    """Draw first dose, full, the line to the target and the forecast, and dropout in a panel of its own."""
    if not trend.points:
        return SafeString("")
    axis = axis_of([(trend.start, trend.deadline)])
    parts = [*_grid(trend, axis), _panel(TOP, HEIGHT, _lines(trend, axis)), *_labels(trend, axis)]
    parts += [*_changes(trend, axis), *_dropout(trend, axis)]
    drawn = (
        f'<svg class="trend-plain" id="trend-plain" role="img" height="{TOTAL}" '
        f'aria-label="{conditional_escape(_spoken(trend))}">{"".join(parts)}</svg>'
    )
    return mark_safe(drawn)  # noqa: S308 (figures, days and escaped names)


def _spoken(trend: Trend) -> str:
    last = trend.points[-1]
    return f"截至{day(last.on)}第一针 {last.first_dose} 人，全程 {last.full} 人，逐日数字见表"


def _scale(trend: Trend) -> tuple[int, int]:
    """Return the top of the scale, over the goal and everything drawn, and the round distance of its grid lines."""
    most = max(trend.goal or 0, *(point.first_dose for point in trend.points), 1)
    power = 10 ** max(len(str(most)) - 2, 0)
    # At most four lines more than the axis, and the one at the top.
    step = next(power * times for times in (1, 2, 5, 10, 20, 25, 50) if power * times * 4 >= most)
    return step * ceil(Fraction(most * 21, 20) / step), step


def _grid(trend: Trend, axis: Axis) -> list[str]:
    most, step = _scale(trend)
    parts = []
    for value in range(0, most + 1, step):
        y = TOP + float(HEIGHT - Fraction(HEIGHT * value, most))
        parts.append(f'<line class="grid-line" x1="0" x2="100%" y1="{y:.1f}" y2="{y:.1f}"/>')
        if value:
            parts.append(f'<text class="scale" x="0" y="{y - 4:.1f}">{number(value)}</text>')
    foot = TOP + HEIGHT + 18
    parts += [
        f'<text class="scale" x="{_percent(tick.at)}" y="{foot}">{tick.on.month}月</text>' for tick in axis.months()
    ]
    return parts


def _panel(top: int, height: int, lines: Sequence[str]) -> str:
    inner = f'viewBox="0 0 {WIDTH} {height}" preserveAspectRatio="none"'
    return f'<svg x="0" y="{top}" width="100%" height="{height}" {inner} overflow="visible">{"".join(lines)}</svg>'


def _line(kind: str, points: Sequence[At], height: int) -> str:
    """A line through shares of width and height, the height counted from below."""
    drawn = " ".join(f"{float(x * WIDTH):.1f},{float((1 - y) * height):.1f}" for x, y in points)
    return f'<polyline class="{kind}" vector-effect="non-scaling-stroke" points="{drawn}"/>'


def _lines(trend: Trend, axis: Axis) -> list[str]:
    most = _scale(trend)[0]

    def at(on: date, count: int | Fraction) -> At:
        return axis.at(on), Fraction(count) / most

    lines = [
        _line("first-line", [at(point.on, point.first_dose) for point in trend.points], HEIGHT),
        _line("full-line", [at(point.on, point.full) for point in trend.points], HEIGHT),
    ]
    first, last = trend.points[0], trend.points[-1]
    if trend.goal:
        goal = [(Fraction(0), Fraction(trend.goal, most)), (Fraction(1), Fraction(trend.goal, most))]
        lines.append(_line("goal-line", goal, HEIGHT))
        toward = [at(first.on, trend.done(first)), (Fraction(1), Fraction(trend.goal, most))]
        lines.append(_line("target-line", toward, HEIGHT))
        if trend.forecast:
            lines.append(
                _line(
                    f"forecast-line {trend.judged_by}", [at(last.on, trend.done(last)), _end(trend, axis, most)], HEIGHT
                )
            )
    return lines


def _end(trend: Trend, axis: Axis, most: int) -> At:
    """Where the forecast leaves the drawing: at the goal, or on the deadline below it."""
    last, goal, forecast = trend.points[-1], trend.goal or 0, trend.forecast or trend.deadline
    if forecast <= trend.deadline:
        return axis.at(forecast), Fraction(goal, most)
    reached = trend.done(last) + Fraction(
        (goal - trend.done(last)) * (trend.deadline - last.on).days, (forecast - last.on).days
    )
    return Fraction(1), reached / most


def _labels(trend: Trend, axis: Axis) -> list[str]:
    last, most = trend.points[-1], _scale(trend)[0]
    x = axis.at(last.on)
    parts = [
        f'<line class="day-line" x1="{_percent(x)}" x2="{_percent(x)}" y1="{TOP - 8}" y2="{TOP + HEIGHT}"/>',
        _label("first-line", f"第一针 {number(last.first_dose)}", x, Fraction(last.first_dose, most), above=True),
        _label("full-line", f"全程 {number(last.full)}", x, Fraction(last.full, most), above=False),
    ]
    if trend.goal:
        y = TOP + float(HEIGHT * (1 - Fraction(trend.goal, most))) - 6
        parts.append(f'<text class="strong" x="100%" y="{y:.1f}" text-anchor="end">目标 {number(trend.goal)}</text>')
    if trend.goal and trend.forecast:
        end = _end(trend, axis, most)
        y = TOP + float(HEIGHT * (1 - end[1]))
        parts.append(f'<circle class="forecast-end" cx="{_percent(end[0])}" cy="{y:.1f}" r="4.5"/>')
        anchor = "end" if end[0] > EDGE else "middle"
        parts.append(
            f'<text class="strong" x="{_percent(end[0])}" y="{y + 20:.1f}" text-anchor="{anchor}">'
            f"照近7天日均 {day(trend.forecast)}</text>"
        )
    return parts


def _label(kind: str, words: str, x: Fraction, y: Fraction, *, above: bool) -> str:
    at = TOP + float(HEIGHT * (1 - y))
    anchor = "end" if x > EDGE or above else "start"
    nudge = {"end": -8, "start": 8}[anchor] if x > Fraction(1, 5) else 8
    anchor = "start" if nudge > 0 else anchor
    return (
        f'<circle class="dot-{kind}" cx="{_percent(x)}" cy="{at:.1f}" r="4"/>'
        f'<text class="strong {kind}" x="{_percent(x)}" dx="{nudge}" y="{at + (-8 if above else 16):.1f}" '
        f'text-anchor="{anchor}">{words}</text>'
    )


def _changes(trend: Trend, axis: Axis) -> list[str]:
    """Old deadlines hollow and new ones filled, on the axis of days; the words stand under the chart."""
    parts = []
    for change in trend.changes:
        for on, kind in ((change.old, "old-deadline"), (change.new, "new-deadline")):
            if trend.start <= on <= trend.deadline:
                x = _percent(axis.at(on))
                title = f"{change.item.name}：截止日 {day(change.old)} 改为 {day(change.new)}"
                parts.append(
                    f'<line class="{kind}" x1="{x}" x2="{x}" y1="{TOP}" y2="{TOP + HEIGHT}"/>'
                    f'<circle class="{kind}" cx="{x}" cy="{TOP + HEIGHT}" r="4">'
                    f"<title>{conditional_escape(title)}</title></circle>"
                )
    return parts


def _dropout(trend: Trend, axis: Axis) -> list[str]:
    known: list[Point] = [point for point in trend.points if point.dropout_rate is not None]
    if not known:
        return []
    most = max(trend.dropout_limit * 2, *(point.dropout_rate or Fraction(0) for point in known)) or Fraction(1)
    limit = trend.dropout_limit / most
    drawn = [(axis.at(point.on), (point.dropout_rate or Fraction(0)) / most) for point in known]
    y = SMALL_TOP + float(SMALL_HEIGHT * (1 - limit))
    x, last = drawn[-1][0], known[-1]
    anchor, nudge = ("end", -8) if x > EDGE else ("start", 8)
    lines = [
        _line("dropout-line", drawn, SMALL_HEIGHT),
        _line("goal-line", [(Fraction(0), limit), (Fraction(1), limit)], SMALL_HEIGHT),
    ]
    foot, demand = SMALL_TOP + SMALL_HEIGHT, f"限值 {percent(trend.dropout_limit, 0)}"
    return [
        f'<line class="grid-line" x1="0" x2="100%" y1="{foot}" y2="{foot}"/>',
        _panel(SMALL_TOP, SMALL_HEIGHT, lines),
        f'<text class="strong" x="100%" y="{y - 6:.1f}" text-anchor="end">{demand}</text>',
        f'<text class="strong over-text" x="{_percent(x)}" dx="{nudge}" y="{SMALL_TOP - 8}" text-anchor="{anchor}">'
        f"脱失率 {percent(last.dropout_rate)}</text>",
    ]


def _percent(share: Fraction) -> str:
    return f"{float(share * 100):.2f}%"
