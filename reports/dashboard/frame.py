"""What stands around every page of progress: which day, of what, and the ways to another day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

from campaigns.models import Campaign

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Frame:
    """The day a page shows, the days beside it, and what else its address says."""

    campaign: Campaign
    on: date
    min_day: date
    max_day: date
    # Parameters other than the day and the order, such as the campaign.
    keep: Mapping[str, str]
    sort: str = ""
    # The day asked is still to come: what is known now, looked at from then.
    is_ahead: bool = False

    @property
    def previous(self) -> date | None:
        return self.on - DAY if self.on > self.min_day else None

    @property
    def next(self) -> date | None:
        return self.on + DAY if self.on < self.max_day else None

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
        return f"?{_query(dict(self.keep) | {'on': self.on.isoformat()})}".rstrip("&")


def read_frame(campaign: Campaign, parameters: Mapping[str, str], today: date) -> Frame:
    """Read an address; a day that cannot be meant is today, for an old link should still open a page.

    Days run from the first on which anybody could have had a vaccine (rules 2) to the plan's end, and
    beyond it to today: what is due on a day to come may be asked too.
    """
    keep = {"campaign": parameters["campaign"]} if parameters.get("campaign") else {}
    max_day = max(today, campaign.end_on)
    on = min(max(_day(parameters.get("on", ""), today), campaign.first_use_on), max_day)
    return Frame(
        campaign=campaign,
        on=on,
        min_day=campaign.first_use_on,
        max_day=max_day,
        keep=keep,
        sort=parameters.get("sort", "")[:20],
        is_ahead=on > today,
    )


def _query(parameters: Mapping[str, str]) -> str:
    return "".join(f"{urlencode({name: value})}&" for name, value in parameters.items())


def _day(text: str, today: date) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return today
