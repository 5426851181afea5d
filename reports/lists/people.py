"""Whom a ledger list holds: the ledger of the day, narrowed to what is asked and to what the reader may see.

Every page, count and export of a list starts from `people_asked`, so they cannot differ.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from django.db.models import Count, Exists, FilteredRelation, OuterRef, Q, QuerySet

from campaigns.models import Campaign, PhaseItem
from ledgers.day import (
    dropout_base,
    in_scope,
    into_dropout_base,
    lasting,
    of_ledger,
    of_sub_state,
    overdue_soon,
    permanent,
    soon_days,
    with_day,
)
from ledgers.households.caretakers import people_in_care_of
from ledgers.models import Reason
from ledgers.reasons import open_statements
from ledgers.rules import LOST_REASONS, PAUSED_REASON, REASONS
from registry.access import residents_in_scope, scope_of
from registry.ages import born_by
from registry.models import STAFF_KINDS, Membership, Place, Residency, Resident, ResidentTag, Role, User
from registry.querysets import within, within_any
from reports.ahead import courses_of, finishing, starting
from reports.lists.asked import (
    ALL,
    CLAIMANTS,
    DEFERRED,
    DOSED,
    EVERYBODY,
    FINISHING,
    LASTING,
    NO_REASON,
    PAUSED,
    PERMANENT,
    REACHABLE,
    SECOND_DUE,
    SECOND_DUE_SOON,
    SOON,
    STAFF,
    STARTING,
    SUB_STATES,
    UNDECIDED,
    WINNABLE,
    Asked,
)
from reports.lists.search import found_by
from reports.phase_counts import cohort_of, done_of, left_of

# Up to so many people are fetched by their keys and sorted; with more of them, walking the order of
# the list meets the next fifty sooner (measured at 1,000,000 people).
FEW = 3000
_ALL = Q()


@dataclass(frozen=True)
class Question:
    """An `Asked` with whom it is about: the campaign's ledgers as one account may see them."""

    asked: Asked
    campaign: Campaign
    user: User
    # Asked on the command line, where no account's scope applies: the campaign's whole place.
    is_whole: bool = False

    @property
    def places(self) -> tuple[str, ...]:
        """Prefixes of the places whose people the reader sees; none where it sees units."""
        if self.is_whole:
            return (self.campaign.place.prefix,)
        return scope_of(self.user).prefixes(Role.CADRE, Role.STAFF, Role.LEADER)

    @property
    def seen(self) -> Q:
        """Condition: whom the reader may see."""
        return within(self.campaign.place.prefix) if self.is_whole else residents_in_scope(scope_of(self.user))

    @cached_property
    def phase(self) -> PhaseItem | None:
        """The phase item whose people are asked for, remaining or done; one query where there is one."""
        return self.campaign.phase_items.filter(key=self.asked.phase).first() if self.asked.phase else None

    @property
    def outside(self) -> bool:
        """Units and key groups keep their members 非本辖区 in their ledgers; places do not (rules 1, 6)."""
        if self.asked.village or self.asked.group:
            return bool(self.asked.unit) or not self.places
        # The whole counts its key groups 非本辖区; some of its villages do not.
        is_all = any(self.campaign.place.prefix.startswith(prefix) for prefix in self.places)
        of_keys = is_all and self.phase is not None and self.phase.cohort == PhaseItem.Cohort.KEY_GROUPS
        return bool(self.asked.unit) or not self.places or of_keys

    @property
    def is_local(self) -> bool:
        """Whether all of it lies in a few villages, so that sorting its people beats walking everybody's order."""
        named = bool(self.asked.district or self.asked.village or self.asked.group)
        return named or all(len(prefix) > Place.Level.STREET for prefix in self.places)

    def covers(self, code: str) -> bool:
        """Tell whether all of a place lies inside what the reader sees."""
        return any(code.startswith(prefix) for prefix in self.places)

    def unfiltered(self) -> Question:
        """The same place and population with every other filter taken off, as the tabs count it."""
        plain = Asked(
            ledger=self.asked.ledger,
            on=self.asked.on,
            residency=PERMANENT if self.asked.is_permanent else ALL,
            district=self.asked.district,
            village=self.asked.village,
            group=self.asked.group,
        )
        return replace(self, asked=plain)


def sees_place(user: User, code: str) -> bool:
    """Whether a list may be narrowed to a place: inside the scope, or for units wherever members live."""
    prefixes = scope_of(user).prefixes(Role.CADRE, Role.STAFF, Role.LEADER)
    inside = not prefixes or any(code.startswith(prefix) for prefix in prefixes)
    known = code[: Place.Level.VILLAGE] if is_loose(code) else code
    return not code or (inside and Place.objects.filter(pk=known).exists())


