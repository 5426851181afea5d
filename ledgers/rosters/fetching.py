"""What a chunk of rows asks of the registry, answered as plain rows by a fixed number of queries.

Nothing here looks into what the import holds in memory: the answers for the next chunk are fetched while
the import's own thread decides the one before.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Set
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from campaigns.models import Campaign
from ledgers.models import Conflict, Dose, Exemption, Reason, Statement
from ledgers.rosters.people import FIELDS
from registry.models import Entry, Household, IdentityDocument, Membership, Phone, Resident, ResidentTag

Rows = list[tuple[Any, ...]]
NumberKey = tuple[str, str] | str
# The resident's key stands before the fields.
_HOUSEHOLD = 1 + FIELDS.index("household_id")


@dataclass(slots=True)
class Asked:
    """Whom and which doors rows may be about, less what has been asked before.

    `names` are those of rows without a number; `newcomers` (key of the number, name) of the others;
    `households` are (village, number), `heads` (village, name); `met` the keys of residents in memory.
    """

    numbers: set[str]
    names: set[str]
    newcomers: list[tuple[NumberKey, str]]
    households: set[tuple[str, str]]
    heads: set[tuple[str, str]]
    met: Set[int]


@dataclass(slots=True)
class Found:
    """What is on record; each row begins with the resident's key, except `owners` (kind, number, resident).

    `households` and `doors` are (id, village, number, head) by key and by number, `heads` (place, id, village,
    number, head, whether a member of that name is on record).
    """

    owners: Rows = field(default_factory=list)
    residents: Rows = field(default_factory=list)
    households: Rows = field(default_factory=list)
    doors: Rows = field(default_factory=list)
    heads: Rows = field(default_factory=list)
    documented: list[int] = field(default_factory=list)
    phones: Rows = field(default_factory=list)
    tags: Rows = field(default_factory=list)
    memberships: Rows = field(default_factory=list)
    doses: Rows = field(default_factory=list)
    statements: Rows = field(default_factory=list)
    exemptions: Rows = field(default_factory=list)
    reasons: Rows = field(default_factory=list)
    questions: Rows = field(default_factory=list)


class Fetcher:
    """Asks the registry. With `lock` residents stay locked until the transaction ends."""

    def __init__(self, campaign: Campaign, *, lock: bool):
        self._campaign, self._lock = campaign, lock
        # Whoever this import has written bears its entry: they are in memory, and not on record for it.
        self.written_under: Entry | None = None
        # Residents on record without any number: a row with one may be about them. Asked once.
        self._numberless: dict[str, list[int]] | None = None

    def fetch(self, asked: Asked) -> Found:
        """Return whoever the rows may be about, with all that is on record about them, and their doors."""
        owners = self._owners(asked.numbers)
        wanted = {resident for _, _, resident in owners}
        wanted.update(self._with_names(asked.names))
        wanted.update(
            self._without_numbers(asked.newcomers, {number_key((kind, number)) for kind, number, _ in owners})
        )
        found = self.people(wanted - asked.met)
        found.owners = owners
        if asked.households:
            found.doors = self._doors(asked.households)
        if asked.heads:
            found.heads = self._heads(asked.heads)
        return found

    def people(self, keys: set[int]) -> Found:
        """Return residents by their keys, and all that is on record about them."""
        found = Found()
        if not keys:
            return found
        residents = Resident.objects.filter(id__among=keys)
        if self._lock:
            residents = residents.order_by("id").select_for_update(no_key=True)
        found.residents = list(residents.values_list("id", *FIELDS))
        households = {row[_HOUSEHOLD] for row in found.residents} - {None}
        found.households = list(
            Household.objects.filter(id__among=households).values_list("id", "village_id", "number", "head")
        )
        self._add_contacts(found, keys)
        self._add_facts(found, keys)
        return found

    def _add_contacts(self, found: Found, keys: set[int]) -> None:
        documents = IdentityDocument.objects.filter(resident__pk__among=keys)
        found.documented = list(documents.values_list("resident_id", flat=True))
        found.phones = list(Phone.objects.filter(resident__pk__among=keys).values_list("resident_id", "number"))
        found.tags = list(ResidentTag.objects.filter(resident__pk__among=keys).values_list("resident_id", "tag__name"))
        memberships = Membership.objects.filter(resident__pk__among=keys, left_on__isnull=True)
        found.memberships = list(memberships.values_list("resident_id", "unit_id", "kind", "class_name"))

    def _add_facts(self, found: Found, keys: set[int]) -> None:
        # Doses in the order in which they were recorded: between equals the earlier stays live.
        found.doses = list(
            Dose.objects.filter(resident__pk__among=keys).order_by("id").values_list(
                "resident_id", "id", "campaign_id", "given_on", "product_id", "stated_number", "lot", "site",
                "product_text", "source", "state", "row",
            )
        )  # fmt: skip
        found.statements = list(
            Statement.objects.filter(resident__pk__among=keys, closed_entry__isnull=True).values_list(
                "resident_id", "id", "campaign_id", "month", "given_on", "product_id", "stated_number", "row"
            )
        )
        found.exemptions = list(
            self._of_campaign(Exemption.objects, keys).values_list(
                "resident_id", "id", "kind", "reason", "diagnosis", "institution__name", "start_on", "end_on", "state",
                "row",
            )
        )  # fmt: skip
        found.reasons = list(
            self._of_campaign(Reason.objects, keys).values_list(
                "resident_id", "id", "code", "note", "promised_on", "entry_id"
            )
        )
        questions = Conflict.objects.filter(resident__pk__among=keys)
        found.questions = list(
            questions.values_list("resident_id", "id", "decision", "kind", "field", "known", "incoming")
        )

    def _of_campaign(self, rows: Any, keys: set[int]) -> QuerySet[Any]:
        return rows.filter(resident__pk__among=keys, campaign=self._campaign)

    def _owners(self, numbers: set[str]) -> Rows:
        if not numbers:
            return []
        documents = IdentityDocument.objects.filter(number__among=numbers)
        return list(documents.values_list("kind", "number", "resident_id"))

    def _with_names(self, names: set[str]) -> Iterable[int]:
        if not names:
            return ()
        return self._not_ours(Resident.objects.filter(name_key__among=names)).values_list("id", flat=True)

    def _without_numbers(self, newcomers: list[tuple[NumberKey, str]], taken: set[NumberKey]) -> list[int]:
        if not newcomers:
            return []
        if self._numberless is None:
            self._numberless = defaultdict(list)
            lone = self._not_ours(Resident.objects.filter(documents__isnull=True)).values_list("id", "name_key")
            for key, name in lone.iterator():
                self._numberless[name].append(key)
        if not self._numberless:
            return []
        return [key for number, name in newcomers if number not in taken for key in self._numberless.get(name, ())]

    def _doors(self, wanted: set[tuple[str, str]]) -> Rows:
        found = Household.objects.filter(
            village__pk__among={village for village, _ in wanted}, number__among={number for _, number in wanted}
        )
        return list(found.values_list("id", "village_id", "number", "head"))

    def _heads(self, wanted: set[tuple[str, str]]) -> Rows:
        found = self._not_ours(Household.objects.standing()).filter(
            village__pk__among={village for village, _ in wanted}, head__among={head for _, head in wanted}
        )
        member = Resident.objects.filter(household=OuterRef("pk"), name=OuterRef("head"))
        rows = found.annotate(is_headed=Exists(member)).order_by("id")
        return [
            row
            for row in rows.values_list("place_id", "id", "village_id", "number", "head", "is_headed")
            if (row[2], row[4]) in wanted
        ]

    def _not_ours(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows if self.written_under is None else rows.exclude(entry=self.written_under)


def number_key(document: tuple[str, str]) -> NumberKey:
    """Key of a document; the bare number for the usual kind keeps 100,000 tuples out of memory."""
    return document[1] if document[0] == IdentityDocument.RESIDENT else document
