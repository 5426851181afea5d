"""The pages of units: all that a reader answers for, and one of them."""

from __future__ import annotations

from dataclasses import dataclass

from ledgers.summary import Counts
from registry.models import Unit, User
from reports.dashboard.access import reach_of, units_visible_to
from reports.dashboard.frame import Frame
from reports.dashboard.links import Lists
from reports.dashboard.pages import Page, url_for, where_is
from reports.dashboard.stored import units_on, units_then
from reports.dashboard.tags import TagRow, tag_rows
from reports.dashboard.units import CHOICES, UnitList, UnitRow, unit_list, unit_rows
from reports.days import DAY
from reports.splitting.own import OwnShare, own_shares


@dataclass(frozen=True)
class Choice:
    key: str
    name: str
    here: bool
    count: int


@dataclass(frozen=True)
class UnitsPage(Page):
    back: str
    units: UnitList
    choices: list[Choice]
    tags: list[TagRow]
    shares: list[OwnShare]


@dataclass(frozen=True)
class UnitPage(Page):
    back: str
    unit: Unit
    row: UnitRow

    @property
    def counts(self) -> Counts:
        return self.row.counts

    @property
    def call(self) -> int:
        """Return how many can have their next dose today."""
        return self.counts.due + self.counts.overdue


def units_page(user: User, frame: Frame, show: str) -> UnitsPage:
    """List the reader's units, those with the most people missing first."""
    key_trades = set(frame.campaign.key_trades.values_list("pk", flat=True))
    now, then = _counts(frame)
    rows = unit_rows(units_visible_to(user), now, key_trades, _lists(frame), then)
    # Where nobody is missing, an empty list would look like an error.
    show = show if show in CHOICES else "missing" if any(row.counts.unvaccinated for row in rows) else "all"
    choices = [
        Choice(key, name, key == show, sum(map(belongs, rows))) for key, (name, belongs) in CHOICES.items()
    ]  # fmt: skip
    return UnitsPage(
        frame=frame,
        where=where_is(frame.campaign.place),
        # Who has no place has no other page of progress to go back to.
        back=url_for(user, "dashboard", frame) if reach_of(user, frame.campaign).prefixes else "",
        units=unit_list(rows, show),
        choices=choices,
        tags=tag_rows(user, frame),
        shares=own_shares(user, frame.campaign, frame.on),
    )


def unit_page(user: User, unit: Unit, frame: Frame) -> UnitPage:
    """Put one unit's page together: who of its people is missing, wherever they live."""
    key_trades = set(frame.campaign.key_trades.values_list("pk", flat=True))
    now, then = _counts(frame)
    [row] = unit_rows([unit], now, key_trades, _lists(frame), then)
    return UnitPage(
        frame=frame,
        where=unit.place.name,
        back=url_for(user, "units", frame),
        unit=unit,
        row=row,
    )


def _counts(frame: Frame) -> tuple[dict[int, Counts], dict[int, Counts]]:
    """The units on the day and on the day it is compared with."""
    return units_on(frame.campaign, frame.on), units_then(frame.campaign, frame.since or frame.on - DAY)


def _lists(frame: Frame) -> Lists:
    return Lists(frame.on, frame.keep.get("campaign", ""))
