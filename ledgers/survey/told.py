"""What a cadre tells of a household, as plain values: between the form, the phone and the registry."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID


class VisitRefused(Exception):
    """A visit that cannot be recorded; nothing of it was written. The message is one Chinese sentence."""


@dataclass(frozen=True)
class Answer:
    """One answer about one member; `kind` as in `VisitAnswer.Kind`.

    `detail` is what the form said, days as ISO text. `seen` are the values the card showed of the fields
    that the answer changes, as text ("" none). With `settled` it is written whatever stands there now.
    """

    resident: int
    kind: str
    detail: dict[str, Any] = field(default_factory=dict)
    seen: dict[str, str] = field(default_factory=dict)
    settled: bool = False
    # For the approver and the claimant only (access.md), so never kept with the visit.
    diagnosis: str = ""


@dataclass(frozen=True)
class Told:
    """One call at a door. `key` is made where the form was filled in, so that it counts once."""

    key: UUID
    at: datetime
    outcome: str
    spoke_with: str = ""
    note: str = ""
    answers: tuple[Answer, ...] = ()


@dataclass(frozen=True)
class Difference:
    """A field that somebody else set meanwhile to another value than the answer wants; texts as on the page."""

    answer: int
    resident: int
    name: str
    field: str
    mine: str
    theirs: str
    by: str
    at: str


def day_of(text: Any) -> date | None:
    """Read an ISO day or month (its first day); None for nothing and for what is no day."""
    text = str(text or "")
    try:
        return date.fromisoformat(f"{text}-01" if len(text) == 7 else text)
    except ValueError:
        return None
