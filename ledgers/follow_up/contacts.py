"""The last contact of each person, and whether it found that the number on record is wrong."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Exists, OuterRef

from campaigns.models import Campaign
from ledgers.models import Contact
from registry.models import ResidentChange


def last_contacts(residents: Iterable[int], campaign: Campaign) -> dict[int, Contact]:
    """Return the last contact by resident, those without one left out; one query."""
    # A number given in that very call is a change of the same entry.
    changed = ResidentChange.objects.filter(resident=OuterRef("resident"), field="phone", entry__gte=OuterRef("entry"))
    contacts = Contact.objects.filter(resident__in=residents, campaign=campaign).annotate(is_renumbered=Exists(changed))
    return {contact.resident_id: contact for contact in contacts.select_related("by").order_by("at", "pk")}


def is_wrong_number(contact: Contact | None) -> bool:
    """Tell whether the number called is still the one on record: nobody is to dial it again."""
    return bool(contact) and contact.outcome == Contact.Outcome.WRONG_NUMBER and not contact.is_renumbered
