"""Rows that mean nobody on record: entering the person, choosing who is meant, passing a row on."""

from __future__ import annotations

from django.db import transaction

from campaigns.closing import require_open
from ledgers import notes
from ledgers.models import ChecklistRow
from ledgers.notes import NoteRefused
from ledgers.rosters.background import Background
from ledgers.rosters.plan import Plan
from ledgers.rosters.waiting import row_from
from ledgers.rosters.writing import Writer
from registry import audit, clock
from registry.models import Entry, Place, Resident, Source, User
from registry.querysets import within


def enter(row: ChecklistRow, village: Place | None, entry: Entry) -> Resident:
    """Put the person a row names on record, as a roster would: in the village, without one in 待归类.

    Who has been put on record meanwhile is taken as they are. Raises NoteRefused where the row says too little.
    """
    said = row_from(row.said | {"village": village.pk if village else ""})
    if said.birth_on is None:
        raise NoteRefused("这一行没有能用的证件号码或出生日期，请先核对号码，再登记本人。")
    plan = Plan(row.checklist.campaign, source=Source.VERBAL, today=clock.today(), lock=True)
    plan.use("residents", [])
    with Background() as hands:
        plan.take([said], hands)
    Writer(plan, entry).write()
    person = next(one for one in plan.known.people if one.rows)
    return Resident.objects.get(pk=person.key)


@transaction.atomic
def put_in_unplaced(row: ChecklistRow, *, by: User, address: str = "") -> ChecklistRow:
    """放进待归类: villages that may know the person are asked, and whoever adopts them answers the row."""
    row = _unknown(row)
    entry = notes.new_entry(by, Source.ROSTER, f"核查名单：{row.checklist.title}")
    _point_at(row, enter(row, None, entry))
    audit.record("checklist.enter", by=by, subject=f"resident {row.resident_id}", address=address)
    return row


@transaction.atomic
def pass_on(row: ChecklistRow, village: Place, *, by: User, address: str = "") -> ChecklistRow:
    """Ask a village about somebody who is not on record."""
    row = _unknown(row)
    row.village = village
    row.save(update_fields=["village"])
    detail = {"行": row.number, "转给": str(village)}
    audit.record("checklist.pass", by=by, subject=f"checklist {row.checklist_id}", detail=detail, address=address)
    return row


@transaction.atomic
def choose(row: ChecklistRow, key: int, *, by: User, address: str = "") -> ChecklistRow:
    """Say who of the people on record is meant; the number of the row is not taken over."""
    row = _unknown(row)
    inside = Resident.objects.filter(within(row.checklist.campaign.place.prefix))
    resident = inside.filter(pk=key).first() if key in row.candidates else None
    if resident is None:
        raise NoteRefused("这个人已经不在候选里，刷新页面再选。")
    _point_at(row, resident)
    detail = {"行": row.number}
    audit.record("checklist.choose", by=by, subject=f"resident {resident.pk}", detail=detail, address=address)
    return row


def _unknown(row: ChecklistRow) -> ChecklistRow:
    rows = ChecklistRow.objects.select_for_update(of=("self",)).select_related("checklist__campaign__place")
    row = rows.get(pk=row.pk)
    require_open(row.checklist.campaign)
    if row.resident_id is not None:
        raise NoteRefused("这一行已经对上在册的人，刷新页面看现在的情况。")
    return row


def _point_at(row: ChecklistRow, resident: Resident) -> None:
    row.resident, row.village, row.problem, row.candidates, row.said = resident, None, "", [], {}
    row.save(update_fields=["resident", "village", "problem", "candidates", "said"])
