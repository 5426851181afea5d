"""原表回填: a 核查名单 goes back to its sender in the sender's own file, filled in (plan 六(二)2)."""

from __future__ import annotations

from pathlib import Path

from django.urls import reverse
from django.utils import timezone

from ledgers.checklists.known import with_known
from ledgers.checklists.words import result_of
from ledgers.lead import annotate_lead
from ledgers.models import Checklist, ChecklistRow
from ledgers.rosters.pipeline import reading_of
from registry import clock
from registry.models import Place, Unit, User
from reports.exports.kinds import FileKind, Report, cover_line, register
from reports.exports.order import Terms, order
from reports.models import Export
from reports.returned.columns import CHECKLIST
from reports.returned.people import said_of
from reports.returned.sheets import Sheet, ending_of, returned

LAYOUT = "checklist"


def order_return(checklist: Checklist, *, terms: Terms, by: User, address: str = "") -> Export:
    """Order the return of a list; `reports.exports.order` says what happens then."""
    ending = _sheet(checklist).ending
    return order(
        layout=LAYOUT, campaign=checklist.campaign, place=checklist.campaign.place,
        params={"checklist": checklist.pk, "on": f"{clock.today()}", "ending": ending}, terms=terms,
        people=checklist.rows.count(), by=by, address=address,
    )  # fmt: skip


def write_return(export: Export, path: Path, report: Report = lambda done: None) -> int:
    """Write the sender's file with our columns; return its rows."""
    checklist = Checklist.objects.select_related("roster", "campaign__place").get(pk=export.params["checklist"])
    on = clock.today()
    rows = _rows(checklist)
    people = said_of((row.resident_id for row in rows if row.resident_id), checklist.campaign, on, export.by)
    report(len(rows))
    who = _responsible(rows)
    said = {row.number: people.get(row.resident_id, {}) | _answer(row, who) for row in rows}
    sheet = _sheet(checklist)
    path.write_bytes(returned(sheet, CHECKLIST, said, last_line=cover_line(export), is_full=export.is_full))
    return len(rows)


def _sheet(checklist: Checklist) -> Sheet:
    """Read the sender's file as it was read when it was approved."""
    with checklist.roster.file.open("rb") as file:
        data = file.read()
    with reading_of(checklist.roster) as reading:
        return Sheet(data, reading, list(reading.rows()))


def _rows(checklist: Checklist) -> list[ChecklistRow]:
    rows = with_known(checklist.rows.all(), checklist.campaign, clock.today())
    return list(annotate_lead(rows, "resident_id").select_related("answered_by", "resident").order_by("number"))


def _answer(row: ChecklistRow, who: dict[str, str]) -> dict[str, str]:
    """What was answered, by whom: the village or unit, never a person's name."""
    said = {"result": result_of(row, row.known)}
    if not row.answer:
        return said
    key = f"u{row.lead_unit}" if row.lead_unit else _village_of(row)
    return said | {"by": who.get(key, "街道专班"), "at": f"{timezone.localtime(row.answered_at):%Y-%m-%d %H:%M}"}


def _village_of(row: ChecklistRow) -> str:
    return (row.resident.place_id if row.resident else row.village_id or "")[: Place.Level.VILLAGE]


def _responsible(rows: list[ChecklistRow]) -> dict[str, str]:
    units = Unit.objects.filter(pk__in={row.lead_unit for row in rows if row.lead_unit})
    places = Place.objects.villages().filter(pk__in={_village_of(row) for row in rows})
    return {f"u{pk}": name for pk, name in units.values_list("pk", "name")} | dict(places.values_list("code", "name"))


def _name(export: Export) -> str:
    checklist = Checklist.objects.filter(pk=export.params.get("checklist")).first()
    return f"{checklist.title}_回填" if checklist else "核查名单"


def _shown_at(export: Export) -> str:
    return f"{reverse('checklist', args=[export.params['checklist']])}?show=all"


register(FileKind(LAYOUT, "核查名单回填", write_return, name=_name, shown_at=_shown_at, suffix_of=ending_of))
