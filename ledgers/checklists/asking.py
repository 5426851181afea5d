"""Who is asked what: a unit about the members it leads, a village about its people, staff about the rest."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from campaigns.models import Campaign
from ledgers.checklists.known import with_known
from ledgers.lead import annotate_lead, led_by_a_unit
from ledgers.models import Checklist, ChecklistRow
from registry.access import scope_of
from registry.models import Place, Role, Status, Unit, User
from registry.querysets import within, within_any

Answer = ChecklistRow.Answer
STAFF = "街道专班"


def running_lists() -> QuerySet[Checklist]:
    """Return the lists that are being asked."""
    return Checklist.objects.filter(asked_on__isnull=False, closed_at__isnull=True)


def rows_of_running(campaign: Campaign, on: date) -> QuerySet[ChecklistRow]:
    """Return the rows of lists that are being asked, with `known` (`with_known`)."""
    running = running_lists().filter(campaign=campaign)
    return with_known(ChecklistRow.objects.filter(checklist__in=running), campaign, on)


def rows_asked_of(user: User, campaign: Campaign, on: date) -> QuerySet[ChecklistRow]:
    """Return what the account is still asked: open rows that the registry does not answer, soonest due first.

    Who stands in a list twice is asked about once; the answer goes to both rows. Whoever answers for the
    village is asked as well whether a unit is right that somebody has left.
    """
    rows = rows_of_running(campaign, on)
    # `resident` null equals nobody's.
    same = {"checklist": OuterRef("checklist"), "resident": OuterRef("resident"), "number__lt": OuterRef("number")}
    rows = rows.exclude(Exists(ChecklistRow.objects.filter(**same)))
    still = Q(answer="", known="") & _asked(user) | told_by_a_unit() & _of_place(user)
    return rows.filter(still).order_by("checklist__due_at", "checklist_id", "number")


def rows_answerable_by(user: User) -> QuerySet[ChecklistRow]:
    """Return the rows the account may answer, answered or not; staff those of their street."""
    scope = scope_of(user)
    rows = ChecklistRow.objects.filter(checklist__asked_on__isnull=False)
    own_street = within_any(scope.prefixes(Role.STAFF), "checklist__campaign__place_id")
    return rows.filter(_asked(user) | told_by_a_unit() & _of_place(user) | own_street)


def told_by_a_unit() -> Q:
    """Condition on rows: a unit says that somebody has left whom the ledgers still hold, and may not write it."""
    return Q(answer__in=(Answer.OUTSIDE, Answer.DECEASED), resident__status=Status.ACTIVE)


def _of_place(user: User) -> Q:
    """Condition on rows: the account answers for where the person lives; staff for 待归类."""
    scope = scope_of(user)
    condition = within_any(scope.prefixes(Role.CADRE), "resident__place_id")
    for prefix in scope.prefixes(Role.STAFF):
        at_street = Q(resident__place__level=Place.Level.STREET)
        condition |= within(prefix, "checklist__campaign__place_id") & at_street
    return condition


def _asked(user: User) -> Q:
    """Condition on rows: the account is responsible. A person has one caller (主责)."""
    scope = scope_of(user)
    villages = scope.prefixes(Role.CADRE)
    by_village = within_any(villages, "resident__place_id") & ~led_by_a_unit("resident_id")
    condition = by_village | (Q(resident__isnull=True) & within_any(villages, "village_id"))
    if scope.unit_ids:
        led = annotate_lead(ChecklistRow.objects.filter(resident__isnull=False), "resident_id")
        condition |= Q(pk__in=led.filter(lead_unit__in=scope.unit_ids).values("pk"))
    for prefix in scope.prefixes(Role.STAFF):
        condition |= within(prefix, "checklist__campaign__place_id") & unowned()
    return condition


def unowned() -> Q:
    """Condition on rows: nobody on record is meant and no village was named, or the person is in 待归类."""
    nobody = Q(resident__isnull=True, village__isnull=True)
    # A street's own code has 000 where the village's digits stand; a unit leads nobody there either.
    return nobody | (Q(resident__place__level=Place.Level.STREET) & ~led_by_a_unit("resident_id"))


@dataclass(slots=True)
class Progress:
    """How a list, or one responsible of it, stands: rows, filled in from the registry, answered, open, late."""

    name: str = ""
    key: str = ""
    rows: int = 0
    filled: int = 0
    answered: int = 0
    left: int = 0
    # Still open past the due hour, and answered after it.
    overdue: int = 0
    late: int = 0

    @property
    def done(self) -> int:
        return self.rows - self.left


def progress_of(checklists: Iterable[Checklist], campaign: Campaign, on: date, now: datetime) -> dict[int, Progress]:
    """Return how each list stands; one query for all of them."""
    found = {one.pk: Progress(one.title) for one in checklists}
    rows = with_known(ChecklistRow.objects.filter(checklist__in=found), campaign, on)
    for key, counts in _counted(rows, now, "checklist_id"):
        _add(found[key[0]], counts)
    return found


def progress_by_responsible(checklist: Checklist, campaign: Campaign, on: date, now: datetime) -> list[Progress]:
    """Return how a list stands with each village, unit and staff: who is late first. Three queries."""
    rows = annotate_lead(with_known(ChecklistRow.objects.filter(checklist=checklist), campaign, on), "resident_id")
    parts: dict[str, Progress] = {}
    for (place, village, unit), counts in _counted(rows, now, "resident__place_id", "village_id", "lead_unit"):
        key = f"u{unit}" if unit else _village_of(place or village or "")
        _add(parts.setdefault(key, Progress(key=key)), counts)
    names = _names(parts)
    for key, part in parts.items():
        part.name = names.get(key, STAFF)
    return sorted(parts.values(), key=lambda part: (-part.overdue, -part.left, part.key))


def _counted(rows: QuerySet[ChecklistRow], now: datetime, *keys: str) -> Iterable[tuple[tuple, tuple[int, ...]]]:
    is_open = Q(answer="", known="", checklist__closed_at__isnull=True)
    counted = rows.order_by().values_list(*keys).annotate(
        rows=Count("pk"),
        filled=Count("pk", filter=Q(answer="") & ~Q(known="")),
        answered=Count("pk", filter=~Q(answer="")),
        left=Count("pk", filter=is_open),
        overdue=Count("pk", filter=is_open & Q(checklist__due_at__lt=now)),
        # `answered_at` is null while nobody has answered, which passes no comparison.
        late=Count("pk", filter=Q(answered_at__gt=F("checklist__due_at"))),
    )  # fmt: skip
    return ((row[: len(keys)], row[len(keys) :]) for row in counted)


def _add(part: Progress, counts: tuple[int, ...]) -> None:
    for name, number in zip(("rows", "filled", "answered", "left", "overdue", "late"), counts, strict=True):
        setattr(part, name, getattr(part, name) + number)


def _village_of(code: str) -> str:
    village = code[: Place.Level.VILLAGE]
    return "" if village.endswith("000") else village


def _names(keys: Iterable[str]) -> dict[str, str]:
    units = [int(key[1:]) for key in keys if key.startswith("u")]
    names = {f"u{pk}": name for pk, name in Unit.objects.filter(pk__in=units).values_list("pk", "name")}
    places = Place.objects.filter(pk__in=[key for key in keys if key and not key.startswith("u")])
    return names | dict(places.values_list("code", "name"))