def is_loose(code: str) -> bool:
    """Tell whether a code stands for a village's people of no group, as stored figures name them."""
    return code[Place.Level.VILLAGE :] == "000"


def people_asked(question: Question, *, further: Q = _ALL) -> QuerySet[Resident]:
    """Return the residents of the list, unordered, with `standing` and `excuse` joined.

    `further` conditions come in here, because all that is said of the joined rows must stand in one
    `filter`, or Django would join them a second time.
    """
    asked = question.asked
    conditions = further if asked.ledger == EVERYBODY else of_ledger(asked.ledger) & further
    if asked.sub:
        conditions &= of_sub_state(asked.sub, asked.on)
    if question.phase:
        conditions &= _of_phase(question.phase, asked)
    if asked.only:
        conditions &= _only(question)
    return in_reach(question).filter(conditions)


def _of_phase(item: PhaseItem, asked: Asked) -> Q:
    """Condition on the joined day: done, or left to do."""
    if asked.done:
        return done_of(item, asked.on)
    if asked.ledger == "unvaccinated" and item.measure != PhaseItem.Measure.UP_TO_DATE:
        # They all lack their dose. Said twice, PostgreSQL guesses one person left and sorts everybody for a page.
        return _ALL
    left = left_of(item, asked.on)
    if asked.reason == WINNABLE:
        # Who waits or is excused cannot be won today (rules 3); of the others the reason decides.
        left &= of_ledger("unvaccinated") | of_sub_state("due", asked.on) | of_sub_state("overdue", asked.on)
    return left


def _only(question: Question) -> Q:
    """Condition on the joined day; who has said to be vaccinated is told by a table of its own."""
    asked, campaign = question.asked, question.campaign
    if asked.only in (FINISHING, STARTING, REACHABLE):
        return _reachable(campaign, asked)
    return {
        # Null for who has no standing at all as well as for who is not completed.
        CLAIMANTS: Q(standing__completed_on__isnull=True),
        SECOND_DUE: dropout_base(asked.on),
        SECOND_DUE_SOON: into_dropout_base(asked.on, soon_days(campaign)),
        SOON: overdue_soon(asked.on, soon_days(campaign)),
        DOSED: Q(standing__resident__isnull=False),
        LASTING: lasting(),
        DEFERRED: of_ledger("exempt") & Q(excuse__until__isnull=False),
    }[asked.only]


def _reachable(campaign: Campaign, asked: Asked) -> Q:
    """Condition on the joined day: who makes up the ceiling of full coverage, or one part of them."""
    courses = courses_of(campaign)
    parts = {
        FINISHING: finishing(campaign, courses, asked.on),
        STARTING: starting(campaign, courses, asked.on),
    }
    return parts.get(asked.only) or of_ledger("completed") | parts[FINISHING] | parts[STARTING]


def in_reach(question: Question) -> QuerySet[Resident]:
    """Return everybody in scope on the day whom the reader may see and the filters name, in any ledger."""
    asked = question.asked
    people = in_scope(Resident.objects.all(), question.campaign, asked.on, outside=question.outside)
    people = people.filter(question.seen, _of_place(question), _of_person(question))
    for keys in _tables(question):
        people = people.filter(pk__in=keys)
    if asked.caretaker:
        people = people.filter(_in_care(int(asked.caretaker)))
    if question.phase:
        people = people.filter(cohort_of(question.campaign, question.phase, asked.on))
    if asked.reason == NO_REASON:
        told = Reason.objects.filter(campaign=question.campaign, resident=OuterRef("pk")).exclude(code="")
        people = people.filter(~Exists(told))
    if asked.reason == WINNABLE:
        people = people.filter(~Exists(_not_winnable(question)))
    if asked.reason == PAUSED:
        people = people.filter(Exists(_own_reasons(question).filter(_paused(question))))
    return with_day(people, question.campaign, asked.on)


def _of_place(question: Question) -> Q:
    asked = question.asked
    place = asked.group or asked.village
    if asked.district:
        return within_any(villages_of(question.campaign, asked.district))
    # A village's own prefix; the street's code stands for 待归类 and is only itself.
    if not place:
        return Q()
    if is_loose(place):
        return Q(place_id=place[: Place.Level.VILLAGE])
    return Q(place_id=place) if place[9:12] == "000" else within(place)


def _of_person(question: Question) -> Q:
    asked = question.asked
    condition = permanent() if asked.is_permanent else Q()
    if asked.residency == UNDECIDED:
        condition &= Q(residency=Residency.UNKNOWN)
    if asked.residency in Residency.values:
        condition &= Q(residency=asked.residency)
    return condition & _of_age(asked.age, asked.on)


