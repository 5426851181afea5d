"""Rounding of exact numbers for pages and JSON, half up (rules 5): the one place where a rate loses digits."""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction


def rounded(number: Fraction, places: int) -> Decimal:
    """Round to `places` decimals, ties away from zero."""
    scaled = number * 10**places
    whole, rest = divmod(abs(scaled.numerator), scaled.denominator)
    whole += 2 * rest >= scaled.denominator
    return (Decimal(whole if scaled >= 0 else -whole) / 10**places).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def json_rate(rate: Fraction | None) -> float | None:
    """A rate as JSON has it: 6 places (interfaces: ledger_summary)."""
    return None if rate is None else float(rounded(rate, 6))


def json_pace(pace: Fraction | None) -> float | None:
    """A pace as JSON has it: 2 places (rules 6)."""
    return None if pace is None else float(rounded(pace, 2))


def percent(rate: Fraction | None) -> str:
    """A rate as pages show it: `90.80%`; without one, a dash."""
    return "—" if rate is None else f"{rounded(rate * 100, 2)}%"
