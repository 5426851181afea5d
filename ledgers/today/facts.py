"""What the rule looks at, fetched for all candidates at once: one query for each kind of fact."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone

from campaigns.models import Campaign
from ledgers.day import with_day
from ledgers.follow_up.rules import REFUSED, Said
from ledgers.lead import led_by_a_unit
from ledgers.models import Contact, Exemption, Reason
from ledgers.today.rules import Facts

# Registers the lookup `among`.
from registry import bulk as _bulk  # noqa: F401
from registry.models import Resident

_COLUMNS = (
    "pk", "standing__counted", "standing__next_from", "standing__next_by", "standing__needs_product",
    "excuse__since", "excuse__until", "is_led",
)  # fmt: skip


def facts_of(pks: Iterable[int], campaign: Campaign, on: date) -> dict[int, Facts]:
    """Return the facts of these residents by key; four queries, however many they are."""
    keys = set(pks)
    people = with_day(Resident.objects.filter(pk__among=keys), campaign, on).annotate(is_led=led_by_a_unit())
    said, back = _said(keys, campaign, on), _sent_back(keys, campaign)
    return {row["pk"]: _facts(row, said, back) for row in people.values(*_COLUMNS)}


def _facts(row: dict[str, Any], said: dict[int, Said], back: dict[int, Exemption]) -> Facts:
    returned, until = back.get(row["pk"]), row["excuse__until"]
    return Facts(
        said=said.get(row["pk"], Said()),
        coming=(row["standing__counted"] or 0) + 1,
        next_from=row["standing__next_from"],
        next_by=row["standing__next_by"],
        needs_product=bool(row["standing__needs_product"]),
        is_excused=row["excuse__since"] is not None,
        # `until` is the first day on which the excuse is over.
        deferred_until=until - timedelta(days=1) if until else None,
        sent_back_on=timezone.localdate(returned.decided_entry.at) if returned else None,
        lacks=returned.note if returned else "",
        claim=returned.pk if returned else None,
        is_led_by_a_unit=row["is_led"],
    )


def _said(keys: set[int], campaign: Campaign, on: date) -> dict[int, Said]:
    reasons = Reason.objects.filter(resident__pk__among=keys, campaign=campaign).select_related("entry")
    found = {one.resident_id: Said(one.code, one.promised_on, timezone.localdate(one.entry.at)) for one in reasons}
    told = Q(again_on__gt=on) | Q(outcome=Contact.Outcome.REFUSED)
    for contact in Contact.objects.filter(told, resident__pk__among=keys, campaign=campaign).order_by("at"):
        known = found.get(contact.resident_id, Said())
        refused = contact.outcome == Contact.Outcome.REFUSED
        found[contact.resident_id] = Said(
            known.code or (REFUSED if refused else ""),
            known.promised_on,
            timezone.localdate(contact.at) if refused else known.noted_on,
            contact.again_on or known.again_on,
        )
    return found


def _sent_back(keys: set[int], campaign: Campaign) -> dict[int, Exemption]:
    """The claim of each person that was made last, where it was sent back."""
    claims = Exemption.objects.filter(resident__pk__among=keys, campaign=campaign).select_related("decided_entry")
    last = {claim.resident_id: claim for claim in claims.order_by("pk") if claim.state != Exemption.State.WITHDRAWN}
    return {pk: claim for pk, claim in last.items() if claim.state == Exemption.State.REJECTED}
