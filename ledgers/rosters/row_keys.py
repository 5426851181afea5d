"""The hidden key of a row of our own ledgers: which person, of which campaign, and what the row said when it left.

Opaque and unforgeable, with no personal data: the keys of the database and check sums of the cells, sealed with
the site's own secret. A row that comes back tells which of its cells were touched.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import struct
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings

# The cells of a row that somebody may fill in, and the name, by the field names of `FollowupResource`.
FIELDS = ("name", "phone", "reason", "exemption_word", "promised_on", "caretaker", "efforts", "remarks")
_PAYLOAD = struct.Struct(f">IQ{len(FIELDS)}I")
_TAG_BYTES = 8
# So that no program takes the text for a number, a date or a formula.
_PREFIX = "k"


@dataclass(frozen=True, slots=True)
class RowKey:
    campaign: int
    resident: int
    sums: tuple[int, ...]

    def is_untouched(self, field: str, text: str) -> bool:
        """Whether a cell still says what it said when the ledger was handed out."""
        return self.sums[FIELDS.index(field)] == _sum(text)


def seal(campaign: int, resident: int, shown: Iterable[str]) -> str:
    """Return the key of a row; `shown` are the texts of its cells in the order of FIELDS, days in ISO, "" if absent."""
    payload = _PAYLOAD.pack(campaign, resident, *map(_sum, shown))
    tag = _tag(payload)
    return _PREFIX + base64.urlsafe_b64encode(tag + _mixed(payload, tag)).decode()


def unseal(text: str) -> RowKey | None:
    """Read a key; None for what is none of ours, or was changed."""
    try:
        data = base64.urlsafe_b64decode(text.removeprefix(_PREFIX).encode())
    except (ValueError, binascii.Error):
        return None
    if not text.startswith(_PREFIX) or len(data) != _TAG_BYTES + _PAYLOAD.size:
        return None
    payload = _mixed(data[_TAG_BYTES:], data[:_TAG_BYTES])
    if not hmac.compare_digest(_tag(payload), data[:_TAG_BYTES]):
        return None
    campaign, resident, *sums = _PAYLOAD.unpack(payload)
    return RowKey(campaign, resident, tuple(sums))


# Names aside, few different texts fill the cells of a ledger.
@lru_cache(maxsize=10_000)
def _sum(text: str) -> int:
    return zlib.crc32("".join(text.split()).encode())


def _tag(payload: bytes) -> bytes:
    return hashlib.blake2b(payload, digest_size=_TAG_BYTES, key=_secret(settings.SECRET_KEY, "tag")).digest()


def _mixed(payload: bytes, tag: bytes) -> bytes:
    """Hide or show the payload: the tag is different for each payload, and so is what it is mixed with."""
    stream = hashlib.blake2b(tag, digest_size=_PAYLOAD.size, key=_secret(settings.SECRET_KEY, "mix")).digest()
    # As one large number: byte by byte takes ten times as long, and a ledger has 100,000 rows.
    return (int.from_bytes(payload) ^ int.from_bytes(stream)).to_bytes(_PAYLOAD.size)


@lru_cache(maxsize=4)
def _secret(key: str, use: str) -> bytes:
    return hashlib.blake2b(key.encode(), digest_size=32, person=f"row {use}".encode()).digest()
