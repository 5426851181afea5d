"""Stand-in for the household card and its recording, until they come: an outcome and a note."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import NamedTuple

from django.db import transaction
from django.http import QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from campaigns.models import Campaign
from ledgers.models import Visit
from ledgers.notes import new_entry
from registry.models import Household, User


class VisitRefused(Exception):
    """An entry that cannot be recorded; the message is one Chinese sentence."""


class Told(NamedTuple):
    key: uuid.UUID
    at: datetime
    outcome: str
    note: str


def told_from(data: QueryDict, household: Household) -> Told:
    try:
        key, at = uuid.UUID(data.get("key", "")), parse_datetime(data.get("at", ""))
    except ValueError as error:
        raise VisitRefused("登记里的编号或时间不对。") from error
    if data.get("outcome") not in Visit.Outcome.values:
        raise VisitRefused("选一个结果。")
    return Told(key, at or timezone.now(), data["outcome"], data.get("note", ""))


@transaction.atomic
def record_visit(household: Household, told: Told, *, by: User) -> Visit:
    known = Visit.objects.filter(key=told.key).first()
    if known:
        return known
    now = timezone.now()
    return Visit.objects.create(
        key=told.key, household=household, campaign=Campaign.objects.get(is_default=True), outcome=told.outcome,
        note=told.note[:200], at=min(told.at, now), received_at=now, by=by, entry=new_entry(by, "survey", "入户"),
    )  # fmt: skip
