"""Invented pictures and papers, drawn in code."""

import io

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw

PLACE, PHONE_MODEL = 0x8825, 0x0110
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def photo(form: str = "JPEG", size: tuple[int, int] = (640, 480), colour: str = "beige", turned: int = 1) -> bytes:
    """A certificate as a phone takes it: with the model and the place in its EXIF."""
    picture = Image.new("RGB", size, colour)
    ImageDraw.Draw(picture).rectangle((40, 40, 300, 90), fill="firebrick")
    exif = Image.Exif()
    exif[PHONE_MODEL] = "TestPhone 9"
    exif[0x0112] = turned
    exif.get_ifd(PLACE)[2] = (30.0, 12.0, 7.5)
    if form == "HEIF":
        from pillow_heif import register_heif_opener

        register_heif_opener()
    written = io.BytesIO()
    picture.save(written, form, exif=exif)
    return written.getvalue()


def flood() -> bytes:
    """A small file of 2,500 million pixels."""
    written = io.BytesIO()
    Image.new("1", (50_000, 50_000)).save(written, "PNG")
    return written.getvalue()


def upload(data: bytes | None = None, name: str = "IMG_0001.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data or photo())
