"""How a task is split so that the parts add up: the largest remainder. Pure: no Django, no clock."""

from __future__ import annotations

from collections.abc import Mapping


class SplitRefused(Exception):
    """A split that cannot add up; its text is one sentence that says what to do."""


def split(total: int, weights: Mapping[str, int], fixed: Mapping[str, int] | None = None) -> dict[str, int]:
    """Split `total` persons by weight; those in `fixed` have what they were given, the others share the rest.

    Each gets its exact share rounded down; the persons left over go to the largest remainders, of equal ones to
    the larger weight, then to the earlier key. The parts add up to `total`. Raises SplitRefused where they cannot.
    """
    fixed = fixed or {}
    rest = total - sum(fixed.values())
    if rest < 0:
        raise SplitRefused(f"调整过的加起来比任务总数多 {-rest:,} 人，先减下来。")
    free = {key: weight for key, weight in weights.items() if key not in fixed}
    whole = sum(free.values())
    if not whole:
        if rest:
            raise SplitRefused(f"还有 {rest:,} 人没有分下去：没有别的可以分，先把调整过的加上去。")
        return {key: fixed.get(key, 0) for key in weights}
    parts = {key: rest * weight // whole for key, weight in free.items()}
    order = sorted(free, key=lambda key: (-(rest * free[key] % whole), -free[key], key))
    for key in order[: rest - sum(parts.values())]:
        parts[key] += 1
    return {key: fixed.get(key, parts.get(key, 0)) for key in weights}
