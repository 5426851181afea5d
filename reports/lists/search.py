"""Finding people by what an office has in hand: a name, its initials, four digits of a phone, a full number."""

from __future__ import annotations

import re
from datetime import date

from django.db.models import F, QuerySet

from registry.identity import InvalidNumber, clean_number, read_number
from registry.models import IdentityDocument, Phone, Resident
from registry.names import name_key

_INITIALS = re.compile(r"[a-z]{1,40}")
_PHONE = re.compile(r"1\d{10}|0\d{9,11}")


def found_by(text: str) -> QuerySet:
    """Return the keys of the residents that `text` finds, as values of `resident_id`; each kind asks one index.

    Names and initials from their beginning, a phone by its last four digits or whole, a number whole.
    """
    compact = text.replace(" ", "")
    if len(compact) == 4 and compact.isdigit():
        return Phone.objects.filter(last4=compact).values("resident_id")
    if _PHONE.fullmatch(compact):
        return Phone.objects.filter(number=compact, last4=compact[-4:]).values("resident_id")
    if any(c.isdigit() for c in compact):
        return IdentityDocument.objects.filter(number=_number(compact)).values("resident_id")
    lower = compact.lower()
    if _INITIALS.fullmatch(lower):
        return _residents(initials__startswith=lower)
    return _residents(name_key__startswith=name_key(text))


def _residents(**condition: str) -> QuerySet:
    return Resident.objects.filter(**condition).annotate(resident_id=F("pk")).values("resident_id")


def _number(text: str) -> str:
    """The number as it is kept; an old one of 15 digits is the same person's."""
    try:
        # Only its form is asked, whatever the birth date in it.
        return read_number(text, today=date.max).number
    except (InvalidNumber, OverflowError):
        return clean_number(text)
