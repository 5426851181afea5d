"""What is written into a campaign's own row leaves a change of the plan, with who and why, and its trace."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from campaigns.models import Campaign, PlanChange
from registry import audit
from registry.models import User


def write_with_history(
    campaign: Campaign, values: dict[str, Any], *, action: str, reason: str, by: User, address: str,
    said: Mapping[str, Any] | None = None,
) -> None:  # fmt: skip
    """Write the fields that differ, in the caller's transaction; `said` is what the trail says instead of them."""
    reason = reason.strip()[:200]
    old = {name: getattr(campaign, name) for name, value in values.items() if getattr(campaign, name) != value}
    for name in old:
        setattr(campaign, name, values[name])
    campaign.save(update_fields=list(old))
    new = {name: values[name] for name in old}
    PlanChange.objects.create(
        campaign=campaign, part=PlanChange.Part.CAMPAIGN, key=campaign.key, old=old, new=new, reason=reason, by=by,
        state=PlanChange.State.APPLIED, applied_by=by, applied_at=timezone.now(),
    )  # fmt: skip
    changed = said or {name: (old[name], new[name]) for name in old}
    detail = {"原因": reason} | {name: list(pair) for name, pair in changed.items()}
    audit.record(action, by=by, subject=f"campaign {campaign.key}", detail=detail, address=address)
