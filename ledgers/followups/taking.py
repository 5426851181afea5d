"""Our own ledger sent back, row by row: what a village filled in beside what it had been handed.

A cell that still says what it said when it left says nothing; an emptied one neither. What is new becomes
the reason, the promised day, the 包保人, a phone: never a dose, and an exemption only 待佐证 (rules 2, 3).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from ledgers.followups.words import day_promised, reason_of
from ledgers.households.caretakers import caretaker_names
from ledgers.rosters import residents
from ledgers.rosters.people import Person, ReasonState
from ledgers.rosters.row_keys import RowKey, unseal
from ledgers.rosters.rows import Row
from ledgers.rules import PAUSED_REASON, REASONS
from registry.access import scope_of
from registry.accounts import SYSTEM
from registry.models import Entry, IdentityDocument, Resident, Role, User
from registry.names import same_name
from registry.querysets import within_any
from registry.spreadsheets.cells import text_of

if TYPE_CHECKING:
    from ledgers.rosters.plan import Plan

# The reasons whose day means something, as `ledgers.notes` has them (which imports rosters).
PROMISED_REASON, HOME_VISIT = "7", "8"
DATED_REASONS = (PROMISED_REASON, HOME_VISIT, PAUSED_REASON)
_SENTENCES = {
    "person_unknown": "这一行对不上在册的人：行标识没有了，姓名、证件号码也认不出是谁，请在个人页登记。",
    "row_swapped": "行标识是另一个人的，多半是排序时没有带上隐藏的列；没有采用这一行。",
    "other_campaign": "这份台账是另一个接种工作的，请在那个接种工作里导入。",
    "out_of_reach": "这个人不在你的范围里，没有采用；请由责任村（社区）填。",
}


class Returned:
    """Takes the rows of a ledger sent back."""

    def __init__(self, plan: Plan):
        self._plan = plan
        self._reach = reach_of(plan.roster.uploaded_by, plan.campaign.place.prefix)
        self._by_number: dict[str, int] = {}
        self._by_name: dict[tuple[str, str], list[int]] = {}
        # Whom the ledger names as 包保人 of those whose row has lost its key.
        self._caretakers: dict[int, str] = {}

    def load(self, rows: Sequence[Row]) -> None:
        """Load whoever the rows are about: by key, by number, else by name and what the sheet shows of them."""
        keys = {row.number: unseal(row.row_key) for row in rows if row.row_key}
        wanted = {key.resident for key in keys.values() if key and key.campaign == self._plan.campaign.pk}
        rest = [row for row in rows if not keys.get(row.number)]
        keyless = self._look_up_numbers(row.document[1] for row in rest if row.document)
        keyless |= self._look_up_names([row for row in rest if not row.document and row.name_key])
        if keyless:
            self._caretakers |= caretaker_names(keyless)
        self._plan.known.load_residents(wanted | keyless)

    def _look_up_numbers(self, numbers: Iterable[str]) -> set[int]:
        found = IdentityDocument.objects.filter(number__among=set(numbers), resident__in=self._people())
        self._by_number |= dict(found.values_list("number", "resident_id"))
        return set(self._by_number.values())

    def _look_up_names(self, rows: Sequence[Row]) -> set[int]:
        """By name and the last two of the number: as much as a masked ledger shows of a person."""
        if not rows:
            return set()
        people = self._people().filter(name_key__among={row.name_key for row in rows})
        numbers = IdentityDocument.objects.filter(resident__in=people)
        for key, name, number in numbers.values_list("resident_id", "resident__name_key", "number"):
            self._by_name.setdefault((name, number[-2:]), []).append(key)
        return {key for keys in self._by_name.values() for key in keys}

    def _people(self) -> object:
        return Resident.objects.filter(within_any(self._reach))

    def take(self, row: Row) -> str:
        """Updated: something was filled in; unchanged; rejected: nobody, or nobody of the sender's, is meant."""
        if row.is_rejected:
            return "rejected"
        key = unseal(row.row_key) if row.row_key else None
        person, problem = self._person(row, key)
        if person is None:
            column = self._plan.heading("name", "姓名")
            return self._plan.reject(row, column, problem, _SENTENCES[problem])
        if person.status in residents.GONE:
            return "unchanged"
        news = self._fill_in(person, row, key)
        self._plan.touch(person, row)
        return "updated" if news else "unchanged"

    def _person(self, row: Row, key: RowKey | None) -> tuple[Person | None, str]:
        if key is None:
            found = self._without_key(row)
        elif key.campaign != self._plan.campaign.pk:
            return None, "other_campaign"
        else:
            found = self._plan.known.resident(key.resident)
            if found and not (key.is_untouched("name", row.name) or same_name(row.name, found.name)):
                return None, "row_swapped"
        if found is None:
            return None, "person_unknown"
        if not any(found.place_id.startswith(prefix) for prefix in self._reach):
            return None, "out_of_reach"
        return found, ""

    def _without_key(self, row: Row) -> Person | None:
        if row.document:
            key = self._by_number.get(row.document[1])
            person = self._plan.known.resident(key) if key else None
            return person if person and same_name(row.name, person.name) else None
        keys = self._by_name.get((row.name_key, row.damaged), [])
        # Two of one name and one ending: nobody knows which is meant.
        return self._plan.known.resident(keys[0]) if len(keys) == 1 else None

    def _fill_in(self, person: Person, row: Row, key: RowKey | None) -> bool:
        said = {field: self._cell(row, field) for field in ("reason", "exemption_word", "efforts", "remarks")}
        said |= {field: "" for field, text in said.items() if key and key.is_untouched(field, text)}
        if key is None and person.exemptions:
            # What the ledger itself says of an exemption on record.
            said["exemption_word"] = ""
        if key and key.is_untouched("promised_on", self._cell(row, "promised_on")):
            row.promised_on = None
        if self._is_same(row, key, "phone"):
            row.phones = ()
        news = self._take_reason(person, row, said)
        known = (person.caretaker, self._caretakers.get(person.id))
        if row.caretaker and row.caretaker not in known and not self._is_same(row, key, "caretaker"):
            person.set("caretaker", row.caretaker)
            news = True
        return residents.add_phones(person, row) or news

    def _is_same(self, row: Row, key: RowKey | None, field: str) -> bool:
        return key is not None and key.is_untouched(field, self._cell(row, field))

    def _cell(self, row: Row, field: str) -> str:
        return text_of(self._plan.cell(row, self._plan.headings.get(field, "")))

    def _take_reason(self, person: Person, row: Row, said: dict[str, str]) -> bool:
        """Note what is new of reason, note and promised day; what stands already is no news."""
        known = person.reason or ReasonState(None, "", "", None)
        if row.promised_on is None:
            texts = (said["reason"], said["efforts"], said["remarks"])
            days = {day for text in texts if (day := day_promised(text, self._plan.today))}
            # Two different days say nothing for certain.
            row.promised_on = days.pop() if len(days) == 1 else None
        code = reason_of(said["reason"], said["exemption_word"], said["efforts"], said["remarks"])
        day = row.promised_on if row.promised_on != known.promised_on else None
        if day and not code:
            # Whom the clinic visits at home stays on its list although a day is promised.
            code = HOME_VISIT if known.code == HOME_VISIT else PROMISED_REASON
        note = "；".join(dict.fromkeys(_notes(said, code)))[:200]
        if not code and not note:
            return False
        if day is None and code in ("", known.code, *DATED_REASONS):
            # A new reason that knows no day ends the one promised before, as it does on the page.
            day = known.promised_on
        return residents.set_reason(person, code or known.code, note or known.note, day)

    def write(self, entry: Entry) -> None:
        """Everything is written with the people of the plan."""


def _notes(said: dict[str, str], code: str) -> list[str]:
    """What is kept as the note: the village's own words, but for a reason's own name."""
    reason = "" if said["reason"] in (REASONS.get(code), code) else said["reason"]
    return [text for text in (reason, said["efforts"], said["remarks"]) if text]


def reach_of(user: User, street: str) -> tuple[str, ...]:
    """Return the prefixes whose people the sender may fill in: a cadre's own places; of staff and on the command
    line the campaign's. Who has lost the scope since sending fills in nobody's.
    """
    scope = scope_of(user)
    if Role.STAFF in scope.roles or user.username == SYSTEM:
        return (street,)
    return scope.prefixes(Role.CADRE)
