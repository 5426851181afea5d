"""请核一核, for staff alone: questions to be answered, their limits, and households drawn to be visited again."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from django.contrib import messages
from django.db.models import Max
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from campaigns.access import get_campaign_for, may_change
from campaigns.asked import with_campaign, with_campaign_to_change
from campaigns.links import address_in
from campaigns.models import Campaign
from ledgers.doubts.access import get_doubt_for, get_revisit_for
from ledgers.doubts.check import DoubtRefused, check_doubts, close_doubt
from ledgers.doubts.forms import LimitsForm, initial_of
from ledgers.doubts.revisits import Agreement, RevisitRefused, agreement, answer, draw
from ledgers.doubts.rules import question, read_limits
from ledgers.doubts.setting import set_limits
from ledgers.models import Doubt, Revisit
from registry.access import requires
from registry.audit import address_of
from registry.clock import today
from registry.models import Place
from registry.paging import page_asked


@dataclass(frozen=True)
class Line:
    doubt: Doubt
    sentence: str


@dataclass(frozen=True)
class VillageDrawn:
    village: Place
    agreement: Agreement
    households: list[Revisit]


@requires("doubt.view")
@require_safe
@with_campaign
def doubts(request: HttpRequest, campaign: Campaign) -> HttpResponse:
    """Open questions first, the newest day first; then those that are answered."""
    own = Doubt.objects.visible_to(request.user).filter(campaign=campaign)
    own = own.select_related("village", "account", "closed_by")
    page = page_asked(request, own.filter(closed_at__isnull=False).order_by("-closed_at"))
    waiting = page_asked(request, own.filter(closed_at__isnull=True).order_by("-on", "village_id", "pk"), name="open")
    context = {
        "campaign": campaign,
        "waiting": waiting,
        "open": _lines(waiting.object_list),
        "closed": _lines(page.object_list),
        "page": page,
        "on": today(),
    }
    return render(request, "ledgers/doubts/doubts.html", context)


def _lines(found) -> list[Line]:
    return [Line(doubt, question(doubt.rule, doubt.figures, _who(doubt))) for doubt in found]


def _who(doubt: Doubt) -> str:
    return str(doubt.account or doubt.village)


@requires("doubt.view")
@require_POST
def doubts_check(request: HttpRequest) -> HttpResponse:
    """Look at today's entries now; each night the day before is looked at anyway."""
    campaign = _own_campaign(request)
    number = check_doubts(campaign, today())
    messages.success(
        request, f"看过了今天的登记，有 {number} 条新的请核一核" if number else "看过了今天的登记，没有新的"
    )
    return redirect(address_in(campaign, "doubts"))


@requires("doubt.view")
@require_POST
def doubt_close(request: HttpRequest, pk: int) -> HttpResponse:
    doubt = get_doubt_for(request.user, pk)
    try:
        close_doubt(doubt, note=request.POST.get("note", ""), by=request.user, address=address_of(request))
    except DoubtRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, "记下了核实情况")
    return redirect(address_in(doubt.campaign, "doubts"))


@requires("doubt.view")
@require_http_methods(["GET", "HEAD", "POST"])
@with_campaign_to_change
def doubt_limits(request: HttpRequest, campaign: Campaign) -> HttpResponse:
    """From where on a question is asked."""
    form = LimitsForm(request.POST or None, initial=initial_of(read_limits(campaign.thresholds)))
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        changed = set_limits(campaign, form.limits, reason=reason, by=request.user, address=address_of(request))
        messages.success(request, "条件已改，下一次按新的看" if changed else "条件没有变化")
        return redirect(address_in(campaign, "doubts"))
    context = {"form": form, "campaign": campaign}
    return render(request, "ledgers/doubts/limits.html", context, status=422 if form.errors else 200)


@requires("doubt.view")
@require_safe
@with_campaign
def revisits(request: HttpRequest, campaign: Campaign) -> HttpResponse:
    """The last draw, village by village, with how many agree."""
    own = Revisit.objects.visible_to(request.user).filter(campaign=campaign)
    drawn_on = own.aggregate(last=Max("drawn_on"))["last"]
    context = {
        "campaign": campaign,
        "drawn_on": drawn_on,
        "villages": _drawn(campaign, own, drawn_on) if drawn_on else [],
        "outcomes": Revisit.Outcome.choices,
        "is_today": drawn_on == today(),
    }
    return render(request, "ledgers/doubts/revisits.html", context)


def _drawn(campaign: Campaign, own, drawn_on) -> list[VillageDrawn]:
    rows = own.filter(drawn_on=drawn_on).select_related("village", "household__place", "answered_by")
    rates = agreement(campaign, drawn_on)
    return [
        VillageDrawn(village, rates[village.pk], list(group))
        for village, group in groupby(rows, key=lambda revisit: revisit.village)
    ]


@requires("doubt.view")
@require_POST
def revisits_draw(request: HttpRequest) -> HttpResponse:
    campaign = _own_campaign(request)
    try:
        made = draw(campaign, on=today(), by=request.user, address=address_of(request))
    except RevisitRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, f"抽了 {len(made)} 户，打印名单上门复核")
    return redirect(address_in(campaign, "revisits"))


@requires("doubt.view")
@require_POST
def revisit_answer(request: HttpRequest, pk: int) -> HttpResponse:
    revisit = get_revisit_for(request.user, pk)
    outcome, note = request.POST.get("outcome", ""), request.POST.get("note", "")
    try:
        answer(revisit, outcome=outcome, note=note, by=request.user, address=address_of(request))
    except RevisitRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, "记下了复核结果")
    return redirect(address_in(revisit.campaign, "revisits"))


def _own_campaign(request: HttpRequest) -> Campaign:
    campaign = get_campaign_for(request.user, request.POST.get("campaign") or None)
    if campaign is None or not may_change(request.user, campaign):
        raise Http404
    return campaign
