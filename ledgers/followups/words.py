"""The words with which villages fill in a ledger → reason codes (rules 3). Pure."""

from __future__ import annotations

import re

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
