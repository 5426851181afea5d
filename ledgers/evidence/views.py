"""Claims of one's own people: handed in with photos, sent back, added to, withdrawn; and the files themselves."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from campaigns.access import get_campaign_for
from ledgers import exemptions
from ledgers.evidence import access, lists
from ledgers.evidence.forms import ClaimForm, ResendForm
from ledgers.evidence.keeping import take_back
from ledgers.evidence.pictures import EvidenceRefused
from ledgers.exemptions import ExemptionRefused
from ledgers.models import Evidence, Exemption
from registry import audit
from registry.access import get_own_resident_for, requires
from registry.audit import address_of
from registry.clock import today

PER_PAGE = 50
# What withdrawing does, asked once more before it is done.
_WITHDRAWING = {
    Exemption.State.CLAIMED: "审核人不再看到它。撤错了，打开它可以再送审。",
    Exemption.State.APPROVED: "撤回以后这个人不再算禁忌缓种，各日台账按没有申请重新统计。撤错了，再送审要重新审核。",
}
# A picture or paper opened by itself may run nothing and load nothing, whatever it holds.
FILE_POLICY = "default-src 'none'; frame-ancestors 'none'; sandbox"


@requires("exemption.claim")
@require_safe
def own_list(request: HttpRequest) -> HttpResponse:
    """禁忌缓种 of one's own people in three tabs: sent back, waiting, ending."""
    campaign = get_campaign_for(request.user, None)
    if campaign is None:
        return render(request, "campaigns/no_plan.html")
    on = today()
    found = {key: lists.tab_of(request.user, campaign, key, on) for key in lists.TABS}
    counts = {key: claims.count() for key, claims in found.items()}
    tab = request.GET.get("show", "")
    if tab not in found:
        tab = next((key for key in found if counts[key]), "waiting")
    page = Paginator(lists.with_evidence(found[tab]), PER_PAGE).get_page(request.GET.get("page"))
    tabs = [(key, name, counts[key]) for key, name in lists.TABS.items()]
    context = {"tabs": tabs, "tab": tab, "page": page, "lines": lists.lines_of(page, on), "query": f"show={tab}&"}
    return render(request, "ledgers/exemptions.html", context)


@requires("exemption.claim")
@require_http_methods(["GET", "POST"])
def exemption_new(request: HttpRequest, pk: int) -> HttpResponse:
    resident = get_own_resident_for(request.user, pk)
    campaign = get_campaign_for(request.user, None)
    form = ClaimForm(*_sent(request), campaign=campaign)
    if request.method == "POST" and form.is_valid():
        try:
            made = exemptions.claim(resident, campaign, **form.cleaned_data, **_who(request))
            messages.success(request, f"已为{resident.name}申请，等待审核；审核通过前仍按应种未种统计")
            return redirect("exemption", made.pk)
        except ExemptionRefused as refused:
            form.add_error(None, str(refused))
    context = {"form": form, "resident": resident, "title": "申请禁忌或缓种", "button": "提交审核"}
    return render(request, "ledgers/person_form.html", context, status=422 if form.errors else 200)


@requires("exemption.claim")
@require_http_methods(["GET", "HEAD", "POST"])
def exemption(request: HttpRequest, pk: int) -> HttpResponse:
    """One claim for those who answer for the person; until it is approved, more can be added (补材料)."""
    claim = access.get_own_exemption_for(request, pk)
    in_full = access.sees_details(request.user, claim)
    form = ResendForm(*_sent(request), campaign=claim.campaign, claim=claim, in_full=in_full)
    if request.method == "POST" and form.is_valid():
        try:
            evidence = form.cleaned_data["evidence"]
            exemptions.resend(claim, changes=form.changes(), evidence=evidence, **_who(request))
            messages.success(request, "已送审，审核结果会显示在这里")
            return redirect("exemption", pk)
        except ExemptionRefused as refused:
            form.add_error(None, str(refused))
    context = _shown(request, claim, in_full) | {"form": form}
    return render(request, "ledgers/exemption.html", context, status=422 if form.errors else 200)


def _shown(request: HttpRequest, claim: Exemption, in_full: bool) -> dict[str, Any]:
    [line] = lists.lines_of([claim], today())
    return {
        "line": line,
        "claim": claim,
        "in_full": in_full,
        "pieces": access.pieces_shown_to(request.user, claim),
        "count": claim.evidence.filter(removed_entry__isnull=True).count(),
        "most": Evidence.MOST,
        "may_add": claim.state != Exemption.State.APPROVED,
        "may_take_back": claim.state in (Exemption.State.CLAIMED, Exemption.State.REJECTED),
        "may_withdraw": claim.state in _WITHDRAWING,
        "withdrawing": _WITHDRAWING.get(claim.state, ""),
    }


@requires("exemption.claim")
@require_POST
def exemption_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    claim = access.get_own_exemption_for(request, pk)
    try:
        exemptions.withdraw(claim, note=request.POST.get("note", ""), **_who(request))
        messages.success(request, "已撤回")
    except ExemptionRefused as refused:
        messages.error(request, f"没有办成，什么也没有写入：{refused}")
    return redirect("person", claim.resident_id)


@requires("person.view")
@require_safe
def exemption_docket(request: HttpRequest, pk: int) -> HttpResponse:
    """One page of A4 for the file: the claim, its evidence, who decided; for claimant and approver only."""
    claim = access.get_docket_for(request, pk)
    context = _shown(request, claim, in_full=True)
    return render(request, "ledgers/exemption_docket.html", context | {"on": today()})


@requires("person.view")
@require_safe
def evidence_file(request: HttpRequest, pk: int) -> HttpResponse:
    """A picture to look at, a PDF to save; never kept by the browser, each time in the trail."""
    piece = access.get_evidence_for(request, pk)
    is_picture = piece.kind == Evidence.Kind.PICTURE
    shown, suffix = ("inline", "jpg") if is_picture else ("attachment", "pdf")
    audit.record("evidence.view", by=request.user, subject=f"evidence {pk}", address=address_of(request))
    with piece.file.open("rb") as kept:
        data = kept.read()
    headers = {
        "Content-Disposition": f'{shown}; filename="evidence-{pk}.{suffix}"',
        "Content-Security-Policy": FILE_POLICY,
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
    }
    return HttpResponse(data, content_type="image/jpeg" if is_picture else "application/pdf", headers=headers)


@requires("exemption.claim")
@require_POST
def evidence_remove(request: HttpRequest, pk: int) -> HttpResponse:
    piece = access.get_evidence_to_take_back(request, pk)
    try:
        take_back(piece, **_who(request))
        messages.success(request, "已撤掉这份材料")
    except EvidenceRefused as refused:
        messages.error(request, f"没有办成，什么也没有写入：{refused}")
    return redirect("exemption", piece.exemption_id)


def _sent(request: HttpRequest) -> tuple[Any, ...]:
    return (request.POST, request.FILES) if request.method == "POST" else ()


def _who(request: HttpRequest) -> dict[str, Any]:
    return {"by": request.user, "address": address_of(request)}
