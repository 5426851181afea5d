"""One person as the rules see them at a day: series, ledger, next dose (interfaces: person)."""

from __future__ import annotations

from datetime import date
from typing import Any

from campaigns.models import Campaign
from ledgers.models import Dose, Exemption
from ledgers.rules import Stand, is_active, is_in_force, ledger_of, stand_on, sub_state_of
from ledgers.vaccines import Vaccines
from registry.ages import age_on
from registry.models import Resident


def person_at(resident: Resident, campaign: Campaign, on: date) -> dict[str, Any]:
    """Return what `person --json` says beside name and number, from the facts and not from stored standings.

    `ledger` and `sub_state` are None out of scope; `counted` is 0 and the platform None without a dose.
    """
    stand, days = _stand(resident, campaign, on)
    exemptions = list(Exemption.objects.filter(resident=resident, campaign=campaign).order_by("start_on", "pk"))
    excused = any(is_in_force(found.state, found.start_on, found.end_on, on) for found in exemptions)
    in_scope = is_active(resident.status, resident.status_on, on) and age_on(resident.birth_on, on) >= campaign.min_age
    return {
        "village": resident.village_code,
        "in_scope": in_scope,
        "ledger": ledger_of(stand, excused=excused) if in_scope else None,
        "sub_state": sub_state_of(stand, on, excused=excused) if in_scope else None,
        "platform": stand and stand.platform,
        "counted": stand.counted if stand else 0,
        "needed": stand and stand.needed,
        "dose_dates": [day.isoformat() for day in days],
        "completed_on": _iso(stand and stand.completed_on),
        "next_from": _iso(stand and stand.next_from),
        "next_by": _iso(stand and stand.next_by),
        "exemption": _exemption(exemptions, on),
        "checks": list(stand.marks) if stand else [],
    }


def _stand(resident: Resident, campaign: Campaign, on: date) -> tuple[Stand | None, list[date]]:
    vaccines = Vaccines(campaign)
    doses = Dose.objects.filter(resident=resident, campaign=campaign, state=Dose.State.LIVE, given_on__lte=on)
    rows = list(doses.order_by("given_on").values_list("given_on", "product_id", "stated_number", "source"))
    stands = vaccines.timeline([vaccines.fact(*row, resident.birth_on) for row in rows])
    return stand_on(stands, on), [row[0] for row in rows]


def _exemption(exemptions: list[Exemption], on: date) -> dict[str, Any] | None:
    """The exemption in force, else the one recorded last that began by `on`, else the last of all."""
    if not exemptions:
        return None
    found = max(
        exemptions,
        key=lambda one: (
            is_in_force(one.state, one.start_on, one.end_on, on),
            one.start_on <= on,
            one.start_on,
            one.pk,
        ),
    )
    return {
        "kind": found.kind,
        "reason": found.reason,
        "state": found.state,
        "start": found.start_on.isoformat(),
        "end": _iso(found.end_on),
    }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
