"""What words of a roster name: villages, groups, units, products, trades, institutions on record.

Read once for an import; what it does not know and may create (groups, tags, institutions) is noted here.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from campaigns.models import Campaign, Institution, Product
from ledgers.rosters.products import ProductName, ProductVocabulary
from registry.models import Department, Place, Tag, Trade, Unit
from registry.models.places import GROUP, VILLAGE
from registry.place_names import stem

_GROUP = re.compile(r"第?([0-9]{1,3}|[一二三四五六七八九十]{1,3})(?:村民小组|居民小组|小组|组|社|队|网格)?$")
_WITH_GROUP = re.compile(
    r"(.*(?:村|社区|居委会|村委会))(第?(?:[0-9]{1,3}|[一二三四五六七八九十]{1,3})(?:组|社|村民小组))$"
)
_BRACKETS = str.maketrans("", "", "()")
_DIGITS = dict(zip("一二三四五六七八九", range(1, 10), strict=True))
# Groups that bear a name and no number are numbered from here on.
FIRST_UNNUMBERED = 900


def tidy(words: str) -> str:
    """Fold full-width characters and drop all white space, so that the same words compare equal."""
    return "".join(unicodedata.normalize("NFKC", words).split())


@dataclass(frozen=True, slots=True)
class ProductEntry:
    id: int
    name: str
    campaign: int
    platform: int
    # Names the platform but not the maker; a named product of that platform fills it in.
    is_generic: bool


@dataclass(slots=True)
class InstitutionEntry:
    id: int | None
    name: str
    level: int | None
    level_is_new: bool = False


class Directory:
    """The names on record, by the words that rosters use for them."""

    def __init__(self, campaign: Campaign):
        self.campaign = campaign
        self.street = campaign.place_id
        self.villages: dict[str, str] = {}
        self._stems: dict[str, set[str]] = {}
        self._groups: dict[tuple[str, str], str] = {}
        self._group_names: dict[str, str] = {}
        self._groups_by_words: dict[tuple[str, str], str] = {}
        self.new_groups: list[tuple[str, str]] = []
        self._load_places()
        self.units: dict[str, list[tuple[int, str]]] = {}
        self.unit_names: dict[int, str] = {}
        for key, name, place in Unit.objects.order_by("id").values_list("id", "name", "place_id"):
            self.add_unit(key, name, place)
        self._load_products()
        self.institutions = {
            tidy(name): InstitutionEntry(key, name, level)
            for key, name, level in Institution.objects.filter(campaign=campaign).values_list("id", "name", "level")
        }
        self.tags = set(Tag.objects.values_list("name", flat=True))
        self._places_by_words: dict[str, tuple[str, str]] = {}

    def _load_places(self) -> None:
        places = Place.objects.inside(self.campaign.place.prefix).values_list("code", "name", "level")
        county = Place.objects.filter(code=f"{self.street[:6]}000000").values_list("name", flat=True)
        # From the outside in: 忠县乌杨街道沿溪村 loses the county, then the street.
        self._prefixes = [tidy(name) for name in (*county, *(n for _, n, level in places if level < VILLAGE))]
        for code, name, level in places:
            if level == VILLAGE:
                self.add_village(code, name)
            elif level == GROUP:
                self._groups[code[:VILLAGE], _group_key(name)] = code
                self._group_names[code] = name

    def _load_products(self) -> None:
        """Index the products of all campaigns, this one's first: a dose belongs to the one that lists its product.

        Of the others those that run come before those that ended, whose doses are told apart and not taken.
        """
        products = Product.objects.exclude(platform__campaign__is_draft=True)
        rows = products.values_list(
            "id", "name", "platform__campaign_id", "platform_id", "names_platform_only", "manufacturer", "aliases",
            "platform__campaign__first_use_on", "platform__campaign__is_active", "platform__campaign__name",
        )  # fmt: skip
        self.closed: dict[int, str] = {}
        self.products: dict[str, ProductEntry] = {}
        self.products_by_id: dict[int, ProductEntry] = {}
        names: list[tuple[str, ProductName]] = []
        for key, name, campaign, platform, is_generic, *others in sorted(
            rows, key=lambda row: (row[2] != self.campaign.pk, not row[8], row[0])
        ):
            self.products[str(key)] = self.products_by_id[key] = ProductEntry(key, name, campaign, platform, is_generic)
            manufacturer, aliases, first_use_on, runs, campaign_name = others
            if not runs:
                self.closed[campaign] = campaign_name
            is_own = campaign == self.campaign.pk
            words = ProductName(str(key), str(platform), is_generic, None if is_own else first_use_on)
            names += [(name, words), (manufacturer, words), *((alias, words) for alias in aliases)]
        self.vocabulary = ProductVocabulary(names)

    def add_village(self, code: str, name: str) -> None:
        self.villages[code] = name
        words = tidy(name)
        for key in {words, stem(words)}:
            self._stems.setdefault(key, set()).add(code)

    def add_unit(self, key: int, name: str, place: str) -> None:
        self.units.setdefault(tidy(name), []).append((key, place))
        self.unit_names[key] = name

    def place_of(self, words: str) -> tuple[str, str]:
        """Return (village code or "", group words that the village cell itself carried)."""
        found = self._places_by_words.get(words)
        if found is None:
            found = self._places_by_words[words] = self._find_place(tidy(words))
        return found

    def _find_place(self, words: str) -> tuple[str, str]:
        # A code that passed through a spreadsheet's numbers and back to text ends in .0.
        digits = words.removesuffix(".0")
        if digits.isdigit() and len(digits) in (VILLAGE, GROUP):
            return (digits[:VILLAGE] if digits[:VILLAGE] in self.villages else ""), ""
        code = self._village_named(words)
        if not code and (match := _WITH_GROUP.match(words.translate(_BRACKETS))):
            code = self._village_named(match[1])
            return (code, match[2]) if code else ("", "")
        return code, ""

    def _village_named(self, words: str) -> str:
        for prefix in self._prefixes:
            inside = words.rpartition(prefix)[2] if prefix else ""
            words = inside or words
        # The full name first: where 朱河村 and 朱河社区 both exist, the ending tells them apart.
        for key in (words, stem(words)):
            codes = self._stems.get(key, ())
            if len(codes) == 1:
                return next(iter(codes))
        return ""

    def group_of(self, village: str, words: str) -> str:
        """Return the code of a village's group, making a new one where the words name none on record."""
        code = self._groups_by_words.get((village, words))
        if code is None:
            code = self._groups_by_words[village, words] = self._find_group(village, words)
        return code

    def words_of(self, code: str) -> str:
        """Return a village or group as people call it: 沿溪村, 沿溪村3组."""
        return self.villages.get(code[:VILLAGE], code[:VILLAGE]) + self._group_names.get(code, "")

    def _find_group(self, village: str, words: str) -> str:
        key = (village, _group_key(words))
        code = self._groups.get(key)
        if code is None:
            number = int(key[1]) if key[1].isdigit() else self._next_unnumbered(village)
            code = self._groups[key] = f"{village}{number:03d}"
            name = self._group_names[code] = f"{number}组" if key[1].isdigit() else words.strip()[:60]
            self.new_groups.append((code, name))
        return code

    def _next_unnumbered(self, village: str) -> int:
        taken = [int(code[VILLAGE:]) for (place, _), code in self._groups.items() if place == village]
        return max([FIRST_UNNUMBERED - 1, *taken]) + 1

    def unit_of(self, words: str, village: str) -> int | None:
        """Return the unit that `words` name; of several, the one in `village`; None where that tells nothing."""
        found = self.units.get(tidy(words), [])
        if len(found) > 1:
            found = [(key, place) for key, place in found if village and place[:VILLAGE] == village]
        return found[0][0] if len(found) == 1 else None

    def institution_of(self, words: str) -> InstitutionEntry:
        key = tidy(words)
        if key not in self.institutions:
            self.institutions[key] = InstitutionEntry(None, words.strip()[:120], None)
        return self.institutions[key]


def trades() -> dict[str, int]:
    """Return trades by each of their names."""
    found: dict[str, int] = {}
    for key, name, aliases in Trade.objects.order_by("id").values_list("id", "name", "aliases"):
        for words in (name, *aliases):
            found.setdefault(tidy(words), key)
    return found


def departments() -> dict[str, int]:
    return {tidy(name): key for key, name in Department.objects.values_list("id", "name")}


@lru_cache(maxsize=10_000)
def _group_key(words: str) -> str:
    """Return a group's number as digits where it has one (三组, 3社, 第3村民小组 → 3), else its tidy name."""
    words = tidy(words)
    match = _GROUP.fullmatch(words)
    number = _number(match[1]) if match else 0
    return str(number) if 0 < number < FIRST_UNNUMBERED else words


def _number(text: str) -> int:
    if text.isdigit():
        return int(text)
    tens, ten, ones = text.rpartition("十")
    if not ten:
        return _DIGITS.get(text, 0)
    return 10 * (_DIGITS.get(tens, 0) if tens else 1) + (_DIGITS.get(ones, 0) if ones else 0)
