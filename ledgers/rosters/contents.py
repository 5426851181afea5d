"""The original cell beside a message, with numbers of people and phones masked (access.md)."""

from __future__ import annotations

from registry.masking import hide_numbers
from registry.spreadsheets.cells import Cell, shown

_SHOWN = 60


def content_of(cell: Cell) -> str:
    """Return a cell as a list may show it: without the numbers of people, the rest as it stands.

    Of an identity number not even the tail: the birth date may stand in the next line of the list.
    """
    return hide_numbers(shown(cell).strip())[:_SHOWN]
