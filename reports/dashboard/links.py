"""Where a figure's list is: every figure on the pages of progress opens the ledger behind it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property, lru_cache
from urllib.parse import quote_plus

from django.urls import reverse
from django.utils.safestring import SafeString

from ledgers.summary import is_unplaced
from reports.lists.asked import CLAIMANTS, DOSED, EVERYBODY, PERMANENT, SECOND_DUE, UNDECIDED


@cache
def _path(ledger: str) -> str:
    # A page names some hundred lists; where they live does not change while the site runs.
    return reverse("ledger", args=[ledger])


@cache
def _people() -> str:
    return reverse("balance_people")


@lru_cache(maxsize=2000)
def _query(*pairs: tuple[str, str]) -> str:
    """Parameters ready for a template, each with & behind it; empty values say nothing."""
    return "".join(f"{name}={quote_plus(str(value))}&amp;" for name, value in pairs if value)


@dataclass(frozen=True)
class Lists:
    """Makes the addresses of ledger lists of one campaign and day, within one village, group or unit if given."""

    on: date
    campaign: str = ""
    # Such as {"village": code}; what a list is narrowed by beside the ledger.
    within: tuple[tuple[str, str], ...] = ()

    def of(self, ledger: str, **narrow: str) -> str:
        """Return the address of a ledger's list, ready for a template; empty values narrow nothing."""
        # Escaped once, here: templates show some hundred addresses on a page.
        return SafeString(f"{_path(ledger)}?{self._common}{_query(*narrow.items())}on={self.on}")

    @cached_property
    def _common(self) -> str:
        return _query(("campaign", self.campaign), *self.within)

    def inside(self, **place: str) -> Lists:
        return Lists(self.on, self.campaign, (*self.within, *place.items()))

    def moved(self, since: date, ledger: str, *, permanent: bool = False) -> str:
        """Return the address of who came into a ledger or left it since an earlier day, both days as known now.

        "" where the list is narrowed by what movements do not know, such as an age.
        """
        return self._moved(since, [("ledger", ledger), ("side", "net")], permanent=permanent)

    def dosed_since(self, since: date, measure: str) -> str:
        """Return the same of permanent residents with a first dose, or all of them (`ledgers.movements` MEASURES)."""
        return self._moved(since, [("measure", measure)], permanent=True)

    def _moved(self, since: date, figure: list[tuple[str, str]], *, permanent: bool) -> str:
        if self._movement_place is None:
            return ""
        residency = "permanent" if permanent else ""
        figure = [*figure, ("residency", residency)]
        return SafeString(
            f"{_people()}?{self._movement_place}{_query(*figure)}known=now&amp;from={since}&amp;to={self.on}"
        )

    @cached_property
    def _movement_place(self) -> str | None:
        """The place as movements name it; None where they know no such set of people."""
        inside = dict(self.within)
        group, village, district = (inside.pop(name, "") for name in ("group", "village", "district"))
        place = group or village
        if inside or place.endswith("000") or (place and is_unplaced(place)):
            return None
        return _query(("campaign", self.campaign), ("place", place), ("district", district))

    @property
    def everybody(self) -> str:
        return self.of(EVERYBODY)

    @property
    def everybody_permanent(self) -> str:
        return self.of(EVERYBODY, residency=PERMANENT)

    @property
    def undecided(self) -> str:
        """类型未定 within 常住口径."""
        return self.of(EVERYBODY, residency=UNDECIDED)

    @property
    def claimants(self) -> str:
        return self.of(EVERYBODY, residency=PERMANENT, only=CLAIMANTS)

    @property
    def second_due(self) -> str:
        return self.of(EVERYBODY, residency=PERMANENT, only=SECOND_DUE)

    @property
    def dosed(self) -> str:
        return self.of(EVERYBODY, only=DOSED)

    @property
    def unvaccinated(self) -> str:
        return self.of("unvaccinated")

    @property
    def unvaccinated_permanent(self) -> str:
        return self.of("unvaccinated", residency="permanent")

    @property
    def completed(self) -> str:
        return self.of("completed")

    @property
    def completed_permanent(self) -> str:
        return self.of("completed", residency="permanent")

    @property
    def incomplete(self) -> str:
        return self.of("incomplete")

    @property
    def incomplete_permanent(self) -> str:
        return self.of("incomplete", residency="permanent")

    @property
    def waiting(self) -> str:
        return self.of("incomplete", sub="waiting")

    @property
    def due(self) -> str:
        return self.of("incomplete", sub="due")

    @property
    def overdue(self) -> str:
        return self.of("incomplete", sub="overdue")

    @property
    def overdue_permanent(self) -> str:
        return self.of("incomplete", sub="overdue", residency="permanent")

    @property
    def excused(self) -> str:
        return self.of("incomplete", sub="excused")

    @property
    def exempt(self) -> str:
        return self.of("exempt")

    @property
    def exempt_permanent(self) -> str:
        return self.of("exempt", residency="permanent")
