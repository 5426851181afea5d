"""Taking back a visit just made: by its maker, the same day, while nothing was built on it."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from campaigns.closing import require_open
from campaigns.models import Campaign
from ledgers import standings
from ledgers.models import Reason, Visit
from ledgers.rosters.undoing import UndoRefused, refuse_if_built_on, touched_by, withdraw
from ledgers.signals import facts_changed
from ledgers.survey.told import day_of
from registry import audit, clock
from registry.models import Entry, Resident, ResidentChange, User

_REASON = {"reason": "code", "reason_note": "note", "promised_on": "promised_on"}
_AWAY = ("away_to", "away_since")


def may_undo(visit: Visit, user: User) -> bool:
    """Whether the account made the visit today; whether something was built on it is asked when it is undone."""
    return visit.by_id == user.pk and clock.day_of(visit.received_at) == clock.today()


@transaction.atomic
def undo_visit(visit: Visit, *, by: User, address: str = "") -> None:
    """Take a visit back with all its facts: everything is as before. Raises UndoRefused."""
    visit = Visit.objects.select_for_update(of=("self",)).select_related("entry", "campaign").get(pk=visit.pk)
    require_open(visit.campaign)
    if not may_undo(visit, by):
        raise UndoRefused("只有登记的人当天可以撤销；过了当天，就在个人页面更正。")
    entry = visit.entry
    touched = sorted({*touched_by(entry), *visit.answers.values_list("resident_id", flat=True)})
    list(Resident.objects.select_for_update(of=("self",)).filter(pk__in=touched).order_by("pk").values_list("pk"))
    refuse_if_built_on(entry, touched, {})
    places = set(Resident.objects.filter(pk__in=touched).values_list("place_id", flat=True))
    detail = {"结果": visit.get_outcome_display(), "登记人数": visit.answers.count(), "回执号": visit.receipt}
    changes = changes_to_give_back(entry)
    visit.answers.all().delete()
    # Before the entry's own facts go: a reason that stood before the visit stands again.
    give_back(visit.campaign, entry, changes)
    withdraw(entry, {})
    visit.delete()
    standings.rebuild(visit.campaign, touched)
    facts_changed.send(Visit, campaign=visit.campaign, places=places, since=None)
    audit.record("visit.undo", by=by, subject=f"household {visit.household_id}", detail=detail, address=address)


def changes_to_give_back(entry: Entry) -> list[ResidentChange]:
    """Return what an act changed of reasons and absence, the last first."""
    return list(ResidentChange.objects.filter(entry=entry, field__in=(*_REASON, *_AWAY)).order_by("-pk"))


def give_back(campaign: Campaign, entry: Entry, changes: list[ResidentChange]) -> None:
    """Restore reasons and absence, which the undoing of rosters does not know."""
    reasons: dict[int, dict[str, Any]] = {}
    for change in changes:
        value = day_of(change.old) if change.field in ("promised_on", "away_since") else change.old
        if change.field in _AWAY:
            Resident.objects.filter(pk=change.resident_id).update(**{change.field: value})
        else:
            # The first change of a field in the visit holds what was before it; later ones come first here.
            reasons.setdefault(change.resident_id, {})[_REASON[change.field]] = value
    for resident, old in reasons.items():
        said = Reason.objects.filter(resident=resident, campaign=campaign)
        before = _said_before(resident, entry)
        known = said.values("code", "note", "promised_on").first() or {}
        if before is not None and any((known | old).values()):
            said.update(**old, entry=before)


def _said_before(resident: int, entry: Entry) -> Entry | None:
    """The entry of the reason that stood before this one; whoever put the person on record where none is known."""
    earlier = ResidentChange.objects.filter(resident=resident, field__in=_REASON, entry__lt=entry.pk)
    last = earlier.order_by("-pk").select_related("entry").first()
    return last.entry if last else Entry.objects.filter(pk=Resident.objects.get(pk=resident).entry_id).first()
