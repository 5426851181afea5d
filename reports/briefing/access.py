"""The only door to reports by key: they are of the campaign's whole place, so only for who reads all of it."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404

from campaigns.models import Campaign
from registry.models import User
from reports.dashboard.access import reach_of
from reports.models import Issue


def reads_reports_of(user: User, campaign: Campaign) -> bool:
    return reach_of(user, campaign).whole


def issues_visible_to(user: User, campaign: Campaign) -> QuerySet[Issue]:
    """Return the campaign's reports, newest first, for who reads its whole place; nothing for others."""
    found = _issues().filter(campaign=campaign) if reads_reports_of(user, campaign) else Issue.objects.none()
    return found.select_related("sending__by", "by").prefetch_related("files").order_by("-on", "-correction")


def get_issue_for(user: User, pk: int) -> Issue:
    """Return a report that the account reads; any other is "not found"."""
    issue = _issues().select_related("campaign__place", "previous", "by", "sending__by").filter(pk=pk).first()
    if issue is None or not reads_reports_of(user, issue.campaign):
        raise Http404
    return issue


def _issues() -> QuerySet[Issue]:
    """Return reports that say whether a correction of theirs has been made since (`is_corrected`)."""
    later = Issue.objects.filter(
        campaign=OuterRef("campaign"), on=OuterRef("on"), correction__gt=OuterRef("correction")
    )
    return Issue.objects.annotate(is_corrected=Exists(later))
