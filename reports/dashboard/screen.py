"""大屏: the dashboard's main figures on the wall of a meeting room, refreshing by themselves.

Whoever opens it gives the session up for it: from then on it opens the large screen and nothing else
(`wuyang.middleware.ScreenSessionMiddleware`), so that nobody who walks up to the screen finds a list of people.
Its own polls keep it alive until SESSION_COOKIE_AGE has passed, twelve hours after the login.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from campaigns.access import get_campaign_for
from registry.access import requires
from registry.clock import today
from reports.dashboard.access import reach_of
from reports.dashboard.frame import Frame, read_frame
from reports.dashboard.kept import has_people, stamp_of
from reports.dashboard.matrix import Row
from reports.dashboard.pages import DashboardPage, MatrixPage, dashboard_page, matrix_page
from reports.dashboard.phases import PhaseRow

# Of the session; the middleware looks for the same word.
SCREEN = "screen"
POLL_SECONDS = 60
_VILLAGES, _PHASES = 10, 6


@dataclass(frozen=True)
class Screen:
    """What stands on the large screen: the page's head, the villages furthest behind, the phases that run."""

    page: MatrixPage
    villages: list[Row]
    phases: list[PhaseRow]
    # Equal stamps are equal figures: then a poll brings nothing.
    stamp: str


@requires("screen.open")
@require_http_methods(["GET", "POST"])
def screen(request: HttpRequest) -> HttpResponse:
    """Say what it means to open it (GET), open it (POST), and from then on show it."""
    if request.method == "POST":
        request.session[SCREEN] = True
        return redirect("screen")
    hours = settings.SESSION_COOKIE_AGE // 3600
    if not request.session.get(SCREEN):
        return render(request, "reports/screen_open.html", {"hours": hours, "seconds": POLL_SECONDS})
    context = {"screen": _screen(request), "seconds": POLL_SECONDS, "hours": hours}
    return render(request, "reports/screen.html", context)


@requires("screen.open")
@require_safe
def screen_figures(request: HttpRequest) -> HttpResponse:
    """The figures alone, for the poll; nothing (204) where they are those that the screen shows."""
    if not request.session.get(SCREEN):
        return redirect("screen")
    frame = _frame(request)
    if frame is not None and request.GET.get("stamp") == _stamp(request, frame):
        return HttpResponse(status=204)
    return render(request, "reports/screen_figures.html", {"screen": _screen(request), "seconds": POLL_SECONDS})


def _frame(request: HttpRequest) -> Frame | None:
    campaign = get_campaign_for(request.user, None)
    # Always the day of business: the screen may hang over midnight.
    return read_frame(campaign, {}, today()) if campaign else None


def _screen(request: HttpRequest) -> Screen | None:
    """Put the screen together; None while there is no plan or nobody in scope."""
    frame = _frame(request)
    if frame is None or not has_people(frame):
        return None
    stamp = _stamp(request, frame)
    reach = reach_of(request.user, frame.campaign)
    page = dashboard_page(request.user, frame) if reach.whole else matrix_page(request.user, frame, reach)
    return Screen(page, page.matrix.rows[:_VILLAGES], _running(page), stamp)


def _running(page: MatrixPage) -> list[PhaseRow]:
    """The phases whose window holds the day, the earliest deadline first; of some villages none are counted."""
    if not isinstance(page, DashboardPage):
        return []
    running = [row for row in page.phases.rows if not (row.upcoming or row.over or row.is_overall)]
    return sorted(running, key=lambda row: row.item.deadline_on)[:_PHASES]


def _stamp(request: HttpRequest, frame: Frame) -> str:
    has_people(frame)
    return sha256(stamp_of(request.user, frame).encode()).hexdigest()[:16]
