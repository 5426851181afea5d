"""Who may need a card today: the few with a word of their own first, then one question about all of them."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from ledgers.day import in_scope, with_day
from ledgers.follow_up.silence import awake, in_mourning
from ledgers.lead import led_by_a_unit
from ledgers.models import Exemption, Reason, Standing, SurveyRound, Visit
from ledgers.today.rules import ENDING_DAYS, MOST, SENT_BACK_DAYS
from ledgers.today.walk import Done, Walk

# Registers the lookup `among`.
from registry import bulk as _bulk  # noqa: F401
from registry.clock import start_of
from registry.models import Household, Resident, Status
from registry.querysets import within_any

# A household whose people have several reasons takes several candidates; so many fill fifteen doors.
ENOUGH = 4 * MOST
# So many of a kind are asked about at first: most of them are seen.
SOME = 4 * ENOUGH
# Nobody home, or no talk: the door is left alone for so many days.
NOBODY_RESTS_DAYS, REFUSED_RESTS_DAYS = 3, 14
_STILL = (Exemption.State.CLAIMED, Exemption.State.APPROVED)


def people_to_see(walk: Walk, done: Done) -> set[int]:
    """Return the keys of residents with a reason, the most urgent of each kind; five queries, seldom six.

    Each kind is looked for where it is few, and only those who come first are asked about, so that no
    question joins everybody's days (PostgreSQL).
    """
    left = {pk for pk, home in walk.residents.items() if home not in done.households and pk not in done.residents}
    promised, due, ending = _promised(walk, left), _due(walk, left), left & _ending(walk)
    kinds = [
        sorted(promised, key=lambda pk: (-promised[pk].toordinal(), pk)),
        sorted(left & _sent_back(walk), reverse=True),
        sorted(due, key=lambda pk: (due[pk], pk)),
    ]
    first = [kind[:SOME] for kind in kinds]
    free, ends = _seen(walk, first, ending)
    if any(len(few) < len(kind) and len(free & set(few)) < ENOUGH for few, kind in zip(first, kinds, strict=True)):
        free, ends = _seen(walk, kinds, ending)
    chosen = [ends, *([pk for pk in kind if pk in free] for kind in kinds)]
    return {pk for kind in chosen for pk in kind[:ENOUGH]}


def _seen(walk: Walk, kinds: list[list[int]], ending: set[int]) -> tuple[set[int], list[int]]:
    """Return who of the kinds may be seen today, and in order of the day whose excuse of `ending` ends; one query."""
    keys = ending.union(*kinds)
    people = in_scope(Resident.objects.filter(_among(keys)), walk.campaign, walk.on)
    people = with_day(people, walk.campaign, walk.on).filter(_open(walk.on) | _ends_soon(walk.on) & _among(ending))
    people = people.filter(~led_by_a_unit(), awake(walk.campaign, walk.on), ~in_mourning(walk.on)).order_by()
    rows = list(people.values_list("excuse__until", "pk"))
    # Of the excused only those come whose excuse has an end.
    return {pk for until, pk in rows if until is None}, [pk for _, pk in sorted(row for row in rows if row[0])]


def _among(keys: set[int]) -> Q:
    return Q(pk__among=keys)


def _open(on: date) -> Q:
    """Not completed, not excused, not waiting: the next dose may be given, or the first one."""
    # Null for who has no standing yet.
    begun = Q(standing__next_from__lte=on, standing__needs_product=False)
    return Q(excuse__resident__isnull=True) & (Q(standing__resident__isnull=True) | begun)


def _ends_soon(on: date) -> Q:
    """Excused until a day within the next fourteen; `until` is the day behind it."""
    # Another exemption may run on: then the excuse has no end, or a later one.
    known = Q(standing__resident__isnull=True) | Q(standing__completed_on__isnull=True, standing__needs_product=False)
    return known & Q(excuse__until__lte=on + timedelta(days=ENDING_DAYS + 1))


def _due(walk: Walk, left: set[int]) -> dict[int, date]:
    """The day by which everybody of those left whose further dose may be given should have it."""
    # By their keys: joined with the places, everybody's standings would be read through (PostgreSQL).
    days = Standing.objects.filter(
        Q(until__isnull=True) | Q(until__gt=walk.on),
        resident__pk__among=left,
        campaign=walk.campaign,
        since__lte=walk.on,
        next_from__lte=walk.on,
        next_by__isnull=False,
        needs_product=False,
    )
    return dict(days.values_list("resident_id", "next_by"))


def _promised(walk: Walk, left: set[int]) -> dict[int, date]:
    """The promised day of everybody of those left who has promised one up to now."""
    said = Reason.objects.filter(resident__pk__among=left, campaign=walk.campaign, promised_on__lte=walk.on)
    return dict(said.values_list("resident_id", "promised_on"))


def _sent_back(walk: Walk) -> set[int]:
    """Whose claim was sent back lately, where nothing newer stands."""
    since = start_of(walk.on - timedelta(days=SENT_BACK_DAYS - 1))
    newer = Exemption.objects.filter(resident=OuterRef("resident"), campaign=walk.campaign, pk__gt=OuterRef("pk"))
    returned = Exemption.objects.filter(
        _inside(walk),
        ~Exists(newer.filter(state__in=_STILL)),
        campaign=walk.campaign,
        state=Exemption.State.REJECTED,
        decided_entry__at__gte=since,
    )
    return set(returned.values_list("resident_id", flat=True))


def _ending(walk: Walk) -> set[int]:
    """Whose deferral has its last day within the next fourteen."""
    ending = Exemption.objects.filter(
        _inside(walk),
        campaign=walk.campaign,
        state=Exemption.State.APPROVED,
        end_on__gte=walk.on,
        end_on__lte=walk.on + timedelta(days=ENDING_DAYS),
    )
    return set(ending.values_list("resident_id", flat=True))


def _inside(walk: Walk) -> Q:
    return within_any(walk.prefixes, "resident__place_id")


def households_to_visit(walk: Walk, done: Done) -> QuerySet[Household]:
    """Return the households nobody has visited in the running round, in walking order; none between two rounds."""
    running = SurveyRound.objects.filter(campaign=walk.campaign, begins_on__lte=walk.on, ends_on__isnull=True).first()
    if running is None:
        return Household.objects.none()
    visits = Visit.objects.filter(household=OuterRef("pk"), campaign=walk.campaign)
    seen = Q(round=running, outcome__in=Visit.DONE)
    knocked = Q(at__gte=start_of(walk.on - timedelta(days=NOBODY_RESTS_DAYS - 1)))
    refused = Q(outcome=Visit.Outcome.REFUSED, at__gte=start_of(walk.on - timedelta(days=REFUSED_RESTS_DAYS - 1)))
    living = Resident.objects.filter(household=OuterRef("pk"), status=Status.ACTIVE)
    doors = Household.objects.standing().filter(walk.households).exclude(state__in=Household.APART)
    doors = doors.filter(~Exists(visits.filter(seen | knocked | refused)), Exists(living), ~in_mourning(walk.on, "pk"))
    return doors.exclude(pk__in=done.households).walking()
