"""The original cell beside a message, with numbers of people and phones masked (access.md)."""

from __future__ import annotations

import re
from typing import Any

# An identity number, whole or a digit short, and any other long run of digits but a date of eight.
_LONG_NUMBER = re.compile(r"[0-9]{9,}[0-9Xx]?")
_SHOWN = 60


def content_of(cell: Any) -> str:
    """Return a cell as a list may show it: ****24 for numbers of nine digits and more, the rest as it stands."""
    text = str(int(cell)) if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15 else str(cell or "")
    return _LONG_NUMBER.sub(_masked, text.strip())[:_SHOWN]


def _masked(number: re.Match[str]) -> str:
    return f"****{number[0][-2:]}"
