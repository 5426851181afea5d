"""Who a row is about: by number, else by name, birth date and village; what nobody can tell is asked (interfaces)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ledgers.models import Conflict
from ledgers.rosters import doses
from ledgers.rosters.fetching import number_key
from ledgers.rosters.people import Person, Question
from ledgers.rosters.rows import Row
from ledgers.rosters.waiting import portable_row
from registry.names import same_name, sounds_same

if TYPE_CHECKING:
    from ledgers.rosters.plan import Plan


def people_meant(plan: Plan, row: Row) -> list[Person]:
    """Return who the row may be about; a number names one person, or nobody yet."""
    if row.document:
        person = plan.known.by_number.get(number_key(row.document))
        if person is not None:
            return [person]
        namesakes = [person for person in _namesakes(plan, row) if not person.documented]
        return namesakes if len(namesakes) == 1 else []
    return _namesakes(plan, row)


def is_same_person(plan: Plan, person: Person, row: Row) -> bool:
    """Tell whether a row that bears the person's number is about this person; where the names differ, ask."""
    if row.name_key == person.name_key or same_name(row.name, person.name):
        return True
    question = Question(
        Conflict.Kind.NAME.value, "name", person.name, row.name, payload=_payload(plan, row), row=row.number
    )
    before = plan.asked_before(person, question)
    if before is not None and before.decision:
        return before.decision != Conflict.Decision.OTHER
    heading = plan.heading("name", "姓名")
    if sounds_same(row.name, person.name) and row.birth_on in (None, person.birth_on):
        plan.warn(row, heading, "name_variant", f"姓名与在册的“{person.name}”同音，按同一人计。")
        return True
    if before is not None:
        before.payload.setdefault("rows", []).append(portable_row(row))
    plan.ask(person, question)
    doses.keep_waiting(plan, person, row)
    plan.meet(person)
    plan.warn(row, heading, "name_conflict", f"证件号码已登记为“{person.name}”，与本行姓名不同，待核实。")
    return False


def ask_which(plan: Plan, row: Row, candidates: list[Person]) -> None:
    """Keep a row that several people on record may claim: nothing of it counts until somebody decides."""
    village = plan.directory.villages.get(plan.place_of(row)[0], "")
    question = Question(
        Conflict.Kind.DUPLICATE.value, "duplicate", f"同名同生日 {len(candidates)} 人",
        f"{row.name} {row.birth_on} {village} {row.address} {'、'.join(n for n, _ in row.phones)}".strip(),
        payload=_payload(plan, row), row=row.number,
    )  # fmt: skip
    person = min(candidates, key=lambda one: (one.id is None, one.id or 0))
    if plan.ask(person, question):
        plan.meet(person)
        plan.warn(
            row, plan.heading("name", "姓名"), "duplicate_person",
            f"在册有{len(candidates)}人与本行姓名、出生日期、村（社区）相同，待核实。",
        )  # fmt: skip


def _namesakes(plan: Plan, row: Row) -> list[Person]:
    found = plan.known.namesakes(row.name_key, row.birth_on)
    if not found:
        return []
    village = plan.place_of(row)[0]
    return [
        person for person in found
        if person.village == village
        and not (row.household and person.household_id and person.household_id.number not in ("", row.household))
    ]  # fmt: skip


def _payload(plan: Plan, row: Row) -> dict[str, object]:
    return {"campaign": plan.campaign.pk, "rows": [portable_row(row)]}
