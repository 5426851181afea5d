"""Writing a plan under one entry, inside the caller's one transaction: in bulk, batch by batch.

While the next rows are read and decided, the batch before is written; who turns up again in a later
batch is taken back and written once more at the end, so the outcome is that of one single batch.
"""

from __future__ import annotations

from datetime import date

from campaigns.models import Campaign
from ledgers.households.numbering import number_households
from ledgers.rosters.marks import campaigns_of
from ledgers.rosters.people import Person
from ledgers.rosters.plan import Batch, Plan
from ledgers.rosters.writing.facts import FactTables
from ledgers.rosters.writing.log import Log
from ledgers.rosters.writing.people import PeopleTables
from ledgers.rosters.writing.registers import write_registers
from ledgers.signals import facts_changed
from registry.models import Entry


class Writer:
    """Writes the people of a plan; `log` collects what undoing needs beside the entry and the history."""

    def __init__(self, plan: Plan, entry: Entry):
        self._plan, self._entry = plan, entry
        self.log = Log()
        plan.known.fetcher.written_under = entry
        self._people = PeopleTables(plan, entry, self.log)
        self._facts = FactTables(plan, entry, self.log)

    def write(self) -> None:
        """Write a plan whose rows have all been taken."""
        self.finish()

    def write_batch(self, batch: Batch) -> None:
        """Write people that rows have been about. Constraints that fail undo the caller's transaction."""
        self._people.write(batch)
        self._facts.write(batch.people)
        for person in batch.people:
            person.written = True

    def finish(self) -> None:
        """Write again whoever turned up after having been written, and the rest; tell what changed."""
        rest = self._plan.take_batch()
        self.write_batch(rest)
        again = self._plan.met_again
        if again:
            self._facts.withdraw(again)
            self._people.withdraw(again)
            self.write_batch(Batch(again, [], []))
        if self._plan.registers is not None:
            write_registers(self._plan.registers, self._plan.campaign, self._entry, self.log)
        if self._plan.list is not None:
            self._plan.list.write(self._entry)
        number_households(self._people.new_household_villages)
        self._announce()

    def _announce(self) -> None:
        """Tell reports which places changed and from which day: every day, unless only doses came."""
        people = [person for person in self._plan.known.people if person.rows]
        moved = [p for p in people if p.changes or p.new_memberships or p.kinds_stated or p.new_tags]
        places = {person.place_id for person in people}
        places.update(old for person in moved if isinstance(old := (person.changes or {}).get("place_id"), str))
        registers = self._plan.registers
        if registers is not None:
            places.update({*registers.places, *(unit.values["place_id"] for unit in registers.units)})
        every_day = bool(moved) or registers is not None or any(person.is_new for person in people)
        since = None if every_day else _first_day(people)
        for campaign in Campaign.objects.filter(pk__in=self._campaigns(people, every_day=every_day)):
            facts_changed.send(sender=Plan, campaign=campaign, places=places, since=since)

    def _campaigns(self, people: list[Person], *, every_day: bool) -> set[int]:
        """People and places belong to all campaigns, doses to their own."""
        if every_day:
            return set(Campaign.objects.filter(is_active=True).values_list("pk", flat=True))
        return {self._plan.campaign.pk, *(campaign for person in people for campaign in campaigns_of(person))}


def _first_day(people: list[Person]) -> date | None:
    """Return the first day that new or changed doses touch; None, for every day, where exemptions came."""
    if any(one.id is None or one.old for person in people for one in person.exemptions):
        return None
    days = [dose.given_on for person in people for dose in person.doses if dose.is_new or dose.state != dose.was]
    return min(days, default=None)
