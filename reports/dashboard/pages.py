"""The pages of progress over several villages: stored figures in, one plain object per page out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.urls import NoReverseMatch, resolve, reverse
from django.utils.safestring import SafeString

from campaigns.models import Campaign
from campaigns.targets import TargetLine, target_lines
from ledgers.summary import Counts, by_age
from registry.access import may
from registry.models import Place, User
from reports.dashboard.access import Reach, units_visible_to
from reports.dashboard.ages import Ages, ages_of
from reports.dashboard.board import Board
from reports.dashboard.coming import Coming, coming_of
from reports.dashboard.districts import district_rows, districts_of
from reports.dashboard.frame import Frame
from reports.dashboard.lines import Line
from reports.dashboard.matrix import Matrix, Row, matrix_of
from reports.dashboard.matrix_html import districts_html, rows_html, total_html
from reports.dashboard.phases import Phases
from reports.dashboard.remainder import Remainder, remainder_of
from reports.dashboard.stored import villages_book
from reports.dashboard.top import Top
from reports.dashboard.trend import Trend
from reports.dashboard.units import UnitRow, Units, unit_rows, units_of
from reports.figures import TOTAL
from reports.lists.asked import STAFF
from reports.phases import goal_of_several
from reports.rules import base_of

# On phones one sorts by three segments, not by headings; "" is the rate the county judges.
PHONE_SORTS = (("", "接种率"), ("forecast", "到期缺口"), ("dropout", "脱失率"))


@dataclass(frozen=True)
class Page:
    """What every page of progress has."""

    frame: Frame
    # The names of the places around, largest first.
    where: str

    @property
    def campaign(self) -> Campaign:
        return self.frame.campaign

    @property
    def computed_at(self) -> datetime | None:
        return self.frame.computed_at


@dataclass(frozen=True)
class Sort:
    key: str
    name: str
    here: bool


@dataclass(frozen=True)
class MatrixPage(Page):
    """A page with villages as a matrix: all of the street, or those an account answers for."""

    top: Top
    matrix: Matrix
    # What the rows' own goals add up to, where it differs from the goal of the whole.
    rounding: int | None
    unplaced_url: str
    wall_url: str
    screen_url: str
    daily_url: str
    # What the rows are called.
    parts_name = "村（社区）"

    @property
    def village_rows(self) -> SafeString:
        return rows_html(self.matrix, self.frame)

    @property
    def district_rows(self) -> SafeString:
        return districts_html(self.matrix, self.frame)

    @property
    def total_row(self) -> SafeString:
        return total_html(self.matrix, self.frame)

    @property
    def sorts(self) -> list[Sort]:
        judged = self.campaign.judged_by
        chosen = self.frame.sort.removeprefix("-") or judged
        return [Sort(key or judged, name, (key or judged) == chosen) for key, name in PHONE_SORTS]

    @property
    def whose(self) -> str:
        """Name what the figures add up: the whole place, or how many of its villages."""
        whole = self.matrix.total.line.name == self.campaign.place.name
        return self.where if whole else f"{self.where} {len(self.matrix.rows)} 个村（社区）"

    @property
    def day_number(self) -> int:
        return (self.frame.on - self.campaign.start_on).days + 1

    @property
    def days_left(self) -> int:
        return (self.campaign.end_on - self.frame.on).days


@dataclass(frozen=True)
class DashboardPage(MatrixPage):
    phases: Phases
    trend: Trend
    ages: Ages
    remainder: Remainder
    coming: Coming
    units: Units
    units_url: str


@dataclass(frozen=True)
class OwnVillagesPage(MatrixPage):
    """The page of some villages together: of whoever answers for them, and for no whole street."""

    phases: Phases
    trend: Trend
    remainder: Remainder
    coming: Coming
    ages: Ages


@dataclass(frozen=True)
class Villages:
    """A board with its matrix: the rows, and their total worked out from sums, never from rates (rules 5)."""

    board: Board
    rows: list[Row]
    total: Line
    districts: list[Row]


def dashboard_page(user: User, frame: Frame) -> DashboardPage:
    """Put the whole street's page together; a constant number of queries, whatever the number of places."""
    found = _villages(frame, Reach(True, (frame.campaign.place.prefix,)))
    board, total = found.board, found.total
    phases = board.phases(board.lists)
    shared = _matrix_page(user, found, phases)
    return DashboardPage(
        **shared,
        phases=phases,
        trend=board.trend(total),
        ages=_ages(board, total),
        remainder=remainder_of(total, board.lists, board.then(total)),
        coming=coming_of(frame.campaign, total, board.compared(total), frame.on, board.lists),
        units=_key_units(user, board),
        units_url=url_for(user, "units", frame),
    )


