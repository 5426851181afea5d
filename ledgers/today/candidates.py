"""Who may need a card today: one query for each kind of reason, each from the side that is few."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from ledgers.day import in_scope, of_sub_state, with_day
from ledgers.follow_up.silence import at_rest, in_mourning
from ledgers.lead import led_by_a_unit
from ledgers.models import Exemption, SurveyRound, Visit
from ledgers.today.rules import ENDING_DAYS, MOST, SENT_BACK_DAYS
from ledgers.today.walk import Done, Walk
from registry.clock import start_of
from registry.models import Household, Resident, Status

# A household whose people have several reasons takes several candidates; so many fill fifteen doors.
ENOUGH = 4 * MOST
# Nobody home, or no talk: the door is left alone for so many days.
NOBODY_RESTS_DAYS, REFUSED_RESTS_DAYS = 3, 14
_STILL = (Exemption.State.CLAIMED, Exemption.State.APPROVED)


def people_to_see(walk: Walk, done: Done) -> set[int]:
    """Return the keys of residents with a reason, the most urgent of each kind; four queries."""
    kinds = (_promised(walk), _sent_back(walk), _ending(walk), _dose(walk))
    found: set[int] = set()
    for people in kinds:
        people = people.exclude(household__in=done.households).exclude(pk__in=done.residents)
        found.update(people.values_list("pk", flat=True)[:ENOUGH])
    return found


def _people(walk: Walk, conditions: Q) -> QuerySet[Resident]:
    """Whom somebody may see today, on whom the joined day and the facts say `conditions`."""
    people = in_scope(Resident.objects.filter(walk.people), walk.campaign, walk.on)
    people = with_day(people, walk.campaign, walk.on).filter(conditions)
    return people.filter(~led_by_a_unit(), ~at_rest(walk.campaign, walk.on), ~in_mourning(walk.on))


def _open(walk: Walk) -> Q:
    """Not completed, not excused, not waiting: the next dose may be given, or the first one."""
    # Null for who has no standing yet.
    begun = Q(standing__next_from__lte=walk.on, standing__needs_product=False)
    return Q(excuse__resident__isnull=True) & (Q(standing__resident__isnull=True) | begun)


def _dose(walk: Walk) -> QuerySet[Resident]:
    due = of_sub_state("due", walk.on) | of_sub_state("overdue", walk.on)
    people = _people(walk, due & Q(standing__needs_product=False))
    # Not the bare column: a village's people are sorted, not everybody's days walked (PostgreSQL).
    return people.order_by(Coalesce("standing__next_by", "standing__next_by"), "pk")


def _promised(walk: Walk) -> QuerySet[Resident]:
    said = Q(reasons__campaign=walk.campaign, reasons__promised_on__lte=walk.on)
    return _people(walk, _open(walk) & said).order_by("-reasons__promised_on", "pk")


def _sent_back(walk: Walk) -> QuerySet[Resident]:
    """Claims sent back lately, where nothing newer stands."""
    since = start_of(walk.on - timedelta(days=SENT_BACK_DAYS - 1))
    newer = Exemption.objects.filter(resident=OuterRef("resident"), campaign=walk.campaign, pk__gt=OuterRef("pk"))
    returned = Exemption.objects.filter(
        ~Exists(newer.filter(state__in=_STILL)),
        campaign=walk.campaign,
        state=Exemption.State.REJECTED,
        decided_entry__at__gte=since,
    )
    return _people(walk, _open(walk) & Q(pk__in=returned.values("resident_id"))).order_by("-pk")


def _ending(walk: Walk) -> QuerySet[Resident]:
    """Deferrals whose last day lies within the next fourteen; `until` is the day behind it."""
    last = walk.on + timedelta(days=ENDING_DAYS)
    ending = Exemption.objects.filter(
        campaign=walk.campaign, state=Exemption.State.APPROVED, end_on__gte=walk.on, end_on__lte=last
    )
    # Another exemption may run on: then the excuse has no end, or a later one.
    known = Q(standing__resident__isnull=True) | Q(standing__completed_on__isnull=True, standing__needs_product=False)
    soon = known & Q(excuse__until__lte=last + timedelta(days=1))
    return _people(walk, soon & Q(pk__in=ending.values("resident_id"))).order_by("excuse__until", "pk")


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
