"""When a rule holds, and how an alert reads. Pure: no Django, no clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

BEHIND, AT_RISK, DROPOUT, SILENT = "behind", "at_risk", "dropout", "silent"


@dataclass(frozen=True)
class Thresholds:
    """From where on the rules hold: data of the campaign, under these names in its thresholds."""

    # Statuses of a phase item that raise an alert (rules 6).
    alert_phases: tuple[str, ...] = (BEHIND, AT_RISK)
    # Dropout rate at or above which a place is alerted, before it reaches the limit; null: never.
    alert_dropout: Decimal | None = Decimal("0.04")
    # Whole days without a visit, call, dose or answer; null: never.
    alert_silent_days: int | None = 2

    def as_json(self) -> dict[str, Any]:
        rate = None if self.alert_dropout is None else f"{self.alert_dropout.normalize():f}"
        return {
            "alert_phases": list(self.alert_phases),
            "alert_dropout": rate,
            "alert_silent_days": self.alert_silent_days,
        }


def read_thresholds(said: Mapping[str, Any]) -> Thresholds:
    """Read a campaign's thresholds; what it does not say stands as the street began with it."""
    usual = Thresholds()
    rate = said.get("alert_dropout", usual.alert_dropout)
    return Thresholds(
        alert_phases=tuple(said.get("alert_phases", usual.alert_phases)),
        alert_dropout=None if rate is None else Decimal(str(rate)),
        alert_silent_days=said.get("alert_silent_days", usual.alert_silent_days),
    )


def is_dropout_near(lost: int, base: int, threshold: Decimal | None) -> bool:
    """Tell whether the rate is at or above the threshold, exactly; nobody due yet is no dropout (rules 5)."""
    return threshold is not None and base > 0 and lost >= threshold * base


@dataclass(frozen=True)
class Finding:
    """A rule that holds: `key` names rule, place and phase item, null for none; `figures` are plain numbers."""

    rule: str
    place: str
    phase: int | None
    figures: Mapping[str, int]
    threshold: str = ""

    @property
    def key(self) -> tuple[str, str, int | None]:
        return self.rule, self.place, self.phase


def sentence(
    rule: str, figures: Mapping[str, int], threshold: str, phase: str = "", deadline: date | None = None
) -> str:
    """Write what was found as one sentence without its place."""
    if rule == DROPOUT:
        rate = Fraction(figures["lost"], figures["base"])
        return f"脱失率 {_rate(rate)}，第二针应完成 {figures['base']:,} 人，其中超期未种 {figures['lost']:,} 人"
    if rule == SILENT:
        left = f"，还有 {figures['open']:,} 人可动员或到期、超期" if figures.get("open") else ""
        return f"{threshold} 天没有走访、电话、接种和反馈的记录{left}"
    won = f"，其中可动员 {figures['winnable']:,} 人" if figures.get("winnable") else ""
    until = f"，{deadline.month}月{deadline.day}日截止" if deadline else ""
    return f"“{phase}”还差 {figures.get('remaining', 0):,} 人{won}{until}"


def condition(rule: str, threshold: str, measure: str = "") -> str:
    """Say the rule that raised an alert, with the threshold it then had; `measure` is the phase item's (rules 6)."""
    return {
        BEHIND: "该催的人比一周前多" if measure == "up_to_date" else "完成得比均匀推进慢",
        AT_RISK: "照近7天日均，预计完成日晚于截止日或算不出",
        DROPOUT: f"脱失率达到 {_limit(threshold)}",
        SILENT: f"连续 {threshold} 天没有任何记录，今天也还没有",
    }[rule]


def _rate(share: Fraction) -> str:
    hundredths = (share.numerator * 20000 + share.denominator) // (2 * share.denominator)
    return f"{hundredths // 100}.{hundredths % 100:02} %"


def _limit(threshold: str) -> str:
    return f"{(Decimal(threshold or 0) * 100).normalize():f} %"
