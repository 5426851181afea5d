"""Whom 催种 lists hold: the ledger of the day, narrowed to one list and to what the account answers for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce

from campaigns.models import Campaign
from ledgers.day import in_scope, of_ledger, of_sub_state, overdue_soon, placed, soon_days, with_day
from ledgers.follow_up.mine import cared_for_by
from ledgers.follow_up.silence import at_rest, awake, in_mourning, silent
from ledgers.lead import annotate_lead, led_by_a_unit
from registry.access import residents_in_scope, scope_of
from registry.models import Place, Resident, Role, User
from registry.querysets import within

OVERDUE, SOON, DUE, CHECK, LATER, OTHERS = "overdue", "soon", "due", "check", "later", "others"
LISTS = {
    OVERDUE: "超期未种",
    SOON: "{days}天内将超期",
    DUE: "到期可种",
    LATER: "约好以后",
    OTHERS: "单位负责",
    CHECK: "先核实疫苗",
}
# Who is called, beside those that are only shown.
CALLED = (OVERDUE, SOON, DUE)
# 到期可种 and 超期未种 together: whom a family is called for.
EVERY = "every"
# From how many digits on a place is small enough to sort its people instead of walking everybody's order.
_LOCAL = Place.Level.VILLAGE
_ALL = Q()


@dataclass(frozen=True)
class Worklist:
    """One list of one account on one day; `place` narrows it to a village or group, `caretaker` to a 包保人's."""

    campaign: Campaign
    user: User
    on: date
    name: str = OVERDUE
    place: str = ""
    caretaker: User | None = None

    def of(self, name: str) -> Worklist:
        return replace(self, name=name)

    @cached_property
    def soon_days(self) -> int:
        return soon_days(self.campaign)

    def words(self, name: str) -> str:
        """Return how a list is called: 7天内将超期."""
        return LISTS[name].format(days=self.soon_days)

    @property
    def family(self) -> Worklist:
        """Whom one call is for as well: everybody of the household whose next dose is due, where any is called."""
        return self.of(EVERY) if self.name in CALLED else self

    @property
    def is_local(self) -> bool:
        prefixes = scope_of(self.user).prefixes(Role.CADRE, Role.STAFF)
        return bool(self.place) or all(len(prefix) >= _LOCAL for prefix in prefixes)


def people_of(listed: Worklist, further: Q = _ALL) -> QuerySet[Resident]:
    """Return the residents of the list with `standing`, `excuse` and `lead_unit`, those with fewest days left first.

    Nobody who rests (an appointment ahead, lately refused, code 3), nobody of a household in mourning.
    """
    people = narrowed(listed, reachable(listed, condition_of(listed) & further))
    next_by = F("standing__next_by")
    # Not the bare column, so that PostgreSQL sorts a village's people instead of walking everybody's days.
    return people.order_by(Coalesce(next_by, next_by) if listed.is_local else next_by, "pk")


def narrowed(listed: Worklist, people: QuerySet[Resident]) -> QuerySet[Resident]:
    """Narrow people to the place and the 包保人 that the list is for."""
    if listed.place:
        people = people.filter(within(listed.place))
    return people.filter(cared_for_by(listed.caretaker)) if listed.caretaker else people


def reachable(listed: Worklist, conditions: Q = _ALL) -> QuerySet[Resident]:
    """Return whom the account may see and call on the day, narrowed by `conditions` on what is joined and annotated.

    Joins `standing` and `excuse`, annotates `lead_unit`; leaves out who is silent and who mourns. All
    that is said of the joined rows must stand in `conditions`, or Django would join them a second time.
    """
    people = in_scope(Resident.objects.all(), listed.campaign, listed.on, outside=leads_as_unit(listed.user))
    people = people.filter(residents_in_scope(scope_of(listed.user)))
    if not leads_as_unit(listed.user):
        # In 待归类 nobody is told how a person stands until a village has claimed the person (access.md).
        people = people.filter(placed())
    people = annotate_lead(with_day(people, listed.campaign, listed.on)).filter(conditions)
    return people.filter(~in_mourning(listed.on), ~silent(listed.campaign, listed.on))


def condition_of(listed: Worklist) -> Q:
    """Condition on people made by `reachable`: in the list, by day, lead and rest."""
    rest = at_rest if listed.name == LATER else awake
    return _of_list(listed) & _led(listed) & rest(listed.campaign, listed.on)


def _of_list(listed: Worklist) -> Q:
    """Condition on the joined day: whose next dose a list is about (rules 4); who still waits cannot be invited."""
    on = listed.on
    due, overdue = of_sub_state("due", on), of_sub_state("overdue", on)
    known = Q(standing__needs_product=False)
    return {
        OVERDUE: overdue & known,
        SOON: due & known & overdue_soon(on, listed.soon_days),
        DUE: due & known,
        EVERY: (due | overdue),
        LATER: (due | overdue) & known,
        OTHERS: (due | overdue) & known,
        CHECK: (due | overdue) & Q(standing__needs_product=True),
    }[listed.name]


def open_to_a_call(on: date) -> Q:
    """Condition on the joined day: the next dose may be given today, or the first one."""
    return of_ledger("unvaccinated") | of_sub_state("due", on) | of_sub_state("overdue", on)


def leads_as_unit(user: User) -> bool:
    """Whether the account calls the members of its unit, and not the people of a place."""
    roles = scope_of(user).roles
    return Role.UNIT in roles and not roles & {Role.CADRE, Role.STAFF}


def _led(listed: Worklist) -> Q:
    """主责: each person is on one side's lists; the other side sees who leads."""
    if leads_as_unit(listed.user):
        own = Q(lead_unit__in=scope_of(listed.user).unit_ids)
    else:
        own = ~Q(led_by_a_unit())
    return ~own if listed.name == OTHERS else own
