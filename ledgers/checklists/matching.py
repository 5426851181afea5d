"""Whom the rows of a sender's list mean, among the people of one place: by number, else by name and phone.

Set-based: a fixed number of queries however many rows are asked about.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from ledgers.rosters.rows import Row
from registry.models import IdentityDocument, Phone, Resident
from registry.names import same_name, sounds_same
from registry.querysets import within

# A staff member looks at so many people who may be meant.
_MOST_CANDIDATES = 5


@dataclass(frozen=True, slots=True)
class Match:
    """Who is meant: `resident`, or nobody for a reason: the `problem`, with people who may be meant.

    `code` says what kind of problem: unknown, name (somebody else's number), several.
    """

    resident: int | None = None
    problem: str = ""
    code: str = ""
    candidates: tuple[int, ...] = ()


UNKNOWN = "在册没有这个人"


class Matcher:
    """Matches rows to the residents inside a place; `prefix` are its digits."""

    def __init__(self, prefix: str):
        self._inside = within(prefix)
        self._by_number: dict[tuple[str, str], int] = {}
        # name key → {resident: (name, birth date, village)}
        self._by_name: dict[str, dict[int, tuple[date, str]]] = defaultdict(dict)
        self._names: dict[int, str] = {}
        self._phones: dict[int, set[str]] = defaultdict(set)

    def load(self, rows: Sequence[Row]) -> None:
        """Load everybody the rows may mean. Four queries at most."""
        numbers = {row.document[1] for row in rows if row.document}
        self._load_numbers(numbers)
        # Whose number is on record needs no name; the others are looked for by theirs.
        names = {row.name_key for row in rows if row.name_key and row.document not in self._by_number}
        self._load_names(names)

    def _load_numbers(self, numbers: set[str]) -> None:
        if not numbers:
            return
        people = Resident.objects.filter(self._inside)
        found = IdentityDocument.objects.filter(number__among=numbers, resident__in=people)
        columns = ("kind", "number", "resident_id", "resident__name")
        for kind, number, resident, name in found.values_list(*columns):
            self._by_number[kind, number] = resident
            self._names[resident] = name

    def _load_names(self, names: set[str]) -> None:
        if not names:
            return
        people = Resident.objects.filter(self._inside, name_key__among=names)
        loaded = set()
        for key, name, name_key, birth_on, place in people.values_list(
            "pk", "name", "name_key", "birth_on", "place_id"
        ):
            self._by_name[name_key][key] = (birth_on, place)
            self._names[key] = name
            loaded.add(key)
        phones = Phone.objects.filter(resident__pk__among=loaded) if loaded else ()
        for phone in phones:
            self._phones[phone.resident_id].add(phone.number)

    def match(self, row: Row, village: str = "") -> Match:
        """Tell who a row means; `village` is the code of the one it names, "" for none."""
        if row.document and row.document in self._by_number:
            return self._of_number(self._by_number[row.document], row)
        namesakes = self._by_name.get(row.name_key, {})
        if row.document:
            # Another number is another person; who has none on record by the same name may be meant.
            same_birth = [key for key, (birth_on, _) in namesakes.items() if birth_on == row.birth_on]
            return Match(None, f"{UNKNOWN}（按证件号码）", "unknown", _few(same_birth))
        return self._of_name(row, namesakes, village)

    def _of_number(self, key: int, row: Row) -> Match:
        name = self._names[key]
        if not row.name or same_name(row.name, name) or sounds_same(row.name, name):
            return Match(key)
        return Match(None, f"证件号码登记为“{name}”，与本行姓名不同", "name", (key,))

    def _of_name(self, row: Row, namesakes: dict[int, tuple[date, str]], village: str) -> Match:
        numbers = {number for number, _ in row.phones}
        found = [key for key in namesakes if numbers & self._phones[key]]
        if not found and row.birth_on:
            same_birth = [key for key, (birth_on, _) in namesakes.items() if birth_on == row.birth_on]
            found = [key for key in same_birth if not village or namesakes[key][1].startswith(village)]
        if len(found) == 1:
            return Match(found[0])
        if found:
            return Match(None, f"在册有 {len(found)} 个人与本行相同，分不清是哪一个", "several", _few(found))
        return Match(None, _why_nobody(row), "unknown", _few(self._may_be(row, namesakes)))

    def _may_be(self, row: Row, namesakes: dict[int, tuple[date, str]]) -> Iterable[int]:
        """Namesakes, those first whom the first 14 digits of a damaged number name."""
        born = row.damaged[6:14]
        return sorted(namesakes, key=lambda key: (f"{namesakes[key][0]:%Y%m%d}" != born, key))


def _why_nobody(row: Row) -> str:
    return f"{UNKNOWN}（按姓名和电话）" if row.phones else f"{UNKNOWN}（没有能用的证件号码）"


def _few(keys: Iterable[int]) -> tuple[int, ...]:
    return tuple(list(keys)[:_MOST_CANDIDATES])
