"""The exemption that a row states (interfaces, Exemptions; rules 3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ledgers.rosters.rows import ExemptionCell, Row

if TYPE_CHECKING:
    from ledgers.rosters.cleaning import RowCleaner

CONTRAINDICATION, DEFERRAL = "contraindication", "deferral"


def read_exemption(cleaner: RowCleaner, row: Row, values: dict[str, Any]) -> None:
    """Put the row's exemption together: 缓种 where an end is given and no kind, else 禁忌."""
    ground = values.get("exemption_reason")
    if ground is None:
        if not cleaner.has_said(row, "exemption_reason"):
            cleaner.say(row, "value_missing", "exemption_reason")
        return
    end_on = values.get("end_on")
    kind = values.get("exemption_kind") or (DEFERRAL if end_on else CONTRAINDICATION)
    start_on = values.get("start_on")
    if start_on is None:
        start_on = cleaner.context.today
        # A day that cannot be read has its own message, and so has an end.
        if not cleaner.has_said(row, "start_on"):
            cleaner.say(row, "start_assumed", "start_on", column="诊断日期")
    elif row.birth_on and start_on < row.birth_on:
        cleaner.say(row, "date_before_birth", "start_on", text=start_on.isoformat())
    if kind == DEFERRAL and end_on is None:
        if not cleaner.has_said(row, "end_on"):
            cleaner.say(row, "end_missing", "end_on" if "end_on" in cleaner.heading_of else "exemption_kind")
    elif kind == DEFERRAL and end_on < start_on:
        cleaner.say(row, "date_order", "end_on")
    level = values.get("level")
    row.exemption = ExemptionCell(
        kind=kind,
        reason=ground[0],
        diagnosis=ground[1],
        institution=values.get("institution", ""),
        level=int(level) if level else None,
        start_on=start_on,
        # A lasting contraindication has no end.
        end_on=end_on if kind == DEFERRAL else None,
        approved=values.get("approved") == "yes",
    )
