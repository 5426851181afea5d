"""Rounds of 入户排查: 第×轮 begins and ends by staff, one at a time."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils import timezone

from campaigns.closing import require_open
from campaigns.models import Campaign
from ledgers.models import SurveyRound
from registry import audit
from registry.models import Entry, Source, User


class RoundRefused(Exception):
    """A round that cannot begin or end; the message is one Chinese sentence."""


def running_round(campaign: Campaign) -> SurveyRound | None:
    """Return the round that has begun and not ended; None between two rounds."""
    return campaign.rounds.filter(ends_on__isnull=True).first()


@transaction.atomic
def begin_round(campaign: Campaign, *, on: date, by: User, address: str = "") -> SurveyRound:
    """Begin the next round on a day. Raises RoundRefused while one is running."""
    campaign = Campaign.objects.select_for_update().get(pk=campaign.pk)
    require_open(campaign)
    last = campaign.rounds.first()
    if last and last.ends_on is None:
        raise RoundRefused(f"{last}还没有结束，先结束{last}再开始下一轮。")
    if last and on < last.ends_on:
        raise RoundRefused(f"{last}到{last.ends_on.month}月{last.ends_on.day}日才结束，下一轮不能早于这一天。")
    number = last.number + 1 if last else 1
    begun = SurveyRound.objects.create(
        campaign=campaign, number=number, begins_on=on, entry=_entry(by, f"开始第{number}轮入户排查")
    )
    detail = {"轮次": str(begun), "开始": on.isoformat()}
    audit.record("round.begin", by=by, subject=f"surveyround {begun.pk}", detail=detail, address=address)
    return begun


@transaction.atomic
def end_round(campaign: Campaign, *, on: date, by: User, address: str = "") -> SurveyRound:
    """End the running round with its last day, inclusive. Raises RoundRefused where none runs or it began later."""
    require_open(campaign)
    running = campaign.rounds.select_for_update().filter(ends_on__isnull=True).first()
    if running is None:
        raise RoundRefused("现在没有正在进行的轮次。")
    if on < running.begins_on:
        raise RoundRefused(f"{running}的开始日在这一天以后，结束日不能早于开始日。")
    running.ends_on = on
    running.save(update_fields=["ends_on"])
    detail = {"轮次": str(running), "结束": on.isoformat()}
    audit.record("round.end", by=by, subject=f"surveyround {running.pk}", detail=detail, address=address)
    return running


def _entry(by: User, label: str) -> Entry:
    return Entry.objects.create(at=timezone.now(), by=by, source=Source.CERTIFICATE, label=label)
