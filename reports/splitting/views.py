"""任务分解: split by a rule, adjust with a reason, preview, lock as a version; every version stays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from campaigns.access import get_campaign_for, may_change
from campaigns.asked import with_campaign, with_campaign_to_change
from campaigns.models import Campaign, TargetVersion
from campaigns.splitting.actions import Share, changed_since, lock_split
from campaigns.splitting.rules import SplitRefused
from registry.access import requires
from registry.audit import address_of
from registry.clock import today
from reports.splitting.forms import ByForm, SplitForm, mark_of
from reports.splitting.weights import Part, Parts, parts_of

PER_PAGE = 50


@dataclass(frozen=True)
class Row:
    """A line of the split: what stands now, what the rule gives, what is to be."""

    part: Part
    share: Share | None
    fixed: Any
    why: Any

    @property
    def change(self) -> int | None:
        if self.share is None or self.part.goal is None:
            return None
        return self.share.goal - self.part.goal

    @property
    def missing(self) -> int | None:
        """How many the place would still lack."""
        return max(self.share.goal - self.part.done, 0) if self.share else None


@requires("plan.edit")
@require_http_methods(["GET", "HEAD", "POST"])
@with_campaign_to_change
def target_split(request: HttpRequest, campaign: Campaign) -> HttpResponse:
    """Split the task; nothing is written before it is locked, and it is locked as previewed."""
    by = ByForm(request.GET)
    kind, basis = by.chosen
    context: dict[str, Any] = {"campaign": campaign, "kind": kind, "basis": basis, "kinds": _KINDS, "on": today()}
    try:
        parts = parts_of(campaign, today(), kind, basis)
    except SplitRefused as refused:
        return render(request, "reports/splitting/split.html", context | {"refused": str(refused)})
    form = SplitForm(request.POST or None, parts=parts)
    shares = _shares(form) if request.method == "POST" else _usual_shares(parts)
    locks = request.POST.get("decision") == "lock"
    if locks and shares and form.cleaned_data["seen"] not in ("", mark_of(shares)):
        form.add_error(None, "和预览时不一样了（人数或填的数变了），下面已按现在的重新分，预览一遍再锁定。")
    if locks and shares and not form.errors:
        version = _lock(request, campaign, form, shares, kind, basis)
        if version:
            messages.success(request, f"已锁定{version}，从现在起按它算")
            return redirect("target_version", version.pk)
    context |= {"form": form, "rows": _rows(form, shares), "total": sum(share.goal for share in shares)}
    context["seen"] = mark_of(shares)
    context["previewed"] = bool(request.method == "POST" and shares and not form.errors)
    return render(request, "reports/splitting/split.html", context, status=422 if form.errors else 200)


_KINDS = [
    ("villages", "census", "村（社区），按普查"), ("villages", "registry", "村（社区），按在册"),
    ("departments", "registry", "主管部门，按在册"),
]  # fmt: skip


def _shares(form: SplitForm) -> list[Share]:
    if not form.is_valid():
        return []
    try:
        return form.shares()
    except SplitRefused as refused:
        form.add_error(None, str(refused))
        return []


def _usual_shares(parts: Parts) -> list[Share]:
    """What the rule gives of the usual total, so that the page opens with an answer."""
    if parts.usual_total is None or not parts.rows:
        return []
    usual = SplitForm({"total": parts.usual_total}, parts=parts)
    return _shares(usual)


def _rows(form: SplitForm, shares: list[Share]) -> list[Row]:
    by_key = {str(share.of.pk): share for share in shares}
    return [
        Row(part, by_key.get(part.key), form[f"fixed_{part.key}"], form[f"why_{part.key}"]) for part in form.parts.rows
    ]


def _lock(
    request: HttpRequest, campaign: Campaign, form: SplitForm, shares: list[Share], kind: str, basis: str
) -> TargetVersion | None:
    try:
        return lock_split(
            campaign, shares, kind=kind, basis=basis, total=form.cleaned_data["total"],
            reason=form.cleaned_data["reason"], on=today(), by=request.user, address=address_of(request),
        )  # fmt: skip
    except SplitRefused as refused:
        form.add_error(None, str(refused))
        return None


@requires("plan.view")
@require_safe
@with_campaign
def target_versions(request: HttpRequest, campaign: Campaign) -> HttpResponse:
    """Every locked version: who, when, why."""
    found = campaign.target_versions.select_related("locked_by").order_by("-locked_at", "-pk")
    context = {
        "campaign": campaign,
        "page": Paginator(found, PER_PAGE).get_page(request.GET.get("page")),
        "may_change": may_change(request.user, campaign),
        "split_url": f"{reverse('target_split')}?campaign={campaign.key}",
    }
    return render(request, "reports/splitting/versions.html", context)


@requires("plan.view")
@require_safe
def target_version(request: HttpRequest, pk: int) -> HttpResponse:
    """One version with all its shares, and whether it still is what counts."""
    found = get_object_or_404(TargetVersion.objects.select_related("campaign__place", "locked_by"), pk=pk)
    # Of a campaign that the reader does not know there is no version either.
    get_campaign_for(request.user, found.campaign.key)
    later = TargetVersion.objects.filter(campaign=found.campaign_id, kind=found.kind, number__gt=found.number)
    holds = not later.exists()
    context = {
        "version": found,
        "shares": found.shares.select_related("place", "department"),
        "holds": holds,
        "changed": changed_since(found) if holds and found.kind == TargetVersion.Kind.VILLAGES else {},
    }
    return render(request, "reports/splitting/version.html", context)
