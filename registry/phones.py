"""Phone numbers as rosters hold them: several in a cell, with words for whose they are (domain 4.4)."""

import re
import unicodedata

# Linear: every part has a fixed length, and the text is cut before.
_PHONE = re.compile(
    r"(?<!\d)(?:\+?(?:00)?86[- ]?)?"
    r"(1[3-9]\d[- ]?\d{4}[- ]?\d{4}|0\d{2,3}[- ]?\d{7,8}|\(0\d{2,3}\)[- ]?\d{7,8}|[2-8]\d{6,7})(?!\d)"
)
_NOT_DIGITS = re.compile(r"\D+")
_MAX_LENGTH = 200
_GUARDIAN = ("监护", "家长", "父", "母", "爸", "妈")
_FAMILY = ("家属", "儿", "女", "妻", "夫", "媳", "孙", "兄", "弟", "姐", "妹", "亲", "配偶", "邻居")


def read_phones(raw: str | int | float, whose: str = "") -> tuple[tuple[tuple[str, str], ...], bool]:
    """Return ((number, whose), …) without repetition, and whether all of the cell was understood.

    `whose` is what the column says; a word before a number (本人, 儿子, 监护人) says more.
    """
    if raw.__class__ is not str:
        raw = f"{raw:.0f}"
    if len(raw) == 11 and raw[0] == "1" and raw[1] in "3456789" and raw.isascii() and raw.isdigit():
        return ((raw, whose),), True
    text = unicodedata.normalize("NFKC", raw[:_MAX_LENGTH]).replace("\u2014", "-").replace("\u200b", "")
    found: dict[str, str] = {}
    last = 0
    rest = ""
    for match in _PHONE.finditer(text):
        before = text[last : match.start()]
        found.setdefault(_NOT_DIGITS.sub("", match[1]), _whose(before) or whose)
        rest += before
        last = match.end()
    rest += text[last:]
    understood = bool(found) and not any(c.isdigit() for c in rest.replace("+86", "")) and len(raw) <= _MAX_LENGTH
    return tuple(found.items()), understood


def _whose(words: str) -> str:
    if "本人" in words:
        return "self"
    if any(word in words for word in _GUARDIAN):
        return "guardian"
    return "family" if any(word in words for word in _FAMILY) else ""


def masked(number: str) -> str:
    return f"{number[:3]}****{number[-4:]}" if len(number) > 7 else "****"
