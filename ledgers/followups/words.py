"""The words with which villages fill in a ledger → reason codes (rules 3). Pure."""

from __future__ import annotations

import re
from datetime import date

from ledgers.rosters.reasons import reason_code

# 是否禁忌/缓种 ticked by hand is a word, and a word is 待佐证.
_EXEMPTIONS = (("禁忌", "1"), ("缓种", "2"), ("暂缓", "2"))
_OTHER = "10"
_OWN_WALK = re.compile(r"(?<![需要请])上门")


def reason_of(reason: str, exemption: str, efforts: str, remarks: str) -> str:
    """Return the code that the new cells of a row say, "" for none.

    未种原因 says it outright, also in words nobody knows (其他); the free columns only where their words are known.
    """
    if reason:
        return reason_code(reason)
    for word, code in _EXEMPTIONS:
        if word in exemption:
            return code
    for text in (efforts, remarks):
        # 上门 in what was done is the cadre's walk; in a reason it is the clinic's.
        code = reason_code(_OWN_WALK.sub("", text)) if text else _OTHER
        if code != _OTHER:
            return code
    return ""


# 8月20日打, 约20号来: a day within the words, and that somebody means to come then.
_WITHIN = re.compile(r"(?:(\d{1,2})月)?(\d{1,2})[日号]")
_MEANT = ("打", "种", "去", "来", "约", "定")
# 打了, 已种: what is over is no promise.
_OVER = re.compile(r"[打种去来约]了|已(?!约|预约)|过")


def day_promised(words: str, on: date) -> date | None:
    """Return the day from `on` on that the words promise, None for none or several; a bare day is the next such."""
    found = _WITHIN.findall(words)
    if len(found) != 1 or _OVER.search(words) or not any(word in words for word in _MEANT):
        return None
    month, day = int(found[0][0] or 0), int(found[0][1])
    year, first = (on.year, month or on.month)
    try:
        meant = date(year, first, day)
    except ValueError:
        return None
    if meant >= on:
        return meant
    return None if month else _a_month_on(meant)


def _a_month_on(day: date) -> date | None:
    try:
        return date(day.year + day.month // 12, day.month % 12 + 1, day.day)
    except ValueError:
        return None
