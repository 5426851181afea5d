"""Days and moments as the report's sentences say them."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from reports.briefing.table import Report


def day(on: date) -> str:
    return f"{on.month}月{on.day}日"


def until_words(report: Report) -> str:
    """截至2021年8月16日17:00; a day told later says until when records were in."""
    on, at = report.on, report.cut_off
    if at.date() == on:
        return f"截至{on.year}年{day(on)}{at:%H:%M}"
    return f"截至{on.year}年{day(on)}（按{moment(at)}前录入的记录）"


def moment(at: datetime) -> str:
    return f"{day(at)}{at:%H:%M}"


def percent_words(share: Decimal) -> str:
    """A limit as the plan writes it: 90.8%."""
    return f"{(share * 100).normalize():f}%"


def since_words(report: Report) -> str:
    """From when new persons are counted: the report before, or for the first one the end of the day before."""
    since = report.since
    if since["cut_off"]:
        return f"上期 {since['number']} 截至{moment(datetime.fromisoformat(since['cut_off']))}"
    return f"首期，从{day(date.fromisoformat(since['on']))}24:00算起"


def small_words(report: Report) -> str:
    """How few exempt people are told; "" where the plan hides nobody."""
    few = report.campaign["small_cell"]
    if few <= 1:
        return ""
    return f"禁忌、缓种、暂缓中不足 {few} 人的只写“<{few}”；能倒推出来的，应种未种、间隔未到写“≤”两项之和，其余写“＊”。"