def _of_age(age: str, on: date) -> Q:
    """Condition: of these ages, both inclusive, written as age bands are (12-17, 60+); anything else says nothing."""
    found = _AGES.fullmatch(age)
    if not found:
        return Q()
    condition = Q(birth_on__lte=born_by(int(found["first"]), on))
    return condition & Q(birth_on__gt=born_by(int(found["last"]) + 1, on)) if found["last"] else condition


# Two bands or more may be asked for as one; ages beyond three digits are nobody's.
_AGES = re.compile(r"(?P<first>\d{1,3})(?:\+|-(?P<last>\d{1,3}))", re.ASCII)


def villages_of(campaign: Campaign, district: str) -> list[str]:
    """Return the codes of the villages of a 片区; one query."""
    inside = Place.objects.villages().inside(campaign.place.prefix).filter(district_group=district)
    return list(inside.values_list("code", flat=True))


def _in_care(key: int) -> Q:
    keeper = User.objects.filter(pk=key, is_active=True).first()
    return people_in_care_of(keeper) if keeper else Q(pk__in=())


def _tables(question: Question) -> list[QuerySet]:
    """The filters that stand in tables of their own, each as the keys of its residents; rarest kinds first."""
    asked = question.asked
    found: list[QuerySet] = []
    if asked.search:
        found.append(found_by(asked.search))
    if asked.unit:
        unit = Q(unit_id=int(asked.unit)) if asked.unit.isdigit() else Q(unit__name=asked.unit)
        kinds = {STAFF: Q(kind__in=STAFF_KINDS), "": Q()}.get(asked.kind, Q(kind=asked.kind))
        found.append(Membership.objects.filter(unit, kinds, left_on__isnull=True).values("resident_id"))
    if asked.tag:
        found.append(ResidentTag.objects.filter(tag__name=asked.tag).values("resident_id"))
    if asked.only == CLAIMANTS:
        found.append(open_statements(question.campaign, asked.on).values("resident_id"))
    if asked.reason and asked.reason not in (NO_REASON, WINNABLE, PAUSED):
        same = Q(code=asked.reason) | Q(code__startswith=asked.reason, code__in=_finer(asked.reason))
        found.append(Reason.objects.filter(same, campaign=question.campaign).values("resident_id"))
    return found


def _not_winnable(question: Question) -> QuerySet:
    """Reasons that leave nobody to be won on the day, as `ledgers.rules.can_be_won` says of one person."""
    lost = Q()
    for first in LOST_REASONS:
        lost |= Q(code__startswith=first)
    return _own_reasons(question).filter(lost | _paused(question))


def _own_reasons(question: Question) -> QuerySet:
    return Reason.objects.filter(campaign=question.campaign, resident=OuterRef("pk"))


def _paused(question: Question) -> Q:
    # Without its day a pause silences nobody: null compares false.
    return Q(code=PAUSED_REASON, promised_on__gt=question.asked.on)


def _finer(code: str) -> list[str]:
    """Two-digit codes refine the first digit, but 10 is a code of its own (rules 3)."""
    return [other for other in REASONS if len(code) == 1 and other.startswith(code) and other != "10"]


def few_keys(question: Question) -> list[int] | None:
    """Return the keys of the residents that the rarest filters name, None where there is no such filter or many.

    One query when there is such a filter, none otherwise.
    """
    tables = _tables(question)
    if not tables:
        return None
    first, *others = tables
    for keys in others:
        first = first.filter(resident_id__in=keys)
    found = list(first.values_list("resident_id", flat=True)[: FEW + 1])
    return found if len(found) <= FEW else None


def pill_counts(question: Question) -> dict[str, int]:
    """Count the list in one query, by sub-state in 台账二 and by reason code ("" for none) in 台账三.

    The sub-state or reason that is asked for is left out, so that its neighbours are counted too; for
    the other two ledgers everybody stands under "".
    """
    reason = "" if question.asked.ledger == "unvaccinated" else question.asked.reason
    whole = replace(question, asked=replace(question.asked, sub="", reason=reason))
    people = people_asked(whole).order_by()
    if question.asked.ledger == "incomplete":
        on = question.asked.on
        return people.aggregate(**{sub: Count("pk", filter=of_sub_state(sub, on)) for sub in SUB_STATES})
    if question.asked.ledger == "unvaccinated":
        own = FilteredRelation("reasons", condition=Q(reasons__campaign=question.campaign))
        grouped = people.annotate(own_reason=own).values("own_reason__code").annotate(n=Count("pk"))
        counts: dict[str, int] = {}
        for row in grouped:
            code = row["own_reason__code"] or ""
            counts[code] = counts.get(code, 0) + row["n"]
        return counts
    return {"": people.count()}
