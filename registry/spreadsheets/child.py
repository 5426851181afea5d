"""Reading in a child process, so that a hostile file can harm nothing but its own reader (reliability S05).

The child gets the file on standard input, then one command a line; it answers on standard output
with frames: four bytes of length and a marshalled value, which can hold plain data only.
"""

import json
import marshal
import os
import resource
import select
import struct
import subprocess
import sys
import time
import weakref
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from registry.spreadsheets.refusals import Refused
from registry.spreadsheets.sniff import Format
from registry.spreadsheets.workbook import Head, LocalBook, SheetName, open_here

MEMORY_BYTES = 1024 * 1024 * 1024
CPU_SECONDS = 60
ANSWER_SECONDS = 120
# Text smaller than this is read where it is: it cannot unfold, and a process costs more.
SMALL_TEXT = 1024 * 1024
_CHUNK_ROWS = 500
_READ_BYTES = 1 << 20
_LENGTH = struct.Struct(">I")
_ROOT = Path(__file__).resolve().parents[2]


def open_book(data: bytes, form: Format) -> "LocalBook | ChildBook":
    """Open a spreadsheet where it is safe to; raises Refused."""
    if form is Format.TEXT and len(data) <= SMALL_TEXT:
        return open_here(data, form)
    return ChildBook(data, form)


class ChildBook:
    """A spreadsheet that a child process reads, until it is closed."""

    def __init__(self, data: bytes, form: Format):
        self._process: subprocess.Popen | None = None
        self._start(data, form)
        answer = self._ask("open", None)
        self.sheets = [SheetName(name, hidden) for name, hidden in answer["sheets"]]
        self.is_text = answer["is_text"]

    def head(self, index: int) -> Head:
        answer = self._ask("head", index)
        return Head(answer["rows"], [tuple(area) for area in answer["merged"]], answer["has_more"])

    def rows(self, index: int) -> Iterator[list[Any]]:
        answer = self._ask("rows", index)
        while answer:
            yield from answer
            answer = self._receive()

    def close(self) -> None:
        if self._process:
            self._stop()
            self._process = None

    def _ask(self, command: str, index: int | None) -> Any:
        try:
            self._process.stdin.write(json.dumps([command, index]).encode() + b"\n")
            self._process.stdin.flush()
        except OSError as error:
            raise self._failed() from error
        return self._receive()

    def _start(self, data: bytes, form: Format) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "registry.spreadsheets.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=_ROOT,
            env={"PATH": os.environ.get("PATH", ""), "PYTHONDONTWRITEBYTECODE": "1"},
        )
        self._stop = weakref.finalize(self, _end, self._process)
        try:
            self._process.stdin.write(json.dumps([form, len(data)]).encode() + b"\n")
            self._process.stdin.write(data)
        except OSError as error:
            raise self._failed() from error

    def _receive(self) -> Any:
        """Return the next frame's value; raises Refused for a refusal, a silent child or a dead one."""
        deadline = time.monotonic() + ANSWER_SECONDS
        (length,) = _LENGTH.unpack(self._read(_LENGTH.size, deadline))
        answer = marshal.loads(self._read(length, deadline))  # noqa: S302 - plain data only
        if isinstance(answer, dict) and "refused" in answer:
            self.close()
            raise Refused(answer["refused"], answer["sentence"])
        return answer

    def _read(self, length: int, deadline: float) -> bytes:
        # Past the buffer of the stream object, which would wait without a deadline.
        pipe = self._process.stdout.fileno()
        parts = []
        while length:
            ready, _, _ = select.select([pipe], [], [], max(0.0, deadline - time.monotonic()))
            part = os.read(pipe, min(length, _READ_BYTES)) if ready else b""
            if not part:
                raise self._failed()
            parts.append(part)
            length -= len(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def _failed(self) -> Refused:
        """Return why the child died: what passes its limits is not safe to read."""
        self.close()
        return Refused("unsafe")


def _end(process: subprocess.Popen) -> None:
    process.kill()
    for stream in (process.stdin, process.stdout):
        try:
            stream.close()
        except OSError:
            continue
    process.wait()


def main() -> None:
    """Serve one file: the loop of the child process."""
    _limit(resource.RLIMIT_AS, MEMORY_BYTES)
    _limit(resource.RLIMIT_CPU, CPU_SECONDS)
    _limit(resource.RLIMIT_CORE, 0)
    source, output = sys.stdin.buffer, sys.stdout.buffer
    form, length = json.loads(source.readline())
    try:
        book = None
        data = source.read(length)
        for line in source:
            command, index = json.loads(line)
            if book is None:
                book, data = open_here(data, Format(form)), b""
            for answer in _answers(book, command, index):
                frame = marshal.dumps(answer)
                output.write(_LENGTH.pack(len(frame)))
                output.write(frame)
            output.flush()
    except Refused as refused:
        frame = marshal.dumps({"refused": refused.code, "sentence": refused.sentence})
        output.write(_LENGTH.pack(len(frame)) + frame)
        output.flush()


def _limit(kind: int, most: int) -> None:
    """Set a limit that nothing may raise again; one that is lower already stays."""
    hard = resource.getrlimit(kind)[1]
    most = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(kind, (most, most))


def _answers(book: LocalBook, command: str, index: int) -> Iterator[Any]:
    if command == "open":
        yield {"sheets": [(sheet.name, sheet.hidden) for sheet in book.sheets], "is_text": book.is_text}
    elif command == "head":
        head = book.head(index)
        yield {"rows": head.rows, "merged": head.merged, "has_more": head.has_more}
    else:
        rows = book.rows(index)
        while chunk := list(islice(rows, _CHUNK_ROWS)):
            yield chunk
        yield []


if __name__ == "__main__":
    main()
