"""The page of one village or group: the same figures, its groups, its sub-states and its reasons."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from campaigns.models import Campaign, Target
from ledgers.summary import by_age
from registry.models import Place, User
from reports.dashboard.ages import Ages, ages_of
from reports.dashboard.board import Board
from reports.dashboard.coming import Coming, coming_of
from reports.dashboard.frame import Frame
from reports.dashboard.lines import Line
from reports.dashboard.links import Lists
from reports.dashboard.matrix import Row
from reports.dashboard.pages import Page, url_for, where_is
from reports.dashboard.phases import Phases
from reports.dashboard.remainder import Remainder, remainder_of
from reports.dashboard.stored import village_book
from reports.dashboard.top import Slice, Top, state_slices, with_moves
from reports.dashboard.trend import Trend
from reports.dashboard.village_work import Visits, visits_of
from reports.figures import TOTAL


@dataclass(frozen=True)
class States:
    """The people of 未完成全程接种 by what is to be done with them; `call` can have their dose today."""

    total: int
    call: int
    overdue: int
    parts: list[Slice]


@dataclass(frozen=True)
class Groups:
    rows: list[Row]
    total: Row

    @property
    def worst(self) -> Row | None:
        """Return the group with the most people unvaccinated; null where there are none."""
        found = max(self.rows, key=lambda row: row.line.all.unvaccinated, default=None)
        return found if found and found.line.all.unvaccinated else None


@dataclass(frozen=True)
class VillagePage(Page):
    place: Place
    back: str
    top: Top
    states: States
    remainder: Remainder
    coming: Coming
    groups: Groups
    phases: Phases
    trend: Trend
    ages: Ages
    # Null for who does not read them.
    visits: Visits | None


def village_page(user: User, place: Place, frame: Frame) -> VillagePage:
    """Put the page of a village or group together; a constant number of queries, whatever the number of groups."""
    is_village = place.level == Place.Level.VILLAGE
    board = Board(frame, village_book(frame.campaign, frame.on, place, frame.since))
    lists = board.lists.inside(village=place.code[: Place.Level.VILLAGE])
    if not is_village:
        lists = lists.inside(group=place.code)
    total = _whole(board, place)
    phases = board.phases(lists)
    return VillagePage(
        frame=frame,
        where=_where(frame.campaign, place),
        place=place,
        back=url_for(user, "dashboard", frame),
        top=board.top(total, phases, lists),
        states=_states(total, lists, board.then(total)),
        remainder=remainder_of(total, lists, board.then(total)),
        coming=coming_of(frame.campaign, total, board.compared(total), frame.on, lists),
        groups=_groups(board, place, total, lists) if is_village else Groups([], board.row(total, lists)),
        phases=phases,
        trend=board.trend(total),
        ages=_ages(frame, place, total, lists),
        visits=visits_of(user, frame.campaign, place, frame.on),
    )


def _whole(board: Board, place: Place) -> Line:
    """A group has no census number of its own: its rates are over the registry."""
    target = Target.objects.filter(campaign=board.campaign, place=place).first() or Target()
    return board.line(TOTAL, place.name, base=target.census_base, goal=target.goal)


def _ages(frame: Frame, place: Place, total: Line, lists: Lists) -> Ages:
    """Count the age bands of one place here, for they are stored of the whole alone."""
    bands = by_age(frame.campaign, frame.on, place.prefix)
    return ages_of([(key, row.permanent) for key, row in bands.items()], total.permanent, lists, {}, None)


def _states(line: Line, lists: Lists, then: Line) -> States:
    everybody = line.all
    parts = with_moves(state_slices(everybody, lists), state_slices(then.all, lists))
    return States(everybody.incomplete, everybody.due + everybody.overdue, everybody.overdue, parts)


def _groups(board: Board, village: Place, total: Line, lists: Lists) -> Groups:
    """Make a row of each group, in order; people of whom no group is known come last."""
    groups = Place.objects.inside(village.prefix).filter(level=Place.Level.GROUP)
    rows = [
        board.row(
            board.line(group.code, group.name, url=reverse("village", args=[group.code])),
            lists.inside(group=group.code),
        )
        for group in groups
    ]
    loose = board.line(village.code, "未分组")
    if rows and loose.all.in_scope:
        rows.append(board.row(loose, lists.inside(group=f"{village.code}000")))
    return Groups(rows, board.row(total, lists))


def _where(campaign: Campaign, place: Place) -> str:
    if place.level == Place.Level.VILLAGE:
        return where_is(campaign.place)
    village = Place.objects.filter(code=place.code[: Place.Level.VILLAGE]).values_list("name", flat=True)
    return "".join([where_is(campaign.place), *village])
