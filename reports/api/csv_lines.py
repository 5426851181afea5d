"""Figures by place and day as lines of CSV: UTF-8 with BOM, so that a spreadsheet program reads the names."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from registry.spreadsheets.texts import inert
from reports.ledger_rows import COVERAGE_KEYS, LEDGER_KEYS, LedgerRow

HEADINGS = ("as_of", "key", "name", *LEDGER_KEYS, *COVERAGE_KEYS)
_BOM = "\ufeff"


class _Line:
    """What a CSV writer writes to: it hands the line back."""

    def write(self, text: str) -> str:
        return text


def csv_lines(rows: Iterable[tuple[date, LedgerRow, dict[str, Any]]]) -> Iterator[str]:
    """Yield the heading and a line per row; null is empty, truth is true or false."""
    writer = csv.writer(_Line())
    yield _BOM + writer.writerow(HEADINGS)
    for day, _, figures in rows:
        yield writer.writerow([day.isoformat(), *(_cell(figures[key]) for key in HEADINGS[1:])])


def _cell(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        # A village may be named by anybody.
        return inert(value)
    return "" if value is None else value
