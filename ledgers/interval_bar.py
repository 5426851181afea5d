"""The intervals between doses drawn in time, as shares of the whole span. Pure geometry, no drawing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from ledgers.rules import Stand, SubState
from ledgers.why import nth

# Room at both ends, in per cent, so that the outer days stand under their marks.
_MARGIN = 9
# What a day and its word need on a phone, in per cent of the bar.
_ROOM = 17


@dataclass(frozen=True)
class Span:
    """A stretch of the bar: where it begins and how long it is, in per cent; `tone` names its colour."""

    start: str
    width: str
    middle: str
    tone: str
    words: str


@dataclass(frozen=True)
class Mark:
    """A day under the bar; `number` stands in a disc where a dose was given or is due."""

    at: str
    on: date
    words: str
    number: str = ""
    tone: str = ""
    # The next mark stands so near that a phone has no room for both days.
    is_close: bool = False


@dataclass(frozen=True)
class Bar:
    spans: list[Span]
    marks: list[Mark]


def interval_bar(stand: Stand, given: list[date], on: date, sub_state: SubState | None) -> Bar | None:
    """Lay out the doses given up to `on` and, while not completed, the days of the next one."""
    days = sorted(given)
    if not days:
        return None
    marks = [(day, f"第{i}次" if i > stand.needed else nth(i), str(i), "given") for i, day in enumerate(days, 1)]
    spans = [(a, b, "given", f"隔 {(b - a).days} 天") for a, b in pairwise(days)]
    if stand.next_from and stand.next_by:
        coming = nth(stand.counted + 1)
        spans.append((days[-1], stand.next_from, "waiting", f"间隔 {(stand.next_from - days[-1]).days} 天"))
        spans.append(
            (stand.next_from, stand.next_by, "due", f"应打{coming}，{(stand.next_by - stand.next_from).days} 天")
        )
        marks += [(stand.next_from, f"可以打{coming}", "", ""), (stand.next_by, "最迟", "", "")]
        if on > stand.next_by:
            spans.append((stand.next_by, on, "over", f"超期 {(on - stand.next_by).days} 天"))
        late = sub_state == "overdue"
        marks.append((on, "截至日", str(stand.counted + 1) if late else "", "over" if late else "now"))
    if len(spans) == 0:
        return None
    return _placed(spans, marks)


def _placed(spans: list[tuple[date, date, str, str]], marks: list[tuple[date, str, str, str]]) -> Bar:
    first = min(mark[0] for mark in marks)
    whole = max((max(mark[0] for mark in marks) - first).days, 1)

    def share(day: date) -> float:
        return _MARGIN + (100 - 2 * _MARGIN) * (day - first).days / whole

    drawn = [
        Span(_percent(share(a)), _percent(share(b) - share(a)), _percent((share(a) + share(b)) / 2), tone, words)
        for a, b, tone, words in spans
        if b > a
    ]
    ordered = sorted(marks, key=lambda mark: mark[0])
    following = [share(mark[0]) for mark in ordered[1:]] + [200.0]
    return Bar(
        drawn,
        [
            Mark(_percent(share(day)), day, words, number, tone, is_close=after - share(day) < _ROOM)
            for (day, words, number, tone), after in zip(ordered, following, strict=True)
        ],
    )


def _percent(value: float) -> str:
    return f"{value:.2f}%"
