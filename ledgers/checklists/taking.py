"""A list handed down, taken row by row: who is meant, what is known already, who is to be asked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from pathlib import PurePath
from typing import TYPE_CHECKING

from django.utils import timezone

from ledgers.checklists.known import fresh_since, keys_known_of
from ledgers.checklists.matching import Match, Matcher
from ledgers.models import Checklist, ChecklistRow, RosterImport
from ledgers.rosters.rows import ERROR, Row
from ledgers.rosters.waiting import portable_row
from registry.models import Entry

if TYPE_CHECKING:
    from ledgers.rosters.plan import Plan

# When a list is to be returned unless somebody says so: the next day at five.
DUE_HOUR = time(17)
_WARNINGS = {"name": "name_conflict", "several": "duplicate_person"}


class Checking:
    """Takes the rows of a 核查名单; each becomes a row of the list, also one that cannot be read."""

    def __init__(self, plan: Plan):
        self._plan = plan
        self._matcher = Matcher(plan.campaign.place.prefix)
        self._known: set[int] = set()
        self._rows: list[tuple[Row, Match, str]] = []
        # Row numbers by person: the same person twice is one question.
        self._met: dict[int, int] = {}

    def load(self, rows: Sequence[Row]) -> None:
        self._matcher.load(rows)
        people = {match.resident for row in rows if (match := self._match(row)).resident}
        self._known |= keys_known_of(people, self._plan.campaign, self._plan.today)

    def _match(self, row: Row) -> Match:
        if row.is_rejected:
            problem = next(message.message for message in row.messages if message.level == ERROR)
            match = self._matcher.match(row)
            # The words stand within a sentence.
            return Match(None, problem.removesuffix("。")[:200], "unreadable", match.candidates)
        return self._matcher.match(row, self._plan.place_of(row)[0])

    def take(self, row: Row) -> str:
        """Created: somebody is to be asked; unchanged: the registry knows already; else rejected."""
        match = self._match(row)
        if match.code == "unreadable":
            self._rows.append((row, match, ""))
            return "rejected"
        # Whose number it is, or which of several, staff decide; where nobody is known, the village may know.
        village = self._plan.place_of(row)[0] if match.code == "unknown" else ""
        if match.resident is None:
            self._say_problem(row, match)
        elif self._is_repeated(row, match):
            return "unchanged"
        self._rows.append((row, match, village))
        if match.code == "unknown" and not village:
            self._plan.unplaced_rows += 1
        return "unchanged" if match.resident in self._known else "created"

    def _is_repeated(self, row: Row, match: Match) -> bool:
        """Note a person who stands in the list twice; the later row is answered with the earlier."""
        first = self._met.setdefault(match.resident, row.number)
        if first == row.number:
            return False
        self._plan.warn(
            row, self._plan.heading("name", "姓名"), "duplicate_row", f"与本表第{first}行是同一个人，一起回报。"
        )
        self._rows.append((row, match, ""))
        return True

    def _say_problem(self, row: Row, match: Match) -> None:
        self._plan.check_village(row)
        code = _WARNINGS.get(match.code)
        if code:
            self._plan.waits()
            self._plan.warn(row, self._plan.heading("name", "姓名"), code, f"{match.problem}，由街道专班核对。")

    def write(self, entry: Entry) -> None:
        """Write the list's rows; from now on they are asked."""
        checklist = checklist_of(self._plan.roster)
        checklist.asked_on = self._plan.today
        checklist.fresh_from = fresh_since(entry.at, self._plan.today)
        checklist.save(update_fields=["asked_on", "fresh_from"])
        ChecklistRow.objects.bulk_create((_row(checklist, *taken) for taken in self._rows), batch_size=2000)


def _row(checklist: Checklist, row: Row, match: Match, village: str) -> ChecklistRow:
    return ChecklistRow(
        checklist=checklist,
        number=row.number,
        name=row.name[:60],
        resident_id=match.resident,
        village_id=village or None,
        problem=match.problem,
        candidates=list(match.candidates),
        said=portable_row(row) if match.resident is None else {},
    )


def checklist_of(roster: RosterImport) -> Checklist:
    """Return the list that a roster brings, made with the usual due hour where nobody set one."""
    defaults = {
        "campaign": roster.campaign,
        "title": PurePath(roster.name).stem,
        "due_at": usual_due_at(timezone.now()),
    }
    return Checklist.objects.get_or_create(roster=roster, defaults=defaults)[0]


def usual_due_at(now: datetime) -> datetime:
    """The next day at five in the afternoon."""
    tomorrow = timezone.localtime(now).date() + timedelta(days=1)
    return timezone.make_aware(datetime.combine(tomorrow, DUE_HOUR))
