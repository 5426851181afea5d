"""导出放行: requests for numbers in full, let go or sent back from any screen; standing releases."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from campaigns.access import get_campaign_for
from registry.access import may, requires, scope_of
from registry.audit import address_of
from registry.clock import today
from registry.jobs import run_now
from registry.models import Place, Role, User
from registry.paging import page_asked
from reports.exports.access import (
    exports_released_by,
    get_export_to_release,
    get_own_request,
    get_standing_release,
    standing_releases_for,
)
from reports.exports.forms import StandingForm
from reports.exports.kinds import kind_of, words_of
from reports.exports.order import ASKED_FOR
from reports.exports.release import (
    NotReleased,
    Standing,
    decline_export,
    give_standing_release,
    release_export,
    withdraw_export,
    withdraw_standing_release,
)
from reports.models import Export, StandingRelease
from reports.views.exports import AT_ONCE


@dataclass(frozen=True)
class Request:
    """A request as its card shows it."""

    export: Export
    words: str
    # Where the same people stand masked.
    url: str
    is_own: bool


@dataclass(frozen=True)
class Given:
    """A standing release with what became of it."""

    release: StandingRelease
    words: str
    state: str


@requires("export.release")
@require_safe
def export_releases(request: HttpRequest) -> HttpResponse:
    """What waits to be let go, what lets itself go, and what was decided of late."""
    asked = exports_released_by(request.user)
    waiting = asked.filter(release=Export.Release.ASKED).order_by("at")
    pages = {
        "waiting_page": page_asked(request, waiting, name="waiting"),
        "page": page_asked(request, asked.exclude(release=Export.Release.ASKED)),
        "standing_page": page_asked(request, standing_releases_for(request.user), name="standing"),
    }
    context = pages | {
        "waiting": [_request(export, request.user) for export in pages["waiting_page"]],
        "decided": [_request(export, request.user) for export in pages["page"]],
        "standing": _given(pages["standing_page"]),
        "may_give": may(request.user, "export.standing"),
        "asked_days": ASKED_FOR.days,
    }
    return render(request, "reports/releases.html", context)


def _request(export: Export, user: User) -> Request:
    waits = export.release == Export.Release.ASKED
    url = kind_of(export.layout).shown_at(export) if waits else ""
    return Request(export, words_of(export.layout), url, export.by_id == user.pk)


def _given(releases: Iterable[StandingRelease]) -> list[Given]:
    day = today()
    return [Given(release, words_of(release.layout), _state(release, day)) for release in releases]


def _state(release: StandingRelease, day: object) -> str:
    if release.withdrawn_at:
        return "standing_withdrawn"
    if not release.holds_on(day):
        return "standing_over"
    return "standing_holds" if release.is_answered_for else "standing_void"


@requires("export.release")
@require_POST
def export_release(request: HttpRequest, pk: int) -> HttpResponse:
    """Let it go, or send it back with a reason."""
    export = get_export_to_release(request.user, pk)
    reason = request.POST.get("reason", "").strip()
    is_release = request.POST.get("decision") == "release"
    if not is_release and not reason:
        messages.error(request, "写明退回的原因，申请人才知道怎么改")
        return redirect("export_releases")
    try:
        if is_release:
            _let_go(export, request)
        else:
            decline_export(export, reason=reason, by=request.user, address=address_of(request))
            messages.success(request, f"{export.number} 已退回给{export.by}")
    except NotReleased as refusal:
        messages.error(request, str(refusal))
    return redirect("export_releases")


def _let_go(export: Export, request: HttpRequest) -> None:
    release_export(export, by=request.user, address=address_of(request))
    if export.people is not None and export.people <= AT_ONCE:
        run_now(export.job)
    messages.success(request, f"{export.number} 已放行，{export.by}可以下载")


@requires("ledger.export")
@require_POST
def export_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back one's own request."""
    export = get_own_request(request.user, pk)
    try:
        withdraw_export(export, by=request.user, address=address_of(request))
        messages.success(request, f"{export.number} 的申请已撤回")
    except NotReleased as refusal:
        messages.error(request, str(refusal))
    return redirect("exports")


@requires("export.standing")
@require_http_methods(["GET", "POST"])
def standing_new(request: HttpRequest) -> HttpResponse:
    """Let one kind of list go by itself for some days."""
    campaign = get_campaign_for(request.user, request.GET.get("campaign"))
    if campaign is None:
        return render(request, "reports/ledger_no_plan.html")
    form = StandingForm(request.POST or None, places=_own_places(request.user))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        what = Standing(campaign, data["place"], data["layout"], data["days"])
        given = give_standing_release(what, terms=form.terms, by=request.user, address=address_of(request))
        messages.success(request, f"已给长期放行，到{given.until_on.month}月{given.until_on.day}日")
        return redirect("export_releases")
    return render(request, "reports/standing_new.html", {"form": form}, status=422 if form.errors else 200)


def _own_places(user: User) -> list[str]:
    return [prefix.ljust(Place.Level.VILLAGE, "0") for prefix in scope_of(user).prefixes(Role.LEADER)]


@requires("export.release")
@require_POST
def standing_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """End a standing release; staff may too, for ending one is never too early."""
    given = get_standing_release(request.user, pk)
    try:
        withdraw_standing_release(given, by=request.user, address=address_of(request))
        messages.success(request, "长期放行已收回，之后的导出要逐份放行")
    except NotReleased as refusal:
        messages.error(request, str(refusal))
    return redirect("export_releases")
