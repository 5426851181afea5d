"""The parts of a page of progress, each made from the same figures of one place and day."""

from __future__ import annotations

from fractions import Fraction

from campaigns.models import Campaign, PhaseItem
from campaigns.phase_dates import deadline_changes
from ledgers.earlier import Done
from reports.ahead import SILENT_DAYS
from reports.dashboard.frame import Frame
from reports.dashboard.headline import Change, Speed, speed_of
from reports.dashboard.lines import Line, line_of
from reports.dashboard.links import Lists
from reports.dashboard.matrix import Row
from reports.dashboard.phases import Phases, phases_of
from reports.dashboard.stored import Book
from reports.dashboard.top import Top, done_of, gap_of, ledger_slices, rate_card
from reports.dashboard.trend import Trend
from reports.days import DAY
from reports.figure_rows import Row as StoredRow
from reports.phase_counts import window_of
from reports.rules import PACE_DAYS, Window


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
        cover, change = line.coverage, self.change(line)
        return Row(
            line=line,
            change=change,
            further=self.further(line),
            speed=self.speed(line),
            gap=gap_of(line, self.judged_by),
            over_limit=None if cover.dropout_rate is None else line.over_limit,
            judged_by=self.judged_by,
            goal_tick=Fraction(cover.goal, cover.census_base) if cover.goal and cover.census_base else None,
            lists=lists,
            linked_leader=linked_leader,
            silent=self.silent(line, change),
        )

    def top(self, line: Line, phases: Phases, lists: Lists) -> Top:
        change = self.change(line)
        status = next((row.progress.status for row in phases.rows if row.is_overall), "")
        further = self.further(line)
        card = {"judged_by": self.judged_by, "status": status, "change": change, "further": further, "lists": lists}
        return Top(
            line=line,
            judged_by=self.judged_by,
            goal_rate=self.campaign.goal_rate,
            dropout_limit=self.campaign.dropout_limit,
            speed=self.speed(line),
            change=change,
            further=further,
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
            changes=deadline_changes(self.campaign),
        )

    def change(self, line: Line) -> Change:
        """Return what moved since the day before; a place without anybody then had nobody in any ledger."""
        return Change(self.frame.on - DAY, line, self.book.before.get(line.key) or StoredRow(), self.campaign)

    def further(self, line: Line) -> Change | None:
        """Return what moved since the day somebody chose, if any."""
        since = self.frame.since
        if since is None:
            return None
        return Change(since, line, self.book.since.get(line.key) or StoredRow(), self.campaign)

    def speed(self, line: Line) -> Speed:
        return speed_of(
            goal=line.coverage.goal,
            done=done_of(line.permanent, self.judged_by),
            week_ago=self._judged(line.row.before(PACE_DAYS)),
            on=self.frame.on,
            window=self.window,
        )

    def compared(self, line: Line) -> Change:
        """Return the change that tables show: since the day somebody chose, else since the day before."""
        return self.further(line) or self.change(line)

    def then(self, line: Line) -> Line:
        """Return the line as it stood on that day, with the base and goal of now."""
        cover = line.coverage
        return line_of(line.key, line.name, self.compared(line).then, self.campaign, base=cover.census_base)

    def silent(self, line: Line, change: Change) -> int:
        """Return for how many days nobody new had a first dose: 0, 1 (since the day before) or the three of EARLIER.

        Differences of two days, never doses of a day (rules 4); a place that lacks nobody cannot be silent, and
        for three days nobody is before the campaign is so old.
        """
        if not line.permanent.unvaccinated or change.first_dose > 0:
            return 0
        if self.frame.on < self.campaign.start_on + SILENT_DAYS * DAY:
            return 1
        return 1 if line.permanent.first_dose > line.row.before(SILENT_DAYS).first_dose else SILENT_DAYS

    def _judged(self, done: Done) -> int:
        return done.first_dose if self.judged_by == "first" else done.full


def _window(campaign: Campaign, book: Book) -> Window:
    """Return the window of the item that is judged by the campaign's goal; without one, the campaign's own days."""
    measure = PhaseItem.Measure.COVERAGE
    overall = next((figure.item for figure in book.phases if figure.item.measure == measure), None)
    if overall:
        return window_of(overall)
    return Window(campaign.start_on, campaign.end_on, measure.value)
