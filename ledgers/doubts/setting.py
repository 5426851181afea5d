"""Changing from where on a question is asked: data of the campaign, with who and why in the trail."""

from __future__ import annotations

from django.db import transaction

from campaigns.closing import require_not_ended
from campaigns.models import Campaign
from ledgers.doubts.rules import Limits, read_limits
from registry import audit
from registry.models import User

_NAMES = {
    "doubt_fast_households": "短时间登记多户：户数",
    "doubt_fast_minutes": "短时间登记多户：分钟",
    "doubt_same_moment_households": "时间完全相同：户数",
    "doubt_no_refusal_households": "没有人不愿意：户数",
    "doubt_away_share": "一天里改为外出的比例",
}


@transaction.atomic
def set_limits(campaign: Campaign, limits: Limits, *, reason: str, by: User, address: str = "") -> bool:
    """Keep other limits; return whether anything changed. What is asked already keeps the limit it was asked with."""
    # Locked, so that nobody's other thresholds are written over.
    locked = Campaign.objects.select_for_update(of=("self",)).get(pk=campaign.pk)
    require_not_ended(locked)
    old, new = read_limits(locked.thresholds).as_json(), limits.as_json()
    if old == new:
        return False
    locked.thresholds = locked.thresholds | new
    locked.save(update_fields=["thresholds"])
    changed = {_NAMES[name]: [str(old[name] or ""), str(new[name] or "")] for name in new if old[name] != new[name]}
    audit.record(
        "doubt.limits", by=by, subject=f"campaign {campaign.pk}", detail={**changed, "原因": reason}, address=address
    )
    return True
