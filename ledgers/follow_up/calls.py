"""What came of a call, noted once: a contact for each person spoken of, and the facts that follow (one entry)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid5

from django.db import transaction

from campaigns.closing import require_open
from campaigns.models import Campaign
from ledgers.follow_up.rules import PROMISED, REFUSED, SAYS_DONE
from ledgers.models import Contact, Reason
from ledgers.notes import new_entry, note_moved_out, note_reason
from registry import audit
from registry.access import may
from registry.models import Entry, Phone, Resident, ResidentChange, Source, User

# 行动不便需上门: whom the clinic visits stays on its list although a day is promised.
HOME_VISIT = "8"
Outcome = Contact.Outcome


@dataclass(frozen=True)
class Answer:
    """What was said of one person; `day` is the day promised or to call again on, `phones` other numbers to call."""

    resident: Resident
    outcome: str
    day: date | None = None
    phones: tuple[tuple[str, str], ...] = ()
    # The number dialed, which is wrong where the outcome says so.
    dialed: str = ""


@transaction.atomic
def record_call(
    answers: Sequence[Answer], campaign: Campaign, *, key: UUID, at: datetime, on: date, by: User, address: str = ""
) -> list[Contact]:
    """Note the outcome for each person of one call; what is noted already under `key` is returned as it is.

    Raises NoteRefused for an outcome that cannot be a fact; nothing is written then.
    """
    known = Contact.objects.filter(key__in=[_key(key, answer.resident) for answer in answers])
    if found := list(known):
        return found
    require_open(campaign)
    entry = new_entry(by, Source.VERBAL, "电话联系")
    made = Contact.objects.bulk_create(_contact(answer, campaign, key, at, by, entry) for answer in answers)
    for answer in answers:
        _note(answer, campaign, on, by, entry)
    outcomes = {f"人员 {answer.resident.pk}": str(Outcome(answer.outcome).label) for answer in answers}
    audit.record("follow_up.call", by=by, subject=f"campaign {campaign.pk}", detail=outcomes, address=address)
    return made


def _key(key: UUID, resident: Resident) -> UUID:
    """One call has one key, each person of it a contact."""
    return uuid5(key, str(resident.pk))


def _contact(answer: Answer, campaign: Campaign, key: UUID, at: datetime, by: User, entry: Entry) -> Contact:
    return Contact(
        key=_key(key, answer.resident),
        resident=answer.resident,
        campaign=campaign,
        outcome=answer.outcome,
        promised_on=answer.day if answer.outcome == Outcome.PROMISED else None,
        again_on=answer.day if answer.outcome == Outcome.CALL_AGAIN else None,
        at=at,
        by=by,
        entry=entry,
    )


def _note(answer: Answer, campaign: Campaign, on: date, by: User, entry: Entry) -> None:
    """The facts that follow; no answer and a call another day change nothing but the contact."""
    resident, code = answer.resident, ""
    if answer.outcome in (Outcome.PROMISED, Outcome.REFUSED):
        code = Reason.objects.filter(resident=resident, campaign=campaign).values_list("code", flat=True).first() or ""
    if answer.outcome == Outcome.PROMISED:
        kept = "" if code == HOME_VISIT else PROMISED
        note_reason(resident, campaign, code=kept, promised_on=answer.day, entry=entry)
    elif answer.outcome == Outcome.REFUSED:
        # 41, 42 … said at the door know more than a no on the phone.
        note_reason(resident, campaign, code=code if code.startswith(REFUSED) else REFUSED, entry=entry)
    elif answer.outcome == Outcome.DONE_ELSEWHERE:
        note_reason(resident, campaign, code=SAYS_DONE, entry=entry)
    elif answer.outcome == Outcome.WRONG_NUMBER:
        _correct_phone(answer, entry)
    elif answer.outcome == Outcome.MOVED and may(by, "person.edit"):
        note_moved_out(resident, on=on, entry=entry)


def _correct_phone(answer: Answer, entry: Entry) -> None:
    """Store the number given instead; the wrong one goes only with another in its place."""
    if not answer.phones:
        return
    old = list(answer.resident.phones.order_by("pk").values_list("number", flat=True))
    answer.resident.phones.filter(number=answer.dialed).delete()
    Phone.objects.bulk_create(
        [
            Phone(resident=answer.resident, number=number, last4=number[-4:], whose=whose)
            for number, whose in answer.phones
        ],
        ignore_conflicts=True,
    )
    new = list(answer.resident.phones.order_by("pk").values_list("number", flat=True))
    if old != new:
        change = {"field": "phone", "old": "、".join(old), "new": "、".join(new)}
        ResidentChange.objects.create(resident=answer.resident, entry=entry, **change)


@transaction.atomic
def record_told(
    residents: Iterable[int], campaign: Campaign, *, way: str, at: datetime, by: User, address: str = ""
) -> int:
    """Note that a message or slip went out to these people; returns to how many. Nobody has answered yet."""
    require_open(campaign)
    pks = list(residents)
    entry = new_entry(by, Source.VERBAL, Contact.Way(way).label)
    Contact.objects.bulk_create(
        Contact(resident_id=pk, campaign=campaign, way=way, outcome=Outcome.TOLD, at=at, by=by, entry=entry)
        for pk in pks
    )
    detail = {"方式": str(Contact.Way(way).label), "人数": len(pks)}
    audit.record("follow_up.told", by=by, subject=f"campaign {campaign.pk}", detail=detail, address=address)
    return len(pks)
