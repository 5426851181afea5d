"""Four tints for the sorted column of the matrix, and the sentence below it that explains them."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import cached_property

Exact = int | Fraction | Decimal
STEPS = 4


@dataclass(frozen=True)
class Tints:
    """Edges between the steps, from worst to best, and whether a high value is the bad one."""

    edges: tuple[Decimal, ...]
    high_is_bad: bool

    def step(self, value: Exact | None) -> int:
        """Return 1 (furthest behind) to 4 (furthest ahead); 0 for a cell without a value, which bears no tint."""
        if value is None:
            return 0
        exact = _fraction(value)
        return 1 + sum(exact <= edge if self.high_is_bad else exact >= edge for edge in self._exact_edges)

    @cached_property
    def _exact_edges(self) -> tuple[Fraction, ...]:
        return tuple(Fraction(edge) for edge in self.edges)

    def words(self) -> list[tuple[int, str]]:
        """Return each step with its range in words, such as (1, "低于 40"), worst first."""
        first, middle, last = self.edges
        if self.high_is_bad:
            return [
                (1, f"高于 {first:f}"),
                (2, f"{middle:f}–{first:f}"),
                (3, f"{last:f}–{middle:f}"),
                (4, f"{last:f} 及以下"),
            ]
        return [
            (1, f"不到 {first:f}"),
            (2, f"{first:f}–{middle:f}"),
            (3, f"{middle:f}–{last:f}"),
            (4, f"{last:f} 及以上"),
        ]


def tints_for(values: list[Exact | None], *, high_is_bad: bool, digits: int = 0) -> Tints | None:
    """Cut the column at its quarters, rounded to `digits` so that the edges can be read.

    None where the values are too few or too alike to tell four steps apart.
    """
    # Floats only put them in order; no two shares of people are as near as floats err.
    known = sorted((_fraction(value) for value in values if value is not None), key=float, reverse=high_is_bad)
    if len(known) < STEPS:
        return None
    edges = tuple(_readable(known[len(known) * quarter // STEPS], digits) for quarter in range(1, STEPS))
    return Tints(edges, high_is_bad) if len(set(edges)) == len(edges) else None


def _fraction(value: Exact) -> Fraction:
    # Most are: a matrix has hundreds of rows, and each would be made a second time.
    return value if type(value) is Fraction else Fraction(value)


def _readable(value: Fraction, digits: int) -> Decimal:
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return exact.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)
