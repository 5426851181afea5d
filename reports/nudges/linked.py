"""What a leader sees first: the linked villages by 片区, and what was pressed there (plan 一(一), 联片督战)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from django.urls import reverse

from campaigns.models import Campaign
from campaigns.nudges.access import nudges_visible_to
from campaigns.nudges.reading import NudgeCounts, NudgeLine, counts_of, late_first, lines, open_by_village
from campaigns.targets import target_lines
from registry.access import scope_of
from registry.models import Place, Role, User
from reports.alerts.reading import places_alerted
from reports.dashboard.lines import Line, line_of
from reports.dashboard.links import Lists
from reports.dashboard.remainder import remainder_of
from reports.dashboard.top import gap_of
from reports.figure_rows import Row
from reports.figures import places_at
from reports.rules import base_of

# So many sheets stand on the first page; the others are a tap away.
MOST_PRESSED = 5


@dataclass(frozen=True)
class LinkedVillage:
    """A linked village with how many it misses, how many of them can be won, and its 督办单."""

    line: Line
    row: Row
    gap: int | None
    winnable: int
    nudges: NudgeCounts

    @property
    def url(self) -> str:
        return reverse("village", args=[self.line.key])


@dataclass(frozen=True)
class District:
    """The linked villages of one 片区 ("" where none is written down), the furthest behind first."""

    name: str
    villages: list[LinkedVillage]
    # Villages of the same 片区 that another leader is linked to.
    others: list[LinkedVillage]
    gap: int | None


@dataclass(frozen=True)
class LeadersPage:
    districts: list[District]
    # Of all linked villages together; null without a goal.
    gap: int | None
    winnable: int
    nudges: NudgeCounts
    # Who was told to do what by when: the first of the open sheets, late ones before all others.
    pressed: list[NudgeLine]
    alerts: int

    @property
    def _own(self) -> list[LinkedVillage]:
        return [one for district in self.districts for one in district.villages]

    @property
    def villages(self) -> int:
        return len(self._own)

    @property
    def worst(self) -> LinkedVillage | None:
        """Return the village that misses most; null where none misses anybody."""
        found = max(self._own, key=lambda one: one.gap or 0, default=None)
        return found if found and found.gap else None

    @property
    def over_limit(self) -> int:
        """Return in how many of them the dropout rate is not below its limit."""
        return sum(one.line.over_limit for one in self._own)


def leaders_page(user: User, campaign: Campaign, on: date) -> LeadersPage | None:
    """Return what stands first on a leader's dashboard, as of `on`; None for whoever is no leader.

    A constant number of queries; without a linked village only the sheets and alerts are counted.
    """
    if Role.LEADER not in scope_of(user).roles:
        return None
    read = scope_of(user).prefixes(Role.LEADER)
    villages = list(Place.objects.villages().within_any(read).inside(campaign.place.prefix))
    linked = {one.code for one in villages if _is_linked(user, one)}
    districts = _districts(campaign, on, villages, linked) if linked else []
    own = [one for district in districts for one in district.villages]
    sheets = nudges_visible_to(user).filter(campaign=campaign)
    return LeadersPage(
        districts=districts,
        gap=_gap(campaign, own),
        winnable=sum(one.winnable for one in own),
        nudges=counts_of(sheets, on),
        pressed=lines(late_first(sheets.open(), on)[:MOST_PRESSED], on),
        alerts=places_alerted(user),
    )


def _is_linked(user: User, village: Place) -> bool:
    """By the roster of villages, which names the leader, or by the account's own scope."""
    if user.name and village.linked_leader == user.name:
        return True
    own = scope_of(user).places.get(Role.LEADER, ())
    return any(len(prefix) == Place.Level.VILLAGE and village.code == prefix for prefix in own)


def _districts(campaign: Campaign, on: date, villages: list[Place], linked: set[str]) -> list[District]:
    made = {one.line.key: one for one in _lines(campaign, on, villages)}
    by_district = sorted(villages, key=lambda one: (one.district_group, one.code))
    found = []
    for name, group in groupby(by_district, key=lambda one: one.district_group):
        members = [one.code for one in group]
        own = [made[code] for code in members if code in linked]
        # No name, no 片区: then the others have nothing to do with it.
        others = [made[code] for code in members if code not in linked and name]
        if own:
            found.append(District(name, _behind_first(own), _behind_first(others), _gap(campaign, own)))
    return found


def _gap(campaign: Campaign, villages: list[LinkedVillage]) -> int | None:
    """Return what is missing to the goal of several villages, which is worked out on their sum (rules 5)."""
    total = Row()
    for one in villages:
        total += one.row
    base = base_of([one.line.coverage.census_base for one in villages])
    return gap_of(line_of("", "", total, campaign, base=base), campaign.judged_by)


def _behind_first(found: list[LinkedVillage]) -> list[LinkedVillage]:
    return sorted(found, key=lambda one: -(one.gap or 0))


def _lines(campaign: Campaign, on: date, villages: Iterable[Place]) -> Iterable[LinkedVillage]:
    rows = places_at(campaign, on, campaign.place.prefix, Place.Level.VILLAGE)
    targets = {line.place.code: line for line in target_lines(campaign)[0]}
    nudges = open_by_village(campaign, on)
    for village in villages:
        target = targets[village.code]
        row = rows.get(village.code) or Row()
        line = line_of(village.code, village.name, row, campaign, base=target.census_base, goal=target.goal)
        winnable = remainder_of(line, Lists(on)).winnable
        counts = nudges.get(village.code, NudgeCounts())
        yield LinkedVillage(line, row, gap_of(line, campaign.judged_by), winnable, counts)
