"""Age bands: they have no census number, so their rates are over the registry (在册口径, rules 5)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from ledgers.summary import Counts
from reports.dashboard.headline import difference
from reports.dashboard.links import Lists
from reports.rules import share

# 未成年人 are under 18, 老年人 60 and over, by the two laws that protect them: bands on either side have a sum.
ADULT, SENIOR = 18, 60


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
    # Moved since the day it is compared with; null where it is compared with none.
    unvaccinated_moved: int | None = None
    exempt_moved: int | None = None
    in_scope_moved: int | None = None
    first_moved: Fraction | None = None
    full_moved: Fraction | None = None


@dataclass(frozen=True)
class Ages:
    """Oldest first; `sums` add up bands that lie on one side of the two bounds."""

    rows: list[AgeRow]
    sums: list[AgeRow]
    total: AgeRow

    @property
    def worst(self) -> AgeRow | None:
        """Return the band with the most people without a dose."""
        found = max(self.rows, key=lambda row: row.missing, default=None)
        return found if found and found.missing else None


Bands = Sequence[tuple[str, Counts]]


def ages_of(bands: Bands, total: Counts, lists: Lists, then: Mapping[str, Counts], total_then: Counts | None) -> Ages:
    """Make rows of (age band's key, counts in 常住口径), youngest band first; `then` are those of an earlier day."""
    missing = total.in_scope - total.first_dose

    def row(name: str, key: str, counts: Counts, before: Counts | None) -> AgeRow:
        narrow = {"age": key} if key else {}
        return _row(name, counts, missing, lists.inside(residency="permanent", **narrow), before)

    def earlier(part: Bands) -> Counts | None:
        return _sum(then.get(key, Counts()) for key, _ in part) if then else None

    sums = [
        row(_name(key), key, _sum(counts for _, counts in part), earlier(part)) for key, part in _parts_to_sum(bands)
    ]
    rows = [row(_name(key), key, counts, then.get(key)) for key, counts in reversed(bands)]
    return Ages(rows, sums, row("常住合计", "", total, total_then))


def _parts_to_sum(bands: Bands) -> list[tuple[str, Bands]]:
    """Return (key, bands) of the young and of the old, where they are two bands or more and not all of them."""
    young = [band for band in bands if (until := _ends(band[0])[1]) is not None and until < ADULT]
    old = [band for band in bands if _ends(band[0])[0] >= SENIOR]
    return [(_key(part), part) for part in (old, young) if 1 < len(part) < len(bands)]


def _ends(key: str) -> tuple[int, int | None]:
    """12-14 → 12, 14; 80+ → 80, None."""
    first, _, last = key.rstrip("+").partition("-")
    return int(first), int(last) if last else None


def _key(bands: Bands) -> str:
    first, last = _ends(bands[0][0])[0], _ends(bands[-1][0])[1]
    return f"{first}+" if last is None else f"{first}-{last}"


def _sum(parts: Iterable[Counts]) -> Counts:
    total = Counts()
    for counts in parts:
        total += counts
    return total


def _row(name: str, counts: Counts, missing_of_all: int, lists: Lists, then: Counts | None) -> AgeRow:
    missing = counts.in_scope - counts.first_dose
    row = AgeRow(
        name=name,
        in_scope=counts.in_scope,
        first_rate=share(counts.first_dose, counts.in_scope),
        full_rate=share(counts.full, counts.in_scope),
        missing=missing,
        unvaccinated=counts.unvaccinated,
        exempt=counts.exempt,
        share=Fraction(missing, missing_of_all or 1),
        url=lists.unvaccinated,
        exempt_url=lists.exempt,
        everybody_url=lists.everybody,
    )
    return row if then is None else _with_moves(row, counts, then)


def _with_moves(row: AgeRow, counts: Counts, then: Counts) -> AgeRow:
    """Say how a band differs from an earlier day; who has had a birthday since is in another one."""
    return replace(
        row,
        unvaccinated_moved=counts.unvaccinated - then.unvaccinated,
        exempt_moved=counts.exempt - then.exempt,
        in_scope_moved=counts.in_scope - then.in_scope,
        first_moved=difference(row.first_rate, share(then.first_dose, then.in_scope)),
        full_moved=difference(row.full_rate, share(then.full, then.in_scope)),
    )


def _name(key: str) -> str:
    """60-69 → 60–69岁, 80+ → 80岁及以上."""
    return f"{key[:-1]}岁及以上" if key.endswith("+") else f"{key.replace('-', '–')}岁"
