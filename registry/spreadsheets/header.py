"""Finding the header of a sheet: below titles and dates, in one or two rows, merged or not (interfaces, Layout)."""

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from registry.spreadsheets.cells import text_of
from registry.spreadsheets.workbook import Merged

SEARCHED_ROWS = 30
MAX_LEVELS = 3
_MAX_HEADING = 60
_BRACKETS = re.compile(r"[(（\[【<《][^()（）\[\]【】<>《》]{0,60}[)）\]】>》]")
_DECORATION = str.maketrans(dict.fromkeys(" \t\r\n*＊:：。;,'\"“”_"))


@dataclass(frozen=True, slots=True)
class Header:
    """A row or two of headings; rows are counted from 0, `bottom` included.

    `headings` are as written, the upper one first where there are two.
    """

    top: int
    bottom: int
    headings: list[str]
    score: int


def plain_heading(heading: str) -> str:
    """Return a heading without spaces, line breaks, stars and colons, in half width and upper case."""
    return unicodedata.normalize("NFKC", heading).translate(_DECORATION).upper()


def forms_of(heading: str) -> tuple[str, str, str]:
    """Return the forms in which a heading is looked up: with brackets, without what is in them, without the signs."""
    text = plain_heading(heading)
    return text, _BRACKETS.sub("", text), re.sub(r"[()\[\]【】]", "", text)


def find_header(
    rows: list[list[Any]],
    merged: Merged,
    *,
    is_known: Callable[[str], bool],
    score: Callable[[list[str]], int],
) -> Header | None:
    """Return the best header among the first rows, None where no row scores.

    `score` says how good a list of headings is, 0 for not good enough. Of equals the one with
    fewer rows, then the upper one is taken.
    """
    best: Header | None = None
    for top, bottom, headings in _candidates(rows[:SEARCHED_ROWS], merged, is_known):
        found = Header(top, bottom, headings, score(headings))
        if found.score and (best is None or found.score > best.score):
            best = found
    return best


def _candidates(
    rows: list[list[Any]], merged: Merged, is_known: Callable[[str], bool]
) -> Iterator[tuple[int, int, list[str]]]:
    """Yield rows and pairs of rows that may be headers, single rows first."""
    for levels in range(1, MAX_LEVELS + 1):
        for top in range(len(rows)):
            bottom = top + levels - 1
            if bottom >= len(rows) or not any(cell != "" for cell in rows[top]):
                continue
            headings = _levels(rows, top, bottom, merged, is_known)
            if headings:
                yield top, bottom, headings


def _levels(
    rows: list[list[Any]], top: int, bottom: int, merged: Merged, is_known: Callable[[str], bool]
) -> list[str] | None:
    """Return the headings of some rows put together; None where a lower row is data and no heading."""
    levels = [_spread(rows, number, bottom, merged) for number in range(top, bottom + 1)]
    if any(level is None for level in levels[1:]) or levels[0] is None:
        return None
    headings = []
    for parts in zip(*levels, strict=True):
        # A cell merged over both rows says the same twice.
        distinct = [part for index, part in enumerate(parts) if part and part not in parts[:index]]
        together = "".join(distinct)[:_MAX_HEADING]
        if len(distinct) > 1 and not is_known(together):
            if is_known(distinct[-1]):
                together = distinct[-1]
            elif is_known(distinct[0]):
                return None
        headings.append(together)
    return headings


def _spread(rows: list[list[Any]], number: int, bottom: int, merged: Merged) -> list[str] | None:
    """Return a row's texts, a group's title repeated over its columns; None for a row with numbers or dates."""
    width = max(len(row) for row in rows[: bottom + 1])
    row = rows[number] + [""] * (width - len(rows[number]))
    if any(cell.__class__ is not str for cell in row):
        return None
    texts = [text_of(cell)[:_MAX_HEADING] for cell in row]
    for first_row, left, last_row, right in merged:
        if first_row <= number <= last_row and right < width and texts[left]:
            texts[left : right + 1] = [texts[left]] * (right + 1 - left)
    if number < bottom:
        _spread_over_blanks(texts, rows[number + 1])
    return texts


def _spread_over_blanks(texts: list[str], below: list[Any]) -> None:
    """Repeat a title to its right while the cells are empty and have a heading below (no merge is told)."""
    for column in range(1, min(len(texts), len(below))):
        if not texts[column] and texts[column - 1] and below[column] != "" and below[column - 1] != "":
            texts[column] = texts[column - 1]
