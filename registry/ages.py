"""Age in completed years (周岁, rules 1). Pure: the day is always given."""

from datetime import date

# Around these years nobody of a campaign is alive, and the calendar has days left on both sides.
_YEARS = range(1900, 2201)


def asked_day(text: str) -> date:
    """Parse an ISO date that somebody asks about; ValueError (to argparse: wrong usage) for any other text or year."""
    on = date.fromisoformat(text)
    if on.year not in _YEARS:
        raise ValueError(f"no day to ask about: {text}")
    return on


def age_on(birth_on: date, on: date) -> int:
    """Return completed years at the end of `on`; born on 02-29, a year older on 03-01 in common years."""
    return on.year - birth_on.year - ((on.month, on.day) < (birth_on.month, birth_on.day))


def born_by(age: int, on: date) -> date:
    """Return the last birth date of those who are at least `age` on `on`, so that a query compares dates only."""
    try:
        return on.replace(year=on.year - age)
    except ValueError:
        # `on` is 02-29 and that year has none: who was born on 03-01 is not yet as old.
        return on.replace(year=on.year - age, day=28)
