"""上门接种: who cannot walk to the clinic (行动不便, reason code 8), for the clinic's round."""

from __future__ import annotations

from datetime import date

from django.db.models import F, Q, QuerySet
from django.http import HttpRequest

from campaigns.access import get_campaign_for
from campaigns.models import Campaign
from ledgers.day import in_scope, placed, with_day
from ledgers.follow_up.calls import HOME_VISIT
from ledgers.follow_up.people import open_to_a_call
from ledgers.follow_up.silence import in_mourning
from ledgers.lead import annotate_lead
from ledgers.models import Reason
from registry.access import may, scope_of
from registry.clock import today
from registry.models import Resident, Role, User
from registry.person_access import opens_person
from registry.querysets import within_any


def people_to_visit(user: User, campaign: Campaign, on: date) -> QuerySet[Resident]:
    """Return who is to be vaccinated at home, in walking order; nobody whose vaccine is first to be checked."""
    told = Reason.objects.filter(campaign=campaign, code=HOME_VISIT).values("resident_id")
    own = within_any(scope_of(user).prefixes(Role.CLINIC, Role.STAFF))
    people = in_scope(Resident.objects.filter(own, placed(), pk__in=told), campaign, on)
    # Null for who has no standing yet: nothing to check before the first dose.
    known = Q(standing__resident__isnull=True) | Q(standing__needs_product=False)
    people = annotate_lead(with_day(people, campaign, on)).filter(open_to_a_call(on) & known)
    return people.filter(~in_mourning(on)).order_by("place_id", F("household__sequence").asc(nulls_last=True), "pk")


@opens_person
def is_visited_at_home(request: HttpRequest, pk: int) -> bool:
    """The clinic reads, and may call, whom its list sends it to."""
    if not may(request.user, "follow_up.home_visits"):
        return False
    campaign = get_campaign_for(request.user, None)
    return campaign is not None and people_to_visit(request.user, campaign, today()).filter(pk=pk).exists()
