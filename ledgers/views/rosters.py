"""花名册: what was sent in and what became of it; upload, progress, preview, result."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from campaigns.asked import with_campaign
from campaigns.models import Campaign
from ledgers.access import get_roster_for
from ledgers.models import RosterImport
from ledgers.rosters import showing
from ledgers.rosters.actions import upload
from ledgers.rosters.again import just_sent
from ledgers.rosters.forms import UploadForm
from ledgers.rosters.resources import RESOURCES
from ledgers.rosters.samples import sample_sheet
from registry.access import may, requires
from registry.models import Place, Resident, User

PER_PAGE = 20
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@requires("roster.upload")
@require_http_methods(["GET", "HEAD", "POST"])
@with_campaign
def rosters(request: HttpRequest, campaign: Campaign) -> HttpResponse:
    """The history, and the place to drop files."""
    form = _upload_form(request, campaign)
    if request.method == "POST" and form.is_valid():
        return _take_files(request, campaign, form)
    return render(request, "ledgers/rosters.html", _list(request, campaign, form), status=422 if form.errors else 200)


def _upload_form(request: HttpRequest, campaign: Campaign) -> UploadForm:
    villages = Place.objects.villages().inside(campaign.place.prefix)
    data = (request.POST, request.FILES) if request.method == "POST" else ()
    return UploadForm(*data, villages=villages, only_doses=only_doses(request.user))


def only_doses(user: User) -> bool:
    """Whether the account sends rosters of doses alone (access.md: the clinic)."""
    return not may(user, "roster.approve")


def _take_files(request: HttpRequest, campaign: Campaign, form: UploadForm) -> HttpResponse:
    taken = [_take(request.user, campaign, file, form.cleaned_data) for file in form.cleaned_data["files"]]
    if len(taken) == 1:
        return redirect("roster", taken[0].pk)
    messages.success(request, f"收到 {len(taken)} 个文件，正在读取；读完一个核对一个")
    return redirect("rosters")


def _take(user: User, campaign: Campaign, file: UploadedFile, chosen: dict[str, Any]) -> RosterImport:
    """Keep a file and have it read; a double click finds the one it has just sent."""
    options = {"campaign": campaign, "village": chosen["village"], "source": chosen["source"]}
    sent = just_sent(file, by=user, chosen_kind=chosen["kind"], **options)
    return sent or upload(file, by=user, kind=chosen["kind"], **options)


def _list(request: HttpRequest, campaign: Campaign, form: UploadForm) -> dict[str, Any]:
    history = RosterImport.objects.visible_to(request.user).filter(campaign=campaign)
    page = Paginator(history.select_related("uploaded_by", "job"), PER_PAGE).get_page(request.GET.get("page"))
    return {
        "campaign": campaign,
        "form": form,
        "page": page,
        "kinds": [(kind, label) for kind, label in RosterImport.Kind.choices if kind in RESOURCES],
        "first_steps": None if page.paginator.count else _first_steps(campaign),
        "reading": any(roster.state in (showing.State.READING, showing.State.WRITING) for roster in page),
        "limit_mb": settings.ROSTER_MAX_BYTES // 1024 // 1024,
        "limit_rows": settings.ROSTER_MAX_ROWS,
        "own_only": only_doses(request.user),
    }


def _first_steps(campaign: Campaign) -> dict[str, bool]:
    """What a new street has already, for the empty state."""
    villages = Place.objects.villages().inside(campaign.place.prefix)
    return {"villages": villages.exists(), "residents": Resident.objects.inside(campaign.place.prefix).exists()}


@requires("roster.upload")
@require_safe
def roster(request: HttpRequest, pk: int) -> HttpResponse:
    """One import, as its state has it: progress, refusal, preview or result."""
    found = get_roster_for(request.user, pk)
    context = {
        "roster": found,
        "steps": showing.steps(found),
        "may_approve": may(request.user, "roster.approve"),
        "may_adopt": may(request.user, "unplaced.adopt"),
    }
    if found.state in (showing.State.READING, showing.State.WRITING):
        return render(request, "ledgers/roster_waiting.html", context | {"waiting": showing.waiting(found)})
    if found.state == showing.State.REFUSED:
        return render(request, "ledgers/roster_refused.html", context | {"title": showing.refusal_title(found)})
    context |= _messages(request, found)
    if request.htmx and request.htmx.target == "messages":
        return render(request, "ledgers/roster_messages.html", context)
    context |= {
        "as_of": showing.effects_on(found),
        "ledgers": showing.ledger_changes(found),
        "rates": showing.rate_changes(found),
        "accepted": showing.accepted(found),
        "same": showing.same_file_before(found),
    }
    template = "roster_preview" if found.state == showing.State.PREVIEW else "roster_result"
    return render(request, f"ledgers/{template}.html", context)


def _messages(request: HttpRequest, found: RosterImport) -> dict[str, Any]:
    tabs = showing.tabs(found)
    first = next((tab.key for tab in tabs if tab.count), "rejected")
    tab = next((tab for tab in tabs if tab.key == request.GET.get("tab", first)), tabs[0])
    code = request.GET.get("code", "")
    context = {"tabs": tabs, "tab": tab, "code": code, "query": f"tab={tab.key}&code={quote(code)}&"}
    if tab.key == "unused":
        return context | {"unused": showing.unused_columns(found)}
    rows = Paginator(showing.messages_of(found, tab.key, code), PER_PAGE)
    return context | {"page": rows.get_page(request.GET.get("page"))}


@requires("roster.upload")
@require_safe
def roster_progress(request: HttpRequest, pk: int) -> HttpResponse:
    """The moving part of a waiting page; once there is something else to see, the page loads anew."""
    found = get_roster_for(request.user, pk)
    if found.state not in (showing.State.READING, showing.State.WRITING):
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, "ledgers/roster_progress.html", {"roster": found, "waiting": showing.waiting(found)})


@requires("roster.upload")
@require_safe
def roster_sample(request: HttpRequest, kind: str) -> HttpResponse:
    """A blank sheet with the headings of a kind."""
    if kind not in RESOURCES:
        raise Http404
    return spreadsheet(sample_sheet(kind), f"{RosterImport.Kind(kind).label}样表.xlsx")


def spreadsheet(content: bytes, name: str) -> HttpResponse:
    """Answer with a file to keep; the name is Chinese, hence its quoting (RFC 5987)."""
    disposition = f"attachment; filename*=UTF-8''{quote(name)}"
    return HttpResponse(content, content_type=XLSX, headers={"Content-Disposition": disposition})
