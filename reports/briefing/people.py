"""The people behind 本期新增: who was counted in or out between two cut-offs, and why.

Found by the movements at the very moments that the report and the one before were cut off at, so the list adds up
to the figure as it was told, whatever became known since.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from django.core.paginator import Page as Paged
from django.core.paginator import Paginator
from django.urls import reverse

from ledgers.movements.between import movers
from ledgers.movements.folding import DoseCell, behind, village_row
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
    cell = DoseCell(None if asked.row == "total" else asked.row, asked.measure, asked.part)
    counted = behind(movers(issue.campaign, *points_of(issue)), cell, village_row, permanent=True)
    # Of each no more than the list shows: for a first report they may be many.
    found = sorted((one.row, one.mover.resident or 0, one.number, one.part, one.cause) for one in counted)
    shown = Paginator(found, PAGE).get_page(page)
    return shown, sum(number for _, _, number, *_ in found), _rows(issue, list(shown.object_list), user)


# The village's code, a resident, +1 or −1, the part, the cause.
_Found = tuple[str, int, int, str, str]


def points_of(issue: Issue) -> tuple[Point, Point]:
    """Return both ends: the report before at its cut-off, for the first one the day before; and this one at its own."""
    closing = Point(issue.on, issue.cut_off_at)
    if issue.previous is None:
        return Point(issue.on - timedelta(days=1), issue.cut_off_at), closing
    return Point(issue.previous.on, issue.previous.cut_off_at), closing


def _rows(issue: Issue, found: list[_Found], user: User) -> list[Person]:
    keys = {resident for _, resident, *_ in found}
    own = Resident.objects.filter(residents_in_scope(scope_of(user)), pk__in=keys).select_related("place")
    people = {one.pk: one for one in own}
    names = dict(Place.objects.inside(issue.campaign.place.prefix).values_list("code", "name"))
    opens = may(user, "person.view")
    return [_person(issue, people.get(one[1]), names, one, opens=opens) for one in found]


def _person(issue: Issue, who: Resident | None, names: dict[str, str], found: _Found, *, opens: bool) -> Person:
    row, _, number, part, cause = found
    said = Person(number, PARTS[part], CAUSES.get(cause, CAUSES["corrected"]), names.get(row, "待归类"))
    if who is None:
        return said
    group = names.get(who.place_id, "") if len(who.place_id) > Place.Level.VILLAGE else ""
    url = f"{reverse('person', args=[who.pk])}?on={issue.on.isoformat()}" if opens else ""
    return replace(said, name=who.name, age=age_on(who.birth_on, issue.on), group=group, url=url)
