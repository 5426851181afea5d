"""What is done in a village: its round of 入户排查, the week's visits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count
from django.urls import reverse

from campaigns.models import Campaign
from ledgers.households.progress import Progress, progress_of, total
from ledgers.households.rounds import running_round
from ledgers.models import SurveyRound, Visit
from registry.access import may
from registry.clock import start_of
from registry.models import Place, User
from registry.querysets import within
from reports.days import DAY
from reports.rules import PACE_DAYS


@dataclass(frozen=True)
class Visits:
    """The running round as it stands now, null between two, and the visits of the seven days up to the day shown."""

    round: SurveyRound | None
    progress: Progress
    # Name of each outcome with its number, only those there were.
    outcomes: list[tuple[str, int]]
    url: str

    @property
    def week(self) -> int:
        return sum(number for _, number in self.outcomes)


def visits_of(user: User, campaign: Campaign, place: Place, on: date) -> Visits | None:
    """Return the visits of a village or group, null for who does not read them; four queries."""
    if not may(user, "survey.view"):
        return None
    current = running_round(campaign)
    village = place.code[: Place.Level.VILLAGE]
    return Visits(
        round=current,
        progress=total(progress_of([place.prefix], campaign, current)),
        outcomes=_outcomes(campaign, place, on),
        url=reverse("survey_village", args=[village]),
    )


def _outcomes(campaign: Campaign, place: Place, on: date) -> list[tuple[str, int]]:
    inside = Visit.objects.filter(
        within(place.prefix, "household__place_id"),
        campaign=campaign,
        at__gte=start_of(on - timedelta(days=PACE_DAYS - 1)),
        at__lt=start_of(on + DAY),
    )
    counted = dict(inside.order_by().values_list("outcome").annotate(number=Count("pk")))
    return [(str(outcome.label), counted[outcome.value]) for outcome in Visit.Outcome if outcome.value in counted]
