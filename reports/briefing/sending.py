"""已报送: the mark that a report went out, to whom, by whom and when; and the hour at which reports are made."""

from __future__ import annotations

from datetime import time

from django.db import IntegrityError, transaction

from campaigns.closing import require_not_ended
from campaigns.models import Campaign
from registry import audit
from registry.models import User
from reports.briefing.issuing import IssueRefused
from reports.models import Issue, IssueHour, Sending


def mark_sent(issue: Issue, *, to: str, by: User, address: str = "") -> Sending:
    """Note that the report went to `to`; once only."""
    try:
        with transaction.atomic():
            sending = Sending.objects.create(issue=issue, to=to, by=by)
            detail = {"编号": issue.number, "报给": to}
            audit.record("briefing.sent", by=by, subject=f"issue {issue.pk}", detail=detail, address=address)
    except IntegrityError:
        raise IssueRefused("这一期已经标过报送，不用再标。") from None
    return sending


@transaction.atomic
def unmark_sent(issue: Issue, *, by: User, address: str = "") -> bool:
    """Take the mark back, for one set by mistake; tell whether there was one."""
    sending = Sending.objects.select_for_update().filter(issue=issue).first()
    if sending is None:
        return False
    detail = {"编号": issue.number, "报给": sending.to}
    sending.delete()
    audit.record("briefing.unsent", by=by, subject=f"issue {issue.pk}", detail=detail, address=address)
    return True


def last_receiver(campaign: Campaign) -> str:
    """Return to whom the last report went, so that it is typed once."""
    sent = Sending.objects.filter(issue__campaign=campaign).order_by("-at")
    return sent.values_list("to", flat=True).first() or ""


def hour_of(campaign: Campaign) -> IssueHour:
    """Return when the campaign's reports are made; the default is not stored."""
    return IssueHour.objects.filter(campaign=campaign).first() or IssueHour(campaign=campaign)


@transaction.atomic
def set_hour(campaign: Campaign, *, at: time, is_on: bool, by: User, address: str = "") -> bool:
    """Choose when each day's report is made; tell whether anything changed."""
    # Locked, so that two who set the first hour at once follow each other.
    require_not_ended(Campaign.objects.select_for_update(of=("self",)).get(pk=campaign.pk))
    hour = hour_of(campaign)
    new, old = (_hour_words(at, is_on=is_on), _hour_words(hour.at, is_on=hour.is_on))
    if new == old:
        return False
    hour.at, hour.is_on = at, is_on
    hour.save()
    audit.record(
        "briefing.hour", by=by, subject=f"campaign {campaign.pk}", detail={"时间": [old, new]}, address=address
    )
    return True


def _hour_words(at: time, *, is_on: bool) -> str:
    return f"每天 {at:%H:%M}" if is_on else "不自动生成"
