"""Ended campaigns freeze: what was recorded stays to be read, and nothing is added to it."""

from __future__ import annotations

from campaigns.models import Campaign
from registry.commands import Refusal


class CampaignClosed(Refusal):
    """Nothing may be written to this campaign; the message is one Chinese sentence."""

    def __init__(self, campaign: Campaign):
        super().__init__("campaign_closed", closed_sentence(campaign))


def require_open(campaign: Campaign) -> None:
    """Raise CampaignClosed unless the campaign is running; every path that writes its facts asks first."""
    if not campaign.is_active:
        raise CampaignClosed(campaign)


def require_not_ended(campaign: Campaign) -> None:
    """Raise CampaignClosed for an ended campaign; the plan of one that is being set up may be written."""
    if campaign.is_ended:
        raise CampaignClosed(campaign)


def closed_sentence(campaign: Campaign) -> str:
    if campaign.is_draft:
        return f"“{campaign.name}”还在筹备，没有写入任何数据：先在“方案任务”里开始这项接种工作。"
    return f"“{campaign.name}”已经结束，只能看、不能改：换到进行中的接种工作再办，确需补录的请街道专班重新开启。"
