"""What may be kept as 佐证材料: told by its content, never by its name; pictures are encoded anew."""

from __future__ import annotations

import subprocess
import sys

from ledgers.evidence.limits import ROOT, TOO_MANY_PIXELS
from ledgers.models import Evidence

MAX_BYTES = 20 * 1024 * 1024
ANSWER_SECONDS = 60

TOO_LARGE = f"一份材料最大 {MAX_BYTES // 1024 // 1024} MB，照片在手机里选“标准”画质再拍一张。"
NOT_TAKEN = "只收照片（JPG、PNG、HEIC、WebP）和 PDF，把材料拍成照片再传。"
UNREADABLE = "这张照片打不开，重新拍一张再传。"
TOO_MANY = "这张照片的像素太多，用手机普通模式重新拍一张再传。"

_HEIF_BRANDS = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1")


class EvidenceRefused(Exception):
    """A file that cannot be evidence; its text is the sentence for the page."""


def kind_of(data: bytes) -> str:
    """Tell a picture from a PDF by the first bytes; raises EvidenceRefused for anything else."""
    if data.startswith(b"%PDF-"):
        return Evidence.Kind.PDF
    if _is_picture(data):
        return Evidence.Kind.PICTURE
    raise EvidenceRefused(NOT_TAKEN)


def _is_picture(data: bytes) -> bool:
    if data.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")):
        return True
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return True
    return data[4:8] == b"ftyp" and data[8:12] in _HEIF_BRANDS


def fit_to_keep(data: bytes) -> tuple[str, bytes]:
    """Return kind and bytes as they are kept: a picture as a fresh JPEG, a PDF as it is; raises EvidenceRefused."""
    if len(data) > MAX_BYTES:
        raise EvidenceRefused(TOO_LARGE)
    kind = kind_of(data)
    return kind, data if kind == Evidence.Kind.PDF else encode_anew(data)


def encode_anew(data: bytes) -> bytes:
    """Have a child process decode and encode a picture; raises EvidenceRefused."""
    try:
        done = subprocess.run(
            [sys.executable, "-m", "ledgers.evidence.child"],
            input=data,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=ROOT,
            # Nothing of this process' environment, which holds keys and addresses.
            env={"PATH": "", "PYTHONDONTWRITEBYTECODE": "1"},
            timeout=ANSWER_SECONDS,
            check=False,
        )
    except (subprocess.TimeoutExpired, OSError) as error:
        raise EvidenceRefused(UNREADABLE) from error
    if done.returncode == TOO_MANY_PIXELS:
        raise EvidenceRefused(TOO_MANY)
    if done.returncode != 0 or not done.stdout:
        raise EvidenceRefused(UNREADABLE)
    return done.stdout
