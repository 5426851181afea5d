"""添加一户: a household that stands on nobody's list is put on the walk with the first of its people."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.db import transaction

from ledgers import notes
from ledgers.households.numbering import label_of, next_sequence
from ledgers.notes import NoteRefused
from ledgers.survey.members import Elsewhere, Newcomer, known_person, put_on_record
from registry import audit
from registry.models import Entry, Household, Place, Resident, Source, User
from registry.names import same_name


@dataclass(frozen=True)
class Found:
    """Where a household was found: the group (or village), how it lives there, what stands at its door."""

    place: Place
    state: str
    address: str = ""


@transaction.atomic
def found_household(found: Found, told: Newcomer, *, by: User, address: str = "") -> Household:
    """Make a household with the next number of its place, headed by somebody known here or new on record.

    Raises NoteRefused with a sentence, or Elsewhere for who is on another village's list.
    """
    # Two colleagues found two households at once: the second waits for its number.
    place = Place.objects.select_for_update().get(pk=found.place.pk)
    village = place.code[: Place.Level.VILLAGE]
    known = known_person(village, told)
    if known is not None:
        _check(known, told, village)
    entry = notes.new_entry(by, Source.VERBAL, f"添加一户：户主{told.name}")
    household = _make(found, place, village, told.name, entry)
    told = replace(told, relation="户主")
    if known is not None:
        changes = {"household_id": household.pk, "place_id": place.pk, "relation": told.relation}
        notes.change_resident(known, changes, entry)
    else:
        put_on_record(household, told, entry)
    detail = {"户序": label_of(household), "新增": known is None}
    audit.record("household.new", by=by, subject=f"household {household.pk}", detail=detail, address=address)
    return household


def _make(found: Found, place: Place, village: str, head: str, entry: Entry) -> Household:
    return Household.objects.create(
        village_id=village, place=place, sequence=next_sequence(place.pk), head=head, address=found.address,
        state=found.state, confirmed_entry=entry if found.state in Household.APART else None, entry=entry,
    )  # fmt: skip


def _check(known: Resident, told: Newcomer, village: str) -> None:
    """Refuse who is somebody else, or has a household: splitting it keeps what is known of those who stay."""
    if not same_name(known.name, told.name):
        raise NoteRefused("这个号码登记的是别的姓名，请核对号码和姓名。")
    if not known.village_code:
        raise NoteRefused(f"{known.name}还在待归类里，先到待归类认领，再来添加这一户。")
    if known.village_code != village:
        raise Elsewhere(known)
    if known.household_id:
        raise NoteRefused(f"{known.name}已经在本村的另一户里；分出来单过的，到那一户点“分户”。")
