"""The original cell beside a message, with numbers of people and phones masked (access.md)."""

from __future__ import annotations

import re

from registry.spreadsheets.cells import Cell, shown

# An identity number, whole or a digit short, and any other long run of digits but a date of eight.
_LONG_NUMBER = re.compile(r"[0-9]{9,}[0-9Xx]?")
_SHOWN = 60


def content_of(cell: Cell) -> str:
    """Return a cell as a list may show it: ****24 for numbers of nine digits and more, the rest as it stands."""
    return _LONG_NUMBER.sub(_masked, shown(cell).strip())[:_SHOWN]


def _masked(number: re.Match[str]) -> str:
    return f"****{number[0][-2:]}"
