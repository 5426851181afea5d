"""A sender's layout, remembered by its headings."""

import hashlib
from typing import Any

from ledgers.rosters.directory import tidy


def fingerprint(columns: list[dict[str, Any]]) -> str:
    """Return a hash of the headings in their order, whatever their spaces and full-width characters."""
    headings = "\n".join(tidy(column["heading"]) for column in columns)
    return hashlib.sha256(headings.encode()).hexdigest()
