"""The people behind 本期新增: who was counted in or out between two cut-offs, and why.

Found by the movements at the very moments that the report and the one before were cut off at, so the list adds up
to the figure as it was told, whatever became known since.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.core.paginator import Page as Paged
from django.core.paginator import Paginator
from django.urls import reverse

from ledgers.movements.between import Mover, dose_splits, movers, step_of, village_row
from ledgers.movements.known import Point
from ledgers.movements.rules import CAUSES, MEASURES, SPLITS
from registry.access import may, residents_in_scope, scope_of
from registry.ages import age_on
from registry.models import Place, Resident, User
from reports.briefing.table import measure_name
from reports.models import Issue

PAGE = 100
PARTS = {"given": "本期接种", "late": "补录以前", "corrected": "更正", "people": "人员变动"}


@dataclass(frozen=True)
class Asked:
    """Which figure: a measure, a part of it ("" all) and a village ("total": all of them, "": 待归类)."""

    measure: str
    part: str
    row: str

    @property
    def words(self) -> str:
        return f"{measure_name(self.measure)}{PARTS.get(self.part, '本期新增')}"


@dataclass(frozen=True)
class Person:
    """A person counted in (+1) or out (−1) of a village's figure; `name` is missing for a record that is gone."""

    number: int
    part: str
    cause: str
    village: str
    name: str = ""
    age: int | None = None
    group: str = ""
    url: str = ""


def read_asked(measure: str, part: str, row: str) -> Asked | None:
    """Read an address; None where it names no figure."""
    if measure not in MEASURES or (part and part not in SPLITS):
        return None
    return Asked(measure, part, row)


def people_page(issue: Issue, asked: Asked, page: str | None, user: User) -> tuple[Paged, int, list[Person]]:
    """Return the paginator's page, what all of it adds up to, and the rows of the page."""
    found = sorted(_counted(issue, asked), key=lambda one: (one[2], one[0]))
    shown = Paginator(found, PAGE).get_page(page)
    return shown, sum(number for _, number, *_ in found), _rows(issue, list(shown.object_list), user)


# A resident, +1 or −1, the village's code, the part, the cause in words.
_Counted = tuple[int, int, str, str, str]


def _counted(issue: Issue, asked: Asked) -> Iterator[_Counted]:
    for mover in movers(issue.campaign, *points_of(issue)):
        for row, measures in dose_splits([mover], village_row, permanent=True).items():
            if asked.row not in ("total", row):
                continue
            for part, number in measures[asked.measure].items():
                if number and asked.part in ("", part):
                    yield mover.resident or 0, number, row, PARTS[part], _cause(mover)


def points_of(issue: Issue) -> tuple[Point, Point]:
    """Return both ends: the report before at its cut-off, for the first one the day before; and this one at its own."""
    closing = Point(issue.on, issue.cut_off_at)
    if issue.previous is None:
        return Point(issue.on - timedelta(days=1), issue.cut_off_at), closing
    return Point(issue.previous.on, issue.previous.cut_off_at), closing


def _cause(mover: Mover) -> str:
    step = step_of(mover, village_row, permanent=True)
    return CAUSES.get(step.cause if step else mover.cause, CAUSES["corrected"])


def _rows(issue: Issue, found: list[_Counted], user: User) -> list[Person]:
    keys = {resident for resident, *_ in found}
    own = Resident.objects.filter(residents_in_scope(scope_of(user)), pk__in=keys).select_related("place")
    people = {one.pk: one for one in own}
    names = dict(Place.objects.inside(issue.campaign.place.prefix).values_list("code", "name"))
    opens = may(user, "person.view")
    return [_person(issue, people.get(key), names, rest, opens=opens) for key, *rest in found]


def _person(issue: Issue, who: Resident | None, names: dict[str, str], counted: list, *, opens: bool) -> Person:
    number, row, part, cause = counted
    village = names.get(row, "待归类")
    if who is None:
        return Person(number, part, cause, village)
    group = names.get(who.place_id, "") if len(who.place_id) > Place.Level.VILLAGE else ""
    url = f"{reverse('person', args=[who.pk])}?on={issue.on.isoformat()}" if opens else ""
    return Person(number, part, cause, village, who.name, age_on(who.birth_on, issue.on), group, url)
