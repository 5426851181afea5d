"""本期新增 = 本期累计 − 上期已报累计, and what it is made of: given in the period, 补录以前, 更正, 人员变动.

What the report before said is not asked again: it is read from that report. So yesterday and today always add
up to the total, whatever was learnt meanwhile; why they differ is told by the movements of people between the
two cut-offs, each day as known at its own (`ledgers.movements`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from campaigns.models import Campaign
from ledgers.movements.between import Mover, movements
from ledgers.movements.folding import dose_splits, step_of, village_row
from ledgers.movements.known import Point
from ledgers.movements.rules import CAUSES, MEASURES, SPLITS
from ledgers.tallies import Tally, by_village
from reports.briefing.table import DOSES, measure_name
from reports.models import Issue

DAY = timedelta(days=1)
FULL = "full"
# A difference that no person explains, such as a platform or a plan that was changed meanwhile.
UNEXPLAINED = "方案或疫苗设置改动"

# By measure: first, second, third and full.
Numbers = dict[str, int]


@dataclass(frozen=True)
class Base:
    """What new persons are counted from: the report before, or for the first one the day before, as known now."""

    opening: Point
    numbers: Mapping[str, Numbers]
    issue: Issue | None

    def as_json(self) -> dict[str, Any]:
        if self.issue is None:
            return {"on": self.opening.on.isoformat(), "cut_off": None, "number": None}
        return {
            "on": self.opening.on.isoformat(),
            "cut_off": self.issue.figures["cut_off"],
            "number": self.issue.number,
        }


@dataclass
class Splits:
    """By village and measure the parts in the order of SPLITS; `causes` say why numbers went down."""

    rows: dict[str, dict[str, list[int]]] = field(default_factory=dict)
    causes: list[dict[str, Any]] = field(default_factory=list)

    def of(self, key: str) -> dict[str, list[int]]:
        return self.rows.get(key, {})

    def total(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for row in self.rows.values():
            for measure, parts in row.items():
                before = found.get(measure, [0] * len(SPLITS))
                found[measure] = [one + other for one, other in zip(before, parts, strict=True)]
        return found


def base_of(campaign: Campaign, on: date, known_at: datetime, previous: Issue | None) -> Base:
    """Return what the report before said; without one, what the day before comes to as known at `known_at`."""
    if previous is None:
        opening = Point(on - DAY, known_at)
        counted = {key: numbers_of(tally) for key, tally in by_village(campaign, *opening).items()}
        return Base(opening, counted, None)
    rows = [*previous.figures["villages"], *filter(None, [previous.figures["unplaced"]])]
    said = {row["key"]: numbers_of_row(row) for row in rows}
    return Base(Point(previous.on, previous.cut_off_at), said, previous)


def numbers_of(tally: Tally) -> Numbers:
    """The persons of a place that a report counts up: by dose number, and completed."""
    dosed = {name: tally.dosed[number] for number, name in enumerate(DOSES, start=1) if number in tally.dosed}
    return dosed | {FULL: tally.counts.permanent.full}


def numbers_of_row(row: Mapping[str, Any]) -> Numbers:
    """The same of a row as issued."""
    return dict(zip(DOSES, row["dosed"], strict=False)) | {FULL: row["permanent"].get("completed", 0)}


def split(campaign: Campaign, closing: Point, base: Base, now: Mapping[str, Tally], names: Mapping[str, str]) -> Splits:
    """Split what each village has more than the report before said; the parts add up to it exactly."""
    found = movements(campaign, base.opening, closing)
    parts = dose_splits(found, village_row, permanent=True)
    splits, odd = Splits(), Counter[tuple[str, str]]()
    for key in sorted({*now, *base.numbers, *parts}):
        row, said = numbers_of(now.get(key, Tally())), base.numbers.get(key, {})
        splits.rows[key] = {}
        for measure in MEASURES:
            more = row.get(measure, 0) - said.get(measure, 0)
            own = [parts[key][measure][part] if key in parts else 0 for part in SPLITS]
            # What no movement explains is a correction too, and named.
            rest = more - sum(own)
            own[SPLITS.index("corrected")] += rest
            splits.rows[key][measure] = own
            if rest:
                odd[key, measure] = rest
    splits.causes = [*_causes(found, names), *_unexplained(odd, names)]
    return splits


def _causes(found: Iterable[Mover], names: Mapping[str, str]) -> list[dict[str, Any]]:
    """Name why a number went down: by village, measure and cause how many persons left it."""
    lost: Counter[tuple[str, str, str]] = Counter()
    for mover in found:
        step = step_of(mover, village_row, permanent=True)
        cause = step.cause if step else mover.cause
        for row, measures in dose_splits([mover], village_row, permanent=True).items():
            for measure, parts in measures.items():
                if parts.total() < 0:
                    lost[row, measure, cause] -= parts.total()
    return [_cause(*key, number, names) for key, number in sorted(lost.items())]


def _cause(row: str, measure: str, cause: str, number: int, names: Mapping[str, str]) -> dict[str, Any]:
    words = CAUSES.get(cause, CAUSES["corrected"])
    said = f"{names.get(row, '其他村')}{measure_name(measure)}减 {number:,} 人（{words}）"
    return {"key": row, "measure": measure, "people": -number, "words": said}


def _unexplained(odd: Counter[tuple[str, str]], names: Mapping[str, str]) -> list[dict[str, Any]]:
    return [
        {
            "key": key,
            "measure": measure,
            "people": number,
            "words": f"{names.get(key, '其他村')}{measure_name(measure)}相差 {number:+,} 人（{UNEXPLAINED}）",
        }
        for (key, measure), number in sorted(odd.items())
    ]
