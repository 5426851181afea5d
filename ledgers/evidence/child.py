"""Decoding a picture in a child process, so that a hostile file can harm nothing but its own reader.

The child gets the file on standard input and answers on standard output with a JPEG of bounded size
that bears nothing of the original but its pixels; else its exit status says why not.
"""

from __future__ import annotations

import io
import resource
import sys

from PIL import Image, ImageOps
from pillow_heif import register_heif_opener

from ledgers.evidence.limits import LONGEST_SIDE, MAX_PIXELS, TOO_MANY_PIXELS, UNREADABLE, WANTED_BYTES

MEMORY_BYTES = 1024 * 1024 * 1024
CPU_SECONDS = 40
# Tried one after the other until the picture is small enough.
QUALITIES = (82, 68, 50)
FORMATS = ("JPEG", "PNG", "WEBP", "HEIF")


class Refused(Exception):
    """The picture cannot be taken; `status` is the exit status."""

    def __init__(self, status: int):
        self.status = status


def encoded_anew(data: bytes) -> bytes:
    """Return the picture as a JPEG, upright, at most LONGEST_SIDE wide or high, without any metadata."""
    picture = _opened(data)
    # A JPEG is unfolded at a fraction of its size at once.
    picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
    picture = ImageOps.exif_transpose(picture)
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    # Onto a fresh sheet: whatever else the file carried (EXIF, place, colour profile, thumbnail) stays behind.
    sheet = Image.new("RGB", picture.size, "white")
    sheet.paste(picture, mask=picture.getchannel("A") if "A" in picture.getbands() else None)
    return _small_enough(sheet)


def _opened(data: bytes) -> Image.Image:
    # Our own limit stands before Pillow's, which only warns up to twice its value.
    Image.MAX_IMAGE_PIXELS = None
    register_heif_opener(thumbnails=False)
    picture = Image.open(io.BytesIO(data), formats=FORMATS)
    if picture.width * picture.height > MAX_PIXELS:
        raise Refused(TOO_MANY_PIXELS)
    return picture


def _small_enough(picture: Image.Image) -> bytes:
    for quality in QUALITIES:
        written = io.BytesIO()
        picture.save(written, "JPEG", quality=quality)
        if written.tell() <= WANTED_BYTES:
            break
    return written.getvalue()


def main() -> int:
    """Serve one picture; return the exit status."""
    _limit(resource.RLIMIT_AS, MEMORY_BYTES)
    _limit(resource.RLIMIT_CPU, CPU_SECONDS)
    _limit(resource.RLIMIT_CORE, 0)
    # It writes nothing but its answer.
    _limit(resource.RLIMIT_FSIZE, 0)
    try:
        made = encoded_anew(sys.stdin.buffer.read())
    except Refused as refused:
        return refused.status
    except Exception:
        # Whatever a decoder stumbles over: the picture cannot be read.
        return UNREADABLE
    sys.stdout.buffer.write(made)
    return 0


def _limit(kind: int, most: int) -> None:
    """Set a limit that nothing may raise again; one that is lower already stays."""
    hard = resource.getrlimit(kind)[1]
    most = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(kind, (most, most))


if __name__ == "__main__":
    sys.exit(main())
