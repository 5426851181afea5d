"""Writing places, units and targets of rosters that are about them."""

from __future__ import annotations

from typing import Any

from django.db import models

from campaigns.models import Campaign, Target
from ledgers.rosters.registers import PLACE_FIELDS, TARGET_FIELDS, UNIT_FIELDS, Record, Registers
from ledgers.rosters.writing.log import Log
from registry import bulk
from registry.models import Entry, Place, Trade, Unit


def write_registers(registers: Registers, campaign: Campaign, entry: Entry, log: Log) -> None:
    """Write a roster of villages or of units."""
    places = list(registers.places.values())
    _save(Place, "place", places, PLACE_FIELDS, log, key="code", extra={"level": Place.Level.VILLAGE.value})
    for place, target in registers.targets.items():
        target.values["place_id"] = place
    targets = list(registers.targets.values())
    _save(Target, "target", targets, ("place_id", *TARGET_FIELDS), log, extra={"campaign_id": campaign.pk})
    trades = {name: Trade.objects.create(name=name).pk for name in registers.new_trades}
    log.note_created("trade", list(trades.values()))
    for unit in registers.units:
        unit.values["trade_id"] = trades.get(unit.values["trade_id"], unit.values["trade_id"])
    new_units, known_units = _split(registers.units)
    _save(Unit, "unit", known_units, UNIT_FIELDS, log)
    _save(Unit, "unit", new_units, ("name", *UNIT_FIELDS), log, extra={"entry_id": entry.pk})


def _save(
    model: type[models.Model],
    name: str,
    records: list[Record],
    fields: tuple[str, ...],
    log: Log,
    *,
    key: str = "id",
    extra: dict[str, Any] | None = None,
) -> None:
    """Insert new records, update changed ones, and note what undoing needs of both."""
    extra = extra or {}
    new, known = _split(records)
    if key == "id":
        for record, reserved in zip(new, bulk.reserve_ids(model, len(new)), strict=True):
            record.key = reserved
    bulk.insert(model, (key, *fields, *extra), [(r.key, *(r.values[f] for f in fields), *extra.values()) for r in new])
    log.note_created(name, [record.key for record in new])
    dirty = [record for record in known if record.old]
    bulk.update(model, (key, *fields), [(r.key, *(r.values[f] for f in fields)) for r in dirty])
    for record in dirty:
        log.note_changed(name, record.key, record.old)


def _split(records: list[Record]) -> tuple[list[Record], list[Record]]:
    return [one for one in records if one.is_new], [one for one in records if not one.is_new]
