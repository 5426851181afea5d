"""What cadres do to a household: its state, caretaker, place on the walk, splitting and merging, joining people.

Each is one entry with its history and its trace in the trail, and can be taken back (`changes.take_back`).
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from ledgers.households.changes import Act, ActRefused
from ledgers.households.numbering import HEADS, label, next_sequence
from registry.models import Entry, Household, Place, Resident, User

__all__ = [
    "ActRefused", "assign_caretaker", "change_state", "confirm_apart", "join", "merge", "move_on_walk",
    "new_household", "split",
]  # fmt: skip


def _locked(household: Household) -> Household:
    """Lock a household; somebody may have merged it since the page was opened."""
    found = Household.objects.select_for_update().get(pk=household.pk)
    if found.merged_into_id:
        raise ActRefused("这一户已经并入别的户，请回到名单重新打开。")
    found.place = household.place
    return found


def _subject(household: Household) -> str:
    return f"household {household.pk}"


def _label(household: Household) -> str:
    return label(household.place.name, household.sequence)


@transaction.atomic
def change_state(household: Household, state: str, *, by: User, address: str = "") -> Entry:
    """Set 在家, 全家外出 …; 空挂户 and 集体户 are thereby confirmed, for somebody has just said so."""
    household = _locked(household)
    if household.state == state:
        raise ActRefused("已经是这样了，没有要改的。")
    words = dict(Household.State.choices)
    act = Act(f"{_label(household)}改为{words[state]}", by=by)
    old = household.state
    act.set(household, state=state, confirmed_entry_id=act.entry.pk if state in Household.APART else None)
    return act.close("household.state", _subject(household), {"户状态": [words[old], words[state]]}, address=address)


@transaction.atomic
def confirm_apart(household: Household, *, by: User, address: str = "") -> Entry:
    """Confirm once that a household listed apart really is one. Raises ActRefused for others and a second time."""
    household = _locked(household)
    if household.state not in Household.APART or household.confirmed_entry_id:
        raise ActRefused("这一户已经确认过，或不是空挂户、集体户。")
    act = Act(f"{_label(household)}确认是{household.get_state_display()}", by=by)
    act.set(household, confirmed_entry_id=act.entry.pk)
    detail = {"户状态": household.get_state_display()}
    return act.close("household.confirm", _subject(household), detail, address=address)


@transaction.atomic
def assign_caretaker(households: Sequence[Household], caretaker: User | None, *, by: User, address: str = "") -> Entry:
    """Name the 包保人 of households, None for whoever has the place; constant queries."""
    found = list(Household.objects.standing().select_for_update().filter(pk__in=[one.pk for one in households]))
    who = str(caretaker) if caretaker else "本网格的人"
    act = Act(f"{len(found)} 户的包保人改为{who}", by=by)
    for household in found:
        act.set(household, caretaker_id=caretaker.pk if caretaker else None)
    subject = _subject(found[0]) if len(found) == 1 else ""
    return act.close("household.caretaker", subject, {"包保人": who, "户": len(found)}, address=address)


@transaction.atomic
def move_on_walk(
    household: Household, place: Place, *, before: Household | None = None, by: User, address: str = ""
) -> Entry:
    """Put a household into a place of its village, before another one there or at the end.

    Those behind the gap move up one number each. Members who live in the old place go along.
    Raises ActRefused for a place of another village.
    """
    if place.code[: Place.Level.VILLAGE] != household.village_id:
        raise ActRefused("换到别的村（社区）要走移交，这里只能换组。")
    Place.objects.select_for_update().get(pk=place.pk)
    household = _locked(household)
    old_label, old_place = _label(household), household.place_id
    sequence = _make_room(place, household, before)
    act = Act(f"{old_label}移到{label(place.name, sequence[household.pk])}", by=by)
    for other in Household.objects.select_for_update().filter(pk__in=sequence.keys() - {household.pk}):
        act.set(other, sequence=sequence[other.pk])
    act.set(household, place_id=place.pk, sequence=sequence[household.pk])
    if old_place != place.pk:
        for member in Resident.objects.select_for_update().filter(household=household, place_id=old_place):
            act.move(member, place_id=place.pk)
    detail = {"户序": [old_label, label(place.name, sequence[household.pk])], "后移的户": len(sequence) - 1}
    return act.close("household.place", _subject(household), detail, address=address)


def _make_room(place: Place, household: Household, before: Household | None) -> dict[int, int]:
    """Return the new number of the household and of each that must move, by key."""
    if before is None:
        same = household.place_id == place.pk and household.sequence
        last = next_sequence(place.pk)
        return {household.pk: household.sequence if same and household.sequence == last - 1 else last}
    at = Household.objects.values_list("sequence", flat=True).get(pk=before.pk, place=place)
    numbered = Household.objects.filter(place=place, sequence__isnull=False).exclude(pk=household.pk)
    upto = household.sequence if household.place_id == place.pk else None
    if upto and upto < at:
        between = numbered.filter(sequence__gt=upto, sequence__lt=at).values_list("pk", "sequence")
        return {pk: number - 1 for pk, number in between} | {household.pk: at - 1}
    behind = numbered.filter(sequence__gte=at, **({"sequence__lt": upto} if upto else {}))
    moved = dict(behind.values_list("pk", "sequence"))
    # Where a number is free, those behind it keep theirs.
    shifted, number = {household.pk: at}, at
    for pk, old in sorted(moved.items(), key=lambda pair: pair[1]):
        if old > number:
            break
        number += 1
        shifted[pk] = number
    return shifted


@transaction.atomic
def split(household: Household, members: Sequence[Resident], head: Resident, *, by: User, address: str = "") -> Entry:
    """Let members found a household of their own in the same place, with the next number there.

    Raises ActRefused where nobody goes, nobody stays, or the head is not among those who go.
    """
    household = _locked(household)
    going = _members(household, members)
    _check_split(household, going, head)
    made = _found(
        household.village_id, household.place, household.address, head, by, act_label=_label(household) + "分户"
    )
    act, new = made
    new_label = label(household.place.name, new.sequence)
    for member in going:
        act.move(member, household_id=new.pk, relation="户主" if member.pk == head.pk else _relation(member))
    detail = {"新户": new_label, "人数": len(going)}
    return act.close("household.split", _subject(household), detail, address=address)


def _check_split(household: Household, going: list[Resident], head: Resident) -> None:
    if not going:
        raise ActRefused("先勾选要分出去的人。")
    if head.pk not in {member.pk for member in going}:
        raise ActRefused("新户的户主要在分出去的人里选。")
    if Resident.objects.filter(household=household).count() == len(going):
        raise ActRefused("全家都勾选了，那就不是分户；原户至少留一个人。")


def _members(household: Household, members: Sequence[Resident]) -> list[Resident]:
    keys = [member.pk for member in members]
    return list(Resident.objects.select_for_update().filter(household=household, pk__in=keys).order_by("pk"))


def _found(
    village: str, place: Place, address: str, head: Resident, by: User, *, act_label: str
) -> tuple[Act, Household]:
    """Make a household with the next number of its place, and the act that makes it."""
    Place.objects.select_for_update().get(pk=place.pk)
    act = Act(f"{act_label}：户主{head.name}", by=by)
    made = Household.objects.create(
        village_id=village,
        place=place,
        sequence=next_sequence(place.pk),
        head=head.name,
        address=address,
        entry=act.entry,
    )
    return act, made


def _relation(member: Resident) -> str:
    """Whoever headed another household is no head here."""
    return "" if member.relation in HEADS else member.relation


@transaction.atomic
def merge(household: Household, into: Household, *, by: User, address: str = "") -> Entry:
    """Let all members of a household join another of the same village; the number is not given again.

    Raises ActRefused for the same household, or another village's.
    """
    if household.pk == into.pk or household.village_id != into.village_id:
        raise ActRefused("选同一个村（社区）里的另一户。")
    into = _locked(into)
    household = _locked(household)
    act = Act(f"{_label(household)}并入{_label(into)}", by=by)
    members = list(Resident.objects.select_for_update().filter(household=household).order_by("pk"))
    for member in members:
        act.move(member, household_id=into.pk, relation=_relation(member))
    act.set(household, merged_into_id=into.pk)
    detail = {"并入": _label(into), "人数": len(members)}
    return act.close("household.merge", _subject(household), detail, address=address)


@transaction.atomic
def join(people: Sequence[Resident], household: Household, *, by: User, address: str = "") -> Entry:
    """Let people without a household (待并户) join one of their village. Raises ActRefused where none is left."""
    household = _locked(household)
    found = _without_household(people, household.village_id)
    act = Act(f"{'、'.join(one.name for one in found)}并入{_label(household)}", by=by)
    for one in found:
        act.move(one, household_id=household.pk, relation=_relation(one))
    return act.close("household.join", _subject(household), {"人数": len(found)}, address=address)


@transaction.atomic
def new_household(people: Sequence[Resident], head: Resident, *, by: User, address: str = "") -> Entry:
    """Let people without a household found one where the head lives."""
    found = _without_household(people, head.village_code)
    act, made = _found(head.village_code, head.place, "", head, by, act_label="新立一户")
    for one in found:
        act.move(one, household_id=made.pk, relation="户主" if one.pk == head.pk else _relation(one))
    return act.close("household.new", _subject(made), {"人数": len(found)}, address=address)


def _without_household(people: Sequence[Resident], village: str) -> list[Resident]:
    wanted = Resident.objects.select_for_update(of=("self",)).filter(pk__in=[one.pk for one in people])
    found = [one for one in wanted.order_by("pk") if one.household_id is None and one.village_code == village]
    if not found:
        raise ActRefused("这些人已经有户了，或不在这个村（社区），请刷新后再看。")
    return found
