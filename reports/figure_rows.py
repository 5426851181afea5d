"""A stored row of figures as values, and as the plain numbers that are kept of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from ledgers.earlier import Done
from ledgers.reasons import Said
from ledgers.summary import Counts, Populations
from reports.ahead import Ahead
from reports.phase_counts import ItemCounts


@dataclass(slots=True)
class Row:
    """One stored row: both populations, and of places what was said of their people, what is ahead, what was earlier.

    `earlier` says how many had a dose so many days before; a number of days is missing where nobody had one.
    """

    counts: Populations = field(default_factory=Populations)
    said: Said = field(default_factory=Said)
    ahead: Ahead = field(default_factory=Ahead)
    earlier: Mapping[int, Done] = field(default_factory=dict)

    def __iadd__(self, other: Row) -> Row:
        self.counts += other.counts
        self.said.reasons.update(other.said.reasons)
        self.said.paused += other.said.paused
        self.said.claimants += other.said.claimants
        self.ahead += other.ahead
        if other.earlier:
            self.earlier = {
                days: self.before(days).plus(other.before(days)) for days in {*self.earlier, *other.earlier}
            }
        return self

    def before(self, days: int) -> Done:
        return self.earlier.get(days) or Done()


def plain(row: Row) -> dict[str, Any]:
    """Return what is stored: zeros, and what a row says nothing of, are left out."""
    said = {"reasons": dict(sorted(row.said.reasons.items())), "paused": row.said.paused}
    said["claimants"] = row.said.claimants
    earlier = {str(days): list(done) for days, done in sorted(row.earlier.items()) if any(done)}
    found = {"all": plain_counts(row.counts.all), "permanent": plain_counts(row.counts.permanent)}
    found["said"] = {name: value for name, value in said.items() if value}
    further = {"ahead": plain_counts(row.ahead), "earlier": earlier}
    return found | {name: value for name, value in further.items() if value}


def plain_counts(counts: Counts | Ahead | ItemCounts) -> dict[str, Any]:
    """Zeros are left out; a day becomes text."""
    found = {name: value for name in counts.__slots__ if (value := getattr(counts, name))}
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in found.items()}


def row_of(counts: dict[str, Any]) -> Row:
    return Row(
        Populations(Counts(**counts["all"]), Counts(**counts["permanent"])),
        _said_of(**counts.get("said", {})),
        Ahead(**counts.get("ahead", {})),
        {int(days): Done(*done) for days, done in counts.get("earlier", {}).items()},
    )


def _said_of(reasons: Mapping[str, int] | None = None, paused: int = 0, claimants: int = 0) -> Said:
    counted: Counter[str] = Counter()
    if reasons:
        # As any dictionary: a Counter first asks what it is given, and a page reads six hundred rows.
        dict.update(counted, reasons)
    return Said(counted, paused, claimants)


def item_counts(counts: dict[str, Any]) -> ItemCounts:
    values = {name: value for name, value in counts.items() if name != "window"}
    if "later_on" in values:
        values["later_on"] = date.fromisoformat(values["later_on"])
    return ItemCounts(**values)
