"""Looking at a day's entries for what the rules ask about, and closing a question with a note."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone

from campaigns.closing import require_open
from campaigns.models import Campaign
from ledgers.doubts.rules import Call, Finding, Limits, many_away, no_refusal, read_limits, same_moment, too_fast
from ledgers.models import Doubt, Reason, Visit
from ledgers.summary import by_place, by_village
from registry import audit
from registry.clock import moments_of
from registry.models import Place, ResidentChange, User
from registry.querysets import within

# Before any visit.
_EVER = date(2000, 1, 1)


class DoubtRefused(Exception):
    """A question that cannot be closed so; the text is the sentence for the page."""


def check_doubts(campaign: Campaign, on: date) -> int:
    """Ask what the day's entries give reason to ask; return how many questions are new. Safe to run twice.

    A question that is closed stays closed; one that is open gets the figures of now.
    """
    findings = find(campaign, on, read_limits(campaign.thresholds))
    # Of a whole walk without a refusal a village is asked once, of the others for each day.
    asked = Doubt.objects.filter(Q(on=on) | Q(rule=Doubt.Rule.NO_REFUSAL), campaign=campaign)
    known = {(doubt.rule, doubt.village_id, doubt.account_id): doubt for doubt in asked}
    now, new = timezone.now(), []
    for finding in findings:
        doubt = known.get((finding.rule, finding.village, finding.account))
        if doubt is None:
            new.append(_doubt(campaign, on, finding, now))
        elif doubt.closed_at is None and doubt.figures != finding.figures:
            Doubt.objects.filter(pk=doubt.pk, closed_at__isnull=True).update(figures=finding.figures)
    return len(Doubt.objects.bulk_create(new, ignore_conflicts=True))


def _doubt(campaign: Campaign, on: date, finding: Finding, now: datetime) -> Doubt:
    return Doubt(
        campaign=campaign,
        rule=finding.rule,
        on=on,
        village_id=finding.village,
        account_id=finding.account,
        figures=finding.figures,
        limit=finding.limit,
        found_at=now,
    )


def find(campaign: Campaign, on: date, limits: Limits) -> list[Finding]:
    """Return what the rules find in the entries of a day; a constant number of queries, nothing is written."""
    calls = _calls(campaign, on)
    visited, unwilling = _visited(campaign, on)
    villages = set(Place.objects.villages().inside(campaign.place.prefix).values_list("code", flat=True))
    people = {code: row.all.in_scope for code, row in by_village(by_place(campaign, on)).items() if code in villages}
    return [
        *too_fast(calls, limits),
        *same_moment(calls, limits),
        *no_refusal(visited, unwilling, limits),
        *many_away(_moved_away(campaign, on), people, limits),
    ]


def _calls(campaign: Campaign, on: date) -> list[Call]:
    visits = Visit.objects.filter(moments_of("at", on), campaign=campaign)
    rows = visits.values_list("by_id", "household__village_id", "household_id", "at")
    return [Call(account, village, household, timezone.localtime(at)) for account, village, household, at in rows]


def _visited(campaign: Campaign, on: date) -> tuple[dict[str, int], dict[str, int]]:
    """Households of each village visited up to the day, and who is unwilling there: refused at the door, or said so."""
    visits = Visit.objects.filter(moments_of("at", on, since=_EVER), campaign=campaign)
    grouped = visits.order_by().values_list("household__village_id")
    rows = grouped.annotate(
        households=Count("household", distinct=True), refused=Count("pk", filter=Q(outcome=Visit.Outcome.REFUSED))
    )
    visited, unwilling = {}, Counter()
    for village, households, refused in rows:
        visited[village] = households
        unwilling[village] += refused
    said = Reason.objects.filter(campaign=campaign, code__startswith="4").order_by()
    for place, number in said.values_list("resident__place_id").annotate(number=Count("pk")):
        unwilling[place[:12]] += number
    return visited, unwilling


# A change that moves somebody to 外出: the 人口类型, where to, or the reason.
_AWAY = (
    Q(field="residency", new="away") | (Q(field="away_to") & ~Q(new="")) | Q(field="reason", new__in=("5", "51", "52"))
)


def _moved_away(campaign: Campaign, on: date) -> dict[str, int]:
    changes = ResidentChange.objects.filter(_AWAY, moments_of("entry__at", on))
    changes = changes.filter(within(campaign.place.prefix, "resident__place_id"))
    people = set(changes.values_list("resident_id", "resident__place_id"))
    return dict(Counter(place[:12] for _, place in people))


@transaction.atomic
def close_doubt(doubt: Doubt, *, note: str, by: User, address: str = "") -> None:
    """Close a question with what was found out. Raises DoubtRefused without a note, or where it is closed."""
    if not note.strip():
        raise DoubtRefused("写一句核实的情况，例如：当天开院坝会集中登记。")
    require_open(doubt.campaign)
    values: dict[str, Any] = {"note": note.strip()[:200], "closed_by": by, "closed_at": timezone.now()}
    # Whoever closes first says what it was.
    if not Doubt.objects.filter(pk=doubt.pk, closed_at__isnull=True).update(**values):
        raise DoubtRefused("这一条别人已经核实过，刷新页面看结果。")
    audit.record(
        "doubt.close", by=by, subject=f"doubt {doubt.pk}", detail={"核实情况": values["note"]}, address=address
    )
