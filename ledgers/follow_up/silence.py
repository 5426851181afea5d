"""Conditions on people for the database, one for each rule of `rules.py`: who is silent, at rest, in mourning."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from campaigns.models import Campaign
from ledgers.follow_up.rules import MOURNING_DAYS, REFUSAL_RESTS_DAYS, REFUSED
from ledgers.models import Contact, Reason
from ledgers.rules import PAUSED_REASON
from registry.clock import start_of
from registry.models import Resident, Status


def silent(campaign: Campaign, on: date) -> Exists:
    """Condition: 医生现场暂缓 before its day."""
    return Exists(_reasons(campaign).filter(code=PAUSED_REASON, promised_on__gt=on))


def at_rest(campaign: Campaign, on: date) -> Q:
    """Condition: silent, with an appointment or a call ahead, or lately refused."""
    said, told = _resting(campaign, on)
    return Q(said) | Q(told)


def awake(campaign: Campaign, on: date) -> Q:
    """Condition: not `at_rest`. Said of each by itself, or PostgreSQL first looks through everybody's reasons."""
    said, told = _resting(campaign, on)
    return Q(~said, ~told)


def _resting(campaign: Campaign, on: date) -> tuple[Exists, Exists]:
    """Conditions: by the reason on record; by what was answered to a call."""
    # A null day compares false: without a day nothing lies ahead.
    lately = start_of(on - timedelta(days=REFUSAL_RESTS_DAYS - 1))
    refused = Q(code__startswith=REFUSED, entry__at__gte=lately)
    # A refusal said twice leaves the reason as it was, but a contact each time.
    told = Q(again_on__gt=on) | Q(outcome=Contact.Outcome.REFUSED, at__gte=lately)
    contacts = Contact.objects.filter(told, campaign=campaign, resident=OuterRef("pk"))
    return Exists(_reasons(campaign).filter(Q(promised_on__gt=on) | refused)), Exists(contacts)


def in_mourning(on: date, household: str = "household") -> Exists:
    """Condition: somebody of the household whose key stands in `household` died in the last 30 days."""
    # Null for who has no household: equals nothing, so nobody mourns.
    lately = on - timedelta(days=MOURNING_DAYS)
    died = Resident.objects.filter(household=OuterRef(household), status=Status.DECEASED, status_on__gt=lately)
    return Exists(died)


def _reasons(campaign: Campaign) -> QuerySet[Reason]:
    return Reason.objects.filter(campaign=campaign, resident=OuterRef("pk"))
