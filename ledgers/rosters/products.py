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
    """Names of products; what has been asked once is remembered."""

    def __init__(self, names: Iterable[tuple[str, ProductName]] = ()):
        self._names: dict[str, ProductName] = {}
        for words, product in names:
            self._names.setdefault(_plain(words), product)
        self._names.pop("", None)
        self._answers: dict[tuple[str, str], ProductName | None] = {}

    def find(self, product: str, maker: str = "") -> ProductName | None:
        """Return what the words for product and maker name together; None where they disagree or say nothing.

        A maker's name is worth more than 灭活疫苗, which tells only the platform.
        """
        asked = (product, maker)
        if asked not in self._answers:
            self._answers[asked] = self._find(product, maker)
        return self._answers[asked]

    def _find(self, product: str, maker: str) -> ProductName | None:
        found = [*self._named_in(_plain(maker)), *self._named_in(_plain(product))]
        named = {name.key: name for name in found if not name.platform_only}
        generic = {name.key: name for name in found if name.platform_only}
        platforms = {name.platform for name in found}
        if len(named) > 1 or len(platforms) != 1:
            return None
        return next(iter(named.values() or generic.values()))

    def _named_in(self, words: str) -> list[ProductName]:
        if not words:
            return []
        if words in self._names:
            return [self._names[words]]
        inside = [
            alias
            for alias, name in self._names.items()
            if len(alias) >= _MIN_PART[name.platform_only] and alias in words
        ]
        # 科兴 inside 北京科兴 says nothing of its own.
        longest = [alias for alias in inside if not any(alias != other and alias in other for other in inside)]
        return [self._names[alias] for alias in longest]


def _plain(words: str) -> str:
    return folded(words).translate(_MARKS)
