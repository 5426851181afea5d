"""A row about a person beside what is on record (interfaces: Rosters, A known person, a second roster)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from ledgers.models import Conflict
from ledgers.rosters.people import HouseholdState, Person, Question, ReasonState, membership_words
from ledgers.rosters.reasons import reason_code
from ledgers.rosters.rows import Row
from registry.models import KIND_UNSTATED, MembershipKind, Residency, Status

if TYPE_CHECKING:
    from ledgers.rosters.plan import Plan

GONE = (Status.MOVED_OUT.value, Status.DECEASED.value)
UNKNOWN = Residency.UNKNOWN.value
STUDENT, STAFF = MembershipKind.STUDENT.value, MembershipKind.STAFF.value
# 职工 and 临聘 are one kind of belonging: somebody works at one unit; a student or a lodger belongs otherwise.
_CLASS = {MembershipKind.TEMPORARY.value: STAFF, KIND_UNSTATED: STAFF}
# What the columns hold; a cell beyond it is cut before it is compared.
LIMITS = {
    "name": 60, "name_key": 60, "relation": 20, "address": 200, "registered_address": 200, "guardian": 60,
    "caretaker": 60, "remarks": 500, "household": 40, "head": 60, "class_name": 40,
}  # fmt: skip
# The newer row replaces these; the old value stays in the history.
REPLACED = ("relation", "address", "registered_address", "guardian", "caretaker", "remarks")
LABELS = {
    "place_id": "村（社区）", "registered_village_id": "户籍村", "household_id": "户号", "group": "组",
    "residency": "人口类型", "birth_on": "出生日期", "status": "状态", "unit": "工作单位", "relation": "与户主关系",
    "address": "现住址", "registered_address": "户籍地址", "guardian": "监护人", "caretaker": "包保人",
    "remarks": "备注",
}  # fmt: skip

# What the reader calls the columns of these.
_COLUMNS = {"place_id": "village", "registered_village_id": "registered_village", "household_id": "household"}


# One bit for each field that the newer row replaces.
_BITS = {field: 1 << position for position, field in enumerate((*REPLACED, "place_id", "household_id"))}


def stated_in(row: Row) -> int:
    """Return the bits of those fields that a row says something about."""
    return (
        (bool(row.relation) and _BITS["relation"])
        | (bool(row.address) and _BITS["address"])
        | (bool(row.registered_address) and _BITS["registered_address"])
        | (bool(row.guardian) and _BITS["guardian"])
        | (bool(row.caretaker) and _BITS["caretaker"])
        | (bool(row.remarks) and _BITS["remarks"])
        | (bool(row.group) and _BITS["place_id"])
        | (bool(row.household) and _BITS["household_id"])
    )


def create(plan: Plan, row: Row) -> Person:
    """Take somebody new from a row; without a known village the person stands in 待归类, at the street."""
    village, group = plan.place_of(row)
    place = plan.directory.group_of(village, group) if village and group else village or plan.directory.street
    status, status_on = _status(row)
    person = Person(
        None,
        (
            row.name, row.name_key, row.sex, row.birth_on, place, _registered(plan, row, village),
            _household(plan, row, village, place), row.relation, row.residency or UNKNOWN,
            status or Status.ACTIVE.value, status_on, bool(status), row.address, row.registered_address, row.guardian,
            row.caretaker, row.remarks,
        ),
    )  # fmt: skip
    plan.known.add(person, row.document)
    add_phones(person, row)
    _add_tags(person, row)
    _join_units(plan, person, row, village)
    take_reason(person, row)
    return person


def clip(row: Row) -> None:
    """Cut what is longer than the registry keeps, so that the same row again compares equal."""
    said = row.__dict__
    for field, value in said.items():
        if field in LIMITS and len(value) > LIMITS[field]:
            said[field] = value[: LIMITS[field]]


def merge(plan: Plan, person: Person, row: Row) -> bool:
    """Take a row about somebody known; return whether it brought anything new.

    What is empty on record is filled. Another village, residency, unit, birth date or status waits for
    a person's decision; the registry's value stands until then.
    """
    news = [
        _merge_document(person, row),
        _merge_plain(plan, person, row),
        _merge_place(plan, person, row),
        _merge_registered(plan, person, row),
        _merge_residency(plan, person, row),
        _merge_status(plan, person, row),
        add_phones(person, row),
        _add_tags(person, row),
        _join_units(plan, person, row, person.village),
        take_reason(person, row),
    ]
    return any(news)


def _merge_document(person: Person, row: Row) -> bool:
    if row.document and not person.documented:
        person.document = row.document
        person.documented = True
        return True
    return False


def _merge_plain(plan: Plan, person: Person, row: Row) -> bool:
    news = False
    if row.sex and not person.sex:
        person.set("sex", row.sex)
        news = True
    if row.birth_on and row.birth_on != person.birth_on:
        _ask(plan, person, row, "birth_on", str(person.birth_on), str(row.birth_on), str(row.birth_on))
    for field in REPLACED:
        value = getattr(row, field)
        if value and value != getattr(person, field):
            news |= _replace(plan, person, row, field, value, getattr(person, field), value)
    return news


def _replace(plan: Plan, person: Person, row: Row, field: str, value: Any, known: str, incoming: str) -> bool:
    """Let the newer row replace a value; two rows of one file are equally new, so there it is a question."""
    if known and person.stated & _BITS[field]:
        _ask(plan, person, row, field, known, incoming, _portable(value))
        return False
    if not plan.asked_before(person, _field_question(field, known, incoming)):
        person.set(field, value)
        return True
    return False


def _portable(value: Any) -> Any:
    return [value.village, value.number, value.head] if isinstance(value, HouseholdState) else value


def _merge_place(plan: Plan, person: Person, row: Row) -> bool:
    """Place somebody who has no village; never move anybody who has one (that waits as a conflict)."""
    village, group = plan.place_of(row)
    if not village:
        return False
    if person.village and person.village != village:
        names = plan.directory.villages
        value = plan.directory.group_of(village, group) if group else village
        known = names.get(person.village, person.village)
        _ask(plan, person, row, "place_id", known, names[village], value)
        return False
    news = False
    if not person.village:
        person.set("place_id", village)
        news = True
    if group:
        code = plan.directory.group_of(village, group)
        if code != person.place_id:
            words = plan.directory.words_of
            known = words(person.place_id) if len(person.place_id) > len(village) else ""
            news |= _replace(plan, person, row, "place_id", code, known, words(code))
    # The rows of a family stand together by what they say, wherever somebody is on record.
    stated = plan.directory.group_of(village, group) if group else village
    household = _household(plan, row, village, stated, person.household_id)
    if household is None or household is person.household_id:
        return news
    if not row.household:
        # What the order of rows tells fills in, and never takes anybody out of a household.
        if person.household_id is None:
            person.set("household_id", household)
            news = True
    else:
        known = person.household_id.number if person.household_id else ""
        news |= _replace(plan, person, row, "household_id", household, known, row.household)
    return news


def _merge_registered(plan: Plan, person: Person, row: Row) -> bool:
    village = _registered(plan, row, person.village)
    if not village or village == person.registered_village_id:
        return False
    if not person.registered_village_id:
        person.set("registered_village_id", village)
        return True
    names = plan.directory.villages
    known = names.get(person.registered_village_id, person.registered_village_id)
    _ask(plan, person, row, "registered_village_id", known, names[village], village)
    return False


def _merge_residency(plan: Plan, person: Person, row: Row) -> bool:
    if not row.residency or row.residency in (UNKNOWN, person.residency):
        return False
    if person.residency == UNKNOWN:
        person.set("residency", row.residency)
        return True
    labels = dict(Residency.choices)
    _ask(plan, person, row, "residency", labels[person.residency], labels[row.residency], row.residency)
    return False


def _merge_status(plan: Plan, person: Person, row: Row) -> bool:
    """Take a status that nobody has stated yet; another than the stated one is a question."""
    # A day that was only assumed contradicts nothing.
    assumed = any(message.code == "start_assumed" for message in row.messages)
    if row.status == person.status and person.status_stated and (assumed or row.status not in GONE):
        return False
    status, status_on = _status(row)
    if not status or (person.status_stated and (status, status_on) == (person.status, person.status_on)):
        return False
    if not person.status_stated:
        person.set("status", status)
        person.set("status_on", status_on)
        person.set("status_stated", True)
        return True
    known, incoming = _status_words(person.status, person.status_on), _status_words(status, status_on)
    _ask(plan, person, row, "status", known, incoming, [status, status_on.isoformat() if status_on else None])
    return False


def _status(row: Row) -> tuple[str, Any]:
    return row.status, row.status_on if row.status in GONE else None


def _status_words(status: str, status_on: Any) -> str:
    return f"{Status(status).label} {status_on or ''}".strip()


def _registered(plan: Plan, row: Row, village: str) -> str | None:
    """Return the registered village if it is another one than the responsible village (rules 1)."""
    code = plan.directory.place_of(row.registered_village)[0] if row.registered_village else ""
    return code if code and code != village else None


def _household(
    plan: Plan, row: Row, village: str, place: str, own: HouseholdState | None = None
) -> HouseholdState | None:
    """Return the household that a row names or stands in; a number says something only together with a village."""
    if not village:
        return None
    if row.household:
        return plan.known.household(village, row.household, row.head)
    return plan.doors.household_of(row, village, place, own) if plan.doors else None


def add_phones(person: Person, row: Row) -> bool:
    news = False
    for phone in row.phones:
        if phone[0] not in person.phones and all(phone[0] != number for number, _ in person.new_phones):
            person.new_phones += (phone,)
            news = True
    return news


def _add_tags(person: Person, row: Row) -> bool:
    news = False
    for tag in row.tags:
        tag = tag[:40]
        if tag not in person.tags:
            person.tags = (*person.tags, tag)
            person.new_tags = [*(person.new_tags or ()), tag]
            news = True
    return news


def _join_units(plan: Plan, person: Person, row: Row, village: str) -> bool:
    """Make the person a member of the unit and the school that the row names."""
    news = False
    if row.unit:
        news |= _join(plan, person, row, "unit", row.unit, village, row.member_kind)
    if row.school:
        news |= _join(plan, person, row, "school", row.school, village, STUDENT)
    return news


def _join(plan: Plan, person: Person, row: Row, field: str, words: str, village: str, kind: str) -> bool:
    unit = plan.directory.unit_of(words, village)
    if unit is None:
        plan.warn(row, plan.heading(field, "工作单位"), "unit_unknown", f"单位名册里没有“{words}”，请先登记单位。")
        return False
    stated_kind = row.member_kind or (STUDENT if field == "school" else "")
    for known, known_kind, _ in person.memberships:
        if known == unit and (not stated_kind or known_kind == stated_kind):
            return False
        if known == unit and known_kind == KIND_UNSTATED:
            return _state_kind(person, unit, stated_kind, row.class_name)
        if known == unit or _CLASS.get(known_kind, known_kind) == _CLASS.get(kind, kind):
            names = plan.directory.unit_names
            before, after = membership_words(names[known], known_kind), membership_words(names[unit], kind)
            _ask(plan, person, row, "unit", before, after, [known, unit, kind, row.class_name])
            return False
    membership = _membership(unit, kind, row.class_name)
    person.memberships = (*person.memberships, membership)
    person.new_memberships = [*(person.new_memberships or ()), membership]
    return True


def _state_kind(person: Person, unit: int, kind: str, class_name: str) -> bool:
    """Fill in the kind of a membership of which no row has said any."""
    stated, new = _membership(unit, kind, class_name), person.new_memberships or []
    person.memberships = tuple(stated if one[0] == unit else one for one in person.memberships)
    if any(one[0] == unit for one in new):
        person.new_memberships = [stated if one[0] == unit else one for one in new]
    else:
        person.kinds_stated = [*(person.kinds_stated or ()), stated]
    return True


def _membership(unit: int, kind: str, class_name: str) -> tuple[int, str, str]:
    return unit, kind, class_name if kind == STUDENT else ""


def take_reason(person: Person, row: Row) -> bool:
    """Note why somebody is not vaccinated and what was promised; the newer row replaces."""
    if not (row.reason or row.promised_on):
        return False
    known = person.reason
    code = reason_code(row.reason) if row.reason else (known.code if known else "")
    note = row.reason[:200] if row.reason else (known.note if known else "")
    promised_on = row.promised_on or (known.promised_on if known else None)
    return set_reason(person, code, note, promised_on)


def set_reason(person: Person, code: str, note: str, promised_on: date | None) -> bool:
    """Set a reason in memory; return whether anything is new."""
    known = person.reason
    if known is None:
        person.reason = ReasonState(None, code, note, promised_on)
        return True
    if (code, note, promised_on) == (known.code, known.note, known.promised_on):
        return False
    if known.id is not None and known.old is None:
        known.old = (known.code, known.note, known.promised_on)
    known.code, known.note, known.promised_on = code, note, promised_on
    return True


def _heading(plan: Plan, field: str) -> str:
    """Return the heading of a field in the file; the label where the file has no such column."""
    default = plan.heading("village_code", LABELS[field]) if field == "place_id" else LABELS[field]
    return plan.heading(_COLUMNS.get(field, field), default)


def _field_question(field: str, known: str, incoming: str) -> Question:
    return Question(Conflict.Kind.FIELD.value, field, known, incoming)


def _ask(plan: Plan, person: Person, row: Row, field: str, known: str, incoming: str, value: Any) -> None:
    question = Question(Conflict.Kind.FIELD.value, field, known, incoming, payload={"value": value}, row=row.number)
    if plan.ask(person, question):
        label = LABELS[field]
        plan.warn(
            row,
            _heading(plan, field),
            "field_conflict",
            f"{label}与在册不一致（在册：{known}，本行：{incoming}），待核实。",
        )
