"""What may stand in a cell: text stays text, whatever it begins with, and a day is a day."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache

# XML 1.0 has no place for these; a cell takes at most 32,767 characters.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_MOST = 32767
# Day 0 of the spreadsheet's calendar, as ordinal; right from 1 March 1900 on.
_DAY_0 = date(1899, 12, 30).toordinal()

Value = str | int | date | None


def safe_cell(text: str) -> str:
    """Return text that is safe as a string cell; the caller writes it as a string, so it never becomes a formula."""
    return _FORBIDDEN.sub("", text)[:_MOST]


@lru_cache(maxsize=4096)
def serial(day: date) -> int:
    """Return a day as the spreadsheet counts it."""
    return day.toordinal() - _DAY_0
