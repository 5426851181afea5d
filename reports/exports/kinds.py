"""The kinds of files with people's data, and how a new kind joins in.

A kind says what it is called and writes its file; the purpose, the list of who took what, the waiting for a
second person, the hash, the trail, the download and the end of the file are the same for all (access.md).
To join in, a module that is imported when the project starts (`reports.apps`) says:

    def write(export: Export, path: Path, report: Report) -> int:
        '''Write the file at `path` and return its rows; `cover_line(export)` stands in the sheet.'''

    register(FileKind("list_match", "名单比对", write))

and orders its files by

    order(layout="list_match", campaign=campaign, place=place, params={"list": 7}, people=312,
          terms=Terms(purpose, recipient="县疾控中心", is_full=True), by=user)      # reports.exports.order

`params` are keys and ISO dates, never personal data: the file is written later, by a worker, from what `write`
finds under them, with numbers in full where `export.is_full`. `place` is the narrowest place that holds
everybody in the list: whoever lets it go has that place in the scope. With `is_full` the export waits until
somebody else lets it go, or goes at once under a standing release of its layout, purpose and recipient;
without it (masked as lists are) nobody is asked. The asker then finds the file under 导出记录.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.utils import timezone

from reports.models import Export

Report = Callable[[int], None]


def _plain_name(export: Export) -> str:
    return kind_of(export.layout).words


def _nowhere(export: Export) -> str:
    return ""


def _workbook(export: Export) -> str:
    return ".xlsx"


@dataclass(frozen=True)
class FileKind:
    """A layout of files: its key in `Export.layout`, its words, and the function that writes one."""

    key: str
    words: str
    write: Callable[[Export, Path, Report], int]
    # What the downloaded file is called, before its number and ending.
    name: Callable[[Export], str] = _plain_name
    # The address at which whoever lets it go sees the same people masked; "" where there is none.
    shown_at: Callable[[Export], str] = _nowhere
    # The ending of the file; a sheet given back keeps its sender's kind of file.
    suffix_of: Callable[[Export], str] = _workbook


_KINDS: dict[str, FileKind] = {}


def register(kind: FileKind) -> FileKind:
    """Make a kind known; the last one under a key counts."""
    _KINDS[kind.key] = kind
    return kind


def kind_of(layout: str) -> FileKind:
    """Return the kind of a layout; an unknown key is a mistake and raises KeyError."""
    return _KINDS[layout]


def words_of(layout: str) -> str:
    """Name a layout; one that no longer exists stands as its key."""
    return _KINDS[layout].words if layout in _KINDS else layout


def layouts() -> list[tuple[str, str]]:
    """Return the key and the words of each layout, to choose from."""
    return [(kind.key, kind.words) for kind in _KINDS.values()]


def cover_line(export: Export) -> str:
    """Return the line that makes a sheet traceable: number, who, when, what for, to whom, who let it go."""
    at = timezone.localtime(export.at)
    line = f"导出编号 {export.number}　{export.by}　{at:%Y-%m-%d %H:%M} 导出　用途：{export.purpose}"
    if export.is_full:
        way = f"长期放行（{export.decided_by}）" if export.standing_id else f"{export.decided_by} 放行"
        line += f"　接收：{export.recipient}　{way}　含完整号码，用后销毁"
    return line
