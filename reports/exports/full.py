"""Numbers and phones in full, for the rows of an export that a second person let go (access.md)."""

from __future__ import annotations

from registry.models import IdentityDocument
from reports.lists.rows import Row, phones_of


def add_full_numbers(rows: list[Row]) -> None:
    """Fill in the number and phone whose last digits the lists show; two queries."""
    keys = [row.pk for row in rows]
    # The first of a person's documents, as in the lists: a later row is overwritten by an earlier one.
    documents = IdentityDocument.objects.filter(resident__pk__among=keys).order_by("resident_id", "-pk")
    numbers, phones = dict(documents.values_list("resident_id", "number")), phones_of(keys)
    for row in rows:
        row.number_full, row.phone_full = numbers.get(row.pk, ""), phones.get(row.pk, "")
