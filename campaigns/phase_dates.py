"""Changing the dates of a phase item: the old day, who and why are kept (rules 6, plan 五)."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from campaigns.closing import require_not_ended
from campaigns.models import Campaign, PhaseItem, PhaseItemChange
from campaigns.signals import plan_changed
from registry import audit
from registry.models import User


class DatesRefused(Exception):
    """The dates cannot stand; the message is one Chinese sentence."""


@transaction.atomic
def change_phase_dates(
    item: PhaseItem, *, start_on: date, deadline_on: date, reason: str, by: User, address: str = ""
) -> list[PhaseItemChange]:
    """Give an item another window (both days inclusive); return one row per day that changed.

    The same days again change nothing and return []. Raises DatesRefused when the window would be
    empty or the reason is missing.
    """
    reason = reason.strip()
    if not reason:
        raise DatesRefused("写明为什么改，例如上级文件名称。")
    if deadline_on < start_on:
        raise DatesRefused("截止日不能早于开始日。")
    # Locked, so that two people at once each see the other's days as the old ones.
    item = PhaseItem.objects.select_for_update().select_related("campaign").get(pk=item.pk)
    require_not_ended(item.campaign)
    new = {"start_on": start_on, "deadline_on": deadline_on}
    changes = [
        PhaseItemChange(item=item, field=name, old=getattr(item, name), new=day, reason=reason, by=by)
        for name, day in new.items()
        if getattr(item, name) != day
    ]
    if not changes:
        return []
    PhaseItem.objects.filter(pk=item.pk).update(**new)
    PhaseItemChange.objects.bulk_create(changes)
    detail = {change.field: [change.old.isoformat(), change.new.isoformat()] for change in changes}
    subject = f"phaseitem {item.pk}"
    audit.record("phase.dates", by=by, subject=subject, detail={**detail, "reason": reason}, address=address)
    plan_changed.send(sender=PhaseItem, campaign=item.campaign)
    return changes


def deadline_changes(campaign: Campaign) -> list[PhaseItemChange]:
    """Return the deadlines of the campaign that were changed, oldest change first, with item and who; one query."""
    changes = PhaseItemChange.objects.filter(item__campaign=campaign, field="deadline_on")
    return list(changes.select_related("item", "by").order_by("at", "pk"))
