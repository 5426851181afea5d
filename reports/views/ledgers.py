"""三本台账 and the exempt register: lists of people on any day, filtered, searched, sorted, page by page."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from campaigns.access import get_campaign_for
from campaigns.models import Campaign
from registry.access import may, requires
from registry.clock import today
from reports.days import ShownDay, shown_day
from reports.lists.asked import LISTS, Asked, read_asked, sorts_of
from reports.lists.cells import add_cells
from reports.lists.choices import choices_for, pills_for, residency_choice, where
from reports.lists.pages import PAGE, Keys, Position, page_keys
from reports.lists.people import Question, people_asked, pill_counts, sees_place
from reports.lists.rows import rows_of
from reports.lists.tabs import TITLES, WORDS, Tabs, tabs_of
from reports.movements.links import balance_links

SEARCH = "ledger_search"


@requires("ledger.view")
@require_safe
def ledger(request: HttpRequest, ledger: str = "unvaccinated") -> HttpResponse:
    """A page of one ledger; 台账三 is what a menu opens, for its people are what is left to do."""
    question = question_of(request, ledger)
    if question is None:
        return render(request, "reports/ledger_no_plan.html")
    position = _position(request)
    # First, for they see to it that the day's figures are fresh.
    tabs = tabs_of(question)
    keys = page_keys(question, position)
    rows = rows_of(question, keys.ids)
    add_cells(rows, query=_who_query(question.asked), may_reveal=may(request.user, "person.reveal"))
    context = _context(question, tabs) | {
        "day": _day(request, question.campaign),
        "rows": rows,
        "page": _page(request, question, keys, position, tabs),
        "may_export": may(request.user, "ledger.export"),
        "may_print": may(request.user, "ledger.print"),
    }
    context |= balance_links(question)
    return render(request, "reports/ledger.html", context)


@requires("ledger.view")
@require_safe
def ledger_totals(request: HttpRequest, ledger: str) -> HttpResponse:
    """How many a filtered list holds, and its chips with their counts: asked for once the page is there."""
    question = question_of(request, ledger)
    if question is None:
        raise Http404
    counts = pill_counts(question)
    pills = pills_for(question.asked, counts)
    total = next((pill.count for pill in pills if pill.here), sum(counts.values()))
    if total is None:
        # A choice that overlaps its neighbours is in none of their counts.
        total = people_asked(question).count()
    return render(request, "reports/ledger_totals.html", {"total": total, "pills": pills, "asked": question.asked})


@requires("ledger.view")
@require_POST
def ledger_search(request: HttpRequest, ledger: str) -> HttpResponse:
    """Keep what is searched for in the session: a name or number has no place in an address."""
    text = request.POST.get("search", "").strip()[:60]
    request.session[SEARCH] = text
    parameters = request.GET.dict() | {"found": "1" if text else ""}
    asked = read_asked(ledger, parameters, today=today(), search=text)
    if ledger not in LISTS:
        raise Http404
    return redirect(f"{_path(asked)}?{asked.query()}")


def question_of(request: HttpRequest, ledger: str) -> Question | None:
    """What the address asks, as this account may see it; None while no plan is loaded."""
    if ledger not in LISTS:
        raise Http404
    asked = read_asked(ledger, request.GET, today=today(), search=request.session.get(SEARCH, ""))
    if not sees_place(request.user, asked.group or asked.village):
        raise Http404
    campaign = get_campaign_for(request.user, asked.campaign or None)
    if campaign is None:
        return None
    return Question(replace(asked, on=_day(request, campaign).on), campaign, request.user)


def _day(request: HttpRequest, campaign: Campaign) -> ShownDay:
    return shown_day(campaign, request.GET.get("on", ""), today())


def _path(asked: Asked) -> str:
    return reverse("ledger", args=[asked.ledger])


def _position(request: HttpRequest) -> Position:
    return Position(_number(request, "after"), _number(request, "before"), at_end=request.GET.get("page") == "last")


def _number(request: HttpRequest, name: str) -> int | None:
    text = request.GET.get(name, "")
    return int(text) if text.isdigit() and len(text) < 19 else None


def _context(question: Question, tabs: Tabs) -> dict[str, Any]:
    asked = question.asked
    return {
        "asked": asked,
        "on": asked.on,
        "campaign": question.campaign,
        "title": TITLES[asked.ledger],
        "word": WORDS[asked.ledger],
        "population": "常住口径" if asked.is_permanent else "全口径",
        "where": where(question),
        "tabs": tabs,
        "choices": choices_for(question),
        "residency": residency_choice(asked),
        "pills": pills_for(asked, None if asked.is_narrowed else _stored_pills(asked, tabs)),
        "sorts": [(key, words, asked.query(sort=key)) for key, words in sorts_of(asked.ledger).items()],
        "sort_link": {key: asked.query(sort=key) for key in sorts_of(asked.ledger)},
        "query": asked.query(),
        "day_query": _without_day(asked),
        "keep": {k: v for k, v in asked.parameters().items() if k != "on"},
        "rows_template": f"reports/ledger_rows_{asked.ledger}.html",
        "head_template": f"reports/ledger_head_{asked.ledger}.html",
    }


def _who_query(asked: Asked) -> str:
    """The person's page opens on the list's day and campaign."""
    return urlencode({"on": asked.on.isoformat()} | ({"campaign": asked.campaign} if asked.campaign else {}))


def _stored_pills(asked: Asked, tabs: Tabs) -> dict[str, int] | None:
    return tabs.sub_states if asked.ledger == "incomplete" else None


def _without_day(asked: Asked) -> str:
    query = urlencode({k: v for k, v in asked.parameters().items() if k != "on"})
    return f"{query}&" if query else ""


def _page(request: HttpRequest, question: Question, keys: Keys, position: Position, tabs: Tabs) -> dict[str, Any]:
    """Where this page stands in its list; the numbers of rows are known where the total is."""
    asked, ids = question.asked, keys.ids
    total = None if asked.is_narrowed else (tabs.sub_states[asked.sub] if asked.sub else tabs.count(asked.ledger))
    start = _number(request, "start") or 1
    if not keys.has_previous:
        start = 1
    elif position.at_end:
        start = total - len(ids) + 1 if total is not None else None
    query = asked.query()
    page: dict[str, Any] = {"total": total, "start": start, "end": start + len(ids) - 1 if start else None}
    if keys.has_previous:
        back = f"&start={max(1, start - PAGE)}" if start else ""
        page |= {"first": f"?{query}", "previous": f"?{query}&before={ids[0] if ids else 0}{back}"}
    if keys.has_next:
        page |= {"next": f"?{query}&after={ids[-1]}" + (f"&start={start + len(ids)}" if start else "")}
        page |= {"last": f"?{query}&page=last"}
    return page
