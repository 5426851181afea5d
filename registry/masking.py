"""Texts that people typed, with the numbers of people taken out (access.md). Pure."""

from __future__ import annotations

import re

# An identity number, whole, old or a digit short, also written in three parts.
_IDENTITY = re.compile(r"(?<!\d)(?:\d{6}[ -]\d{6,8}[ -]\d{3,4}[Xx]?|\d{15,}[Xx]?)")
# A telephone, also written in parts; any other long run of digits but a date of eight; a passport.
_OTHER = re.compile(r"(?<!\d)1[3-9]\d[ -]\d{4}[ -]\d{4}(?!\d)|\d{9,14}|(?<![A-Za-z\d])[A-Za-z]{1,2}\d{7,10}(?!\d)")


def hide_numbers(text: str) -> str:
    """Return the text with ****24 for telephones and the like; of an identity number only how long it is.

    Its final digits may not stand beside a birth date, and nobody knows what else a text says.
    """
    return _OTHER.sub(lambda found: f"****{found[0][-2:]}", _IDENTITY.sub(_length_of, text))


def _length_of(found: re.Match[str]) -> str:
    return f"****（{sum(c.isalnum() for c in found[0])}位）"
