"""Changing when alerts are raised: data of the campaign, with who and why in the trail."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from campaigns.closing import require_not_ended
from campaigns.models import Campaign
from registry import audit
from registry.models import User
from reports.alerts.check import check_alerts
from reports.alerts.rules import Thresholds, read_thresholds


@transaction.atomic
def set_thresholds(
    campaign: Campaign, thresholds: Thresholds, *, on: date, reason: str, by: User, address: str = ""
) -> bool:
    """Keep other thresholds and look at the rules anew; return whether anything changed."""
    require_not_ended(campaign)
    # Locked, so that nobody's other thresholds are written over.
    locked = Campaign.objects.select_for_update().select_related("place").get(pk=campaign.pk)
    old, new = read_thresholds(locked.thresholds).as_json(), thresholds.as_json()
    if old == new:
        return False
    locked.thresholds = locked.thresholds | new
    locked.save(update_fields=["thresholds"])
    changed = {_NAMES[name]: [_plain(old[name]), _plain(new[name])] for name in new if old[name] != new[name]}
    detail = {**changed, "reason": reason}
    audit.record("alert.thresholds", by=by, subject=f"campaign {campaign.pk}", detail=detail, address=address)
    check_alerts(locked, on)
    return True


_NAMES = {"alert_phases": "阶段任务", "alert_dropout": "脱失率", "alert_silent_days": "没有动静的天数"}


def _plain(value: list | str | int | None) -> str:
    """A threshold as the trail shows it: a list by its length would say nothing."""
    return "、".join(value) if isinstance(value, list) else str(value or "")
