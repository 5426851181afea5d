"""Age bands: they have no census number, so their rates are over the registry (在册口径, rules 5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from ledgers.summary import Counts
from reports.dashboard.links import Lists


@dataclass(frozen=True)
class AgeRow:
    name: str
    in_scope: int
    first_rate: Fraction | None
    full_rate: Fraction | None
    # Without a counted dose: unvaccinated and exempt.
    missing: int
    unvaccinated: int
    exempt: int
    share: Fraction
    url: str
    exempt_url: str
    everybody_url: str


@dataclass(frozen=True)
class Ages:
    """Oldest first."""

    rows: list[AgeRow]
    total: AgeRow

    @property
    def worst(self) -> AgeRow | None:
        """Return the band with the most people without a dose."""
        found = max(self.rows, key=lambda row: row.missing, default=None)
        return found if found and found.missing else None


def ages_of(bands: Sequence[tuple[str, Counts]], total: Counts, lists: Lists) -> Ages:
    """Make rows of (age band's key, counts in 常住口径)."""
    missing = total.in_scope - total.first_dose
    rows = [
        _row(_name(key), counts, missing, lists.inside(residency="permanent", age=key))
        for key, counts in reversed(bands)
    ]
    return Ages(rows, _row("常住合计", total, missing, lists.inside(residency="permanent")))


def _row(name: str, counts: Counts, missing_of_all: int, lists: Lists) -> AgeRow:
    missing = counts.in_scope - counts.first_dose
    return AgeRow(
        name=name,
        in_scope=counts.in_scope,
        first_rate=_share(counts.first_dose, counts.in_scope),
        full_rate=_share(counts.full, counts.in_scope),
        missing=missing,
        unvaccinated=counts.unvaccinated,
        exempt=counts.exempt,
        share=Fraction(missing, missing_of_all or 1),
        url=lists.unvaccinated,
        exempt_url=lists.exempt,
        everybody_url=lists.everybody,
    )


def _share(part: int, whole: int) -> Fraction | None:
    return Fraction(part, whole) if whole else None


def _name(key: str) -> str:
    """60-69 → 60–69岁, 80+ → 80岁及以上."""
    return f"{key[:-1]}岁及以上" if key.endswith("+") else f"{key.replace('-', '–')}岁"
