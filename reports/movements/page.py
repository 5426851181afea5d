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
from ledgers.movements.between import DoseTable, Mover, counts_at, doses_at, late_between, movements, movers
from ledgers.movements.folding import INSIDE, Line, RowOf, dose_splits, in_order, statement, village_row
from ledgers.movements.known import Late, Point
from ledgers.movements.rules import CAUSES, MEASURES, SPLITS
from ledgers.movements.signing import plain_counts, points_between, villages_signed
from ledgers.summary import Table
from registry.chips import CHIPS
from registry.models import Place
from reports.dashboard.links import Lists
from reports.lists.asked import PERMANENT
from reports.lists.tabs import TITLES, WORDS
from reports.movements.area import Area, UnitArea, district_row
from reports.movements.asked import DAY, EVERY_UNIT, Between
from reports.movements.village_signing import VillageSigning, village_signing

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
    # The ledger's list of either day; "" where the day is looked at as it was known, which no list is.
    opening_url: str
    closing_url: str
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
    parts: list[Part]
    closing: int

    @property
    def moved(self) -> int:
        return self.closing - self.opening


@dataclass(frozen=True)
class Page:
    """Everything between two days of one place, from one count of the opening and one question for who moved."""

    campaign: Campaign
    asked: Between
    area: Area | UnitArea
    signed: dict

    @property
    def place(self) -> Place:
        return self.area.place

    @property
    def prefix(self) -> str:
        return self.area.prefix

    # Of units rather than places.
    is_of_units = False

    @property
    def is_whole(self) -> bool:
        return self.place == self.campaign.place and not self.area.villages

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

    def movers(self, among: list[int] | None = None) -> Iterator[Mover]:
        """Yield the people behind the figures; with `among` of these alone."""
        return movers(self.campaign, *self.points, prefix=self.prefix, late=self.late, among=among)

    @property
    def last_signed(self) -> DaySigned | None:
        return self.signed.get(self.asked.closing)

    @cached_property
    def agrees(self) -> bool | None:
        """Whether counting anew says what was signed for; None where the page counts something else."""
        signed = self.opening_signed if self.is_since_signing else self.closing_signed
        if signed is None or not self._is_about(signed):
            return None
        if self.is_since_signing:
            return plain_counts(self.openings) == signed.counts
        counted = counts_at(self.campaign, signed.on, signed.cut_off_at, inside=self.prefix, late=self.late)
        return plain_counts(counted) == signed.counts

    def _is_about(self, signed: DaySigned) -> bool:
        """Whether it was signed for the very place that the page shows."""
        return self.place.code == signed.village_id if signed.village_id else self.is_whole

    @property
    def own_signed(self) -> DaySigned | None:
        """What was signed for the very place; of a village the whole's stands in for it, and asks for no note."""
        signed = self.last_signed
        return signed if signed and self._is_about(signed) else None

    @cached_property
    def village_signing(self) -> VillageSigning | None:
        """Which villages of several have signed for the closing day."""
        if self.is_of_units or self.area.row_level != Place.Level.VILLAGE or not self.area.has_rows:
            return None
        rows = self._lines(village_row)
        closings = {code: lines[self.asked.ledger].closing for code, lines in rows.items()}
        signed = villages_signed(self.campaign, self.asked.closing)
        return village_signing(self.asked, self._places, signed, closings)

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
        lines = self._lines(self.area.inside).get(INSIDE, {})
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
            opening_url=self._list(ledger, self.points[0]),
            closing_url=self._list(ledger, self.points[1]),
            query=self.asked.query(ledger=ledger),
            here=ledger == self.asked.ledger,
        )

    def _parts(self, ledger: str, side: str, causes: Counter[tuple[str, str]]) -> Iterator[Part]:
        for cause, number in in_order(causes):
            yield Part(CAUSES[cause], number, self._people(ledger=ledger, side=side, cause=cause))

    def _people(self, **changes: object) -> str:
        return f"{reverse('balance_people')}?{self.asked.query(**changes)}"

    def _list(self, ledger: str, point: Point) -> str:
        lists = None if point.known_at else self._lists(Lists(point.on, self.asked.campaign))
        return lists.of(ledger, residency=PERMANENT if self.asked.is_permanent else "") if lists else ""

    def _lists(self, lists: Lists) -> Lists | None:
        """The lists of all of it; None where no list holds just these people."""
        if self.asked.district:
            return lists.inside(district=self.asked.district)
        if len(self.area.villages) > 1:
            return None
        if self.place != self.campaign.place:
            lists = lists.inside(village=self.place.code[: Place.Level.VILLAGE])
            return lists.inside(group=self.place.code) if self.place.level == Place.Level.GROUP else lists
        return lists

    @cached_property
    def _places(self) -> dict[str, Place]:
        """The places of the rows, in the order of their codes."""
        inside = Place.objects.inside(self.prefix).filter(level=self.area.row_level).order_by("code")
        return {place.code: place for place in inside if self.area.holds(place.code)}

    @cached_property
    def rows(self) -> list[PlaceRow]:
        """The chosen ledger by village, or by group of a village; 待归类 and people of no group last."""
        if not self.area.has_rows:
            return []
        by_village = self.area.row_level == Place.Level.VILLAGE
        lines = self._lines(self.area.row_of)
        loose, words = ("", "待归类") if by_village else (self.place.code, "未分组")
        has_loose = loose in lines and not self.area.villages
        rows = [
            self._row(key, place.name, lines.get(key, {}), deeper=by_village) for key, place in self._places.items()
        ]
        return rows + ([self._row(loose, words, lines[loose], deeper=False)] if has_loose else [])

    @property
    def rows_shown(self) -> list[PlaceRow]:
        return self.rows

    @cached_property
    def districts(self) -> list[PlaceRow]:
        """Subtotals by 片区, where there are several; who went from a village to another one of it has not moved."""
        of_village = {code: place.district_group for code, place in self._places.items() if place.district_group}
        names = list(dict.fromkeys(of_village.values()))
        if len(names) < 2:
            return []
        lines = self._lines(district_row(of_village))
        return [self._district(name, lines.get(name, {}).get(self.asked.ledger, Line())) for name in names]

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

    def _row(self, key: str, name: str, lines: dict[str, Line], *, deeper: bool) -> PlaceRow:
        line = lines.get(self.asked.ledger, Line())
        into, out = (self._people(side=side, row=key or self.place.code) for side in ("into", "out"))
        url = f"?{self.asked.query(place=key, district='')}" if deeper else ""
        return PlaceRow(name, line.opening, line.into.total(), line.out.total(), line.closing, url, into, out)

    def _district(self, name: str, line: Line) -> PlaceRow:
        into, out = (self._people(side=side, district=name) for side in ("into", "out"))
        url = f"?{self.asked.query(district=name)}"
        return PlaceRow(name, line.opening, line.into.total(), line.out.total(), line.closing, url, into, out)

    @cached_property
    def doses(self) -> list[DoseRow]:
        """New people of each measure: given in the period, 补录以前, 更正, 人员增减; they add up to the difference."""
        inside = self.area.inside
        splits = dose_splits(self.found, inside, permanent=self.asked.is_permanent).get(INSIDE, {})
        opening: Counter[str] = Counter()
        for place, row in self._dosed.items():
            if inside(place) == INSIDE:
                opening.update({measure: numbers[self.asked.is_permanent] for measure, numbers in row.items()})
        return [self._doses(measure, opening[measure], splits.get(measure, Counter())) for measure in MEASURES]

    @property
    def _dosed(self) -> DoseTable:
        return doses_at(self.campaign, *self.points[0], inside=self.prefix, late=self.late)

    def _doses(self, measure: str, opening: int, parts: Counter[str]) -> DoseRow:
        shown = [
            Part(SPLIT_WORDS[part], parts[part], self._people(measure=measure, part=part, side="into", cause=""))
            for part in SPLITS
        ]
        return DoseRow(MEASURE_WORDS[measure], opening, shown, opening + parts.total())

    @property
    def late_doses(self) -> int:
        """Return how many first doses were given before and came to be known now."""
        return next(part.number for part in self.doses[0].parts if part.words == SPLIT_WORDS["late"])

    @property
    def counts_both_ways(self) -> bool:
        """Whether the list of people has some that are counted in and some that are counted out."""
        return bool(self.asked.measure) or self.asked.side == "net"

    @property
    def split_words(self) -> list[str]:
        return [SPLIT_WORDS[part] for part in SPLITS]

    # Addresses of neighbours.

    @property
    def whole_query(self) -> str:
        return self.asked.query(place="", district="", unit="")

    @property
    def units_query(self) -> str:
        return self.asked.query(place="", district="", unit=EVERY_UNIT)

    @property
    def since_query(self) -> str:
        return self.asked.query(opening=self.asked.closing, as_known_now=False)

    @property
    def day_before_query(self) -> str:
        return self.asked.query(opening=self.asked.closing - DAY)

    @property
    def back_query(self) -> str:
        return self.asked.query(side="into", cause="", row="", measure="", part="")
