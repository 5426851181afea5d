"""Which age bands stand in the village table: those of the campaign, the old ones as one (domain 6)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

# 一老一小 (plan, preamble): the old begin at 60.
OLD = 60
GROWN_UP = 18


def bands_of(keys: Iterable[str]) -> list[dict[str, Any]]:
    """Return the columns: key, name, and the campaign's bands that each is made of.

    Bands from 60 on become one where there are younger ones; a campaign for the old shows each of its own.
    """
    ordered = sorted(keys, key=from_age)
    old = [key for key in ordered if from_age(key) >= OLD]
    young = [key for key in ordered if from_age(key) < OLD]
    columns = [{"key": key, "name": name_of(key), "of": [key]} for key in (young or old)]
    if young and old:
        first = f"{from_age(old[0])}+"
        columns.append({"key": first, "name": name_of(first), "of": old})
    return columns


def sums_of(keys: Iterable[str]) -> list[tuple[str, list[str]]]:
    """Return the sums under the age table: the young under 18 and the old from 60 on, each where it has two bands."""
    ordered = sorted(keys, key=from_age)
    young = [key for key in ordered if from_age(key) < GROWN_UP]
    old = [key for key in ordered if from_age(key) >= OLD]
    sums = []
    if len(young) > 1:
        sums.append((f"{young[0].partition('-')[0]}–{young[-1].partition('-')[2]}岁", young))
    if len(old) > 1:
        sums.append((name_of(f"{from_age(old[0])}+"), old))
    return sums


def from_age(key: str) -> int:
    """12-14 → 12, 80+ → 80."""
    return int(key.rstrip("+").partition("-")[0])


def name_of(key: str) -> str:
    """60-69 → 60–69岁, 80+ → 80岁及以上."""
    return f"{key[:-1]}岁及以上" if key.endswith("+") else f"{key.replace('-', '–')}岁"
