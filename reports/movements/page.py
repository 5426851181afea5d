"""The page of the movements: one statement for each ledger, one table by village or group, one of doses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from django.urls import reverse

from campaigns.models import Campaign
from ledgers.day import LEDGERS
from ledgers.models import DaySigned
from ledgers.movements.between import (
    INSIDE,
    Line,
    Mover,
    RowOf,
    counts_at,
    dose_splits,
    doses_at,
    group_row,
    in_order,
    late_between,
    movements,
    row_inside,
    statement,
    village_row,
)
from ledgers.movements.known import Late, Point
from ledgers.movements.rules import CAUSES, MEASURES, SPLITS
from ledgers.movements.signing import last_signed, plain_counts, points_between
from ledgers.summary import Table
from registry.chips import CHIPS
from registry.models import Place
from reports.lists.tabs import TITLES, WORDS
from reports.movements.asked import DAY, Between

MEASURE_WORDS = {"first": "打过第一针", "second": "打过第二针", "third": "打过第三针", "full": "全程打完"}
SPLIT_WORDS = {"given": "本期接种", "late": "补录以前", "corrected": "更正", "people": "人员增减"}


@dataclass(frozen=True)
class Part:
    """One cause of a side, with the address of its people."""

    words: str
    number: int
    url: str


@dataclass(frozen=True)
class Balance:
    """期初 + 转入 − 转出 = 期末 of one ledger, with the causes of either side."""

    ledger: str
    title: str
    word: str
    icon: str
    tone: str
    opening: int
    into: int
    out: int
    closing: int
    parts_into: list[Part]
    parts_out: list[Part]
    into_url: str
    out_url: str
    query: str
    here: bool


@dataclass(frozen=True)
class PlaceRow:
    name: str
    opening: int
    into: int
    out: int
    closing: int
    url: str
    into_url: str
    out_url: str


@dataclass(frozen=True)
class DoseRow:
    words: str
    opening: int
    parts: list[tuple[str, int]]
    closing: int


@dataclass(frozen=True)
class Page:
    """Everything between two days of one place, from one count of the opening and one question for who moved."""

    campaign: Campaign
    asked: Between
    place: Place
    signed: dict

    @property
    def prefix(self) -> str:
        return self.place.prefix

    @cached_property
    def points(self) -> tuple[Point, Point]:
        if self.asked.as_known_now:
            return Point(self.asked.opening), Point(self.asked.closing)
        return points_between(self.asked.opening, self.asked.closing, self.signed)

    @cached_property
    def late(self) -> Late:
        return late_between(self.campaign, *self.points)

    @cached_property
    def openings(self) -> Table:
        return counts_at(self.campaign, *self.points[0], inside=self.prefix, late=self.late)

    @cached_property
    def found(self) -> list[Mover]:
        return movements(self.campaign, *self.points, prefix=self.prefix, late=self.late)

    @property
    def last_signed(self) -> DaySigned | None:
        return self.signed.get(self.asked.closing)

    @cached_property
    def agrees(self) -> bool | None:
        """Whether counting anew says what was signed for; None where the page counts something else."""
        signed = self.opening_signed if self.is_since_signing else self.closing_signed
        if signed is None or self.place != self.campaign.place:
            return None
        if self.is_since_signing:
            return plain_counts(self.openings) == signed.counts
        return plain_counts(counts_at(self.campaign, signed.on, signed.cut_off_at, late=self.late)) == signed.counts

    @property
    def row_of(self) -> RowOf:
        return group_row if self.place.level == Place.Level.VILLAGE else village_row

    @property
    def opening_signed(self) -> DaySigned | None:
        return None if self.asked.as_known_now else self.signed.get(self.asked.opening)

    @property
    def closing_signed(self) -> DaySigned | None:
        if self.asked.as_known_now or self.is_since_signing:
            return None
        return self.signed.get(self.asked.closing)

    @property
    def is_since_signing(self) -> bool:
        """A day and itself: what has come since it was signed for."""
        return self.asked.opening == self.asked.closing

    @cached_property
    def balances(self) -> list[Balance]:
        lines = self._lines(row_inside(self.prefix)).get(INSIDE, {})
        return [self._balance(name, lines.get(name, Line())) for name in LEDGERS]

    @property
    def chosen(self) -> Balance:
        return next(balance for balance in self.balances if balance.here)

    def _lines(self, row_of: RowOf) -> dict[str, dict[str, Line]]:
        return statement(self.openings, self.found, row_of, permanent=self.asked.is_permanent)

    def _balance(self, ledger: str, line: Line) -> Balance:
        chip = CHIPS[ledger]
        return Balance(
            ledger=ledger,
            title=TITLES[ledger],
            word=WORDS[ledger],
            icon=chip.icon,
            tone=chip.tone,
            opening=line.opening,
            into=line.into.total(),
            out=line.out.total(),
            closing=line.closing,
            parts_into=list(self._parts(ledger, "into", line.into)),
            parts_out=list(self._parts(ledger, "out", line.out)),
            into_url=self._people(ledger=ledger, side="into"),
            out_url=self._people(ledger=ledger, side="out"),
            query=self.asked.query(ledger=ledger),
            here=ledger == self.asked.ledger,
        )

    def _parts(self, ledger: str, side: str, causes: Counter[tuple[str, str]]) -> Iterator[Part]:
        for cause, number in in_order(causes):
            yield Part(CAUSES[cause], number, self._people(ledger=ledger, side=side, cause=cause))

    def _people(self, **changes: object) -> str:
        return f"{reverse('balance_people')}?{self.asked.query(**changes)}"

    @cached_property
    def rows(self) -> list[PlaceRow]:
        """The chosen ledger by village, or by group of a village; 待归类 and people of no group last."""
        if self.place.level == Place.Level.GROUP:
            return []
        lines = self._lines(self.row_of)
        names = dict(Place.objects.inside(self.prefix).filter(level=self._row_level).values_list("code", "name"))
        loose = "" if self._row_level == Place.Level.VILLAGE else self.place.code
        keys = sorted(names) + ([loose] if loose in lines else [])
        empty: dict[str, Line] = {}
        words = "待归类" if loose == "" else "未分组"
        return [self._row(key, names.get(key, words), lines.get(key, empty)) for key in keys]

    @property
    def _row_level(self) -> int:
        return Place.Level.GROUP if self.place.level == Place.Level.VILLAGE else Place.Level.VILLAGE

    @cached_property
    def rows_total(self) -> PlaceRow:
        """Sums of the rows; who went from one row to another is in both sides."""
        opening, into, out, closing = (
            sum(getattr(row, name) for row in self.rows) for name in ("opening", "into", "out", "closing")
        )
        return PlaceRow("合计", opening, into, out, closing, "", "", "")

    @property
    def moved_between(self) -> int:
        return self.rows_total.into - self.chosen.into

    def _row(self, key: str, name: str, lines: dict[str, Line]) -> PlaceRow:
        line = lines.get(self.asked.ledger, Line())
        row = key or self.place.code
        deeper = key and self._row_level == Place.Level.VILLAGE
        return PlaceRow(
            name=name,
            opening=line.opening,
            into=line.into.total(),
            out=line.out.total(),
            closing=line.closing,
            url=f"?{self.asked.query(place=key)}" if deeper else "",
            into_url=self._people(side="into", row=row),
            out_url=self._people(side="out", row=row),
        )

    @cached_property
    def doses(self) -> list[DoseRow]:
        """New people of each measure: given in the period, 补录以前, 更正, 人员增减; they add up to the difference."""
        row_of = row_inside(self.prefix)
        splits = dose_splits(self.found, row_of, permanent=self.asked.is_permanent).get(INSIDE, {})
        opening: Counter[str] = Counter()
        for row in doses_at(self.campaign, *self.points[0], inside=self.prefix, late=self.late).values():
            opening.update({measure: numbers[self.asked.is_permanent] for measure, numbers in row.items()})
        return [
            DoseRow(
                MEASURE_WORDS[measure],
                opening[measure],
                [(SPLIT_WORDS[part], parts[part]) for part in SPLITS],
                opening[measure] + parts.total(),
            )
            for measure in MEASURES
            for parts in [splits.get(measure, Counter())]
        ]

    @property
    def split_words(self) -> list[str]:
        return [SPLIT_WORDS[part] for part in SPLITS]

    # Addresses of neighbours.

    @property
    def whole_query(self) -> str:
        return self.asked.query(place="")

    @property
    def since_query(self) -> str:
        return self.asked.query(opening=self.asked.closing, as_known_now=False)

    @property
    def day_before_query(self) -> str:
        return self.asked.query(opening=self.asked.closing - DAY)

    @property
    def back_query(self) -> str:
        return self.asked.query(side="into", cause="", row="")


def page_of(campaign: Campaign, asked: Between, place: Place) -> Page:
    """Return the page; its counts are made when they are looked at."""
    return Page(campaign, asked, place, last_signed(campaign, {asked.opening, asked.closing}))
