"""What is looked at in a zipped workbook before any reader opens it (reliability S05)."""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator

from registry.spreadsheets.refusals import Refused

MAX_ENTRIES = 1_000
# Beyond this share of packing in a large part nobody has typed what is in it.
MAX_RATIO, RATIO_FROM_BYTES = 200, 16 * 1024 * 1024
_HEAD = 8 * 1024
_CHUNK = 1 << 20
_OVERLAP = 512
_FORMULA_TO_ANOTHER_FILE = re.compile(rb"<f\b[^>]{0,200}>[^<]{0,300}\[\d{1,4}\]")
_ERROR_CELL = re.compile(
    rb"""<c\b[^>]{0,200}?\st=["']e["'][^>]{0,200}>(?:<f\b[^>]{0,200}(?:/>|>[^<]{0,9000}</f>))?<v>([^<]{1,20})</v>"""
)
_REFERENCE = re.compile(rb"""\sr=["']([A-Z]{1,3})([0-9]{1,7})["']""")
_RELATIONSHIP = re.compile(rb"<Relationship\b[^>]{0,2000}>")
_SHEET = re.compile(rb"<(?:\w+:)?sheet\b[^>]{0,2000}>")


def inspect(data: bytes, max_unpacked_bytes: int) -> None:
    """Refuse a zip that is a bomb, locked, dangerous or no workbook; nothing is unpacked as a whole."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            _check_sizes(entries, max_unpacked_bytes)
            if any(entry.flag_bits & 1 for entry in entries):
                raise Refused("encrypted")
            names = {entry.filename for entry in entries}
            _check_heads(archive, entries)
            if "content.xml" in names and "xl/workbook.xml" not in names:
                _check_document(archive)
            else:
                _check_workbook(archive, names)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, KeyError, OSError, ValueError) as error:
        raise Refused("not_a_spreadsheet") from error


def _check_sizes(entries: list[zipfile.ZipInfo], max_unpacked_bytes: int) -> None:
    if len(entries) > MAX_ENTRIES or sum(entry.file_size for entry in entries) > max_unpacked_bytes:
        raise Refused("unsafe")
    for entry in entries:
        if entry.file_size > RATIO_FROM_BYTES and entry.file_size > MAX_RATIO * max(entry.compress_size, 1):
            raise Refused("unsafe")


def _check_heads(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> None:
    """No part may define entities: a workbook never needs them, a bomb does."""
    for entry in entries:
        if entry.filename.endswith((".xml", ".rels")):
            with archive.open(entry) as part:
                head = part.read(_HEAD).replace(b"\0", b"")
            if b"<!DOCTYPE" in head or b"<!ENTITY" in head:
                raise Refused("unsafe")


def _check_document(archive: zipfile.ZipFile) -> None:
    """Check an OpenDocument file: it must be a spreadsheet, and not locked."""
    kind = archive.read("mimetype") if "mimetype" in archive.namelist() else b"spreadsheet"
    if b"spreadsheet" not in kind:
        raise Refused("not_a_spreadsheet")
    if "META-INF/manifest.xml" in archive.namelist():
        with archive.open("META-INF/manifest.xml") as part:
            if b"encryption-data" in part.read(256 * 1024):
                raise Refused("encrypted")


def _check_workbook(archive: zipfile.ZipFile, names: set[str]) -> None:
    """Check an .xlsx, .xlsm or .xlsb: sheets with cells, none that live by another file."""
    sheets = [name for name in names if name.startswith("xl/worksheets/") and name.endswith((".xml", ".bin"))]
    if not sheets:
        holds_macros = any(name.startswith("xl/macrosheets/") or name.endswith("vbaProject.bin") for name in names)
        raise Refused("unsafe" if holds_macros else "not_a_spreadsheet")
    if any(name.startswith("xl/externalLinks/") for name in names):
        for sheet in sheets:
            if any(_FORMULA_TO_ANOTHER_FILE.search(text) for text in _windows(archive, sheet)):
                raise Refused("unsafe", "表格里的公式引用了别的文件，数值可能已过期；请把公式粘贴为数值后重新上传。")


def _windows(archive: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    """Yield a part's bytes in windows that overlap, so that nothing short is cut in two."""
    with archive.open(name) as part:
        tail = b""
        while chunk := part.read(_CHUNK):
            yield tail + chunk
            tail = chunk[-_OVERLAP:]


def error_cells(data: bytes, sheet_name: str) -> dict[int, dict[int, str]]:
    """Return row → column → error text of an .xlsx sheet, both counted from 0.

    The reader gives such cells as empty, and an empty cell says something else than #N/A.
    """
    found: dict[int, dict[int, str]] = {}
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            part = _part_of_sheet(archive, sheet_name)
            for text in _windows(archive, part) if part else ():
                if b't="e"' not in text and b"t='e'" not in text:
                    continue
                for match in _ERROR_CELL.finditer(text):
                    if place := _REFERENCE.search(match[0]):
                        row = found.setdefault(int(place[2]) - 1, {})
                        row[_column_index(place[1])] = match[1].decode("ascii", "replace")
    except (zipfile.BadZipFile, KeyError, zlib.error, EOFError):
        return {}
    return found


def _part_of_sheet(archive: zipfile.ZipFile, sheet_name: str) -> str:
    """Return the part that holds a sheet, by the workbook's relationships; "" where there is none."""
    targets = {}
    for element in _RELATIONSHIP.findall(archive.read("xl/_rels/workbook.xml.rels")):
        targets[_attribute(element, b"Id")] = _attribute(element, b"Target")
    for element in _SHEET.findall(archive.read("xl/workbook.xml")):
        if _unescaped(_attribute(element, b"name")) == sheet_name:
            target = targets.get(_attribute(element, b"r:id") or _attribute(element, b"id"), "")
            return target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    return ""


def _attribute(element: bytes, name: bytes) -> str:
    match = re.search(rb"""\s""" + name + rb"""=(?:"([^"]*)"|'([^']*)')""", element)
    return (match[1] or match[2] or b"").decode("utf-8", "replace") if match else ""


def _unescaped(text: str) -> str:
    for entity, character in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&")):
        text = text.replace(entity, character)
    return text


def _column_index(letters: bytes) -> int:
    index = 0
    for letter in letters:
        index = index * 26 + letter - 64
    return index - 1
