"""Which villages did anything of late: a visit, a call, a dose on record, an answer to a 督办单 or 核查名单."""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet
from django.db.models.functions import Left

from campaigns.models import Campaign, NudgeStep
from ledgers.models import ChecklistRow, Contact, Dose, Visit
from registry.clock import start_of
from registry.models import Entry, Place, Role


def active_since(campaign: Campaign, since: date) -> set[str]:
    """Return the codes of the villages of whose people something was recorded since the beginning of `since`.

    Six queries, each beginning at what was recorded of late and not at everybody.
    """
    moment = start_of(since)
    visits = Visit.objects.filter(campaign=campaign, at__gte=moment)
    contacts = Contact.objects.filter(campaign=campaign, at__gte=moment)
    # By the moment of recording: a roster of old doses is work done today as well.
    doses = Dose.objects.filter(campaign=campaign, entry__in=Entry.objects.filter(at__gte=moment).values("pk"))
    answers = NudgeStep.objects.filter(nudge__campaign=campaign, kind=NudgeStep.Kind.ANSWERED, on__gte=since)
    rows = ChecklistRow.objects.filter(checklist__campaign=campaign, answered_at__gte=moment)
    # Staff and units answer as well, which says nothing of the village.
    told = rows.filter(answered_by__grants__role=Role.CADRE)
    return (
        _villages(visits, "household__place_id")
        | _villages(contacts, "resident__place_id")
        | _villages(doses, "resident__place_id")
        | _villages(answers.filter(nudge__village__isnull=False), "nudge__village_id")
        | _villages(told.filter(resident__isnull=False), "resident__place_id")
        # Of somebody who is not on record the village was asked that the row names.
        | _villages(told.filter(resident__isnull=True, village__isnull=False), "village_id")
    )


def _villages(facts: QuerySet, place: str) -> set[str]:
    codes = facts.order_by().annotate(where=Left(place, int(Place.Level.VILLAGE))).values_list("where", flat=True)
    return set(codes.distinct())
