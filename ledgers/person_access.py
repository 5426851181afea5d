"""Who reads and changes one person: what opens a person beyond the scope, and the things that hang on a person.

A look-up by full number just made opens a person, and so does a claim to decide (access.md).
"""

from __future__ import annotations

import time

from django.http import Http404, HttpRequest

from ledgers.models import Dose, Exemption
from registry.access import get_own_resident_for, may
from registry.limits import allowed
from registry.models import Resident, User
from registry.person_access import get_person_for, opens_person

LOOKED_UP = "looked_up"
# Look-ups by full number an account may make in an hour (access.md).
LOOKUPS_PER_HOUR = 60
# How long a look-up opens the page of the one person it found.
OPEN_SECONDS = 1800


def get_person_to_change(request: HttpRequest, pk: int) -> Resident:
    """Return a resident the account answers for; one it only reads is "not allowed"."""
    return get_own_resident_for(request.user, pk)


def get_dose_to_change(request: HttpRequest, pk: int) -> Dose:
    dose = Dose.objects.filter(pk=pk).select_related("campaign", "product").first()
    if dose is None:
        raise Http404
    get_own_resident_for(request.user, dose.resident_id)
    return dose


def get_exemption_for(request: HttpRequest, pk: int) -> Exemption:
    """Return an exemption of somebody whose page the account may read."""
    exemption = Exemption.objects.filter(pk=pk).select_related("campaign", "institution", "entry").first()
    if exemption is None:
        raise Http404
    get_person_for(request, exemption.resident_id)
    return exemption


def may_decide_exemptions(request: HttpRequest) -> bool:
    """Staff, and accounts of the clinic that carry the right 专业技术线."""
    return may(request.user, "exemption.decide")


def get_exemption_to_decide(request: HttpRequest, pk: int) -> Exemption:
    """Return an exemption for which the account decides; any other is "not found"."""
    found = Exemption.objects.visible_to(request.user).filter(pk=pk)
    exemption = found.select_related("campaign", "institution", "resident__place", "entry__by", "entry__roster").first()
    if exemption is None:
        raise Http404
    return exemption


def may_look_up(user: User) -> bool:
    """Count one more look-up by full number and tell whether the hour allows it."""
    return allowed(f"lookups:{user.pk}", LOOKUPS_PER_HOUR)


def remember_look_up(request: HttpRequest, pk: int) -> None:
    """Open one person's page to this session for half an hour; the next look-up takes its place."""
    request.session[LOOKED_UP] = {"pk": pk, "until": time.time() + OPEN_SECONDS}


@opens_person
def waits_for_decision(request: HttpRequest, pk: int) -> bool:
    """Who decides a claim reads the person it is about, as long as it waits."""
    return Exemption.objects.visible_to(request.user).waiting().filter(resident_id=pk).exists()


@opens_person
def just_looked_up(request: HttpRequest, pk: int) -> bool:
    """Whether this session found the person by full number within the last half hour."""
    found = request.session.get(LOOKED_UP) or {}
    fresh = found.get("pk") == pk and found.get("until", 0) > time.time()
    return fresh and may(request.user, "person.lookup")
