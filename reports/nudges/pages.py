"""What the pages of 督办 show: sheets with the figures they press for, in a constant number of queries."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from django.core.paginator import Page, Paginator

from campaigns.models import Campaign, Nudge, NudgeStep
from campaigns.models.nudges import NudgeQuerySet
from campaigns.nudges.access import nudges_visible_to
from campaigns.nudges.reading import NudgeCounts, NudgeLine, counts_of, late_first, lines
from campaigns.nudges.rules import Situation
from registry.models import Unit, User
from reports.nudges.situations import About, Links, Situations, about, links_of, winnable_members

PER_PAGE = 50
State = Nudge.State


@dataclass(frozen=True)
class Row:
    """A sheet of a list, with how many its place misses today."""

    line: NudgeLine
    now: Situation

    @property
    def nudge(self) -> Nudge:
        return self.line.nudge


@dataclass(frozen=True)
class Tab:
    key: str
    name: str
    count: int
    here: bool


@dataclass(frozen=True)
class ListPage:
    campaign: Campaign
    on: date
    counts: NudgeCounts
    tabs: list[Tab]
    show: str
    page: Page
    rows: list[Row]

    @property
    def query(self) -> str:
        """The address's other parameters, for links to other pages of the list."""
        return f"campaign={self.campaign.key}&show={self.show}&"


def list_page(user: User, campaign: Campaign, on: date, show: str, number: str | None) -> ListPage:
    """Put a page of the account's sheets together, late ones first; `show` is a tab's key."""
    own = nudges_visible_to(user).filter(campaign=campaign)
    counts = counts_of(own, on)
    chosen = show if show in _SHOWN else "open"
    page = Paginator(late_first(_SHOWN[chosen](own, on), on), PER_PAGE).get_page(number)
    found = list(page)
    situations = Situations(campaign, on, [one.phase for one in found])
    rows = [Row(line, situations.of(about(line.nudge))) for line in lines(found, on)]
    return ListPage(campaign, on, counts, _tabs(counts, chosen), chosen, page, rows)


_SHOWN = {
    "open": lambda own, on: own.open(),
    "late": NudgeQuerySet.late,
    "waiting": lambda own, on: own.awaiting(),
    "answered": lambda own, on: own.filter(state=State.ANSWERED),
    "closed": lambda own, on: own.filter(state=State.CLOSED),
}


def _tabs(counts: NudgeCounts, show: str) -> list[Tab]:
    named = [
        ("open", "没销号", counts.open), ("late", "逾期", counts.late), ("waiting", "待反馈", counts.waiting),
        ("answered", "待销号", counts.answered), ("closed", "已销号", counts.closed),
    ]  # fmt: skip
    return [Tab(key, name, count, key == show) for key, name, count in named]


@dataclass(frozen=True)
class Sheet:
    """One sheet with its history and the figures of today; `then` are those of the day it was sent."""

    line: NudgeLine
    steps: list[NudgeStep]
    now: Situation
    then: Situation
    links: Links
    on: date

    @property
    def nudge(self) -> Nudge:
        return self.line.nudge

    @property
    def last_words(self) -> NudgeStep:
        """What was said last: an answer to be judged, or why it was returned."""
        return self.steps[-1]

    @property
    def population(self) -> str:
        return "全口径，含各类成员" if self.nudge.unit_id else "常住口径"


def sheet_of(user: User, nudge: Nudge, on: date) -> Sheet:
    asked = about(nudge)
    return Sheet(
        line=lines([nudge], on)[0],
        steps=list(nudge.steps.select_related("by")),
        now=situation_now(user, nudge.campaign, on, asked),
        then=Situation(**nudge.figures),
        links=links_of(nudge.campaign, on, asked),
        on=on,
    )


def situation_now(user: User, campaign: Campaign, on: date, asked: About) -> Situation:
    """Return the figures of one sheet, of a unit with how many of those missing can be won."""
    found = Situations(campaign, on, [asked.phase]).of(asked)
    if isinstance(asked.of, Unit) and found.remaining is not None:
        return replace(found, winnable=winnable_members(campaign, on, asked.of, user))
    return found
