"""预警: what is wrong now and where, what is over, and when an alert is raised."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import groupby

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from campaigns.access import may_change
from campaigns.asked import with_campaign, with_campaign_to_change
from campaigns.links import address_in
from campaigns.models import Campaign
from campaigns.nudges.reading import NudgeCounts, open_by_village
from registry.access import may, requires
from registry.audit import address_of
from registry.clock import today
from registry.models import Place, User
from registry.paging import page_asked
from reports.alerts.forms import ThresholdsForm, initial_of
from reports.alerts.reading import AlertLine, alerts_visible_to, lines
from reports.alerts.rules import read_thresholds
from reports.alerts.setting import set_thresholds
from reports.models import Alert

PLACES_PER_PAGE = 20


@dataclass(frozen=True)
class PlaceAlerts:
    """The open alerts of one place, and how many 督办单 it has to answer already."""

    place: Place
    lines: list[AlertLine]
    nudges: NudgeCounts | None
    is_linked: bool

    @property
    def phases(self) -> list[AlertLine]:
        """Phase items behind or at risk; a village easily has several, which are told in one line."""
        return [line for line in self.lines if line.alert.phase_id]

    @property
    def others(self) -> list[AlertLine]:
        return [line for line in self.lines if not line.alert.phase_id]

    @property
    def phases_in_words(self) -> str:
        """阶段任务滞后 2 项，阶段任务有风险 1 项."""
        counts = Counter(line.alert.get_rule_display() for line in self.phases)
        return "，".join(f"{word} {number} 项" for word, number in counts.items())


@requires("alert.view")
@require_safe
@with_campaign
def alerts(request: HttpRequest, campaign: Campaign) -> HttpResponse:
    """What holds now, place by place: the whole first, then a linked leader's own villages."""
    own = alerts_visible_to(request.user).filter(campaign=campaign)
    places = _by_place(request.user, campaign, lines(own.filter(ended_at__isnull=True)))
    shown = page_asked(request, places, name="open", per_page=PLACES_PER_PAGE)
    page = page_asked(request, own.filter(ended_at__isnull=False).order_by("-ended_at", "-pk"))
    context = {
        "campaign": campaign,
        "places": shown,
        "number": sum(len(one.lines) for one in places),
        "villages": sum(one.place.level == Place.Level.VILLAGE for one in places),
        "page": page,
        "over": lines(page.object_list),
        "may_send": may(request.user, "nudge.send"),
        "may_edit": may(request.user, "alert.edit") and may_change(request.user, campaign),
        "on": today(),
    }
    return render(request, "reports/alerts/alerts.html", context)


def _by_place(user: User, campaign: Campaign, found: list[AlertLine]) -> list[PlaceAlerts]:
    nudges = open_by_village(campaign, today())
    made = [
        PlaceAlerts(
            place,
            sorted(group, key=_urgency),
            nudges.get(place.code),
            bool(user.name) and place.linked_leader == user.name,
        )
        for place, group in groupby(found, key=lambda line: line.place)
    ]
    # Stable: within each kind by code, as the alerts come.
    return sorted(made, key=lambda one: (one.place.level == Place.Level.VILLAGE, not one.is_linked))


def _urgency(line: AlertLine) -> int:
    return Alert.Rule.values.index(line.alert.rule)


@requires("alert.edit")
@require_http_methods(["GET", "HEAD", "POST"])
@with_campaign_to_change
def alert_thresholds(request: HttpRequest, campaign: Campaign) -> HttpResponse:
    """When alerts are raised; saving looks at the rules anew."""
    form = ThresholdsForm(request.POST or None, initial=initial_of(read_thresholds(campaign.thresholds)))
    if request.method == "POST" and form.is_valid():
        changed = set_thresholds(
            campaign, form.thresholds, on=today(), reason=form.cleaned_data["reason"], by=request.user,
            address=address_of(request),
        )  # fmt: skip
        messages.success(request, "预警条件已改，按新的条件看过一遍" if changed else "预警条件没有变化")
        return redirect(address_in(campaign, "alerts"))
    context = {"form": form, "campaign": campaign}
    return render(request, "reports/alerts/thresholds.html", context, status=422 if form.errors else 200)
