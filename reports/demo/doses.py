"""Invented histories of doses, such that each village ends where its figures say it stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from reports.demo.people import Person
from reports.demo.street import DEMO_DAY, VILLAGES, Village

# How likely a resident of an age is to be among those with a first dose.
_WILLINGNESS = ((15, 0.03), (18, 0.10), (60, 0.86), (70, 0.60), (80, 0.48), (200, 0.26))
# First doses before this day have their second dose due before the demonstration's day (rules 5).
_DUE_LIMIT = DEMO_DAY - timedelta(days=56)
_EARLY_SHARE = 0.58
_EARLY = ((date(2021, 1, 12), 1), (date(2021, 2, 1), 1), (date(2021, 3, 1), 6), (date(2021, 4, 1), 14),
          (date(2021, 5, 6), 38), (date(2021, 6, 1), 40), (_DUE_LIMIT, 0))  # fmt: skip
_LATE = ((_DUE_LIMIT, 24), (date(2021, 7, 1), 24), (date(2021, 7, 17), 27), (date(2021, 8, 1), 25),
         (DEMO_DAY + timedelta(days=1), 0))  # fmt: skip
# Key trades had to be done by the end of July (plan 五(一)); all but a few of their staff were.
_LATE_STAFF = ((_DUE_LIMIT, 20), (date(2021, 7, 1), 75), (date(2021, 8, 1), 5), (DEMO_DAY, 0))
_STAFF = ("staff", "temporary")
_TEENS = ((date(2021, 8, 1), 1), (DEMO_DAY + timedelta(days=1), 0))
_INACTIVATED = (("bibp", 46), ("sinovac", 33), ("wibp", 15), ("kconvac", 4), ("imbcams", 2))
# What the county handed out for single shots, and from when.
_ADENOVIRUS_SHARE, _RECOMBINANT_SHARE = 0.035, 0.025
_ADENOVIRUS_FROM, _RECOMBINANT_FROM = date(2021, 5, 15), date(2021, 4, 10)
_CENTRE, _POST = "乌杨卫生院", "乌杨街道临时接种点"
_ELSEWHERE = ("广东省东莞市某社区卫生服务中心", "浙江省宁波市某街道接种点", "重庆市渝北区某社区卫生服务中心")


@dataclass(slots=True)
class Dose:
    on: date
    product: str  # "" where the record names none.
    number: int | None
    source: str
    site: str
    lot: str = ""


class Doses:
    """Gives people their doses; afterwards some histories are made as untidy as real ones."""

    def __init__(self, rng: Random, people: list[Person], scale: float):
        self._rng, self._people, self._scale = rng, people, scale

    def give(self) -> None:
        residents: dict[str, list[Person]] = {village.code: [] for village in VILLAGES}
        others = []
        for person in self._people:
            if person.age() < 12 or person.status != "active":
                continue
            if person.is_permanent:
                residents[person.village].append(person)
            else:
                others.append(person)
        for village in VILLAGES:
            self._vaccinate(village, residents[village.code])
        self._vaccinate_elsewhere(others)
        self._untidy()

    def _vaccinate(self, village: Village, residents: list[Person]) -> None:
        """Reach the village's shares of its census base: first dose, full, and lost after the first."""
        base = village.census_base * self._scale
        open_to = [person for person in residents if person.exemption is None]
        vaccinated = sorted(open_to, key=self._reluctance)[: round(base * village.first_share)]
        self._rng.shuffle(vaccinated)
        for person in vaccinated:
            self._first(person)
        two_doses = [p for p in vaccinated if p.doses[0].product not in ("cansino", "zf2001")]
        early = [p for p in two_doses if p.doses[0].on < _DUE_LIMIT]
        lost = round(sum(p.doses[0].on < _DUE_LIMIT for p in vaccinated) * village.lost_share)
        for person in early[lost:]:
            self._second(person)
        for person in vaccinated:
            if person.doses[0].product == "zf2001":
                self._second_and_third(person)
        full = len(early) - lost + sum(p.doses[0].product == "cansino" for p in vaccinated)
        ready = [p for p in two_doses if _DUE_LIMIT <= p.doses[0].on <= DEMO_DAY - timedelta(days=21)]
        for person in ready[: max(0, round(base * village.full_share) - full)]:
            self._second(person)

    def _reluctance(self, person: Person) -> float:
        """Draw a place in the order of vaccination: weighted, staff of units and cadres nearly always first."""
        share = next(share for limit, share in _WILLINGNESS if person.age() < limit)
        if person.membership in _STAFF:
            share = 20.0
        return -(self._rng.random() ** (1 / share))

    def _first(self, person: Person) -> None:
        if person.age() < 18:
            product, periods = self._rng.choice(("bibp", "sinovac")), _TEENS
        else:
            product = self._rng.choices([key for key, _ in _INACTIVATED], [share for _, share in _INACTIVATED])[0]
            late = _LATE_STAFF if person.membership in _STAFF else _LATE
            periods = _EARLY if self._rng.random() < _EARLY_SHARE else late
        on = self._day(periods)
        if person.age() >= 18:
            product = self._other_platform(product, on)
        person.doses.append(self._dose(on, product, 1))

    def _other_platform(self, product: str, on: date) -> str:
        draw = self._rng.random()
        if draw < _ADENOVIRUS_SHARE and on >= _ADENOVIRUS_FROM:
            return "cansino"
        if _ADENOVIRUS_SHARE <= draw < _ADENOVIRUS_SHARE + _RECOMBINANT_SHARE and on >= _RECOMBINANT_FROM:
            return "zf2001"
        return product

    def _day(self, periods) -> date:
        """Draw a day of one of the periods (first day, weight); fewer on Sundays."""
        index = self._rng.choices(range(len(periods)), [weight for _, weight in periods])[0]
        start, end = periods[index][0], periods[index + 1][0]
        on = start + timedelta(days=self._rng.randrange((end - start).days))
        if on.weekday() == 6 and self._rng.random() < 0.7 and on > start:
            on -= timedelta(days=self._rng.randint(1, min(6, (on - start).days)))
        return on

    def _dose(self, on: date, product: str, number: int) -> Dose:
        draw = self._rng.random()
        source = (
            "clinic" if draw < 0.86 else "roster" if draw < 0.96 else "certificate" if draw < 0.985 else "health_code"
        )
        site = _CENTRE if self._rng.random() < 0.7 else _POST
        return Dose(on, product, number, source, site, f"2021{on.month:02d}{self._rng.randint(100, 999)}")

    def _second(self, person: Person) -> None:
        """Three to eight weeks after the first, never after the demonstration's day."""
        first = person.doses[0]
        longest = min(55, (DEMO_DAY - first.on).days)
        gap = 21 + int(self._rng.expovariate(1 / 7))
        on = first.on + timedelta(days=gap if gap <= longest else self._rng.randint(min(21, longest), longest))
        person.doses.append(self._dose(on, first.product, 2))

    def _second_and_third(self, person: Person) -> None:
        for number in (2, 3):
            on = person.doses[-1].on + timedelta(days=28 + self._rng.randrange(9))
            if on > DEMO_DAY:
                return
            person.doses.append(self._dose(on, "zf2001", number))

    def _vaccinate_elsewhere(self, people: list[Person]) -> None:
        """Those away: about half are known to have doses, proven by certificate or health code."""
        for person in people:
            if person.age() < 18 or self._rng.random() > 0.55:
                continue
            self._first(person)
            if self._rng.random() < 0.8 and person.doses[0].on <= DEMO_DAY - timedelta(days=40):
                self._second(person) if person.doses[0].product != "zf2001" else self._second_and_third(person)
            if person.doses[0].product == "cansino":
                del person.doses[1:]
            for dose in person.doses:
                dose.source = self._rng.choice(("certificate", "health_code", "clinic"))
                dose.site = self._rng.choice(_ELSEWHERE)

    def _untidy(self) -> None:
        """Change some histories into those that rules 2 has marks for."""
        two = [p for p in self._people if len(p.doses) == 2 and p.doses[0].product != "zf2001" and p.age() >= 18]
        self._rng.shuffle(two)
        for change, count in ((self._too_early, 36), (self._only_second, 28), (self._mixed, 14), (self._unnamed, 70)):
            for _ in range(min(max(1, round(count * self._scale)), len(two))):
                change(two.pop())

    def _too_early(self, person: Person) -> None:
        person.doses[1].on = person.doses[0].on + timedelta(days=self._rng.randint(7, 13))

    def _only_second(self, person: Person) -> None:
        second = person.doses[1]
        second.source = "roster"
        person.doses = [second]

    def _mixed(self, person: Person) -> None:
        person.doses[1].product = self._rng.choice(("cansino", "zf2001"))
        person.doses[1].number = 1

    def _unnamed(self, person: Person) -> None:
        for dose in person.doses[self._rng.choice((0, 1)) :]:
            dose.product = ""
