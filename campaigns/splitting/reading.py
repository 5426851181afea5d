"""Reading the split to departments that holds, for pages of other floors."""

from __future__ import annotations

from campaigns.models import Campaign, TargetShare, TargetVersion


def held_shares(campaign: Campaign) -> list[TargetShare]:
    """Return each department's part of the latest version, with version and department; none before one is locked."""
    versions = TargetVersion.objects.filter(campaign=campaign, kind=TargetVersion.Kind.DEPARTMENTS)
    last = versions.order_by("-number").values("pk")[:1]
    return list(TargetShare.objects.filter(version__in=last).select_related("version", "department"))
