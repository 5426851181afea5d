"""台账变动: between two days, the people behind a figure, and signing for a day."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from campaigns.access import get_campaign_for
from campaigns.asked import NO_PLAN
from campaigns.links import address_in
from ledgers.movements.signing import SigningRefused, sign_day
from registry.access import requires
from registry.audit import address_of
from registry.clock import today
from registry.models import Place
from reports.dashboard.access import get_place_for, reach_of, units_visible_to
from reports.movements.area import answers_for_nobody, area_for
from reports.movements.asked import POPULATIONS, read_between
from reports.movements.list_changes import list_changes
from reports.movements.page import Page
from reports.movements.people import people_page, title_of
from reports.movements.unit_rows import page_of
from reports.movements.village_signing import may_sign_for
from reports.views.ledgers import question_of


@requires("movements.view")
@require_safe
def movements(request: HttpRequest) -> HttpResponse:
    """期初 + 转入 − 转出 = 期末 of each ledger, by village or group, and of doses."""
    campaign = get_campaign_for(request.user, request.GET.get("campaign") or None)
    asks_of_whom = request.GET.get("unit") or request.GET.get("place")
    if campaign and not asks_of_whom and answers_for_nobody(request.user, campaign):
        return render(request, "reports/movements/nobody.html")
    page = _page(request)
    if page is None:
        return render(request, NO_PLAN)
    return render(request, "reports/movements.html", _context(request, page))


@requires("movements.view")
@require_safe
def ledger_balance(request: HttpRequest) -> HttpResponse:
    """The one ledger's equation, for the page of its list: asked for once that is there."""
    page = _page(request)
    return render(request, "reports/movements/ledger.html", {"page": page, "asked": page and page.asked})


@requires("movements.view")
@require_safe
def movements_people(request: HttpRequest) -> HttpResponse:
    """Who went into a ledger or out of it, each with the cause and the record that says so."""
    page = _page(request)
    if page is None:
        return render(request, NO_PLAN)
    row_name = _row_name(page)
    shown, number, people = people_page(page, request.GET.get("page"), request.user)
    context = _context(request, page) | {
        "shown": shown,
        "number": number,
        "people": people,
        "title": title_of(page.asked),
        "row_name": row_name,
        "page_query": f"{page.asked.query()}&",
    }
    return render(request, "reports/movements_people.html", context)


@requires("ledger.view")
@require_safe
def movements_list(request: HttpRequest, ledger: str) -> HttpResponse:
    """Who came into a list and who left it since an earlier day: what stands behind a change of its figure."""
    question = question_of(request, ledger)
    if question is None:
        return render(request, NO_PLAN)
    if question.asked.search:
        raise Http404
    changes = list_changes(question, _day(request.GET.get("since", "")))
    shown, people = changes.people(request.GET.get("page"))
    return render(
        request, "reports/movements/list_changes.html", {"changes": changes, "shown": shown, "people": people}
    )


def _row_name(page: Page) -> str:
    """The place of the list; a row outside what the account reads is "not found"."""
    row = page.asked.row
    if not row:
        return page.area.name
    if row == page.place.code and not page.area.villages:
        return "待归类" if page.is_whole else f"{page.place}未分组"
    if page.is_of_units:
        raise Http404
    place = Place.objects.inside(page.prefix).filter(code=row).first()
    if place is None or not page.area.holds(row):
        raise Http404
    return str(place)


@requires("movements.sign")
@require_POST
def movements_sign(request: HttpRequest) -> HttpResponse:
    """Sign for a day's ledgers as they are known now: of a village, or of the whole."""
    campaign = get_campaign_for(request.user, request.POST.get("campaign") or None)
    if campaign is None:
        raise Http404
    code = request.POST.get("place", "")
    village = get_place_for(request.user, campaign, code) if code else None
    if village and village.level != Place.Level.VILLAGE:
        raise Http404
    if not may_sign_for(request.user, campaign, village):
        raise PermissionDenied
    on = _day(request.POST.get("on", ""))
    note = request.POST.get("note", "")
    try:
        sign_day(campaign, on, village=village, note=note, today=today(), by=request.user, address=address_of(request))
    except SigningRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, f"{on.month}月{on.day}日{village or ''}的台账已签收，以后补录的记录另列一行。")
    where = {"place": code} if village else {}
    return redirect(address_in(campaign, "balance", to=on.isoformat(), **where))


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Http404 from None


def _may_sign(request: HttpRequest, page: Page) -> bool:
    """For the place that the page shows, if it is one that is signed for."""
    is_village = page.place.level == Place.Level.VILLAGE
    if page.is_of_units or not (page.is_whole or is_village):
        return False
    return may_sign_for(request.user, page.campaign, page.place if is_village else None)


def _page(request: HttpRequest) -> Page | None:
    """What the address asks, of a place the account may read; None while no plan is loaded."""
    campaign = get_campaign_for(request.user, request.GET.get("campaign") or None)
    if campaign is None:
        return None
    asked = read_between(campaign, request.GET, today())
    return page_of(campaign, asked, area_for(request.user, campaign, asked))


def _context(request: HttpRequest, page: Page) -> dict[str, object]:
    reach = reach_of(request.user, page.campaign)
    villages = Place.objects.villages().inside(page.campaign.place.prefix)
    own = [place for place in villages if reach.covers(place.code)]
    return {
        "page": page,
        "asked": page.asked,
        "populations": POPULATIONS.items(),
        "places": own,
        "districts": list(dict.fromkeys(place.district_group for place in own if place.district_group)),
        "is_whole": reach.whole,
        # Both ways stand to choose from only where the account has both.
        "sees_units": page.is_of_units or units_visible_to(request.user).exists(),
        "sees_places": bool(reach.prefixes),
        "may_sign": _may_sign(request, page),
        "today": today(),
    }
