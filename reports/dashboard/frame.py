"""What stands around every page of progress: which day, of what, and the ways to another day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from urllib.parse import urlencode

from campaigns.models import Campaign
from reports.days import DAY, ShownDay, shown_day
from reports.storing import ensure


@dataclass(frozen=True)
class Frame:
    """The day a page shows, the days beside it, and what else its address says."""

    campaign: Campaign
    day: ShownDay
    # Parameters other than the day and the order, such as the campaign.
    keep: Mapping[str, str]
    sort: str = ""
    # The day beside the day before with which figures are compared; none unless somebody chose one.
    since: date | None = None

    @property
    def on(self) -> date:
        return self.day.on

    @cached_property
    def computed_at(self) -> datetime | None:
        """When the day's oldest figure was counted; asked for the first time, the day is counted if it is not fresh."""
        return ensure(self.campaign, self.on)

    @property
    def compared_on(self) -> date:
        """Return the day with which figures without room for two are compared."""
        return self.since or self.on - DAY

    @property
    def day_keep(self) -> dict[str, str]:
        return dict(self.keep) | ({"sort": self.sort} if self.sort else {})

    @property
    def day_query(self) -> str:
        """Return the other parameters of the address for links to another day, ending in & unless empty."""
        return _query(self.day_keep)

    @property
    def sort_query(self) -> str:
        """Return the other parameters for links to another order."""
        return _query(dict(self.keep) | {"on": self.on.isoformat()})

    @property
    def link_query(self) -> str:
        """Return the question mark and parameters for links to other pages of the same day."""
        return self._link_query(self.on)

    @property
    def since_keep(self) -> dict[str, str]:
        """Return what a form keeps that chooses another day to compare with."""
        kept = {name: value for name, value in self.day_keep.items() if name != "since"}
        return kept | {"on": self.on.isoformat()}

    @property
    def last_since(self) -> date:
        """Return the last day one may choose to compare with: the day before is compared anyway."""
        return self.on - 2 * DAY

    @property
    def since_query(self) -> str:
        return _query(self.since_keep)

    @property
    def same_query(self) -> str:
        """Return the same for a page that stands in for this one: it says by itself which day it shows."""
        return self._link_query(self.day.outside or self.on)

    def _link_query(self, on: date) -> str:
        return f"?{_query(dict(self.keep) | {'on': on.isoformat()})}".rstrip("&")


def read_frame(campaign: Campaign, parameters: Mapping[str, str], today: date) -> Frame:
    """Read an address."""
    keep = {"campaign": parameters["campaign"]} if parameters.get("campaign") else {}
    day = shown_day(campaign, parameters.get("on", ""), today)
    since = _since(parameters.get("since", ""), day)
    if since:
        keep["since"] = since.isoformat()
    return Frame(campaign=campaign, day=day, keep=keep, sort=parameters.get("sort", "")[:20], since=since)


def _since(text: str, day: ShownDay) -> date | None:
    """Read the day to compare with; the day before is compared anyway, and what is not earlier says nothing."""
    try:
        since = date.fromisoformat(text)
    except ValueError:
        return None
    return since if day.first <= since < day.on - DAY else None


def _query(parameters: Mapping[str, str]) -> str:
    return "".join(f"{urlencode({name: value})}&" for name, value in parameters.items())
