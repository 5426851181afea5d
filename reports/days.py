"""Which day a page shows for the day that its address asks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from campaigns.models import Campaign

DAY = timedelta(days=1)


@dataclass(frozen=True)
class ShownDay:
    """The day shown, and the first and last that the campaign's pages show, both inclusive."""

    on: date
    first: date
    last: date
    # Still to come: what is known now, looked at from then.
    is_ahead: bool
    # What was asked where it lies before the first day or after the last.
    outside: date | None = None

    @property
    def previous(self) -> date | None:
        return self.on - DAY if self.on > self.first else None

    @property
    def next(self) -> date | None:
        return self.on + DAY if self.on < self.last else None


def shown_day(campaign: Campaign, asked: str, today: date) -> ShownDay:
    """Return the day to show for the ISO date `asked`; what is no date is today, for an old link should still open.

    Days run from the first on which anybody could have had a vaccine (rules 2) to the plan's end, and
    beyond it to today: what is due on a day to come may be asked too. Any other day gives the nearest of these.
    """
    meant = read_day(asked, today)
    first, last = campaign.first_use_on, max(today, campaign.end_on)
    on = min(max(meant, first), last)
    return ShownDay(on, first, last, is_ahead=on > today, outside=meant if meant != on else None)


def read_day(text: str, today: date) -> date:
    """Return the ISO date of an address, or today where it is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return today
