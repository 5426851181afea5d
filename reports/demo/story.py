"""The whole invented street, in the order in which its parts depend on one another."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from reports.demo.doses import Doses
from reports.demo.excuses import Excuses
from reports.demo.numbers import Numbers
from reports.demo.people import Household, People, Person
from reports.demo.street import FULL_SIZE
from reports.demo.units import Unit, Units


@dataclass
class Story:
    people: list[Person]
    households: list[Household]
    units: list[Unit]
    namesakes: list[Person]
    # For people who turn up later.
    numbers: Numbers
    scale: float


def tell(seed: int, size: int) -> Story:
    """Invent a street of about `size` people; the same seed and size give the same street."""
    rng = Random(seed)  # noqa: S311 - invented people, no secrets
    scale = size / FULL_SIZE
    makers = People(rng, size)
    people = makers.make()
    units = Units(rng, people, makers.numbers.phone, scale).make()
    excuses = Excuses(rng, people, scale)
    excuses.exempt()
    Doses(rng, people, scale).give()
    excuses.explain()
    return Story(people, makers.households, units, makers.namesakes, makers.numbers, scale)
