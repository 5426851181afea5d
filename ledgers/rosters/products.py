"""Which vaccine the words of a roster name (domain 1.2); an unclear wording names none."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from registry.spreadsheets.cells import folded

_MARKS = str.maketrans(dict.fromkeys("()[]【】·-_/、,，。."))
# A word this short must stand alone: 一针 is part of many other words.
_MIN_PART = {True: 4, False: 2}


@dataclass(frozen=True, slots=True)
class ProductName:
    """A product of a campaign by one of its names; `platform_only` wordings tell no maker.

    `first_use_on` is the first use of another campaign than the roster's own, None for a product of that.
    """

    key: str
    platform: str
    platform_only: bool = False
    first_use_on: date | None = None


def comparable(one: ProductName | None, other: ProductName | None) -> bool:
    """Tell whether stated numbers of two products count together: within one vaccine (rules 2).

    A dose without a known product may be of any vaccine of the roster's own campaign.
    """
    if one and other:
        return one.platform == other.platform
    return not any(product and product.first_use_on for product in (one, other))


class ProductVocabulary:
    """Names of products; one name may be that of several, a maker's above all. What was asked is remembered."""

    def __init__(self, names: Iterable[tuple[str, ProductName]] = ()):
        self._names: dict[str, list[ProductName]] = {}
        # The wording of a platform that names no maker, for several products of one maker.
        self._generic: dict[str, ProductName] = {}
        for words, product in names:
            meant = self._names.setdefault(_plain(words), [])
            if product not in meant:
                meant.append(product)
            if product.platform_only:
                self._generic.setdefault(product.platform, product)
        self._names.pop("", None)
        self._answers: dict[tuple[str, str], ProductName | None] = {}

    def find(self, product: str, maker: str = "") -> ProductName | None:
        """Return what the words for product and maker name together; None where they disagree or say nothing.

        A maker's name is worth more than 灭活疫苗, which tells only the platform. Of several products of a
        maker that nothing tells apart the platform is named, where a wording for it exists.
        """
        asked = (product, maker)
        if asked not in self._answers:
            self._answers[asked] = self._find(product, maker)
        return self._answers[asked]

    def _find(self, product: str, maker: str) -> ProductName | None:
        found = [*self._named_in(_plain(maker)), *self._named_in(_plain(product))]
        named = [makers for meant in found if (makers := [name for name in meant if not name.platform_only])]
        generic = [meant for meant in found if all(name.platform_only for name in meant)]
        left = _in_all(named or generic)
        platforms = [{name.platform for name in meant} for meant in generic]
        return self._one_of([name for name in left if all(name.platform in known for known in platforms)])

    def _one_of(self, left: list[ProductName]) -> ProductName | None:
        """Of several the roster's own campaign's; of several of those what is sure of all, their platform."""
        own = [name for name in left if name.first_use_on is None]
        if len(own) > 1:
            platforms = {name.platform for name in own}
            return self._generic.get(platforms.pop()) if len(platforms) == 1 else None
        # Another campaign's dose counts there, whichever of its products it is, and never here as an unknown one.
        return next(iter(own or left), None)

    def _named_in(self, words: str) -> list[list[ProductName]]:
        """Return for each name inside the words whom it may mean."""
        if not words:
            return []
        if words in self._names:
            return [self._names[words]]
        inside = [
            alias
            for alias, meant in self._names.items()
            if len(alias) >= min(_MIN_PART[name.platform_only] for name in meant) and alias in words
        ]
        # 科兴 inside 北京科兴 says nothing of its own.
        longest = [alias for alias in inside if not any(alias != other and alias in other for other in inside)]
        return [self._names[alias] for alias in longest]


def _in_all(found: list[list[ProductName]]) -> list[ProductName]:
    """Return whom all these names may mean, in the order of the first."""
    first, *others = found or [[]]
    return [name for name in first if all(name in meant for meant in others)]


def _plain(words: str) -> str:
    return folded(words).translate(_MARKS)
