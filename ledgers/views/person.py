"""个人: who, where, why they stand where they stand, what to do next, and everything on record about them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from campaigns.access import get_campaign_for
from campaigns.models import Campaign
from ledgers.handovers.handover import waiting_words
from ledgers.history import events_of
from ledgers.interval_bar import interval_bar
from ledgers.models import Exemption
from ledgers.person_access import may_decide_exemptions
from ledgers.record import record_of
from registry.access import may, requires, residents_in_scope, scope_of
from registry.ages import age_on, asked_day
from registry.clock import today
from registry.models import Place, Resident
from registry.person_access import get_person_for


@requires("person.view")
@require_safe
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """One person as of any day; reading it takes the scope, or a look-up by full number just made."""
    resident = get_person_for(request, pk)
    on = _day(request.GET.get("on", ""), today())
    campaign = get_campaign_for(request.user, request.GET.get("campaign") or None)
    context = _who(resident, on) | {"on": on, "campaign": campaign}
    # The clinic opens one person and no list.
    context["back"] = "ledger" if may(request.user, "ledger.view") else "home"
    context |= {"previous": on - timedelta(days=1), "next": on + timedelta(days=1)}
    if campaign is not None:
        context |= _record(request, resident, campaign, on)
    return render(request, "ledgers/person.html", context)


def _day(text: str, otherwise: date) -> date:
    try:
        return asked_day(text)
    except ValueError:
        return otherwise


def _who(resident: Resident, on: date) -> dict[str, Any]:
    codes = {resident.village_code, resident.registered_village_id or ""}
    names = dict(Place.objects.filter(pk__in=codes).values_list("code", "name"))
    household = resident.household
    return {
        "resident": resident,
        "age": age_on(resident.birth_on, on),
        "village": names.get(resident.village_code, ""),
        "group": resident.place.name if resident.place.level == Place.Level.GROUP else "",
        "registered_village": names.get(resident.registered_village_id or "", ""),
        "household": household,
        "household_size": household.members.count() if household else 0,
        "number": resident.documents.order_by("pk").values_list("number", flat=True).first() or "",
        "phone": resident.phones.order_by("pk").first(),
        "tags": list(resident.tag_links.order_by("tag__name").values_list("tag__name", flat=True)),
        "memberships": list(
            resident.memberships.filter(left_on__isnull=True).select_related("unit").order_by("unit__name")
        ),
    }


def _record(request: HttpRequest, resident: Resident, campaign: Campaign, on: date) -> dict[str, Any]:
    record = record_of(resident, campaign, on)
    is_own = Resident.objects.filter(residents_in_scope(scope_of(request.user)), pk=resident.pk).exists()
    decides = may_decide_exemptions(request)
    return {
        "record": record,
        "bar": interval_bar(record.stand, record.counted_days, on, record.place.sub_state) if record.stand else None,
        "events": events_of(resident, campaign, record.stand, on),
        "exemptions": [(claim, decides or claim.entry.by_id == request.user.pk) for claim in record.exemptions],
        "may_edit": is_own and may(request.user, "person.edit"),
        "may_hand_over": is_own and bool(resident.village_code) and may(request.user, "handover.ask"),
        "handover": waiting_words(resident),
        "may_add_dose": is_own and may(request.user, "dose.add"),
        "may_edit_dose": is_own and may(request.user, "dose.edit"),
        "claim_waits": any(claim.state == Exemption.State.CLAIMED for claim in record.exemptions),
        "may_claim": is_own and may(request.user, "exemption.claim"),
        "may_decide": decides,
    }
