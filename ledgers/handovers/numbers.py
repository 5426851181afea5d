"""A number for somebody who had none, and looking somebody up by name and full number (access.md)."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import IntegrityError, transaction

from ledgers.handovers.duplicates import propose
from ledgers.models import Duplicate
from ledgers.notes import new_entry
from registry import audit
from registry.models import IdentityDocument, Resident, ResidentChange, Source, User
from registry.names import same_name


@dataclass(frozen=True, slots=True)
class Added:
    """Whether the number was taken; else the person on record who has it and the pair put to staff, if it is one."""

    taken: bool
    pair: Duplicate | None = None


def add_number(resident: Resident, number: str, *, by: User, address: str = "") -> Added:
    """Give a resident the number a document shows; a number somebody has opens the question 疑似重复.

    Only a bearer of the same name is put to staff as perhaps the same person.
    """
    try:
        with transaction.atomic():
            IdentityDocument.objects.create(resident=resident, number=number)
            entry = new_entry(by, Source.CERTIFICATE, "补证件号码")
            tail = f"****{number[-2:]}"
            ResidentChange.objects.create(resident=resident, field="document", old="", new=tail, entry=entry)
            audit.record("resident.document", by=by, subject=f"resident {resident.pk}", address=address)
        return Added(True)
    except IntegrityError:
        bearer = Resident.objects.get(documents__number=number, documents__kind=IdentityDocument.RESIDENT)
    if bearer.pk == resident.pk or not same_name(bearer.name, resident.name):
        return Added(False)
    return Added(False, propose(resident, bearer, Duplicate.Ground.NAME_AND_BIRTH))


def find_by_number(name: str, number: str) -> Resident | None:
    """Return the one person with that name and full number, None unless both fit."""
    found = IdentityDocument.objects.filter(number=number).select_related("resident__place").first()
    return found.resident if found and same_name(found.resident.name, name) else None
