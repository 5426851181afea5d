"""How far a record of a dose is trusted: said, seen, confirmed by a roster (issue 3, 2)."""

from __future__ import annotations

from registry.models import Source

# Keys of registry.chips: 自述, 看过凭证, 花名册已核.
SAID, SEEN, CONFIRMED = "said", "seen", "confirmed"
_TRUST = {
    Source.CLINIC.value: CONFIRMED,
    Source.ROSTER.value: CONFIRMED,
    Source.CERTIFICATE.value: SEEN,
    Source.HEALTH_CODE.value: SEEN,
    Source.VERBAL.value: SAID,
}


def trust_of(source: str) -> str:
    """Return `said`, `seen` or `confirmed` for the source of a dose or statement."""
    return _TRUST[source]
