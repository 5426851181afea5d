"""What a reader asks of the movements: two days, a place, a population and, for lists, one figure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from urllib.parse import urlencode

from campaigns.models import Campaign
from ledgers.day import LEDGERS
from ledgers.movements.rules import MEASURES, SPLITS
from reports.days import read_day, shown_day

# "net": both sides, whose difference is the change of the ledger.
SIDES = {"into": "转入", "out": "转出", "net": "变动"}
POPULATIONS = {"all": "全口径", "permanent": "常住口径"}
EVERY_UNIT = "all"
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Between:
    """Both days inclusive ends: what stood at 24:00 of `opening`, and at 24:00 of `closing`.

    `as_known_now`: both looked at with what is known now, whatever was signed for.
    """

    opening: date
    closing: date
    place: str = ""
    # The 片区, a set of villages; it says nothing beside a place.
    district: str = ""
    # The key of a unit, or "all" for those the reader answers for or oversees, unit by unit.
    unit: str = ""
    residency: str = "all"
    ledger: str = "unvaccinated"
    campaign: str = ""
    as_known_now: bool = False
    side: str = "into"
    cause: str = ""
    # The row of the table whose people are asked for; "" is the whole of `place`.
    row: str = ""
    # People of a measure of doses instead of a ledger, and of a part of its difference ("" for all).
    measure: str = ""
    part: str = ""

    @property
    def is_permanent(self) -> bool:
        return self.residency == "permanent"

    def query(self, **changes: object) -> str:
        """The address of this question with some of it changed; what is empty stays out."""
        asked = replace(self, **changes)
        values = {
            "from": asked.opening.isoformat(),
            "to": asked.closing.isoformat(),
            "place": asked.place,
            "district": asked.district,
            "unit": asked.unit,
            "residency": "" if asked.residency == "all" else asked.residency,
            "ledger": asked.ledger,
            "campaign": asked.campaign,
            "known": "now" if asked.as_known_now else "",
            "side": "" if asked.side == "into" else asked.side,
            "cause": asked.cause,
            "row": asked.row,
            "measure": asked.measure,
            "part": asked.part,
        }
        return urlencode({name: value for name, value in values.items() if value})


def read_between(campaign: Campaign, given: Mapping[str, str], today: date) -> Between:
    """Read an address; what is not there or makes no sense is yesterday to today, everybody."""
    closing = shown_day(campaign, given.get("to", ""), today).on
    opening = shown_day(campaign, given.get("from", ""), closing - DAY).on if given.get("from") else closing - DAY
    opening, closing = sorted((read_day(opening.isoformat(), today), closing))
    chosen = given.get("place", "")
    place = _digits(chosen)
    # One field offers both: what is no code is a 片区.
    district = given.get("district", "") or ("" if chosen.isdigit() else chosen)
    unit = "" if place or district else given.get("unit", "")
    return Between(
        opening=opening,
        closing=closing,
        place=place,
        district="" if place else district[:60],
        unit=unit if unit == EVERY_UNIT else _digits(unit)[:9],
        residency=_one_of(given.get("residency", ""), tuple(POPULATIONS), "all"),
        ledger=_one_of(given.get("ledger", ""), LEDGERS, "unvaccinated"),
        campaign=given.get("campaign", "")[:60],
        as_known_now=given.get("known") == "now",
        side=_one_of(given.get("side", ""), tuple(SIDES), "into"),
        cause=given.get("cause", "")[:20],
        row=_digits(given.get("row", "")),
        measure=_one_of(given.get("measure", ""), MEASURES, ""),
        part=_one_of(given.get("part", ""), SPLITS, ""),
    )


def _one_of(value: str, values: tuple[str, ...], default: str) -> str:
    return value if value in values else default


def _digits(value: str) -> str:
    return value if value.isdigit() and len(value) <= 15 else ""
