"""The page of one phase item: its gap in people, split over the villages (screens, rules 6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import Http404
from django.urls import reverse

from campaigns.models import PhaseItem
from campaigns.targets import TargetLine, target_lines
from registry.models import Place, User
from reports.dashboard.access import Reach
from reports.dashboard.frame import Frame
from reports.dashboard.links import Lists
from reports.dashboard.pages import Page, url_for, where_is
from reports.dashboard.phases import PhaseRow, phase_row
from reports.dashboard.timeline import axis_of
from reports.days import DAY
from reports.figures import phases_of_several
from reports.phases import PhaseLine, goal_of_several, goals_of
from reports.phases_by_place import phases_by_place


@dataclass(frozen=True)
class VillageRow:
    place: Place
    url: str
    row: PhaseRow


@dataclass(frozen=True)
class Elsewhere:
    """People of the whole who are in no village: 待归类 and, of key groups, 非本辖区."""

    cohort: int
    done: int
    remaining: int


@dataclass(frozen=True)
class PhasePage(Page):
    """The villages with the widest gap first; `whole` is what the account reads together, null of one village."""

    item: PhaseItem
    back: str
    villages: list[VillageRow]
    whole: PhaseRow | None
    # Whose the sum is, in the sentence above.
    who: str
    elsewhere: Elsewhere | None
    # What the villages' own goals add up to, where it differs from the goal of the whole.
    rounding: int | None

    @property
    def remaining(self) -> int:
        return sum(found.row.progress.remaining or 0 for found in self.villages)

    @property
    def open(self) -> int:
        """Return in how many villages somebody remains."""
        return sum(bool(found.row.progress.remaining) for found in self.villages)

    @property
    def winnable(self) -> int:
        return sum(found.row.now.counts.winnable for found in self.villages)

    @property
    def half(self) -> int:
        """Return how few villages hold half of the gap: they come first."""
        held, half = 0, self.remaining / 2
        for number, found in enumerate(self.villages, 1):
            held += found.row.progress.remaining or 0
            if held >= half:
                return number
        return 0


def phase_page(user: User, frame: Frame, key: str, reach: Reach) -> PhasePage:
    """Put the page of an item together, for the villages the account reads; "not found" where it reads none."""
    campaign, on = frame.campaign, frame.on
    item = campaign.phase_items.filter(key=key).first()
    own = [line for line in target_lines(campaign)[0] if reach.covers(line.place.code)]
    if item is None or not own:
        raise Http404
    lines = phases_by_place(campaign, on, goals_of(campaign), [item], frame.since or on - DAY)
    judged = {code: line for (_, code), line in lines.items()}
    lists, axis = Lists(on, frame.keep.get("campaign", "")), axis_of([(item.start_on, item.deadline_on)])
    found = [
        VillageRow(place, _url(place, frame), phase_row(judged[place.code], axis, lists.inside(village=place.code), on))
        for place in (line.place for line in own)
        if place.code in judged
    ]
    together = judged[campaign.place_id] if reach.whole else _together(frame, item, own)
    return PhasePage(
        frame=frame,
        where=where_is(campaign.place),
        item=item,
        back=url_for(user, "dashboard", frame),
        villages=sorted(found, key=lambda one: (-(one.row.progress.remaining or 0), one.place.code)),
        whole=phase_row(together, axis, lists, on) if together else None,
        who="全街道" if reach.whole else "这些村（社区）",
        elsewhere=_elsewhere(item, judged, campaign.place_id) if reach.whole else None,
        rounding=_rounding(item, [judged[line.place.code] for line in own if line.place.code in judged], together),
    )


def _together(frame: Frame, item: PhaseItem, own: Sequence[TargetLine]) -> PhaseLine | None:
    if len(own) < 2:
        return None
    goal, codes = goal_of_several(frame.campaign, own), [line.place.code for line in own]
    lines = phases_of_several(frame.campaign, frame.on, codes, goal, frame.since or frame.on - DAY)
    return next(line for line in lines if line.item.pk == item.pk)


def _url(place: Place, frame: Frame) -> str:
    return reverse("village", args=[place.code]) + frame.link_query


def _elsewhere(item: PhaseItem, judged: dict[str, PhaseLine], whole: str) -> Elsewhere | None:
    """The whole less its villages; a goal is no number of people, so coverage has no such row."""
    if item.measure == PhaseItem.Measure.COVERAGE:
        return None
    rest = {name: _of(judged[whole], name) - _sum(judged, whole, name) for name in ("cohort", "done", "remaining")}
    return Elsewhere(**rest) if any(rest.values()) else None


def _rounding(item: PhaseItem, parts: Sequence[PhaseLine], together: PhaseLine | None) -> int | None:
    goals = [line.progress.cohort for line in parts]
    if item.measure != PhaseItem.Measure.COVERAGE or together is None or None in goals:
        return None
    total = sum(goal or 0 for goal in goals)
    return total if total != together.progress.cohort else None


def _sum(judged: dict[str, PhaseLine], whole: str, name: str) -> int:
    return sum(_of(line, name) for code, line in judged.items() if code != whole)


def _of(line: PhaseLine, name: str) -> int:
    return getattr(line.progress, name) or 0
