"""Changing when alerts are raised: data of the campaign, with who and why in its history."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from campaigns.models import Campaign
from campaigns.thresholds import name_thresholds, put_thresholds
from registry.models import User
from reports.alerts.check import check_alerts
from reports.alerts.rules import Thresholds, read_thresholds

name_thresholds({
    "alert_phases": "预警：阶段任务", "alert_dropout": "预警：脱失率", "alert_silent_days": "预警：没有动静的天数",
})  # fmt: skip


@transaction.atomic
def set_thresholds(
    campaign: Campaign, thresholds: Thresholds, *, on: date, reason: str, by: User, address: str = ""
) -> bool:
    """Keep other thresholds and look at the rules anew; return whether anything changed."""
    who = {"reason": reason, "by": by, "address": address}
    changed = put_thresholds(campaign, thresholds, read=read_thresholds, action="alert.thresholds", **who)
    if changed is None:
        return False
    check_alerts(changed, on)
    return True
