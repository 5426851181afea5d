"""What presses on one village, for its page: open 督办单, alerts, and its own measures (一村一策)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from campaigns.measures.access import may_write
from campaigns.measures.reading import MeasureLine, measures_of
from campaigns.models import Campaign
from campaigns.nudges.reading import NudgeLine, open_nudges
from registry.access import may, scope_of
from registry.models import Place, Role, User
from reports.alerts.reading import AlertLine, open_alerts


@dataclass(frozen=True)
class VillagePressure:
    """All as of today, whatever day the page shows; `may_send` and `may_write` say what the reader may do."""

    village: Place
    campaign: Campaign
    nudges: list[NudgeLine]
    alerts: list[AlertLine]
    measures: list[MeasureLine]
    may_send: bool
    may_write: bool


def village_pressure(user: User, campaign: Campaign, place: Place, today: date) -> VillagePressure | None:
    """Return what presses on a village for who reads the whole of it, in three queries; None for a group."""
    own = scope_of(user).prefixes(Role.CADRE, Role.STAFF, Role.LEADER)
    if place.level != Place.Level.VILLAGE or not any(place.code.startswith(prefix) for prefix in own):
        return None
    return VillagePressure(
        village=place,
        campaign=campaign,
        nudges=open_nudges(campaign, today, of=place),
        alerts=open_alerts(campaign, of=place),
        measures=measures_of(campaign, place, today),
        may_send=may(user, "nudge.send"),
        may_write=may_write(user, place),
    )
