"""The table of rules 2 as pure values, and the shorthand in which tests write doses."""

from datetime import date, timedelta

from ledgers.rules import DoseFact, PlatformRule, VaccineTable

DAYS = timedelta
TABLE = VaccineTable(
    [
        PlatformRule("inactivated", doses=2, gap=DAYS(21), due=(DAYS(56),), too_early_days=14),
        PlatformRule("adenovirus", doses=1),
        PlatformRule("recombinant", doses=3, gap=DAYS(28), due=(DAYS(56), 6), short_interval_days=28),
        PlatformRule("unknown", doses=3, gap=DAYS(28), due=(DAYS(56), 6), too_early_days=14, is_unknown=True),
    ]
)
PLATFORMS = {"i": "inactivated", "a": "adenovirus", "r": "recombinant", "u": None}


def day(text: str) -> date:
    """`08-16` is a day of 2021."""
    return date.fromisoformat(text if len(text) == 10 else f"2021-{text}")


def doses(text: str) -> list[DoseFact]:
    """Read `i 06-01 s1, u 06-25`: platform letter, day, and the stated number where one is stated."""
    facts = []
    for part in text.split(", "):
        platform, on, *stated = part.split()
        number = int(stated[0].removeprefix("s")) if stated else None
        facts.append(DoseFact(day(on), PLATFORMS[platform], number))
    return facts
