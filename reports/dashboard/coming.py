"""超期预警 and 末班车: what the coming days bring, and how much can still be reached by the campaign's last day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from campaigns.models import Campaign
from ledgers.day import soon_days
from reports.ahead import courses_of
from reports.dashboard.headline import Change
from reports.dashboard.lines import Line
from reports.dashboard.links import Lists
from reports.figure_rows import Row
from reports.lists.asked import EVERYBODY, FINISHING, PERMANENT, REACHABLE, SECOND_DUE_SOON, SOON, STARTING
from reports.rules import Course, DropoutAhead, LastStart, ceiling, dropout_ahead, is_dropout_met, last_starts, share


@dataclass(frozen=True)
class Overdue:
    """Who is overdue, who will be within the plan's days, and what the dropout rate becomes then (常住口径)."""

    lost: int
    soon: int
    days: int
    # The day on which whoever is overdue soon and has not come will be overdue.
    on: date
    ahead: DropoutAhead
    now: Fraction | None
    who: Fraction | None
    met_if_all: bool
    met_if_none: bool
    lost_moved: int
    soon_moved: int
    lost_url: str
    soon_url: str
    second_due_soon: int
    second_due_soon_url: str
    second_due_soon_moved: int
    now_moved: Fraction | None
    who_moved: Fraction | None


@dataclass(frozen=True)
class LastRow:
    """A platform's 末班车; `left` counts the days until then, the day asked included, and is 0 once it is over."""

    course: Course
    last_on: date
    left: int
    from_age: int | None


@dataclass(frozen=True)
class Reach:
    """The ceiling of full coverage by the campaign's last day: who is done, who can finish, who can begin."""

    full: int
    finishing: int
    starting: int
    total: int
    # Persons more or fewer than on the day it is compared with.
    moved: int
    rate: Fraction | None
    by_census: bool
    goal: int | None
    # Incomplete and unvaccinated for whom it is too late.
    too_late: int
    full_url: str
    finishing_url: str
    starting_url: str
    total_url: str

    @property
    def short(self) -> int:
        """Return how many people the ceiling stays below the goal; 0 where it does not, or without a goal."""
        return max((self.goal or 0) - self.total, 0)


@dataclass(frozen=True)
class Coming:
    overdue: Overdue
    platforms: list[LastRow]
    by_age: list[LastStart]
    reach: Reach
    end_on: date
    # The next day on which some age loses its last chance; null once all have.
    next_on: date | None


def coming_of(campaign: Campaign, line: Line, change: Change, on: date, lists: Lists) -> Coming:
    """Work out what is ahead of a place; two queries for the platforms."""
    courses = [course for course in courses_of(campaign).values() if course.approvals]
    by_age = last_starts(courses, campaign.min_age, campaign.end_on)
    return Coming(
        overdue=_overdue(campaign, line, change, on, lists),
        platforms=[_last(course, campaign, on) for course in courses],
        by_age=by_age,
        reach=_reach(line, lists, change.then),
        end_on=campaign.end_on,
        next_on=min((step.last_on for step in by_age if step.last_on >= on), default=None),
    )


def _overdue(campaign: Campaign, line: Line, change: Change, on: date, lists: Lists) -> Overdue:
    permanent, then = line.permanent, change.then
    base, lost = permanent.dropout_base, permanent.dropout_lost
    ahead = dropout_ahead(base=base, lost=lost, soon=line.ahead.soon, second_due_soon=line.ahead.second_due_soon)
    return Overdue(
        lost=lost,
        soon=line.ahead.soon,
        days=soon_days(campaign),
        on=on + timedelta(days=soon_days(campaign)),
        ahead=ahead,
        now=line.coverage.dropout_rate,
        who=line.coverage.dropout_rate_who,
        met_if_all=is_dropout_met(ahead.lost_if_all, ahead.base, campaign.dropout_limit),
        met_if_none=is_dropout_met(ahead.lost_if_none, ahead.base, campaign.dropout_limit),
        lost_moved=change.dropout_lost,
        soon_moved=line.ahead.soon - then.ahead.soon,
        lost_url=lists.overdue_permanent,
        soon_url=lists.of("incomplete", residency=PERMANENT, only=SOON),
        second_due_soon=line.ahead.second_due_soon,
        second_due_soon_url=lists.of(EVERYBODY, residency=PERMANENT, only=SECOND_DUE_SOON),
        second_due_soon_moved=line.ahead.second_due_soon - then.ahead.second_due_soon,
        now_moved=change.dropout_rate,
        who_moved=change.dropout_rate_who,
    )


def _last(course: Course, campaign: Campaign, on: date) -> LastRow:
    last_on = course.last_start_on(campaign.end_on)
    age = course.youngest(campaign.end_on)
    return LastRow(
        course, last_on, max((last_on - on).days + 1, 0), None if age is None else max(age, campaign.min_age)
    )


def _reach(line: Line, lists: Lists, then: Row) -> Reach:
    permanent, ahead = line.permanent, line.ahead
    total = ceiling(permanent.full, ahead.finishing, ahead.starting)
    before = ceiling(then.counts.permanent.full, then.ahead.finishing, then.ahead.starting)
    base = line.coverage.census_base
    return Reach(
        full=permanent.full,
        finishing=ahead.finishing,
        starting=ahead.starting,
        total=total,
        moved=total - before,
        rate=share(total, permanent.in_scope if base is None else base),
        by_census=base is not None,
        goal=line.coverage.goal,
        too_late=permanent.incomplete + permanent.unvaccinated - ahead.finishing - ahead.starting,
        full_url=lists.completed_permanent,
        finishing_url=lists.of("incomplete", residency=PERMANENT, only=FINISHING),
        starting_url=lists.of("unvaccinated", residency=PERMANENT, only=STARTING),
        total_url=lists.of(EVERYBODY, residency=PERMANENT, only=REACHABLE),
    )
