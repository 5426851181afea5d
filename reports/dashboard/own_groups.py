"""进度总览 of who answers for some groups (组、社) and no whole village: a grid worker."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.urls import reverse

from registry.models import Place
from reports.dashboard.access import Reach
from reports.dashboard.board import Board
from reports.dashboard.frame import Frame
from reports.dashboard.pages import Page, where_is
from reports.dashboard.stored import groups_book
from reports.dashboard.village_page import Groups
from reports.figures import TOTAL


@dataclass(frozen=True)
class OwnGroupsPage(Page):
    groups: Groups


def own_groups_page(frame: Frame, reach: Reach) -> OwnGroupsPage:
    """Put the page together: a row of each group. Phases and the task are of villages, so there are none."""
    groups = list(Place.objects.within_any(reach.prefixes).filter(level=Place.Level.GROUP).order_by("code"))
    names = dict(Place.objects.filter(code__in={_village(group) for group in groups}).values_list("code", "name"))
    board = Board(frame, groups_book(frame.campaign, frame.on, [group.code for group in groups], frame.since))
    rows = [
        board.row(
            board.line(group.code, _name(group, names), url=reverse("village", args=[group.code])),
            board.lists.inside(village=_village(group), group=group.code),
        )
        for group in groups
    ]
    # Who came and who went is told group by group.
    total = replace(board.row(board.line(TOTAL, "合计"), board.lists), change=None, further=None)
    where = where_is(frame.campaign.place) + (next(iter(names.values())) if len(names) == 1 else "")
    return OwnGroupsPage(frame=frame, where=where, groups=Groups(rows, total))


def _village(group: Place) -> str:
    return group.code[: Place.Level.VILLAGE]


def _name(group: Place, villages: dict[str, str]) -> str:
    """Groups are numbered within a village; beside those of another, each says which it is of."""
    return group.name if len(villages) == 1 else f"{villages[_village(group)]}{group.name}"
