"""Identity numbers and phones that are nobody's: order codes of 900 and over, an unissued phone prefix."""

from datetime import date
from random import Random

from registry.identity import check_digit

# Where incoming people were first registered.
_ELSEWHERE = ("500101", "500230", "500240", "422802", "511602", "510521", "500235", "512226")
# 154 is not given out to mobile users.
_PHONE_PREFIX = "15400"


class Numbers:
    """Draws numbers and never the same twice."""

    def __init__(self, rng: Random):
        self._rng = rng
        self._taken: set[str] = set()
        self._phones = 0

    def identity(self, birth_on: date, sex: str, *, incoming: bool = False) -> str:
        """Return a number with a right check digit (GB 11643): 900-999, odd for men, even for women."""
        while True:
            prefix = self._rng.choice(_ELSEWHERE) if incoming else self._prefix(birth_on)
            order = 900 + 2 * self._rng.randrange(50) + (sex == "M")
            body = f"{prefix}{birth_on:%Y%m%d}{order}"
            if body not in self._taken:
                self._taken.add(body)
                return body + check_digit(body)

    def phone(self) -> str:
        # Steps prime to the range of six digits: scattered, and none twice.
        self._phones += 1
        return f"{_PHONE_PREFIX}{self._phones * 618_033 % 1_000_000:06d}"

    def _prefix(self, birth_on: date) -> str:
        """Where the county's people were first registered, by year of birth (domain 3.1)."""
        if self._rng.random() < 0.03:
            return "500233"
        if birth_on.year <= 1991:
            return "512223"
        return "511222" if birth_on.year <= 1996 else "500233"
