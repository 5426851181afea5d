"""Spreadsheets as offices send them: from bytes to rows of plain cells, safely (interfaces, Rosters)."""

from registry.spreadsheets.refusals import Limits, Refused

__all__ = ["Limits", "Refused"]
