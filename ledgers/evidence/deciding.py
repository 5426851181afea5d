"""禁忌缓种待审核: claims that wait, and one of them beside its pictures (rules 3, plan 六(二)1)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from campaigns.choice import several_run
from ledgers import exemptions
from ledgers.evidence import access, lists
from ledgers.exemptions import ExemptionRefused
from ledgers.models import Exemption
from ledgers.person_access import get_exemption_to_decide
from ledgers.record import refusal_of
from registry.access import requires
from registry.audit import address_of
from registry.clock import today

PER_PAGE = 20


@dataclass(frozen=True)
class Waiting:
    """A claim as it stands in the list; `refusal` is why it cannot be approved, None if it can."""

    claim: Exemption
    age: int
    where: str
    refusal: str | None


@requires("exemption.decide")
@require_safe
def claims(request: HttpRequest) -> HttpResponse:
    """Who waits for a decision, the longest first."""
    found = Exemption.objects.visible_to(request.user).waiting().order_by("entry__at", "pk")
    page = Paginator(lists.with_evidence(found), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "ledgers/claims.html", {"page": page, "waiting": _waiting(page), "several": several_run()})


def _waiting(found: Iterable[Exemption]) -> list[Waiting]:
    return [
        Waiting(line.claim, line.age, line.where, refusal_of(line.claim)) for line in lists.lines_of(found, today())
    ]


@requires("exemption.decide")
@require_safe
def claim(request: HttpRequest, pk: int) -> HttpResponse:
    """One claim side by side with its pictures; decided ones stay to be looked at."""
    found = get_exemption_to_decide(request, pk)
    [one] = _waiting([found])
    waiting = Exemption.objects.visible_to(request.user).waiting()
    context: dict[str, Any] = {
        "one": one,
        "pieces": access.pieces_shown_to(request.user, found),
        "several": several_run(),
        "others": waiting.exclude(pk=pk).count(),
    }
    return render(request, "ledgers/claim_page.html", context)


@requires("exemption.decide")
@require_POST
def exemption_decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Approve or send back; the refusal is the sentence of rules 3, and nothing is written."""
    found = get_exemption_to_decide(request, pk)
    who = {"by": request.user, "address": address_of(request)}
    try:
        if request.POST.get("decision") == "approve":
            exemptions.approve(found, **who)
            messages.success(request, "已审核通过，从诊断日期起计入禁忌缓种")
        else:
            exemptions.reject(found, note=request.POST.get("note", ""), **who)
            messages.success(request, "已退回，申请人会看到原因")
    except ExemptionRefused as refused:
        messages.error(request, f"没有办成，什么也没有写入：{refused}")
    return _back(request.POST.get("from", ""), found)


def _back(page: str, found: Exemption) -> HttpResponse:
    """Go on where the decision was taken: the list, the claim's page, else the person's."""
    if page == "claims":
        return redirect("claims")
    return redirect("claim", found.pk) if page == "claim" else redirect("person", found.resident_id)
