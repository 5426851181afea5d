"""日清 by village: who may sign for what, and which villages have signed for a day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from campaigns.access import may_change
from campaigns.models import Campaign
from ledgers.models import DaySigned
from registry.access import may, scope_of
from registry.models import Place, Role, User
from reports.movements.asked import Between


@dataclass(frozen=True)
class SignedVillage:
    """A village that has signed; `number` is the chosen ledger as it signed for it, `later` what the page adds."""

    name: str
    signed: DaySigned
    number: int
    later: int
    # What has come since it signed.
    url: str


@dataclass(frozen=True)
class VillageSigning:
    signed: list[SignedVillage]
    # Names and addresses of those that have not.
    open: list[tuple[str, str]]


def village_signing(
    asked: Between, places: Mapping[str, Place], signed: Mapping[str, DaySigned], closings: Mapping[str, int]
) -> VillageSigning:
    """Lay the villages' signatures beside the closing figures of the page."""
    population = "permanent" if asked.is_permanent else "all"
    done, missing = [], []
    for code, place in places.items():
        own = signed.get(code)
        if own is None:
            missing.append((place.name, f"?{asked.query(place=code, district='')}"))
            continue
        number = own.counts.get(code, {}).get(population, {}).get(asked.ledger, 0)
        url = f"?{asked.query(place=code, district='', opening=asked.closing, as_known_now=False)}"
        done.append(SignedVillage(place.name, own, number, closings.get(code, 0) - number, url))
    return VillageSigning(done, missing)


def may_sign_for(user: User, campaign: Campaign, village: Place | None) -> bool:
    """Whether the account may sign: staff for the whole and each village, cadres for a village that is all theirs."""
    if not may(user, "movements.sign"):
        return False
    if may_change(user, campaign):
        return True
    own = scope_of(user).prefixes(Role.CADRE)
    return village is not None and any(village.code.startswith(prefix) for prefix in own)
