"""People and households a phone found that stand on no list: each put on record once, however often it is sent."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.forms import Form
from django.http import Http404, QueryDict
from django.urls import reverse
from django.utils import timezone

from ledgers.handovers.handover import HandoverRefused
from ledgers.handovers.handover import ask as ask_for_handover
from ledgers.households.access import get_village_for, places_given_by
from ledgers.models import Addition
from ledgers.notes import NoteRefused
from ledgers.survey.access import get_door_for
from ledgers.survey.founding import found_household
from ledgers.survey.members import TOO_MANY, Elsewhere, InOtherHousehold, add_member, may_try, note_try
from ledgers.survey.newcomer_forms import HouseholdForm, MemberForm
from registry.models import Household, Place, User

NOT_FOUNDED = "要添加到的那一户还没有添加成功，先把那一户改好上传，再传这个人。"
ELSEWHERE = "这个人在别的村的名单上，没有写入。住到你这里来了，就请对方移交；对方确认以前，还归对方。"


def add(user: User, fields: QueryDict, *, household: int, founded: str, address: str = "") -> dict[str, Any]:
    """Put somebody into a household: one on record, or the one that the entry with the key `founded` founds."""
    into = _household_for(user, household, founded)
    form = MemberForm(fields)

    def act() -> Household:
        add_member(into, form.newcomer(), moves="ask" in fields, by=user, address=address)
        return into

    return _add(user, fields, form, act, village=into.village, address=address)


def found(user: User, fields: QueryDict, *, address: str = "") -> dict[str, Any]:
    """Put a household on the walk, with its head."""
    place = fields.get("place", "")
    village = get_village_for(user, place[: Place.Level.VILLAGE])
    form = HouseholdForm(fields, places=places_given_by(user, village.pk))

    def act() -> Household:
        return found_household(form.found(), form.newcomer(), by=user, address=address)

    return _add(user, fields, form, act, village=village, founds=True, address=address)


def _household_for(user: User, household: int, founded: str) -> Household:
    if founded:
        made = _known(user, founded)
        if made is None:
            raise NoteRefused(NOT_FOUNDED)
        household = made.household_id
    door = get_door_for(user, household)
    if not door.may_record:
        raise PermissionDenied
    return door.household


def _add(
    user: User, fields: QueryDict, form: Form, act: Any, *, village: Place, founds: bool = False, address: str = ""
) -> dict[str, Any]:
    key = fields.get("key", "")
    made = _known(user, key)
    if made is None:
        if not form.is_valid():
            raise NoteRefused("".join(sentence for errors in form.errors.values() for sentence in errors))
        if not may_try(user):
            # Nothing is wrong with the entry: it stays on the phone and comes again.
            return {"state": "waiting", "sentence": TOO_MANY}
        try:
            made = _once(user, key, act, founds=founds)
        except Elsewhere as elsewhere:
            return _ask(user, fields, elsewhere, village, address)
        except InOtherHousehold as other:
            return {"state": "refused", "sentence": f"{other}", "ask": "移到这一户"}
    return {"state": "received", "receipt": made.receipt, "url": reverse("household", args=[made.household_id])}


def _once(user: User, key: str, act: Any, *, founds: bool) -> Addition:
    """Write the act with its key, or return what an entry that arrived at the same time has written."""
    try:
        with transaction.atomic():
            household = act()
            return Addition.objects.create(
                key=UUID(key), household=household, founds=founds, by=user, received_at=timezone.now()
            )
    except (IntegrityError, NoteRefused):
        made = _known(user, key)
        if made is None:
            raise
        return made


def _known(user: User, key: str) -> Addition | None:
    try:
        made = Addition.objects.filter(key=UUID(key)).first()
    except ValueError as error:
        raise NoteRefused("这条登记少了编号，没有写入；重新登记一次。") from error
    if made is not None and made.by_id != user.pk:
        raise Http404
    return made


def _ask(user: User, fields: QueryDict, found: Elsewhere, village: Place, address: str) -> dict[str, Any]:
    """Who is on another village's list comes by a handover, asked for when the cadre has said so."""
    if not fields.get("ask"):
        note_try(found, by=user, address=address)
        return {"state": "refused", "sentence": ELSEWHERE, "ask": f"请对方移交给{village.name}"}
    try:
        ask_for_handover(found.resident, village, by=user, address=address)
    except HandoverRefused as refused:
        # Asked before, perhaps by this very entry.
        return {"state": "received", "sentence": str(refused)}
    return {"state": "received", "sentence": f"已请对方移交给{village.name}，等对方确认"}
