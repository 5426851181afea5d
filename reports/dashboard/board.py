"""The parts of a page of progress, each made from the same figures of one place and day."""

from __future__ import annotations

from fractions import Fraction

from campaigns.models import Campaign, PhaseItem
from reports.dashboard.frame import Frame
from reports.dashboard.headline import Change, Speed, change_between, speed_of
from reports.dashboard.lines import Line, line_of
from reports.dashboard.links import Lists
from reports.dashboard.matrix import Row
from reports.dashboard.phases import Phases, phases_of
from reports.dashboard.stored import Book
from reports.dashboard.top import Top, done_of, gap_of, ledger_slices, rate_card
from reports.dashboard.trend import Trend
from reports.figures import Row as StoredRow
from reports.phase_counts import window_of
from reports.rules import Window


class Board:
    """Makes the parts of a page from one book of figures."""

    def __init__(self, frame: Frame, book: Book):
        self.frame, self.book = frame, book
        self.campaign: Campaign = frame.campaign
        self.judged_by = self.campaign.judged_by
        self.lists = Lists(frame.on, frame.keep.get("campaign", ""))
        self.window = _window(self.campaign, book)

    def line(self, key: str, name: str, *, base: int | None = None, goal: int | None = None, url: str = "") -> Line:
        return line_of(key, name, self.book.now.get(key) or StoredRow(), self.campaign, base=base, goal=goal, url=url)

    def row(self, line: Line, lists: Lists, linked_leader: str = "") -> Row:
        cover = line.coverage
        return Row(
            line=line,
            change=self.change(line),
            speed=self.speed(line),
            gap=gap_of(line, self.judged_by),
            over_limit=None if cover.dropout_rate is None else line.over_limit,
            judged_by=self.judged_by,
            goal_tick=Fraction(cover.goal, cover.census_base) if cover.goal and cover.census_base else None,
            lists=lists,
            linked_leader=linked_leader,
        )

    def top(self, line: Line, phases: Phases, lists: Lists) -> Top:
        change = self.change(line)
        status = next((row.progress.status for row in phases.rows if row.is_overall), "")
        card = {"judged_by": self.judged_by, "status": status, "change": change, "lists": lists}
        return Top(
            line=line,
            judged_by=self.judged_by,
            goal_rate=self.campaign.goal_rate,
            dropout_limit=self.campaign.dropout_limit,
            speed=self.speed(line),
            change=change,
            first=rate_card(line, "first", **card),
            full=rate_card(line, "full", **card),
            ledgers=ledger_slices(line, lists),
            lists=lists,
        )

    def phases(self, lists: Lists) -> Phases:
        return phases_of(self.book.phases, lists, self.frame.on)

    def trend(self, line: Line) -> Trend:
        return Trend(
            points=self.book.points,
            missing=self.book.missing_days,
            start=self.window.start_on,
            deadline=self.window.deadline_on,
            goal=line.coverage.goal,
            judged_by=self.judged_by,
            forecast=self.speed(line).forecast,
            dropout_limit=Fraction(self.campaign.dropout_limit),
        )

    def change(self, line: Line) -> Change:
        # A place without anybody the day before had nobody in any ledger.
        return change_between(line, (self.book.before.get(line.key) or StoredRow()).counts)

    def speed(self, line: Line) -> Speed:
        week_ago = self.book.week_ago.get(line.key) or StoredRow()
        return speed_of(
            goal=line.coverage.goal,
            done=done_of(line.permanent, self.judged_by),
            week_ago=done_of(week_ago.counts.permanent, self.judged_by),
            on=self.frame.on,
            window=self.window,
        )


def _window(campaign: Campaign, book: Book) -> Window:
    """Return the window of the item that is judged by the campaign's goal; without one, the campaign's own days."""
    measure = PhaseItem.Measure.COVERAGE
    overall = next((figure.item for figure in book.phases if figure.item.measure == measure), None)
    if overall:
        return window_of(overall)
    return Window(campaign.start_on, campaign.end_on, measure.value)
