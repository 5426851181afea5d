"""The figures that a 督办单 speaks of: how many are missing, how many of them can be won (rules 3, 5, 6)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from math import ceil

from campaigns.models import Campaign, Nudge, PhaseItem
from campaigns.nudges.rules import Situation
from campaigns.targets import target_lines
from ledgers.summary import Counts
from registry.chips import CHIPS
from registry.models import Place, Unit, User
from reports.dashboard.lines import Line, line_of
from reports.dashboard.links import Lists
from reports.dashboard.remainder import remainder_of
from reports.dashboard.top import gap_of
from reports.figure_rows import Row
from reports.figures import places_at, rows_at
from reports.lists.asked import PERMANENT, WINNABLE, Asked
from reports.lists.people import Question, people_asked
from reports.models import Figure
from reports.phases_by_place import ByPlace, phases_by_place

Subject = Nudge.Subject
# Statuses that one need not press about, and those told elsewhere on the sheet.
_SAID = ("at_risk", "behind", "missed")


@dataclass(frozen=True)
class About:
    """Whom and what a sheet is about, sent already or not."""

    of: Place | Unit
    subject: str
    phase: PhaseItem | None = None

    @property
    def words(self) -> str:
        return self.phase.name if self.phase else Subject(self.subject).label


def about(nudge: Nudge) -> About:
    return About(nudge.of, nudge.subject, nudge.phase)


class Situations:
    """Says the figures of several sheets on one day; a constant number of queries, whatever their number."""

    def __init__(self, campaign: Campaign, on: date, items: Iterable[PhaseItem | None] = ()):
        self.campaign, self.on = campaign, on
        self._items = {item.pk: item for item in items if item}

    def of(self, asked: About) -> Situation:
        """Return what stands now; for a unit without its 可动员, which `winnable_members` counts."""
        if isinstance(asked.of, Unit):
            return self._of_unit(asked)
        if asked.phase:
            return self._of_phase(asked.of, asked.phase)
        line = self._line(asked.of)
        overdue = line.permanent.overdue
        if asked.subject == Subject.OVERDUE:
            return Situation(overdue=overdue)
        gap = gap_of(line, self.campaign.judged_by)
        if asked.subject == Subject.ZEROING or gap is None:
            return Situation(line.permanent.unvaccinated, self._winnable(line), overdue, what="应种未种清零")
        return Situation(gap, self._winnable(line), overdue, what="离目标任务数")

    def _of_unit(self, asked: About) -> Situation:
        counts = self._units.get(asked.of.pk, Counts())
        if asked.subject == Subject.OVERDUE:
            return Situation(overdue=counts.overdue)
        return Situation(counts.unvaccinated, None, counts.overdue, what="应种未种清零")

    def _of_phase(self, village: Place, item: PhaseItem) -> Situation:
        line = self._phases.get((item.pk, village.code))
        if line is None or line.progress.remaining is None:
            return Situation(phase=item.name, deadline_on=item.deadline_on)
        state = line.progress
        return Situation(
            remaining=state.remaining,
            winnable=line.counts.winnable,
            overdue=self._line(village).permanent.overdue,
            phase=item.name,
            deadline_on=item.deadline_on,
            status=CHIPS[state.status].word if state.status in _SAID else "",
            required_pace=ceil(state.required_pace) if state.required_pace else None,
        )

    def _line(self, village: Place) -> Line:
        target = self._targets.get(village.code)
        base, goal = (target.census_base, target.goal) if target else (None, None)
        row = self._places.get(village.code) or Row()
        return line_of(village.code, village.name, row, self.campaign, base=base, goal=goal)

    def _winnable(self, line: Line) -> int:
        return remainder_of(line, Lists(self.on)).winnable

    @cached_property
    def _targets(self) -> dict:
        villages, whole = target_lines(self.campaign)
        return {line.place.code: line for line in [*villages, whole]}

    @cached_property
    def _places(self) -> dict[str, Row]:
        return places_at(self.campaign, self.on, self.campaign.place.prefix, Place.Level.VILLAGE)

    @cached_property
    def _units(self) -> dict[int, Counts]:
        found = rows_at(self.campaign, self.on, Figure.By.UNIT)
        return {int(key): row.counts.all for key, row in found.items() if key}

    @cached_property
    def _phases(self) -> ByPlace:
        goals = {code: line.goal for code, line in self._targets.items()}
        return phases_by_place(self.campaign, self.on, goals, self._items.values())


def winnable_members(campaign: Campaign, on: date, unit: Unit, user: User) -> int:
    """Count the members of a unit without a dose who can be won: the list that its link opens, of anybody's scope."""
    asked = Asked(ledger="unvaccinated", on=on, unit=str(unit.pk), reason=WINNABLE)
    return people_asked(Question(asked, campaign, user, is_whole=True)).count()


@dataclass(frozen=True)
class Links:
    """Where the lists behind a sheet's figures are."""

    missing: str
    winnable: str
    overdue: str


def links_of(campaign: Campaign, on: date, asked: About) -> Links:
    """Return the lists of who is missing, who can be won and who is overdue; units in 全口径, villages in 常住口径."""
    if isinstance(asked.of, Unit):
        lists = Lists(on, campaign.key).inside(unit=str(asked.of.pk))
        return Links(lists.unvaccinated, lists.of("unvaccinated", reason=WINNABLE), lists.overdue)
    lists = Lists(on, campaign.key).inside(village=asked.of.code)
    winnable = lists.of("unvaccinated", residency=PERMANENT, reason=WINNABLE)
    if asked.phase and asked.phase.measure != PhaseItem.Measure.COVERAGE:
        return Links(lists.of("everybody", phase=asked.phase.key), "", lists.overdue_permanent)
    return Links(lists.unvaccinated_permanent, winnable, lists.overdue_permanent)
