"""A campaign's life: being set up, running, ended, opened again; and which one is meant by default."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from campaigns.history import write_with_history
from campaigns.models import Campaign
from campaigns.signals import campaign_reopened, plan_changed
from registry.models import User


class LifeRefused(Exception):
    """The act does not fit the campaign's state; the message is one Chinese sentence."""


@transaction.atomic
def end_campaign(campaign: Campaign, *, reason: str, by: User, address: str = "") -> Campaign:
    """End a campaign: from then on it is read and not written. Its part as default goes to the next that runs."""
    campaign = _locked(campaign)
    if not campaign.is_active:
        raise LifeRefused("这项接种工作不在进行中，刷新页面看现在的状态。")
    was_default = campaign.is_default
    _set(campaign, {"is_active": False, "is_default": False}, "campaign.end", reason, by, address)
    heir = Campaign.objects.filter(is_active=True).order_by("start_on", "pk").first() if was_default else None
    if heir is not None:
        _set(_locked(heir), {"is_default": True}, "campaign.default", f"“{campaign.name}”已结束", by, address)
    return campaign


@transaction.atomic
def reopen_campaign(campaign: Campaign, *, reason: str, by: User, address: str = "") -> Campaign:
    """Open an ended campaign again; everybody's standing in it is decided anew."""
    campaign = _locked(campaign)
    if not campaign.is_ended:
        raise LifeRefused("这项接种工作没有结束，刷新页面看现在的状态。")
    _set(campaign, {"is_active": True}, "campaign.reopen", reason, by, address)
    plan_changed.send(sender=Campaign, campaign=campaign)
    campaign_reopened.send(sender=Campaign, campaign=campaign, by=by)
    return campaign


@transaction.atomic
def make_default(campaign: Campaign, *, reason: str, by: User, address: str = "") -> Campaign:
    """Have commands and pages mean this campaign where they name none (interfaces: Commands)."""
    campaign = _locked(campaign)
    if not campaign.is_active:
        raise LifeRefused("只有进行中的接种工作能设为默认。")
    if campaign.is_default:
        return campaign
    # The other one first: the database knows one default only.
    for other in Campaign.objects.select_for_update().filter(is_default=True):
        _set(other, {"is_default": False}, "campaign.default", reason, by, address)
    _set(campaign, {"is_default": True}, "campaign.default", reason, by, address)
    return campaign


@transaction.atomic
def start_campaign(campaign: Campaign, *, reason: str, by: User, address: str = "") -> Campaign:
    """Let a campaign that was set up begin; the first one that runs is the default."""
    campaign = _locked(campaign)
    if not campaign.is_draft:
        raise LifeRefused("这项接种工作已经开始，刷新页面看现在的状态。")
    values = {"is_draft": False, "is_active": True}
    if not Campaign.objects.filter(is_active=True).exists():
        values["is_default"] = True
    _set(campaign, values, "campaign.start", reason, by, address)
    plan_changed.send(sender=Campaign, campaign=campaign)
    return campaign


def _locked(campaign: Campaign) -> Campaign:
    return Campaign.objects.select_for_update(of=("self",)).select_related("place").get(pk=campaign.pk)


def _set(campaign: Campaign, values: dict[str, Any], action: str, reason: str, by: User, address: str) -> None:
    if not reason.strip():
        raise LifeRefused("写明为什么，例如上级文件名称。")
    write_with_history(campaign, values, action=action, reason=reason, by=by, address=address)
