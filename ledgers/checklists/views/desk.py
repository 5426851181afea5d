"""核查名单 at the staff's desk: lists and their progress, sending one in, one list by who is responsible."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from campaigns.access import get_campaign_for
from campaigns.models import Campaign
from ledgers.checklists import acts
from ledgers.checklists.access import checklists_of, get_checklist_for
from ledgers.checklists.asking import progress_by_responsible, progress_of
from ledgers.checklists.differences import ours_alone, theirs_alone
from ledgers.checklists.forms import ChecklistForm, DueForm, first_error
from ledgers.checklists.rows import SHOWN, lines_of, rows_shown, unowned_lines, unowned_rows
from ledgers.models import Checklist, RosterImport
from ledgers.why import day
from registry.access import requires
from registry.audit import address_of
from registry.clock import moment_of, today
from registry.models import Place
from registry.paging import page_asked

UNOWNED_PER_PAGE = 20


@requires("checklist.manage")
@require_http_methods(["GET", "HEAD", "POST"])
def checklists(request: HttpRequest) -> HttpResponse:
    """The lists, those being asked first, and the place to send one in."""
    campaign = get_campaign_for(request.user, None)
    if campaign is None:
        return render(request, "campaigns/no_plan.html")
    data = (request.POST, request.FILES) if request.method == "POST" else ()
    form = ChecklistForm(*data, campaign=campaign, now=timezone.now())
    if request.method == "POST" and form.is_valid():
        return redirect("roster", _send_in(request, campaign, form.cleaned_data).pk)
    context = _lists(request, campaign) | {"form": form}
    return render(request, "ledgers/checklists/list.html", context, status=422 if form.errors else 200)


def _send_in(request: HttpRequest, campaign: Campaign, values: dict[str, Any]) -> RosterImport:
    options = {name: values[name] for name in ("sender", "scope", "holds")}
    return acts.send_in(values["file"], campaign=campaign, due_at=values["due"], by=request.user, **options)


def _lists(request: HttpRequest, campaign: Campaign) -> dict[str, Any]:
    found = checklists_of(request.user).filter(campaign=campaign).select_related("roster__uploaded_by")
    # Those still asked come first: `closed_at` is null for them.
    page = page_asked(request, found.order_by("closed_at", "-pk"))
    progress = progress_of(page, campaign, today(), timezone.now())
    waiting = RosterImport.objects.visible_to(request.user).filter(
        campaign=campaign,
        checklist__isnull=False,
        checklist__asked_on__isnull=True,
        state__in=["reading", "preview", "writing"],
    )
    return {"page": page, "lines": [(one, progress[one.pk]) for one in page], "waiting": waiting, "on": today()}


@requires("checklist.manage")
@require_safe
def checklist(request: HttpRequest, pk: int) -> HttpResponse:
    """One list: how it stands with each responsible, what staff have to settle, and its rows."""
    found = get_checklist_for(request.user, pk)
    campaign, now = found.campaign, timezone.now()
    show = request.GET.get("show", "left")
    show = show if show in dict(SHOWN) else "left"
    rows = rows_shown(found, show, today(), now)
    page = page_asked(request, rows)
    unowned = page_asked(request, unowned_rows(found, today()), name="unowned", per_page=UNOWNED_PER_PAGE)
    context = {
        "checklist": found,
        "whole": progress_of([found], campaign, today(), now)[found.pk],
        "parts": progress_by_responsible(found, campaign, today(), now),
        "unowned": unowned_lines(list(unowned), today()),
        "unowned_page": unowned,
        "villages": Place.objects.villages().inside(campaign.place.prefix),
        "page": page,
        "lines": lines_of(list(page)),
        "show": show,
        "shown": SHOWN,
        "query": f"show={show}&",
        "is_late": found.closed_at is None and found.due_at < now,
        "due_form": _due_form(found),
        "on": today(),
    }
    return render(request, "ledgers/checklists/checklist.html", context)


def _due_form(checklist: Checklist) -> DueForm | None:
    """The due hour to be changed, while the list is asked."""
    if checklist.closed_at:
        return None
    due = moment_of(checklist.due_at)
    return DueForm(initial={"due_on": due.date(), "due_at": due.time()}, now=timezone.now())


@requires("checklist.manage")
@require_POST
def checklist_due(request: HttpRequest, pk: int) -> HttpResponse:
    """Set another due hour; those who are asked see it on their page."""
    found = get_checklist_for(request.user, pk)
    form = DueForm(request.POST, now=timezone.now())
    if not form.is_valid():
        messages.error(request, f"回报时限没有改：{first_error(form)}")
    elif acts.put_due(found, form.cleaned_data["due"], by=request.user, address=address_of(request)):
        due = moment_of(form.cleaned_data["due"])
        messages.success(request, f"回报时限改到 {day(due)} {due:%H:%M}，还没回报的都看得到")
    return redirect("checklist", pk)


@requires("checklist.manage")
@require_POST
def checklist_end(request: HttpRequest, pk: int) -> HttpResponse:
    """End the asking, or take that back."""
    found = get_checklist_for(request.user, pk)
    act = acts.open_again if request.POST.get("again") else acts.end
    act(found, by=request.user, address=address_of(request))
    return redirect("checklist", pk)


@requires("checklist.manage")
@require_safe
def checklist_differences(request: HttpRequest, pk: int) -> HttpResponse:
    """Whom the sender names and we do not know; whom we know and the sender lacks."""
    found = get_checklist_for(request.user, pk)
    theirs, ours = theirs_alone(found), ours_alone(found, found.campaign, today())
    side = "ours" if request.GET.get("side") == "ours" and found.scope else "theirs"
    page = page_asked(request, ours if side == "ours" else theirs)
    context = {
        "checklist": found,
        "side": side,
        "counts": {"theirs": theirs.count(), "ours": ours.count()},
        "page": page,
        "people": _with_places(page) if side == "ours" else [],
        "query": f"side={side}&",
        "on": today(),
    }
    return render(request, "ledgers/checklists/differences.html", context)


def _with_places(page: Any) -> list[Any]:
    people = list(page)
    codes = {code for one in people for code in (one.place_id, one.place_id[: Place.Level.VILLAGE])}
    names = dict(Place.objects.filter(pk__in=codes).values_list("code", "name"))
    for one in people:
        group = names.get(one.place_id, "") if len(one.place_id) == Place.Level.GROUP else ""
        one.where = f"{names.get(one.place_id[: Place.Level.VILLAGE], '待归类')} {group}".strip()
    return people
