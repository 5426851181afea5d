"""The named limits of a campaign that staff adjust: what each means, and what holds where a plan says nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple


class Threshold(NamedTuple):
    """A whole number that pages and alerts ask for by its key in `Campaign.thresholds`."""

    label: str
    hint: str
    default: int
    least: int
    most: int


THRESHOLDS: dict[str, Threshold] = {
    "overdue_soon_days": Threshold("快要超期的提醒（天）", "离最迟应种日不到这么多天，列为“几天内将超期”。", 7, 1, 60),
    "small_cell": Threshold("少于几人不显示", "禁忌缓种的人数少于这个数，街道以外的人看不到具体数。", 5, 0, 50),
}


def threshold(said: Mapping[str, Any], key: str) -> int:
    """Return what a campaign's `thresholds` say under a key, else what holds where a plan says nothing."""
    return said.get(key, THRESHOLDS[key].default)


def default_thresholds() -> dict[str, int]:
    return {key: one.default for key, one in THRESHOLDS.items()}
