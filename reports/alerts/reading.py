"""Reading alerts for pages and for the daily briefing: each with its place, its sentence and the rule behind it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from campaigns.models import Campaign
from registry.access import PLACE_ROLES, scope_of
from registry.models import Place, User
from registry.querysets import within_any
from reports.alerts.rules import condition, sentence
from reports.models import Alert


@dataclass(frozen=True)
class AlertLine:
    alert: Alert

    @property
    def place(self) -> Place:
        return self.alert.place

    @property
    def sentence(self) -> str:
        """What was found, without its place, as of the last look."""
        phase = self.alert.phase
        name, deadline = (phase.name, phase.deadline_on) if phase else ("", None)
        return sentence(self.alert.rule, self.alert.figures, self.alert.threshold, name, deadline)

    @property
    def condition(self) -> str:
        """The rule that raised it, in words."""
        measure = self.alert.phase.measure if self.alert.phase else ""
        return condition(self.alert.rule, self.alert.threshold, measure)

    @property
    def is_of_a_village(self) -> bool:
        return self.alert.place.level == Place.Level.VILLAGE

    @property
    def nudge_query(self) -> str:
        """Parameters of a 督办单 about the same: to whom and about what."""
        subject = {Alert.Rule.DROPOUT: "overdue", Alert.Rule.SILENT: "first"}.get(self.alert.rule, "")
        about = f"phase:{self.alert.phase.key}" if self.alert.phase else subject
        return f"to=village:{self.alert.place_id}&subject={about}"


def open_alerts(campaign: Campaign, *, of: Place | None = None) -> list[AlertLine]:
    """Return the open alerts of the campaign, the whole's first; with `of` those of one village. One query.

    For the village page and the daily briefing.
    """
    found = Alert.objects.filter(campaign=campaign, ended_at__isnull=True)
    return lines(found.filter(place=of) if of else found)


def alerts_of_day(campaign: Campaign, on: date) -> list[AlertLine]:
    """Return the alerts that were raised or ended on the business day `on`, for that day's briefing. One query."""
    return lines(Alert.objects.filter(Q(raised_on=on) | Q(ended_on=on), campaign=campaign))


def alerts_visible_to(user: User) -> QuerySet[Alert]:
    """Return the alerts of the account's villages; those of the whole for who has the whole."""
    return Alert.objects.filter(within_any(scope_of(user).prefixes(*PLACE_ROLES)))


def lines(found: QuerySet[Alert] | Iterable[Alert]) -> list[AlertLine]:
    shown = found.select_related("place", "phase") if isinstance(found, QuerySet) else found
    return [AlertLine(alert) for alert in shown]


def places_alerted(user: User) -> int:
    """Count the account's villages, and the whole, with open alerts in running campaigns; one query."""
    found = alerts_visible_to(user).filter(ended_at__isnull=True, campaign__is_active=True)
    return found.order_by().values("place").distinct().count()
