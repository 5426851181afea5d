"""片区 in a report: the rows of its villages added up, as plain figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from reports.rules import base_of

Plain = Mapping[str, Any]


def district_rows(villages: Sequence[Plain]) -> list[tuple[Plain, list[str]]]:
    """Return a row for each 片区 with the keys of its villages, in their order; none where one holds them all.

    The goal is the share of the sum of bases, not the sum of goals (rules 5). Reports of before 片区 have none.
    """
    found: dict[str, list[Plain]] = {}
    for row in villages:
        if name := row.get("district"):
            found.setdefault(name, []).append(row)
    if not any(len(part) < len(villages) for part in found.values()):
        return []
    return [(_sum(name, part), [row["key"] for row in part]) for name, part in found.items()]


def _sum(name: str, rows: list[Plain]) -> Plain:
    return {
        "key": name,
        "name": name,
        "leader": "",
        "base": base_of([row["base"] for row in rows]),
        "goal": None,
        "all": _counts([row["all"] for row in rows]),
        "permanent": _counts([row["permanent"] for row in rows]),
        "contraindicated": sum(row["contraindicated"] for row in rows),
        "dosed": _lists([row["dosed"] for row in rows]),
        "bands": _by_key([row["bands"] for row in rows]),
        "new": _by_key([row["new"] for row in rows]),
    }


def _counts(parts: list[Plain]) -> dict[str, int]:
    total: Counter[str] = Counter()
    for part in parts:
        total.update(part)
    return dict(total)


def _lists(parts: list[list[int]]) -> list[int]:
    """Add lists up place by place; a village without anybody has a shorter one."""
    longest = max(map(len, parts))
    return [sum(part[index] for part in parts if index < len(part)) for index in range(longest)]


def _by_key(parts: list[Plain]) -> dict[str, list[int]]:
    keys = dict.fromkeys(key for part in parts for key in part)
    return {key: _lists([part[key] for part in parts if key in part]) for key in keys}
