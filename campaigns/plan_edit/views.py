"""Pages on which staff change a plan: the form of a part, its rehearsal, and the record of all changes."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from campaigns.access import get_campaign_to_change, get_plan_change_to_decide, may_change
from campaigns.asked import with_campaign
from campaigns.models import Campaign, PlanChange
from campaigns.plan_edit.changing import begin_applying, begin_rehearsal, drop, propose, write_draft
from campaigns.plan_edit.forms import PartForm
from campaigns.plan_edit.parts import NEW, Editor, editor_for, new_key
from campaigns.plan_edit.refused import ChangeRefused
from campaigns.plan_edit.words import Names, act_of, lines_of, names_of, subject_of
from campaigns.plan_parts import Values, part_of, plan_of
from registry.access import requires
from registry.audit import address_of
from registry.paging import page_asked


@requires("plan.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def plan_edit(request: HttpRequest, key: str, part: str, item: str) -> HttpResponse:
    """The form of one part; what it says is rehearsed before anything changes, a draft is changed at once."""
    campaign = get_campaign_to_change(request.user, key)
    editor, plan = editor_for(part, item), plan_of(campaign)
    values = None if item == NEW and part != "campaign" else part_of(plan, part, item)
    if editor is None or (values is None and item != NEW):
        raise Http404
    form = editor.form(request.POST or None, plan=plan, values=values, is_draft=campaign.is_draft)
    removes = "remove" in request.POST and values is not None
    if request.method == "POST" and (_may_remove(form) if removes else form.is_valid()):
        try:
            return _take(request, campaign, part, item, form, removes=removes)
        except ChangeRefused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, str(refused))
    context = _form_context(request, campaign, editor, form, part, item)
    return render(request, "campaigns/plan_edit.html", context, status=422 if form.errors else 200)


def _may_remove(form: PartForm) -> bool:
    """Taking a part away needs its reason alone."""
    form.full_clean()
    for name in [name for name in form.errors if name != "reason"]:
        del form.errors[name]
    return not form.errors


def _take(
    request: HttpRequest, campaign: Campaign, part: str, item: str, form: PartForm, *, removes: bool
) -> HttpResponse:
    """Have a draft changed at once, and the plan of a running campaign rehearsed."""
    new: Values | None = None if removes else form.values()
    key = item
    if part == "campaign":
        key = campaign.key
    elif item == NEW and new is not None:
        key = new["name"] if part == "institution" else new_key(form.plan, part)
        new = new if part == "institution" else {**new, "key": key}
    told: dict[str, Any] = {"part": part, "key": key, "new": new, "by": request.user, "is_new": item == NEW}
    if campaign.is_draft:
        write_draft(campaign, **told, address=address_of(request))
        messages.success(request, f"{'已删除' if removes else '已保存'}，筹备中的接种工作不影响任何人")
        return redirect("campaign_setup", key=campaign.key, step=_STEP_OF.get(part, "basics"))
    change = propose(campaign, **told, reason=form.reason_given)
    begin_rehearsal(change, by=request.user)
    return redirect("plan_change", pk=change.pk)


# The step of setting up where a part of a draft is seen again.
_STEP_OF = {"platform": "vaccines", "product": "vaccines", "phase": "phases"}


def _form_context(
    request: HttpRequest, campaign: Campaign, editor: Editor, form: PartForm, part: str, item: str
) -> dict[str, Any]:
    is_new = item == NEW and part != "campaign"
    back = f"{reverse('phases' if part == 'phase' else 'plan')}?campaign={campaign.key}"
    if campaign.is_draft:
        back = reverse("campaign_setup", args=[campaign.key, _STEP_OF.get(part, "basics")])
    return {
        "campaign": campaign, "editor": editor, "form": form, "is_new": is_new, "back": back,
        "may_remove": not is_new and part != "campaign",
        "title": f"{'新增' if is_new else '改'}{editor.thing}",
        "heading": editor.title if part == "campaign" or is_new else form.initial.get("name", editor.title),
    }  # fmt: skip


@requires("plan.view")
@require_safe
@with_campaign
def plan_changes(request: HttpRequest, campaign: Campaign) -> HttpResponse:
    """改动记录: every change of the campaign's plan, newest first, with old value, who and why."""
    found = campaign.changes.select_related("by", "applied_by", "campaign")
    if not may_change(request.user, campaign):
        found = found.filter(state=PlanChange.State.APPLIED)
    names = names_of(campaign)
    page = page_asked(request, found)
    rows = [_row(change, names) for change in page]
    query = urlencode({"campaign": campaign.key}) + "&"
    context = {"campaign": campaign, "rows": rows, "tab": "changes", "page": page, "query": query}
    return render(request, "campaigns/plan_changes.html", context)


def _row(change: PlanChange, names: Names) -> dict[str, Any]:
    return {"change": change, "subject": subject_of(change, names), "act": act_of(change), "lines": lines_of(change)}


@requires("plan.edit")
@require_safe
def plan_change(request: HttpRequest, pk: int) -> HttpResponse:
    """One change: what it was and becomes, and what its rehearsal found."""
    change = get_plan_change_to_decide(request.user, pk)
    template = "campaigns/plan_change_state.html" if "HX-Request" in request.headers else "campaigns/plan_change.html"
    return render(request, template, {**_row(change, names_of(change.campaign)), "campaign": change.campaign})


@requires("plan.edit")
@require_POST
def plan_change_apply(request: HttpRequest, pk: int) -> HttpResponse:
    """Make the change, with all that follows."""
    change = get_plan_change_to_decide(request.user, pk)
    if change.rehearsed_at is None:
        messages.error(request, "影响还没有算出来，没有写入：等算完、看过影响再改。")
        return redirect("plan_change", pk=pk)
    try:
        done = begin_applying(change, by=request.user, address=address_of(request))
    except ChangeRefused as refused:
        messages.error(request, str(refused))
        return redirect("plan_change", pk=pk)
    if done:
        messages.success(request, f"{subject_of(change, names_of(change.campaign))}：已改，进度会重新计算")
        return redirect(f"{reverse('plan_changes')}?campaign={change.campaign.key}")
    return redirect("plan_change", pk=pk)


@requires("plan.edit")
@require_POST
def plan_change_drop(request: HttpRequest, pk: int) -> HttpResponse:
    change = get_plan_change_to_decide(request.user, pk)
    drop(change, by=request.user, address=address_of(request))
    messages.success(request, f"{subject_of(change, names_of(change.campaign))}：没有改")
    return redirect(f"{reverse('plan_changes')}?campaign={change.campaign.key}")


@requires("plan.edit")
@require_POST
def plan_change_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Rehearse once more, on today's records."""
    change = get_plan_change_to_decide(request.user, pk)
    try:
        if change.state == PlanChange.State.PROPOSED:
            begin_rehearsal(change, by=request.user)
    except ChangeRefused as refused:
        messages.error(request, str(refused))
    return redirect("plan_change", pk=pk)
