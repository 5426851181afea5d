"""What was said of people, and the kind of their exemptions, as known at a moment (`registry.versions.changed_rows`).

Beside what is counted for now (`ledgers.reasons`), the few about whom something has changed since are decided one
by one: how they stood then, and what was said of them then.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import date, datetime

from django.db.models import QuerySet

from campaigns.models import Campaign
from ledgers.models import Exemption, PastExemption, PastReason, PastStatement, Reason, Statement
from ledgers.models.past import VERSIONED_EXEMPTION, VERSIONED_REASON, VERSIONED_STATEMENT
from ledgers.movements.known import Late, Point, late_since
from ledgers.movements.rules import NOWHERE, State
from ledgers.reasons import Said, said_by_place
from ledgers.rules import PAUSED_REASON
from registry.versions import Changed, changed_rows


def said_at(
    campaign: Campaign, on: date, known_at: datetime | None = None, *, late: Late | None = None
) -> dict[str, Said]:
    """Count what was said as `said_by_place` does, as known at `known_at` (None: now).

    `late`, of the same moment or an earlier one, spares reading who has changed since.
    """
    if known_at is None:
        return said_by_place(campaign, on)
    reasons = _changed(campaign, Reason, PastReason, known_at, VERSIONED_REASON)
    statements = _changed(campaign, Statement, PastStatement, known_at, VERSIONED_STATEMENT)
    late = (late or late_since(campaign, known_at)).with_more(_owners(Reason, reasons) | _owners(Statement, statements))
    table: dict[str, Said] = defaultdict(Said, said_by_place(campaign, on, but=late.changed))
    for residents, known in late.batches():
        told = {who: rest for who, *rest in _rows_at(campaign, Reason, reasons, VERSIONED_REASON, residents)}
        claims = {
            who for who, month, closed in _rows_at(campaign, Statement, statements, VERSIONED_STATEMENT, residents)
            if closed is None and month <= on
        }  # fmt: skip
        for resident in residents:
            state = known.state(resident, Point(on, known_at))
            if state.ledger != NOWHERE and state.is_permanent:
                _add(table[state.place], state, on, *told.get(resident, ("", None)), claims=resident in claims)
    return {place: said for place, said in table.items() if said != Said()}


def _add(said: Said, state: State, on: date, code: str, promised_on: date | None, *, claims: bool) -> None:
    if code and state.ledger == "unvaccinated":
        said.reasons[code] += 1
        said.paused += int(code == PAUSED_REASON and promised_on is not None and promised_on > on)
    said.claimants += int(claims and state.ledger != "completed")


class LastingAt:
    """Whose exemption was an approved contraindication in force at `on`, as known at a moment (rules 3)."""

    def __init__(self, campaign: Campaign, on: date, known_at: datetime) -> None:
        self._campaign, self._on = campaign, on
        self._changed = _changed(campaign, Exemption, PastExemption, known_at, VERSIONED_EXEMPTION)

    def owners(self) -> set[int]:
        """Return who had or has an exemption that changed since."""
        return _owners(Exemption, self._changed)

    def among(self, residents: Collection[int]) -> set[int]:
        rows = _rows_at(self._campaign, Exemption, self._changed, VERSIONED_EXEMPTION, residents)
        return {who for who, kind, state, start, end in rows if self._is_in_force(kind, state, start, end)}

    def _is_in_force(self, kind: str, state: str, start_on: date, end_on: date | None) -> bool:
        lasts = kind == Exemption.Kind.CONTRAINDICATION and state == Exemption.State.APPROVED
        # A contraindication may end as well; null lasts.
        return lasts and start_on <= self._on and (end_on is None or end_on >= self._on)


def _changed(campaign: Campaign, model: type, past: type, known_at: datetime, columns: tuple[str, ...]) -> Changed:
    now = model.objects.filter(campaign=campaign)
    return changed_rows(now, past.objects.filter(campaign_id=campaign.pk), known_at, columns)


def _owners(model: type, changed: Changed) -> set[int]:
    """Whose rows they were at the moment, and whose they are now: merging two records moves them."""
    now = model.objects.filter(pk__among=changed.keys) if changed.keys else model.objects.none()
    return {*(row[0] for row in changed.rows), *now.values_list("resident_id", flat=True)}


def _rows_at(
    campaign: Campaign, model: type, changed: Changed, columns: tuple[str, ...], residents: Collection[int]
) -> Iterator[tuple]:
    """The rows of these residents as they were at the moment."""
    whose = set(residents)
    now: QuerySet = model.objects.filter(campaign=campaign, resident__pk__among=whose)
    yield from (row for key, *row in now.values_list("pk", *columns) if key not in changed.keys)
    yield from (row for row in changed.rows if row[0] in whose)
