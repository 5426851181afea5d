"""The people behind a figure of the movements, fifty a page: where from, where to, why, and what record says so."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime

from django.core.paginator import Page as Paged
from django.core.paginator import Paginator
from django.db.models import Q
from django.urls import reverse

from campaigns.models import Campaign
from ledgers.history import source_of
from ledgers.models import Dose, Exemption
from ledgers.movements.folding import INSIDE, Cell, Counted, DoseCell, LedgerCell, RowOf, behind, village_row
from ledgers.movements.rules import CAUSES, NOWHERE, State
from ledgers.why import day
from registry.access import residents_in_scope, scope_of
from registry.ages import age_on
from registry.models import Place, Residency, Resident, ResidentChange, Status, User
from registry.models.past import VERSIONED
from reports.lists.tabs import WORDS
from reports.movements.asked import SIDES, Between
from reports.movements.page import MEASURE_WORDS, SPLIT_WORDS, Page

PAGE = 50
OUTSIDE_WORDS = "不在台账"


@dataclass
class Person:
    """A row: masked as every list is; who now belongs to another village is named by the surname alone."""

    name: str
    cause: str
    before: str
    after: str
    # Counted in (+1) or out (−1).
    number: int = 1
    age: int | None = None
    place: str = ""
    url: str = ""
    records: list[str] = field(default_factory=list)


def people_page(page: Page, number: str | None, user: User) -> tuple[Paged, int, list[Person]]:
    """Return the paginator's page, what all of them add up to, and the page's rows; a constant number of queries."""
    cell, row_of = _cell(page)

    def counted(among: list[int] | None = None) -> Iterator[Counted]:
        return behind(page.movers(among), cell, row_of, permanent=page.asked.is_permanent)

    # Over a long time they may be everybody: of all of them only who and whether in or out.
    everybody = sorted((one.mover.resident, one.number) for one in counted())
    shown = Paginator(everybody, PAGE).get_page(number)
    keys = [resident for resident, _ in shown.object_list]
    rows = sorted(counted(keys), key=lambda one: one.mover.resident) if keys else []
    return shown, sum(sign for _, sign in everybody), _rows(page, rows, user)


def _cell(page: Page) -> tuple[Cell, RowOf]:
    """Return the figure asked for, and the table whose rows it stands in."""
    asked, row_of = page.asked, page.area.row_of if page.asked.row else page.area.inside
    row = asked.row or INSIDE
    if asked.row == page.place.code and row_of is village_row:
        row = ""
    if asked.measure:
        return DoseCell(row, asked.measure, asked.part), row_of
    side = "" if asked.side == "net" else asked.side
    return LedgerCell(row, asked.ledger, side, asked.cause), row_of


def _rows(page: Page, found: list[Counted], user: User) -> list[Person]:
    keys = [one.mover.resident for one in found]
    own = set(Resident.objects.filter(residents_in_scope(scope_of(user)), pk__in=keys).values_list("pk", flat=True))
    people = {one.pk: one for one in Resident.objects.filter(pk__in=keys).select_related("place")}
    places = dict(Place.objects.inside(page.campaign.place.prefix).values_list("code", "name"))
    records = records_of(page.campaign, keys, (page.asked.opening, page.asked.closing), page.points[0].known_at)
    rows = []
    for one in found:
        key = one.mover.resident
        row = Person(_name(page, people.get(key), key in own), CAUSES[one.cause], *_ends(page, one, places), one.number)
        if key in own:
            resident = people[key]
            row.age = age_on(resident.birth_on, page.asked.closing)
            row.place = place_words(resident.place_id, places)
            row.url = f"{reverse('person', args=[key])}?on={page.asked.closing.isoformat()}"
            row.records = records[key]
        rows.append(row)
    return rows


def _name(page: Page, resident: Resident | None, is_own: bool) -> str:
    if resident is None:
        return "（登记已合并或撤销）"
    elsewhere = "住在别处" if page.is_of_units else "现归别村"
    return resident.name if is_own else f"{resident.name[:1]}某（{elsewhere}）"


def _ends(page: Page, one: Counted, places: dict[str, str]) -> tuple[str, str]:
    """Where from and where to; the village is named where it differs, the doses where they are what is counted."""
    ends = (one.mover.path.opening, one.mover.path.closing)
    moved = page.area.row_of(ends[0].place) != page.area.row_of(ends[1].place)
    shown = places if moved and NOWHERE not in (ends[0].ledger, ends[1].ledger) else None
    before, after = (_end(state, shown, with_doses=bool(page.asked.measure)) for state in ends)
    return before, after


def _end(state: State, places: dict[str, str] | None, *, with_doses: bool) -> str:
    if state.ledger == NOWHERE:
        return OUTSIDE_WORDS
    words = WORDS[state.ledger]
    if with_doses and state.counted:
        words += f"（{state.counted} 针）"
    return f"{place_words(state.place, places)} {words}" if places is not None else words


def place_words(code: str, places: dict[str, str]) -> str:
    """A village and group in words."""
    if code == "" or code[9:12] == "000":
        return "待归类"
    group = f" {places.get(code, '')}" if len(code) > Place.Level.VILLAGE else ""
    return places.get(code[: Place.Level.VILLAGE], "") + group


def records_of(
    campaign: Campaign, keys: list[int], span: tuple[date, date], since: datetime | None = None
) -> dict[int, list[str]]:
    """What was recorded about these people in the period, or since the opening was known (`since`), in words."""
    found: dict[int, list[str]] = defaultdict(list)
    for resident, words in (
        *_doses(campaign, keys, span, since),
        *_exemptions(campaign, keys, span, since),
        *_changes(keys, since),
    ):
        found[resident].append(words)
    return found


def _known(since: datetime | None, *names: str) -> Q:
    condition = Q(pk__in=())
    for name in names if since else ():
        condition |= Q(**{f"{name}__at__gt": since})
    return condition


def _doses(
    campaign: Campaign, keys: list[int], span: tuple[date, date], since: datetime | None
) -> Iterable[tuple[int, str]]:
    given = Q(given_on__gt=span[0], given_on__lte=span[1], state=Dose.State.LIVE)
    doses = Dose.objects.filter(given | _known(since, "entry", "ended_entry"), resident__in=keys, campaign=campaign)
    doses = doses.exclude(state=Dose.State.WAITING).filter(given_on__lte=span[1])
    for dose in doses.select_related("product", "entry__by", "entry__roster", "ended_entry__by").order_by("given_on"):
        what = f"{day(dose.given_on)} 接种{f'（{dose.product}）' if dose.product else ''}"
        ended = f"，{dose.get_state_display()}：{source_of(dose.ended_entry)}" if dose.ended_entry else ""
        yield dose.resident_id, f"{what}，{source_of(dose.entry, dose.row)}{ended}"


def _exemptions(
    campaign: Campaign, keys: list[int], span: tuple[date, date], since: datetime | None
) -> Iterable[tuple[int, str]]:
    dated = Q(start_on__gt=span[0], start_on__lte=span[1]) | Q(end_on__gte=span[0], end_on__lt=span[1])
    decided = Q(state__in=[Exemption.State.APPROVED, Exemption.State.WITHDRAWN])
    rows = Exemption.objects.filter(decided, dated | _known(since, "decided_entry"), resident__in=keys)
    for one in rows.filter(campaign=campaign).select_related("decided_entry__by").order_by("start_on"):
        until = f" 至 {day(one.end_on)}" if one.end_on else ""
        decision = f"，{source_of(one.decided_entry)}" if one.decided_entry else ""
        yield (
            one.resident_id,
            f"{one.get_kind_display()}{one.get_state_display()}：{day(one.start_on)}起{until}{decision}",
        )


def _changes(keys: list[int], since: datetime | None) -> Iterable[tuple[int, str]]:
    if since is None:
        return
    changes = ResidentChange.objects.filter(_known(since, "entry"), resident__in=keys, field__in=VERSIONED)
    changes = list(changes.select_related("entry__by").order_by("pk"))
    codes = {value for change in changes if change.field == "place_id" for value in (change.old, change.new)}
    words = dict(Place.objects.filter(pk__in=codes).values_list("code", "name"))
    words |= dict(Residency.choices) | dict(Status.choices)
    for change in changes:
        # A birth day beside a number's last digits would give the number away (access.md).
        shown = "" if change.field == "birth_on" else f"：{_said(change.old, words)} → {_said(change.new, words)}"
        yield change.resident_id, f"更正{_FIELDS[change.field]}{shown}，{source_of(change.entry)}"


_FIELDS = {
    "place_id": "村组", "residency": "人口类型", "status": "状态", "status_on": "变动日期", "birth_on": "出生日期",
}  # fmt: skip


def _said(value: str, words: dict[str, str]) -> str:
    return words.get(value, value) or "空"


def title_of(asked: Between) -> str:
    """应种未种 转出：本期接种, or 打过第一针：补录以前."""
    if asked.measure:
        part = f"：{SPLIT_WORDS[asked.part]}" if asked.part else " 变动"
        return f"{MEASURE_WORDS[asked.measure]}{part}"
    cause = f"：{CAUSES[asked.cause]}" if asked.cause in CAUSES else ""
    return f"{WORDS[asked.ledger]} {SIDES.get(asked.side, '')}{cause}"
