"""The list of campaigns, and the acts by which one ends, is opened again or becomes the default."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from campaigns.access import campaigns_for, get_campaign_to_change, may_change, places_to_plan_for
from campaigns.forms import ReasonForm
from campaigns.life import LifeRefused, end_campaign, make_default, reopen_campaign
from campaigns.models import Campaign
from registry.access import requires
from registry.audit import address_of


class Act(NamedTuple):
    """An act of a campaign's life in the words of its page."""

    do: Callable[..., Campaign]
    title: str
    button: str
    busy: str
    done: str
    # What follows, each a sentence.
    follows: tuple[str, ...]


ACTS = {
    "end": Act(
        end_campaign, "结束接种工作", "结束这项接种工作", "正在结束…", "已结束，只能看、不能改",
        ("导入、入户登记、接种记录、禁忌缓种、清零、方案和目标都不能再改。", "台账、进度和导出照样能看，数字停在现在。",
         "结束错了可以重新开启，两次都留下谁办的、为什么。"),
    ),
    "reopen": Act(
        reopen_campaign, "重新开启接种工作", "重新开启这项接种工作", "正在开启…", "已重新开启",
        ("又可以导入、登记和修改。", "结束期间合并、更正过的人，台账会按现在的资料重新计算。"),
    ),
    "default": Act(
        make_default, "设为默认", "设为默认的接种工作", "正在设…", "已设为默认",
        ("打开页面时先显示这一项，命令不写 --campaign 时也指这一项。", "各人仍可在页面上方换到别的接种工作。"),
    ),
}  # fmt: skip


@requires("plan.view")
@require_safe
def campaigns(request: HttpRequest) -> HttpResponse:
    """All campaigns: running, being set up, ended."""
    found = campaigns_for(request.user)
    rows = [(campaign, may_change(request.user, campaign)) for campaign in found]
    return render(
        request, "campaigns/campaigns.html", {"rows": rows, "may_make": bool(places_to_plan_for(request.user))}
    )


@requires("plan.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def campaign_act(request: HttpRequest, key: str, act: str) -> HttpResponse:
    """End, reopen or make default, with the reason."""
    campaign = get_campaign_to_change(request.user, key)
    if act not in ACTS:
        raise Http404
    chosen = ACTS[act]
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            chosen.do(campaign, **form.cleaned_data, by=request.user, address=address_of(request))
        except LifeRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"{campaign.name}：{chosen.done}")
            return redirect("campaigns")
    context = {"campaign": campaign, "act": chosen, "form": form}
    return render(request, "campaigns/campaign_act.html", context, status=422 if form.errors else 200)
