"""The frame of every act on households: one entry, a row of history for each changed field, the trail, the way back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import IntegrityError, models, transaction
from django.utils import timezone

from campaigns.models import Campaign
from ledgers.signals import facts_changed
from registry import audit, bulk
from registry.models import Entry, Household, HouseholdChange, Resident, ResidentChange, Source, User

# What an act may change, by the names of the columns.
_HOUSEHOLD = ("state", "confirmed_entry_id", "caretaker_id", "place_id", "sequence", "merged_into_id", "head")
_RESIDENT = ("household_id", "place_id", "relation")


class ActRefused(Exception):
    """An act that cannot be done; the message is one Chinese sentence."""


class Act:
    """One act being done inside the caller's transaction: note each change, then `close`."""

    def __init__(self, label: str, *, by: User):
        self.by = by
        self.entry = Entry.objects.create(at=timezone.now(), by=by, source=Source.CERTIFICATE, label=label[:200])
        self._households: dict[int, Household] = {}
        self._residents: dict[int, Resident] = {}
        self._changes: list[HouseholdChange] = []
        self._moves: list[ResidentChange] = []
        self._places: set[str] = set()

    def set(self, household: Household, **values: Any) -> None:
        """Set columns of a household; what is already so leaves no trace."""
        for field, value in values.items():
            old = getattr(household, field)
            if old == value:
                continue
            self._changes.append(
                HouseholdChange(household=household, field=field, old=_text(old), new=_text(value), entry=self.entry)
            )
            setattr(household, field, value)
            self._households[household.pk] = household

    def move(self, resident: Resident, **values: Any) -> None:
        """Set columns of a resident; another place changes whose figures count the person."""
        for field, value in values.items():
            old = getattr(resident, field)
            if old == value:
                continue
            self._moves.append(
                ResidentChange(resident=resident, field=field, old=_text(old), new=_text(value), entry=self.entry)
            )
            if field == "place_id":
                self._places |= {old, value}
            setattr(resident, field, value)
            self._residents[resident.pk] = resident

    def close(self, action: str, subject: str, detail: dict[str, Any], *, address: str) -> Entry:
        """Write everything. Raises ActRefused where nothing changes, or somebody else was faster."""
        if not self._changes and not self._moves:
            raise ActRefused("已经是这样了，没有要改的。")
        _write(list(self._households.values()), list(self._residents.values()))
        HouseholdChange.objects.bulk_create(self._changes)
        ResidentChange.objects.bulk_create(self._moves)
        audit.record(action, by=self.by, subject=subject, detail=detail, address=address)
        _announce(self._places)
        return self.entry


def _write(households: list[Household], residents: list[Resident]) -> None:
    keys = {household.pk for household in households}
    # Numbers change places with each other: nobody has one for a moment.
    Household.objects.filter(pk__among=keys).update(sequence=None)
    columns = ("id", *_HOUSEHOLD)
    try:
        with transaction.atomic():
            bulk.update(Household, columns, [(h.pk, *(getattr(h, name) for name in _HOUSEHOLD)) for h in households])
    except IntegrityError as error:
        raise ActRefused("这个户号刚刚给了别的户，请刷新后再做一次。") from error
    bulk.update(Resident, ("id", *_RESIDENT), [(r.pk, *(getattr(r, name) for name in _RESIDENT)) for r in residents])


def _announce(places: set[str]) -> None:
    if places:
        for campaign in Campaign.objects.filter(is_active=True):
            facts_changed.send(Household, campaign=campaign, places=places, since=None)


def _text(value: object) -> str:
    return "" if value is None else str(value)


def touched_by(entry: Entry) -> list[Household]:
    """Return the households that an act changed or made."""
    changed = HouseholdChange.objects.filter(entry=entry).values("household_id")
    moved = ResidentChange.objects.filter(entry=entry, field="household_id").values_list("old", "new")
    keys = {int(key) for pair in moved for key in pair if key}
    condition = models.Q(pk__in=changed) | models.Q(pk__in=keys) | models.Q(entry=entry)
    return list(Household.objects.filter(condition).order_by("pk"))


@transaction.atomic
def take_back(entry: Entry, *, by: User, address: str = "") -> Entry:
    """Undo an act: everything is as before, and the history says so. Raises ActRefused once anything came after it."""
    households = {
        h.pk: h for h in Household.objects.select_for_update().filter(pk__in=[h.pk for h in touched_by(entry)])
    }
    rows = list(HouseholdChange.objects.filter(entry=entry))
    moves = list(ResidentChange.objects.filter(entry=entry, field__in=_RESIDENT))
    residents = Resident.objects.select_for_update().in_bulk([row.resident_id for row in moves])
    if not rows and not moves:
        raise ActRefused("这不是对户的操作，不能在这里撤销。")
    act = Act(f"撤销：{entry.label}", by=by)
    for row in rows:
        household = households[row.household_id]
        _check(household, row.field, row.new)
        act.set(household, **{row.field: _value(Household, row.field, row.old)})
    for row in moves:
        _check(residents[row.resident_id], row.field, row.new)
        act.move(residents[row.resident_id], **{row.field: _value(Resident, row.field, row.old)})
    undone = act.close(
        "household.undo", f"entry {entry.pk}", {"撤销": entry.label, "户": len(households)}, address=address
    )
    _drop_made(entry, households.values())
    return undone


def _check(row: models.Model, field: str, now: str) -> None:
    if _text(getattr(row, field)) != now:
        raise ActRefused("之后又改过，或已经撤销，不能再撤销。")


def _value(model: type[models.Model], field: str, text: str) -> Any:
    if not text:
        return None if model._meta.get_field(field.removesuffix("_id")).null else ""
    return text if field in ("place_id", "state", "head", "relation") else int(text)


def _drop_made(entry: Entry, households: Iterable[Household]) -> None:
    """A household that the act made goes again; its members have gone back by now."""
    for household in households:
        if household.entry_id == entry.pk:
            try:
                household.delete()
            except models.ProtectedError as error:
                raise ActRefused("新立的户已经有走访记录或别的内容，不能撤销；可以改用并户。") from error
