"""When a digest may be made, and its words. Pure: no Django, no clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time

# Late enough for the day's work, early enough to leave people their evening.
EARLIEST, LATEST = time(17), time(21)


def may_be_made(at: time) -> bool:
    """From 17:00 on, and not from 21:00 on."""
    return EARLIEST <= at < LATEST


@dataclass(frozen=True)
class Kind:
    """A kind of news: its heading, its sentence with {n}, the route that shows it and what follows the address."""

    key: str
    name: str
    text: str
    route: str
    query: str = ""
    icon: str = "info"


KINDS = (
    Kind("asked", "督办单", "收到或退回 {n} 张，看要求和期限", "nudges", "?show=waiting", "flag"),
    Kind("answered", "督办单", "{n} 张有了反馈，等你销号", "nudges", "?show=answered", "flag"),
    Kind("closed", "督办单", "{n} 张已销号", "nudges", "?show=closed", "flag"),
    Kind("alerts", "预警", "新发现 {n} 条", "alerts", "", "risk"),
    Kind("questions", "待核实", "新增 {n} 个问题等你核实", "conflicts", "", "scale"),
    Kind("approved", "禁忌缓种申请", "{n} 件已通过", "exemptions", "", "diamond"),
    Kind("rejected", "禁忌缓种申请", "{n} 件已退回，看原因、补材料", "exemptions", "?show=returned", "undo"),
    Kind("corrected", "你负责的人的资料", "{n} 人的资料被别人更正，下面写着是谁、改了哪几项", "", "", "pencil"),
    Kind("changed", "你登记的接种记录", "{n} 条被别人更正或没有采用，下面写着是谁的、为什么", "", "", "pencil"),
)
