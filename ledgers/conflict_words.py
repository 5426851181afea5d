"""Open questions as the pages put them: what is asked, both sides with their sources, what an answer does."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from campaigns.models import Campaign
from ledgers.access import decisions_open_to
from ledgers.models import Conflict, Dose
from ledgers.rosters.waiting import row_from
from registry.ages import age_on
from registry.masking import hide_numbers
from registry.models import Entry, Place, Resident, ResidentChange, User

KNOWN, INCOMING, OTHER = Conflict.Decision.values
FIELDS = {
    "name": "姓名",
    "place_id": "村（社区）",
    "registered_village_id": "户籍村",
    "household_id": "户号",
    "residency": "人口类型",
    "birth_on": "出生日期",
    "status": "状态",
    "unit": "工作单位",
    "relation": "与户主关系",
    "address": "现住址",
    "registered_address": "户籍地址",
    "guardian": "监护人",
    "caretaker": "包保人",
    "remarks": "备注",
    "duplicate": "是不是在册的人",
}
# What each answer does, per kind of question; `{known}` and `{incoming}` are the two sides.
ANSWERS = {
    Conflict.Kind.NAME: {
        KNOWN: ("是同一人，姓名以在册为准", "姓名仍是{known}，这一行的接种记录记到此人名下。"),
        INCOMING: ("是同一人，姓名以新来为准", "姓名改为{incoming}，这一行的接种记录记到此人名下。"),
        OTHER: ("不是同一人", "这一行写错了证件号码，它的内容都不采用；改正后可再导入。"),
    },
    Conflict.Kind.FIELD: {
        KNOWN: ("以在册为准", "仍是{known}；以后的表再写{incoming}也不再问。"),
        INCOMING: ("以新来为准", "改为{incoming}，{known}留在变动记录里。"),
    },
    Conflict.Kind.DOSE: {
        KNOWN: ("以在册为准", "在册的记录计针次，新来的标为未采用。"),
        INCOMING: ("以新来为准", "新来的记录计针次，在册的标为未采用。"),
    },
    Conflict.Kind.DUPLICATE: {
        KNOWN: ("是在册的人", "这一行并到在册最早登记的那一位名下。"),
        INCOMING: ("是另一个人", "按这一行新登记一个人。"),
    },
}


@dataclass(frozen=True)
class Answer:
    decision: str
    verb: str
    effect: str


@dataclass(frozen=True)
class Side:
    """One side: what it says, and where that comes from."""

    value: str
    entry: Entry | None
    row: int | None = None


@dataclass(frozen=True)
class Question:
    conflict: Conflict
    what: str
    age: int
    # Village and group, for staff and the clinic read of many villages.
    where: str
    # The last two digits of the number; "" without one, and where a birth date is asked about (access.md).
    tail: str
    known: Side
    incoming: Side
    # The live doses on record, where the question is about a dose.
    doses: list[Dose]
    answers: list[Answer]
    is_others: bool
    # Of which campaign the waiting dose is, else the roster that raised the question; None for a fact of the person
    # that no roster brought.
    campaign: Campaign | None


def questions(conflicts: Iterable[Conflict], *, user: User, on: date) -> list[Question]:
    """Put conflicts into words for one reader; ages are taken on `on`. Four queries, however many they are."""
    conflicts = list(conflicts)
    residents = {conflict.resident_id for conflict in conflicts}
    changes = _latest_changes(residents)
    doses = _live_doses({c.resident_id for c in conflicts if c.kind == Conflict.Kind.DOSE})
    dated = _with_open_birth_date(residents)
    villages = _villages(conflicts)
    return [_question(conflict, changes, doses, dated, villages, user, on) for conflict in conflicts]


def _villages(conflicts: list[Conflict]) -> dict[str, str]:
    codes = {conflict.resident.village_code for conflict in conflicts}
    return dict(Place.objects.filter(pk__in=codes).values_list("code", "name"))


def _where(resident: Resident, villages: dict[str, str]) -> str:
    group = resident.place.name if resident.place.level == Place.Level.GROUP else ""
    return villages.get(resident.village_code, "待归类") + group


def _with_open_birth_date(residents: set[int]) -> set[int]:
    """Whose birth date stands on the page, or on another page of it: their numbers show no tail anywhere here."""
    found = Conflict.objects.open().filter(resident_id__in=residents, field="birth_on")
    return set(found.values_list("resident_id", flat=True))


def _latest_changes(residents: set[int]) -> dict[tuple[int, str], Entry]:
    rows = ResidentChange.objects.filter(resident_id__in=residents).select_related("entry__by").order_by("pk")
    return {(change.resident_id, change.field): change.entry for change in rows}


def _live_doses(residents: set[int]) -> dict[int, list[Dose]]:
    found: dict[int, list[Dose]] = {}
    if not residents:
        return found
    rows = Dose.objects.filter(resident_id__in=residents, state=Dose.State.LIVE).order_by("given_on")
    for dose in rows.select_related("product", "entry__by"):
        found.setdefault(dose.resident_id, []).append(dose)
    return found


def _question(
    conflict: Conflict,
    changes: dict[Any, Entry],
    doses: dict[int, list[Dose]],
    dated: set[int],
    villages: dict[str, str],
    user: User,
    on: date,
) -> Question:
    open_to = decisions_open_to(user, conflict)
    said = {"known": hide_numbers(conflict.known) or "空", "incoming": _incoming(conflict, on) or "空"}
    answers = [
        Answer(decision, verb, effect.format(**said))
        for decision, (verb, effect) in ANSWERS[Conflict.Kind(conflict.kind)].items()
        if decision in open_to
    ]
    origin = changes.get((conflict.resident_id, conflict.field), conflict.resident.entry)
    return Question(
        conflict=conflict,
        what=what_is_asked(conflict),
        age=age_on(conflict.resident.birth_on, on),
        where=_where(conflict.resident, villages),
        tail="" if conflict.resident_id in dated else _tail(conflict.resident),
        known=Side(said["known"], None if conflict.kind == Conflict.Kind.DOSE else origin),
        incoming=Side(said["incoming"], conflict.entry, conflict.row),
        doses=doses.get(conflict.resident_id, []) if conflict.kind == Conflict.Kind.DOSE else [],
        answers=answers,
        is_others=len(open_to) == 1,
        campaign=_campaign(conflict),
    )


def _campaign(conflict: Conflict) -> Campaign | None:
    source = conflict.dose or getattr(conflict.entry, "roster", None)
    return source.campaign if source else None


def _tail(resident: Resident) -> str:
    return next((document.number[-2:] for document in resident.documents.all()), "")


def _incoming(conflict: Conflict, on: date) -> str:
    """What the row says: of somebody who may be on record the age, not the birth date, and no whole phone."""
    rows = conflict.payload.get("rows") if conflict.kind == Conflict.Kind.DUPLICATE else None
    if not rows:
        return hide_numbers(conflict.incoming)
    row = row_from(rows[0])
    age = f"{age_on(row.birth_on, on)}岁" if row.birth_on else ""
    phones = f"电话尾号 {'、'.join(number[-4:] for number, _ in row.phones)}" if row.phones else ""
    said = (row.name, age, row.village, row.group, hide_numbers(row.address), phones)
    return "，".join(part for part in said if part)


def what_is_asked(conflict: Conflict) -> str:
    """姓名, 村（社区）, 第二针 …"""
    field = conflict.field
    if field.startswith("dose:"):
        number = field.removeprefix("dose:")
        return (
            f"第{'一二三四五六七八九'[int(number) - 1]}针" if number.isdigit() and 0 < int(number) < 10 else "接种日期"
        )
    return "缓种至" if field.startswith("end:") else FIELDS.get(field, field)
