"""Rows that wait with a question: kept as JSON with the conflict, taken again once it is decided."""

from __future__ import annotations

from dataclasses import asdict, fields
from datetime import date
from typing import Any

from ledgers.rosters.rows import DoseCell, ExemptionCell, Row
from registry.models import Resident

_DAYS = frozenset({"birth_on", "status_on", "promised_on", "given_on", "month", "start_on", "end_on"})
# What the file alone was needed for, or what belongs to rosters of places and units.
_LEFT_OUT = frozenset({"cells", "messages", "place", "work_unit"})


def portable_row(row: Row) -> dict[str, Any]:
    """Return what a row says as plain JSON; what is empty is left out."""
    return {name: _plain(value) for name, value in asdict(row).items() if value and name not in _LEFT_OUT}


def row_from(portable: dict[str, Any]) -> Row:
    """Return the row that `portable_row` kept."""
    values = _with_days(portable)
    values["document"] = tuple(values["document"]) if values.get("document") else None
    values["phones"] = tuple((number, whose) for number, whose in values.get("phones", ()))
    values["tags"] = tuple(values.get("tags", ()))
    values["doses"] = tuple(DoseCell(**_with_days(cell)) for cell in values.get("doses", ()))
    if values.get("exemption"):
        values["exemption"] = ExemptionCell(**_with_days(values["exemption"]))
    known = {field.name for field in fields(Row)}
    return Row(cells=[], **{name: value for name, value in values.items() if name in known})


def row_of_resident(resident: Resident) -> Row:
    """Return the row that would bring this resident again: who, with which number and phones."""
    document = resident.documents.values_list("kind", "number").first()
    said = {"name": resident.name, "name_key": resident.name_key, "birth_on": resident.birth_on, "sex": resident.sex}
    phones = tuple(resident.phones.values_list("number", "whose"))
    return Row(None, [], document=document, phones=phones, address=resident.address, **said)


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    return value


def _with_days(values: dict[str, Any]) -> dict[str, Any]:
    return {
        name: date.fromisoformat(value) if name in _DAYS and isinstance(value, str) else value
        for name, value in values.items()
    }
