"""What undoing an import needs of rows that carry no entry and have no history."""

from __future__ import annotations

from datetime import date
from typing import Any


class Log:
    """Keys of what was created, and the values on record of what was changed, by the name of its model."""

    def __init__(self) -> None:
        self.created: dict[str, list[Any]] = {}
        self.changed: dict[str, dict[str, dict[str, Any]]] = {}

    def note_created(self, name: str, keys: list[Any]) -> None:
        if keys:
            self.created.setdefault(name, []).extend(keys)

    def note_changed(self, name: str, key: Any, old: dict[str, Any]) -> None:
        """Note old values; the first value noted of a field is the one from before the import."""
        plain = {field: value.isoformat() if isinstance(value, date) else value for field, value in old.items()}
        noted = self.changed.setdefault(name, {}).setdefault(str(key), {})
        noted.update({field: value for field, value in plain.items() if field not in noted})

    def as_json(self) -> dict[str, Any]:
        return {"created": self.created, "changed": self.changed}
