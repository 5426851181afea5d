"""Lists that come back: kinds of which a row is matched to a person and never makes one of itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from ledgers.rosters.rows import Row
from registry.models import Entry

if TYPE_CHECKING:
    from ledgers.rosters.plan import Plan


class Taker(Protocol):
    """Takes the rows of a list beside the plan of its import."""

    def load(self, rows: Sequence[Row]) -> None:
        """Ask the registry once for everybody the rows may be about."""

    def take(self, row: Row) -> str:
        """Decide a row, also one that cannot be read; return its outcome as `import_roster --json` counts it."""

    def write(self, entry: Entry) -> None:
        """Write what is not written with the people of the plan."""


def taker_of(kind: str, plan: Plan) -> Taker | None:
    """Return what takes the rows of a kind, None for rosters."""
    if kind == "checklist":
        from ledgers.checklists.taking import Checking

        return Checking(plan)
    if kind == "followup":
        from ledgers.followups.taking import Returned

        return Returned(plan)
    return None
