"""What a file of a report says of itself beside the figures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from reports.briefing.changes import Changed


@dataclass(frozen=True)
class Stamp:
    number: str
    sequence: int
    correction: int = 0
    reason: str = ""
    # What a correction changed.
    changed: tuple[Changed, ...] = ()
    made_at: datetime | None = None

    @property
    def words(self) -> str:
        """第 12 期, or 第 12 期（更正 1）."""
        return f"第 {self.sequence} 期{f'（更正 {self.correction}）' if self.correction else ''}"
