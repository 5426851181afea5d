"""Members of a household: found by number or made new, and where those of a household that has gone went."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, transaction

from ledgers import notes
from ledgers.households.numbering import label_of
from ledgers.models import Visit, VisitAnswer
from ledgers.notes import NoteRefused
from ledgers.signals import facts_changed
from registry import audit
from registry.limits import allowed
from registry.models import Household, IdentityDocument, Resident, Source, User
from registry.names import name_key, pinyin_of, same_name

NOBODY_KNOWN_REASON = "61"
# Numbers an account may try in an hour: each tells whether somebody is on another village's list (access.md).
TRIES_PER_HOUR = 60
TOO_MANY = f"一小时最多添加 {TRIES_PER_HOUR} 人，过一会再加。"


@dataclass(frozen=True)
class Newcomer:
    """What the form says of somebody to be added; `number` "" and `birth_on` from the form where there is none."""

    name: str
    birth_on: date
    number: str = ""
    sex: str = ""
    relation: str = ""


class Elsewhere(Exception):
    """The person stands on another village's list; only a handover brings them here (access.md)."""

    def __init__(self, resident: Resident):
        super().__init__("这个人在别的村的名单上。")
        self.resident = resident


class InOtherHousehold(Exception):
    """The person lives in another household of the village by the registry; to be moved from there, or not."""

    def __init__(self, resident: Resident):
        where = label_of(resident.household)
        super().__init__(f"{resident.name}登记在本村 {where}，没有写入。住到这一户来了，就移过来，不再算那一户的人。")


def may_try(user: User) -> bool:
    """Count one more person this account adds, and tell whether it is within the hour's measure."""
    return allowed(f"members:{user.pk}", TRIES_PER_HOUR)


def note_try(found: Elsewhere, *, by: User, address: str = "") -> None:
    """That somebody learned a person is on another village's list stands in the trail."""
    audit.record("resident.lookup", by=by, subject=f"resident {found.resident.pk}", address=address)


@transaction.atomic
def add_member(household: Household, told: Newcomer, *, moves: bool = False, by: User, address: str = "") -> Resident:
    """Let somebody join a household: known by number in this village, or new on record.

    `moves` says that who stands in another household of the village is to leave that one. Raises NoteRefused
    with a sentence, Elsewhere for who is on another village's list, InOtherHousehold for who would leave one.
    """
    household = Household.objects.select_for_update(of=("self",)).select_related("place").get(pk=household.pk)
    known = known_person(household.village_id, told)
    entry = notes.new_entry(by, Source.VERBAL, "添加家庭成员")
    if known is not None:
        _check_known(household, known, told)
        if known.household_id and not moves:
            raise InOtherHousehold(known)
        changes = {"household_id": household.pk, "place_id": household.place_id}
        # 户主 or 子 of the household left says nothing in this one.
        if told.relation or known.household_id:
            changes["relation"] = told.relation[:20]
        notes.change_resident(known, changes, entry)
        resident = known
    else:
        resident = put_on_record(household, told, entry)
    detail = {"户": household.pk, "新增": known is None}
    audit.record("household.member", by=by, subject=f"resident {resident.pk}", detail=detail, address=address)
    return resident


def known_person(village: str, told: Newcomer) -> Resident | None:
    """Find by number; without one by name, birth day and village, as rosters know a person again."""
    people = Resident.objects.select_for_update(of=("self",)).select_related("place", "household__place")
    if told.number:
        return people.filter(documents__number=told.number, documents__kind=IdentityDocument.RESIDENT).first()
    found = people.inside(village).filter(name_key=name_key(told.name), birth_on=told.birth_on)[:2]
    if len(found) > 1:
        raise NoteRefused("本村有两个同名同生日的人，写上证件号码再添加。")
    return found[0] if found else None


def _check_known(household: Household, known: Resident, told: Newcomer) -> None:
    if not same_name(known.name, told.name):
        raise NoteRefused("这个号码登记的是别的姓名，请核对号码和姓名。")
    if known.household_id == household.pk:
        raise NoteRefused(f"{known.name}已经是这一户的人。")
    if not known.village_code:
        raise NoteRefused(f"{known.name}还在待归类里，先到待归类认领，再添加到这一户。")
    if known.village_code != household.village_id:
        raise Elsewhere(known)


def put_on_record(household: Household, told: Newcomer, entry: notes.Entry) -> Resident:
    """Make a resident of a household, with the number where there is one; every campaign hears of it."""
    pinyin, initials = pinyin_of(told.name)
    resident = Resident.objects.create(
        name=told.name, name_key=name_key(told.name), pinyin=pinyin, initials=initials, sex=told.sex,
        birth_on=told.birth_on, place_id=household.place_id, household=household, relation=told.relation[:20],
        entry=entry,
    )  # fmt: skip
    if told.number:
        try:
            with transaction.atomic():
                IdentityDocument.objects.create(resident=resident, number=told.number)
        except IntegrityError as error:
            raise NoteRefused("这个号码刚刚由别人登记了，再查一遍。") from error
    for campaign in notes.running_campaigns():
        facts_changed.send(Resident, campaign=campaign, places={resident.place_id}, since=None)
    return resident


def members_of(household: Household) -> list[Resident]:
    """The people on record of a household who have not left it."""
    return list(Resident.objects.filter(household=household, status="active").order_by("birth_on", "pk"))


@transaction.atomic
def say_where_they_went(
    visit: Visit, residents: Sequence[Resident], *, on: date | None, by: User, address: str = ""
) -> int:
    """Note for chosen members what a visit found of the whole household; return for how many.

    已搬走 sets moved out from `on`; 查无此户 the reason 61. Raises NoteRefused for another outcome or no day.
    """
    if visit.outcome not in (Visit.Outcome.MOVED, Visit.Outcome.NOT_FOUND):
        raise NoteRefused("这次走访不是已搬走或查无此户。")
    moved = visit.outcome == Visit.Outcome.MOVED
    if moved and on is None:
        raise NoteRefused("写明哪一天搬走的，记不准写大概的一天。")
    for resident in residents:
        if moved:
            notes.note_moved_out(resident, on=on, entry=visit.entry)
        else:
            notes.note_reason(resident, visit.campaign, code=NOBODY_KNOWN_REASON, entry=visit.entry)
    kind = VisitAnswer.Kind.MOVED_OUT if moved else VisitAnswer.Kind.REASON
    detail = {"on": on.isoformat()} if moved else {"code": NOBODY_KNOWN_REASON}
    VisitAnswer.objects.bulk_create(
        [VisitAnswer(visit=visit, resident=one, kind=kind, detail=detail) for one in residents], ignore_conflicts=True
    )
    told = {"结果": visit.get_outcome_display(), "登记人数": len(residents)}
    audit.record("visit.members", by=by, subject=f"household {visit.household_id}", detail=told, address=address)
    return len(residents)
