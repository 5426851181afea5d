"""Which format a file is, told by its content and not by its name (interfaces, Rosters; reliability S05)."""

import re
from enum import StrEnum

from registry.spreadsheets import archive
from registry.spreadsheets.refusals import Limits, Refused


class Format(StrEnum):
    WORKBOOK = "workbook"
    HTML = "html"
    TEXT = "text"


_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = b"PK\x03\x04"
_HTML = re.compile(rb"<(?:!doctype\s+html|html|head|body|table|meta|style|div)\b", re.IGNORECASE)


def sniff(data: bytes, limits: Limits) -> Format:
    """Return the format of a file's bytes; raises Refused for what must not or cannot be read."""
    if len(data) > limits.max_bytes:
        raise Refused("too_large", f"文件超过 {limits.max_bytes // 1024 // 1024} MB，请拆成几个文件后分别导入。")
    if data.startswith(_ZIP):
        archive.inspect(data, limits.max_unpacked_bytes)
        return Format.WORKBOOK
    if data.startswith(_OLE):
        _inspect_ole(data)
        return Format.WORKBOOK
    if _looks_like_html(data):
        return Format.HTML
    if _looks_like_markup(data) or not data.strip():
        raise Refused("not_a_spreadsheet")
    return Format.TEXT


def _inspect_ole(data: bytes) -> None:
    """Tell an .xls from other files in the same container, by the names in its directory."""
    if _named(data, "EncryptedPackage") or _named(data, "EncryptionInfo"):
        raise Refused("encrypted")
    if not (_named(data, "Workbook") or _named(data, "Book") or _named(data, "WORKBOOK")):
        raise Refused("not_a_spreadsheet")


def _named(data: bytes, name: str) -> bool:
    return name.encode("utf-16-le") + b"\0\0" in data


def _looks_like_html(data: bytes) -> bool:
    head = _as_single_bytes(data)
    return head.startswith(b"<") and bool(_HTML.search(head)) and b"<table" in _as_single_bytes(data, None).lower()


def _looks_like_markup(data: bytes) -> bool:
    head = _as_single_bytes(data)
    return head.startswith((b"<", b"{\\rtf", b"%PDF")) and b"\n" not in head[:2]


def _as_single_bytes(data: bytes, length: int | None = 2048) -> bytes:
    """Return the start of a text as ASCII can be searched in it: no byte order mark, no UTF-16 zeros."""
    head = data[:length]
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        head = head[2:].replace(b"\0", b"")
    return head.removeprefix(b"\xef\xbb\xbf").lstrip()
