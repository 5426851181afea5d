"""What a roster would do to the registry, decided in memory: nothing here writes.

Rows are taken in their order, each beside what is on record and what earlier rows of the file brought.
The preview shows a plan; approval makes the same plan again on the registry as it is then, and writes it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from functools import partial
from itertools import islice
from typing import Any, NamedTuple

from campaigns.models import Campaign
from ledgers.models import Conflict, RosterImport
from ledgers.rosters import doses, exemptions, registers, residents, who
from ledgers.rosters.background import Background
from ledgers.rosters.contents import content_of
from ledgers.rosters.directory import Directory, ProductEntry
from ledgers.rosters.doors import Doors
from ledgers.rosters.fetching import Asked, Found, number_key
from ledgers.rosters.known import Known
from ledgers.rosters.lists import Taker, taker_of
from ledgers.rosters.marks import SENTENCES, mark
from ledgers.rosters.people import DoseState, HouseholdState, Person, Question
from ledgers.rosters.rows import ERROR, WARNING, DoseCell, Message, Row
from ledgers.vaccines import Vaccines
from registry.models import Place, Status
from registry.spreadsheets.cells import Cell

KIND = RosterImport.Kind
CHUNK_ROWS = 8000
PROGRESS_ROWS = 1000
CREATED, UPDATED, UNCHANGED, REJECTED = "created", "updated", "unchanged", "rejected"


class Batch(NamedTuple):
    """People to be written together, after the groups (code, name) and households they named.

    A household comes with its head and the head on record, None where that stays.
    """

    people: list[Person]
    groups: list[tuple[str, str]]
    households: list[tuple[HouseholdState, str, str | None]]


class Plan:
    """An import being decided: `take` rows, then `finish`.

    `counts` are those of `import_roster --json`; `known.people` hold what is to be written. `lock`: the
    registry is about to be written, so the residents met stay locked until the transaction ends.
    `asks`: what contradicts a stronger record waits for a person's decision instead of ending at once.
    """

    def __init__(
        self,
        campaign: Campaign,
        *,
        source: str,
        today: date,
        village: Place | None = None,
        lock: bool = False,
        asks: bool = False,
    ):
        self.campaign, self.kind, self.source, self.today = campaign, "", source, today
        self.asks = asks
        self.village = village.pk if village else ""
        self.directory = Directory(campaign)
        self.known = Known(self.directory, lock=lock)
        self.registers: registers.Registers | None = None
        # Of lists that come back: what takes their rows (`ledgers.rosters.lists`).
        self.list: Taker | None = None
        self.roster: RosterImport | None = None
        self.unplaced_rows = 0
        # Of rosters of residents, which are written household by household.
        self.doors: Doors | None = None
        self.counts: Counter[str] = Counter()
        self.messages: list[tuple[Message, str, str]] = []
        # (row, code) of what the reader said about doses.
        self.said: set[tuple[int, str]] = set()
        self.headings: dict[str, str] = {}
        self._columns: dict[str, int] = {}
        self._vaccines: dict[int, Vaccines] = {}
        self._waiting = False
        # What was fetched for the next rows, until they are taken.
        self._found: Found | None = None
        self._unplaced: list[Person] = []
        self._batch = 1
        self._met: list[Person] = []
        # Who turned up again after the batch of the first row about them.
        self.met_again: list[Person] = []

    def use(self, kind: str, columns: list[dict[str, Any]]) -> None:
        """Say what kind of roster is coming, and in which columns: [{"index", "heading", "field"}]."""
        self.kind = kind
        self.headings = {column["field"]: column["heading"] for column in columns if column["field"]}
        self._columns = {column["heading"]: column["index"] for column in reversed(columns)}
        self.registers = registers.Registers(self) if kind in (KIND.VILLAGES, KIND.UNITS) else None
        self.doors = Doors(self.known) if kind == KIND.RESIDENTS else None
        self.list = taker_of(kind, self)

    def take(
        self,
        rows: Iterable[Row],
        hands: Background,
        progress: Callable[[int], None] = lambda done: None,
        write: Callable[[Batch], None] | None = None,
    ) -> None:
        """Take all rows, a chunk at a time: each chunk asks the registry once for all its people.

        While a chunk is decided, other hands `write` the people of the chunk before, and then ask for those
        of the next.
        """
        iterator = iter(rows)
        chunk = self._read(iterator, hands)
        while chunk:
            hands.wait()
            self._take_in(chunk)
            if write is not None:
                hands.submit(partial(write, self.take_batch()))
            following = self._read(iterator, hands)
            chunk.reverse()
            while chunk:
                # A row is let go once it has been taken.
                self._take(chunk.pop())
                if self.counts["rows"] % PROGRESS_ROWS == 0:
                    progress(self.counts["rows"])
            progress(self.counts["rows"])
            chunk = following
        hands.wait()

    def _read(self, rows: Iterator[Row], hands: Background) -> list[Row]:
        """Return the next chunk; whoever it may be about is asked for meanwhile."""
        chunk = list(islice(rows, CHUNK_ROWS))
        if chunk and self.list is None and self.registers is None:
            people = [row for row in chunk if not row.is_rejected]
            for row in people:
                residents.clip(row)
            asked = self.known.ask(people, self._household_keys(people), self._head_keys(people))
            hands.submit(partial(self._fetch, asked))
        return chunk

    def _fetch(self, asked: Asked) -> None:
        self._found = self.known.fetcher.fetch(asked)

    def _take_in(self, chunk: list[Row]) -> None:
        if self.list is not None:
            self.list.load(chunk)
        elif self.registers is None:
            found, self._found = self._found, None
            self.known.take_in(found)

    def take_batch(self) -> Batch:
        """Return who has turned up since the last call, and what they named that is to be written before them."""
        people, self._met = self._met, []
        groups, self.directory.new_groups = self.directory.new_groups, []
        self._batch += 1
        return Batch(people, groups, self.known.take_households())

    def finish(self) -> None:
        """Mark the doses on their timelines and count who waits in 待归类, once every row has been taken."""
        for person in self.known.people:
            if person.rows:
                mark(self, person)
        # Who is not or no longer here waits for no village.
        self.counts["unassigned"] = self.unplaced_rows + sum(
            not person.village and person.status == Status.ACTIVE for person in self._unplaced
        )

    def vaccines(self, campaign: int) -> Vaccines:
        """The vaccine table of a campaign: a roster's dose belongs to the one whose platforms list its product."""
        if campaign not in self._vaccines:
            owner = self.campaign if campaign == self.campaign.pk else Campaign.objects.get(pk=campaign)
            self._vaccines[campaign] = Vaccines(owner)
        return self._vaccines[campaign]

    def product_of(self, cell: DoseCell) -> ProductEntry | None:
        return self.directory.products.get(cell.product) if cell.product else None

    def place_of(self, row: Row) -> tuple[str, str]:
        """Return the row's village code ("" where unknown) and its group in words."""
        if not row.village:
            return self.village, row.group
        village, group = self.directory.place_of(row.village)
        return village, row.group or group

    def heading(self, field: str, default: str) -> str:
        """The heading under which the file has a field."""
        return self.headings.get(field, default)

    def cell(self, row: Row, heading: str) -> Cell:
        """The cell of a row under a heading, "" where the file has no such column."""
        index = self._columns.get(heading, len(row.cells))
        return row.cells[index] if index < len(row.cells) else ""

    def warn(self, row: Row, column: str, code: str, text: str) -> None:
        self._tell(row, Message(WARNING, row.number, column, code, text))

    def _tell(self, row: Row, message: Message) -> None:
        """Note a message with the name and the original cell that the preview shows beside it."""
        self.messages.append((message, row.name, content_of(self.cell(row, message.column))))

    def waits(self) -> None:
        """Note that the row at hand waits for a person's decision."""
        self._waiting = True

    def count_dose(self, dose: DoseState) -> None:
        self.counts["doses_created"] += 1

    def ask(self, person: Person, question: Question) -> bool:
        """Ask a question about a person; False where it has been decided before, so that it is asked once."""
        before = self.asked_before(person, question)
        if before is not None:
            if before.decision:
                return False
        else:
            person.questions = [*(person.questions or ()), question]
            person.asked = {**(person.asked or {}), question.key: question}
        self._waiting = True
        return True

    def asked_before(self, person: Person, question: Question) -> Question | None:
        """Return the same question asked before, or the decision that turned down what the row says now."""
        if not person.asked:
            return None
        kind, field, known, incoming = question.key
        same = person.asked.get(question.key)
        reverse = person.asked.get((kind, field, incoming, known))
        if same is None and reverse is not None and reverse.decision == Conflict.Decision.INCOMING:
            return reverse
        return same

    def _household_keys(self, rows: list[Row]) -> Iterator[tuple[str, str]]:
        for row in rows:
            if row.household and (village := self.place_of(row)[0]):
                yield village, row.household

    def _head_keys(self, rows: list[Row]) -> Iterator[tuple[str, str]]:
        for head, row in self.doors.heads_in(rows) if self.doors else ():
            if village := self.place_of(row)[0]:
                yield village, head

    def _take(self, row: Row) -> None:
        self.counts["rows"] += 1
        self._waiting = False
        for message in row.messages:
            self._tell(row, message)
            if message.code in SENTENCES:
                self.said.add((row.number, message.code))
        if self.doors is not None:
            self.doors.take(row)
        if self.list is not None:
            outcome = self.list.take(row)
        elif row.is_rejected:
            outcome = REJECTED
        elif self.registers is not None:
            outcome = self.registers.take(row)
        else:
            outcome = self._take_person(row)
        self.counts[outcome] += 1
        if self._waiting and outcome != REJECTED:
            self.counts["conflicts"] += 1

    def _take_person(self, row: Row) -> str:
        candidates = who.people_meant(self, row)
        if len(candidates) > 1:
            who.ask_which(self, row, candidates)
            return UNCHANGED
        if not candidates:
            return self.create(row)
        person = candidates[0]
        self.check_village(row)
        if not who.is_same_person(self, person, row):
            return UNCHANGED
        return self.merge(person, row)

    def merge(self, person: Person, row: Row) -> str:
        """Take a row that is about this person."""
        cell = doses.out_of_order(self, person, row) if person.rows else None
        if cell is not None:
            return self.reject(
                row,
                doses.dose_heading(self, cell.position),
                "dose_order",
                "针次与日期的先后不符，请核对本人各针的日期。",
            )
        told = len(self.messages)
        news = residents.merge(self, person, row)
        facts = self._take_facts(person, row)
        news = news or bool(facts)
        if person.document and row.document:
            self.known.by_number[number_key(row.document)] = person
        if not news and not self._waiting and len(self.messages) == told and self._is_repeated(person, row):
            self.warn(row, self.heading("name", "姓名"), "duplicate_row", "与本表前面的行重复，已合并。")
        self.touch(person, row)
        return CREATED if facts == CREATED else UPDATED if news else UNCHANGED

    def create(self, row: Row) -> str:
        """Take a row that is about somebody new."""
        self.check_village(row)
        person = residents.create(self, row)
        self._take_facts(person, row)
        self.touch(person, row)
        return CREATED

    def _take_facts(self, person: Person, row: Row) -> Any:
        """Take doses and exemption; return whether they are news, CREATED for a new exemption of a roster of such."""
        news: Any = doses.take(self, person, row) if row.doses else False
        if row.exemption:
            news = exemptions.take(self, person, row) or news
        return news

    def _is_repeated(self, person: Person, row: Row) -> bool:
        """Tell whether an earlier row of the file was about the same: the person, or in a long roster the dose."""
        if self.kind != KIND.DOSES_LONG:
            return person.rows > 0
        return person.rows > 0 and all(cell.given_on in person.days for cell in row.doses)

    def meet(self, person: Person) -> None:
        """Note that a row is about a person, who is written with the first batch that has one."""
        if not person.rows:
            person.batch = self._batch
            self._met.append(person)
        elif person.batch and person.batch != self._batch:
            person.batch = 0
            self.met_again.append(person)
        person.rows += 1

    def touch(self, person: Person, row: Row) -> None:
        self.meet(person)
        if not person.village and (person.is_new or (row.village and not self.place_of(row)[0])):
            self._unplaced.append(person)
        person.stated |= residents.stated_in(row)
        if self.kind == KIND.DOSES_LONG:
            person.days = (*person.days, *(cell.given_on for cell in row.doses))

    def check_village(self, row: Row) -> None:
        for field, words in (("village", row.village), ("registered_village", row.registered_village)):
            if words and not self.directory.place_of(words)[0]:
                other = self.heading("village_code", "村（社区）") if field == "village" else "户籍村"
                heading = self.heading(field, other)
                self.warn(row, heading, "village_unknown", f"村（社区）名册里没有“{words}”。")

    def reject(self, row: Row, column: str, code: str, text: str) -> str:
        message = Message(ERROR, row.number, column, code, text)
        row.messages.append(message)
        self._tell(row, message)
        return REJECTED