def own_villages_page(user: User, frame: Frame, reach: Reach) -> OwnVillagesPage:
    """Put the page of some villages together."""
    found = _villages(frame, reach)
    board, total = found.board, found.total
    bands = by_age(frame.campaign, frame.on, *reach.prefixes)
    phases = board.phases(board.lists)
    return OwnVillagesPage(
        **_matrix_page(user, found, phases),
        phases=phases,
        trend=board.trend(total),
        remainder=remainder_of(total, board.lists, board.then(total)),
        coming=coming_of(frame.campaign, total, board.compared(total), frame.on, board.lists),
        # Age bands are stored of the whole alone, and of no earlier day.
        ages=ages_of([(key, row.permanent) for key, row in bands.items()], total.permanent, board.lists, {}, None),
    )


def matrix_page(user: User, frame: Frame, reach: Reach) -> MatrixPage:
    """Put the matrix of some villages together, or the whole street's: the wall chart and the large screen."""
    found = _villages(frame, reach)
    return MatrixPage(**_matrix_page(user, found, found.board.phases(found.board.lists)))


def _villages(frame: Frame, reach: Reach) -> Villages:
    campaign = frame.campaign
    targets, whole = target_lines(campaign)
    own = [target for target in targets if reach.covers(target.place.code)]
    covers = None if reach.whole else frozenset(target.place.code for target in own)
    districts = districts_of(own)
    sums = {name: [target.place.code for target in part] for name, part in districts.items()}
    if reach.whole:
        base, goal, name = whole.census_base, whole.assigned, campaign.place.name
    else:
        base, goal, name = base_of([target.census_base for target in own]), None, "合计"
    goals = {campaign.place_id: whole.goal}
    goal_of_all = whole.goal if reach.whole else goal_of_several(campaign, own)
    board = Board(frame, villages_book(campaign, frame.on, covers, goals, frame.since, sums, goal_of_all))
    # Asked once for all: the code takes the place of the campaign's own.
    address = reverse("village", args=[campaign.place_id])
    rows = [_village_row(board, target, address.replace(campaign.place_id, target.place.code)) for target in own]
    total = board.line(TOTAL, name, base=base, goal=goal)
    return Villages(board, rows, total, district_rows(board, districts))


def _village_row(board: Board, target: TargetLine, url: str) -> Row:
    place = target.place
    line = board.line(place.code, place.name, base=target.census_base, goal=target.assigned, url=url)
    return board.row(line, board.lists.inside(village=place.code), place.linked_leader)


def _matrix_page(user: User, found: Villages, phases: Phases) -> dict[str, object]:
    board, frame = found.board, found.board.frame
    unplaced = board.line("", "待归类")
    matrix = matrix_of(
        found.rows,
        board.row(found.total, board.lists),
        unplaced if unplaced.all.in_scope else None,
        districts=found.districts,
        unplaced_lists=board.lists.inside(village=frame.campaign.place_id),
        sort=frame.sort,
        deadline=board.window.deadline_on,
    )
    return {
        "frame": frame,
        "where": where_is(frame.campaign.place),
        "top": board.top(found.total, phases, board.lists),
        "matrix": matrix,
        "rounding": _rounding(found),
        "unplaced_url": url_for(user, "unplaced"),
        "wall_url": url_for(user, "wall_chart", frame),
        "screen_url": url_for(user, "screen"),
        "daily_url": url_for(user, "daily_csv"),
    }


def _rounding(found: Villages) -> int | None:
    goals = [row.line.coverage.goal for row in found.rows]
    if found.total.coverage.goal is None or None in goals or sum(goals) == found.total.coverage.goal:
        return None
    return sum(goals)


def _key_units(user: User, board: Board) -> Units:
    key_trades = set(board.campaign.key_trades.values_list("pk", flat=True))
    counts, then, lists = board.book.staff, board.book.staff_then, board.lists.inside(kind=STAFF)
    units = units_visible_to(user).filter(trade__in=key_trades)

    def load(keys: list[int]) -> list[UnitRow]:
        return unit_rows(units.filter(pk__in=keys), counts, key_trades, lists, then)

    return units_of(list(units.values_list("pk", flat=True)), counts, load)


def _ages(board: Board, total: Line) -> Ages:
    keys = board.campaign.age_bands.order_by("from_age").values_list("key", flat=True)
    bands = [(key, board.book.ages.get(key) or Counts()) for key in keys]
    return ages_of(bands, total.permanent, board.lists, board.book.ages_then, board.then(total).permanent)


def where_is(place: Place) -> str:
    """Return the names of the county and the place, without a space between: 忠县乌杨街道."""
    county = f"{place.code[: Place.Level.COUNTY]:0<12}"
    return "".join([*Place.objects.filter(code=county).values_list("name", flat=True), place.name])


def url_for(user: User, route: str, frame: Frame | None = None) -> str:
    """Return the address of a route that the account may enter, for the frame's day; "" otherwise."""
    try:
        url = reverse(route)
    except NoReverseMatch:
        return ""
    return url + (frame.link_query if frame else "") if may(user, resolve(url).func.right) else ""
