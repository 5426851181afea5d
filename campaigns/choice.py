"""Which campaign a command or page means (interfaces: Commands)."""

from __future__ import annotations

from django.db.models import Q

from campaigns.models import Campaign
from registry.commands import Refusal
from registry.models import User

# The field by which a form says of which campaign its page was, should the reader have gone on to another meanwhile.
FIELD = "of_campaign"


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
    # One that is being set up is known to its makers alone, and has no figures yet.
    campaign = Campaign.objects.filter(key=key, is_draft=False).select_related("place").first()
    if campaign is None:
        raise Refusal("unknown_campaign", f"没有标识为“{key}”的接种工作，请核对标识。")
    return campaign


def choose_for(user: User, key: str | None) -> Campaign | None:
    """Return the campaign that a page means for this reader; None where there is none, or none of that key.

    Without a key it is the one last looked at (`user.campaign_chosen`, which the session keeps), else the
    default, else the earliest that runs, else the latest that ended. One query. What was found is left on
    the account as `campaign_shown` and `campaigns_running` for the head of the page.
    """
    wanted = key or getattr(user, "campaign_chosen", "")
    found = Campaign.objects.filter(Q(is_active=True) | Q(key=wanted)).select_related("place")
    found = list(found.order_by("-is_default", "start_on", "pk"))
    running = [campaign for campaign in found if campaign.is_active]
    shown = next((campaign for campaign in found if campaign.key == wanted), None)
    if shown is None and not key:
        shown = running[0] if running else _last_ended()
    user.campaign_shown, user.campaigns_running = shown, running
    return shown


def several_run() -> bool:
    """Tell whether more than one campaign runs, so that a list across all of them names whose each line is."""
    return Campaign.objects.filter(is_active=True).count() > 1


def _last_ended() -> Campaign | None:
    return Campaign.objects.filter(is_draft=False).select_related("place").order_by("-end_on", "pk").first()
