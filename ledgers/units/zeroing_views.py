"""清零 on the page: a contact or cadre sees who is missing and declares; staff verify or return."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from campaigns.access import get_campaign_for
from campaigns.models import Campaign
from ledgers.models import Zeroing
from ledgers.units import access, zeroing
from ledgers.units.roll import villages_of, where_of
from ledgers.units.rules import DEFINITION
from ledgers.units.zeroing import ZeroingRefused
from registry.access import requires
from registry.audit import address_of
from registry.clock import today
from registry.models import Place, Resident, Unit

PER_PAGE = 50
# So many of the missing stand on the page; the ledger list has them all.
LISTED = 30
_SHOWN_WITH = ("unit", "village", "declared_by", "decided_by", "because")


@dataclass(frozen=True)
class Own:
    """One unit or village of the account: its last declaration, and who is missing today."""

    of: Unit | Place
    field: str
    last: Zeroing | None
    # Each with where they live, in words.
    missing: list[tuple[Resident, str]]
    count: int

    @property
    def may_declare(self) -> bool:
        return not self.count and (self.last is None or self.last.state not in Zeroing.OPEN)


@requires("zeroing.declare")
@require_safe
def zeroing_page(request: HttpRequest) -> HttpResponse:
    campaign = get_campaign_for(request.user, None)
    if campaign is None:
        return render(request, "campaigns/no_plan.html")
    units, villages = access.units_declared_by(request.user), access.villages_declared_by(request.user)
    own = [
        _own(of, field, campaign, today()) for field, found in (("unit", units), ("village", villages)) for of in found
    ]
    context = {"own": own, "campaign": campaign, "definition": DEFINITION[campaign.judged_by], "on": today()}
    return render(request, "ledgers/units/zeroing.html", context)


def _own(of: Unit | Place, field: str, campaign: Campaign, on: date) -> Own:
    declared = Zeroing.objects.filter(campaign=campaign, **{field: of})
    found = zeroing.missing_for(of, campaign, on)
    count = found.count()
    missing = list(found.select_related("place")[:LISTED]) if count else []
    villages = villages_of(missing) if missing else {}
    named = [(resident, where_of(resident, villages)) for resident in missing]
    return Own(of, field, declared.select_related(*_SHOWN_WITH).first(), named, count)


@requires("zeroing.declare")
@require_POST
def zeroing_declare(request: HttpRequest) -> HttpResponse:
    campaign = get_campaign_for(request.user, None)
    of = _declared_of(request)
    if campaign is None:
        raise Http404
    try:
        zeroing.declare(of, campaign, on=today(), **_who(request))
        messages.success(request, f"已申报{of}清零，等街道专班核验")
    except ZeroingRefused as refused:
        messages.error(request, f"没有申报，什么也没有写入：{refused}")
    return redirect("zeroing")


def _declared_of(request: HttpRequest) -> Unit | Place:
    """Return the unit or village of the account that the form names; any other is "not found"."""
    unit, village = request.POST.get("unit", ""), request.POST.get("village", "")
    if unit.isdigit():
        found = access.units_declared_by(request.user).filter(pk=int(unit)).first()
    else:
        found = access.villages_declared_by(request.user).filter(pk=village).first()
    if found is None:
        raise Http404
    return found


@requires("zeroing.verify")
@require_safe
def zeroing_verify(request: HttpRequest) -> HttpResponse:
    """Declarations to verify first, then the lapsed and the valid."""
    found = access.zeroings_verified_by(request.user).select_related(*_SHOWN_WITH)
    show = request.GET.get("show", Zeroing.State.DECLARED)
    show = show if show in Zeroing.State.values else Zeroing.State.DECLARED
    page = Paginator(found.filter(state=show), PER_PAGE).get_page(request.GET.get("page"))
    counts: dict[str, int] = dict.fromkeys(Zeroing.State.values, 0)
    for state in found.order_by().values_list("state", flat=True):
        counts[state] += 1
    campaign = get_campaign_for(request.user, None)
    tabs = [(state, label, counts[state]) for state, label in Zeroing.State.choices]
    context = {"page": page, "tabs": tabs, "show": show, "query": f"show={show}&"}
    context["definition"] = DEFINITION[campaign.judged_by] if campaign else ""
    return render(request, "ledgers/units/verify.html", context)


@requires("zeroing.verify")
@require_POST
def zeroing_decide(request: HttpRequest, pk: int) -> HttpResponse:
    found = access.get_zeroing_to_verify(request.user, pk)
    try:
        if request.POST.get("decision") == "verify":
            zeroing.verify(found, on=today(), **_who(request))
            messages.success(request, "已核验，清零有效；有人新加入又没打时自动失效")
        else:
            zeroing.give_back(found, note=request.POST.get("note", ""), **_who(request))
            messages.success(request, "已退回，申报人会看到原因")
    except ZeroingRefused as refused:
        messages.error(request, f"没有办成，什么也没有写入：{refused}")
    return redirect("zeroing_verify")


def _who(request: HttpRequest) -> dict[str, Any]:
    return {"by": request.user, "address": address_of(request)}
