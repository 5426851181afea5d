"""Which campaign a command or page means (interfaces: Commands)."""

from campaigns.models import Campaign
from registry.commands import Refusal


def campaign_for(key: str | None) -> Campaign:
    """Return the campaign with `key`; without one the only active campaign, or of several the default.

    Raises Refusal when there is no such campaign, none at all, or several and none of them is the default.
    """
    if key:
        return _named(key)
    active = list(Campaign.objects.filter(is_active=True).select_related("place").order_by("-is_default", "start_on"))
    if not active:
        raise Refusal("no_campaign", "还没有接种工作，请先运行 load_plan 载入方案。")
    if len(active) > 1 and not active[0].is_default:
        raise Refusal("campaign_ambiguous", "有多项接种工作，请用 --campaign 指明是哪一项。")
    return active[0]


def _named(key: str) -> Campaign:
    campaign = Campaign.objects.filter(key=key).select_related("place").first()
    if campaign is None:
        raise Refusal("unknown_campaign", f"没有标识为“{key}”的接种工作。")
    return campaign
