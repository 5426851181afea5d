"""Reading 督办单 for pages of other floors: a village's open ones, who is late, how many there are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When

from campaigns.models import Campaign, Nudge
from campaigns.models.nudges import NudgeQuerySet
from campaigns.nudges.rules import days_late
from registry.models import Place, Unit

_SHOWN_WITH = ("village", "unit", "phase", "sent_by")


@dataclass(frozen=True)
class NudgeLine:
    """A sheet as a line of a list; `days_late` counts from the due day while an answer is awaited, else 0."""

    nudge: Nudge
    days_late: int

    @property
    def chip(self) -> str:
        return "over" if self.days_late else self.nudge.chip

    @property
    def state_words(self) -> str:
        """待反馈, 已反馈，待销号, 退回重办, 已销号; a late one says by how many days."""
        return f"逾期 {self.days_late} 天" if self.days_late else self.nudge.get_state_display()


def open_nudges(campaign: Campaign, on: date, *, of: Place | Unit | None = None) -> list[NudgeLine]:
    """Return the open sheets of a village or unit, or of all, late ones first; one query.

    For the village page and the daily briefing. `on` is the day as of which lateness is told.
    """
    found = Nudge.objects.filter(campaign=campaign).open()
    if of is not None:
        found = found.filter(unit=of) if isinstance(of, Unit) else found.filter(village=of)
    return lines(late_first(found, on), on)


def lines(found: Iterable[Nudge], on: date) -> list[NudgeLine]:
    return [NudgeLine(one, days_late(one.due_on, on) if one.awaits_answer else 0) for one in found]


def late_first(found: NudgeQuerySet, on: date) -> QuerySet[Nudge]:
    """Order: late, then to be judged, then waiting, each by its due day; struck off last, the newest first."""
    rank = Case(
        When(state__in=Nudge.AWAITING, due_on__lt=on, then=Value(0)),
        When(state=Nudge.State.ANSWERED, then=Value(1)),
        When(state__in=Nudge.AWAITING, then=Value(2)),
        default=Value(3),
        output_field=IntegerField(),
    )
    return found.annotate(rank=rank).order_by("rank", "due_on", "number").select_related(*_SHOWN_WITH)


@dataclass(frozen=True)
class NudgeCounts:
    """How many sheets of a list: open ones, late ones of them, to be judged, struck off, and answers that came late."""

    open: int = 0
    late: int = 0
    waiting: int = 0
    answered: int = 0
    closed: int = 0
    answered_late: int = 0


def counts_of(found: NudgeQuerySet, on: date) -> NudgeCounts:
    """Count a list by state at `on`, in one query."""
    awaiting = Q(state__in=Nudge.AWAITING)
    counted = found.order_by().aggregate(
        open=Count("pk", filter=~Q(state=Nudge.State.CLOSED), distinct=True),
        late=Count("pk", filter=awaiting & Q(due_on__lt=on), distinct=True),
        waiting=Count("pk", filter=awaiting, distinct=True),
        answered=Count("pk", filter=Q(state=Nudge.State.ANSWERED), distinct=True),
        closed=Count("pk", filter=Q(state=Nudge.State.CLOSED), distinct=True),
        answered_late=Count("pk", filter=Q(steps__days_late__gt=0), distinct=True),
    )
    return NudgeCounts(**counted)


def open_by_village(campaign: Campaign, on: date) -> dict[str, NudgeCounts]:
    """Count each village's open sheets and the late ones of them, by its code; villages of none are left out.

    One query, for tables of villages.
    """
    found = Nudge.objects.filter(campaign=campaign, village__isnull=False).open().order_by().values("village_id")
    late = Q(state__in=Nudge.AWAITING, due_on__lt=on)
    rows = found.annotate(open=Count("pk"), late=Count("pk", filter=late))
    return {row["village_id"]: NudgeCounts(open=row["open"], late=row["late"]) for row in rows}
