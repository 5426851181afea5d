"""Changing from where on a question is asked: data of the campaign, with who and why in its history."""

from __future__ import annotations

from campaigns.models import Campaign
from campaigns.thresholds import name_thresholds, put_thresholds
from ledgers.doubts.rules import Limits, read_limits
from registry.models import User

name_thresholds({
    "doubt_fast_households": "短时间登记多户：户数",
    "doubt_fast_minutes": "短时间登记多户：分钟",
    "doubt_same_moment_households": "时间完全相同：户数",
    "doubt_no_refusal_households": "没有人不愿意：户数",
    "doubt_away_share": "一天里改为外出的比例",
})  # fmt: skip


def set_limits(campaign: Campaign, limits: Limits, *, reason: str, by: User, address: str = "") -> bool:
    """Keep other limits; return whether anything changed. What is asked already keeps the limit it was asked with."""
    who = {"reason": reason, "by": by, "address": address}
    return put_thresholds(campaign, limits, read=read_limits, action="doubt.limits", **who) is not None
