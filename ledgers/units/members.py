"""Keeping the members of a unit: who joins and leaves, of what kind, class and consent. Dated, and never lost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from campaigns.models import Campaign
from ledgers.signals import facts_changed
from registry import audit
from registry.identity import IdentityNumber
from registry.models import (
    Consent,
    Entry,
    IdentityDocument,
    Membership,
    MembershipKind,
    Phone,
    Place,
    Resident,
    ResidentChange,
    Source,
    Status,
    Unit,
    User,
)
from registry.names import name_key, pinyin_of, same_name

# What a contact may put right of a membership.
CHANGEABLE = ("kind", "class_name", "consent")
GONE = (Status.MOVED_OUT, Status.DECEASED)


class MemberRefused(Exception):
    """Somebody who cannot join, or a change that cannot be; its text is the sentence for the page."""


@dataclass(frozen=True)
class Newcomer:
    """What the contact says of somebody who joins; `lives_outside`: neither lives nor is registered here."""

    name: str
    identity: IdentityNumber
    kind: str
    class_name: str = ""
    guardian: str = ""
    consent: str = ""
    phone: str = ""
    joined_on: date | None = None
    lives_outside: bool = False


@transaction.atomic
def join(unit: Unit, newcomer: Newcomer, street: Place, *, by: User, address: str = "") -> Membership:
    """Make somebody a member: known by name and number, else new, in 待归类 of `street` or 非本辖区.

    A name that does not fit the number is refused without saying whose it is (access.md).
    """
    entry = _entry(by, f"加入{unit.name}")
    resident = _known(newcomer) or _new(newcomer, street, entry)
    try:
        with transaction.atomic():
            made = Membership.objects.create(
                resident=resident,
                unit=unit,
                kind=newcomer.kind,
                class_name=newcomer.class_name,
                consent=newcomer.consent,
                joined_on=newcomer.joined_on,
                entry=entry,
            )
    except IntegrityError as error:
        raise MemberRefused(f"{resident.name}已经在{unit.name}的名单里。") from error
    changes = {"unit": ("", _words(made)), "guardian": (resident.guardian, newcomer.guardian or resident.guardian)}
    _write_changes(resident, changes, entry)
    _tell(resident)
    audit.record("member.join", by=by, subject=f"resident {resident.pk}", detail=_detail(made), address=address)
    return made


@transaction.atomic
def put_right(membership: Membership, changes: dict[str, Any], *, guardian: str, by: User, address: str = "") -> bool:
    """Set kind, class, consent and guardian; return whether anything differed. The old values stay as changes."""
    resident = membership.resident
    found = {name: (getattr(membership, name), changes[name]) for name in CHANGEABLE if name in changes}
    differing = {name: pair for name, pair in found.items() if pair[0] != pair[1]}
    for name, (_, new) in differing.items():
        setattr(membership, name, new)
    said = {f"member_{name}": (word_of(name, old), word_of(name, new)) for name, (old, new) in differing.items()}
    said |= {"guardian": (resident.guardian, guardian)} if guardian != resident.guardian else {}
    if not said:
        return False
    membership.save(update_fields=CHANGEABLE)
    _write_changes(resident, said, _entry(by, f"更正{membership.unit.name}人员"))
    if "kind" in differing:
        _tell(resident)
    audit.record("member.change", by=by, subject=f"resident {resident.pk}", detail=_detail(membership), address=address)
    return True


@transaction.atomic
def leave(membership: Membership, *, on: date, by: User, address: str = "") -> None:
    """End a membership on its first day outside; the person stays in the registry."""
    membership = Membership.objects.select_for_update().get(pk=membership.pk)
    if membership.left_on is not None:
        raise MemberRefused("这个人已经离开，刷新页面看现在的名单。")
    if membership.joined_on and on < membership.joined_on:
        raise MemberRefused("离开的日子早于加入的日子，请核对。")
    membership.left_on = on
    membership.save(update_fields=["left_on"])
    entry = _entry(by, f"离开{membership.unit.name}")
    _write_changes(membership.resident, {"unit": (_words(membership), "")}, entry)
    _tell(membership.resident)
    subject = f"resident {membership.resident_id}"
    audit.record("member.leave", by=by, subject=subject, detail=_detail(membership), address=address)


def word_of(field: str, value: str) -> str:
    """Put a value of a membership into the word on the screen; "" stays empty."""
    choices = {"kind": MembershipKind, "consent": Consent}.get(field)
    return choices(value).label if choices and value else value


def _known(newcomer: Newcomer) -> Resident | None:
    document = (
        IdentityDocument.objects.filter(kind=IdentityDocument.RESIDENT, number=newcomer.identity.number)
        .select_related("resident")
        .first()
    )
    if document is None:
        return None
    resident = document.resident
    if not same_name(resident.name, newcomer.name):
        raise MemberRefused("姓名和证件号码对不上，照证件核对一遍；仍不对请联系街道专班。")
    if resident.status in GONE:
        raise MemberRefused(f"{resident.name}在册为“{resident.get_status_display()}”，请联系街道专班核对。")
    return resident


def _new(newcomer: Newcomer, street: Place, entry: Entry) -> Resident:
    """Put somebody nobody knew on record: in 待归类, until a village claims the person, or 非本辖区."""
    pinyin, initials = pinyin_of(newcomer.name)
    resident = Resident.objects.create(
        name=newcomer.name,
        name_key=name_key(newcomer.name),
        pinyin=pinyin,
        initials=initials,
        sex=newcomer.identity.sex,
        birth_on=newcomer.identity.birth_on,
        place=street,
        status=Status.OUTSIDE if newcomer.lives_outside else Status.ACTIVE,
        status_stated=newcomer.lives_outside,
        entry=entry,
    )
    IdentityDocument.objects.create(resident=resident, number=newcomer.identity.number)
    if newcomer.phone:
        Phone.objects.create(resident=resident, number=newcomer.phone, last4=newcomer.phone[-4:])
    return resident


def _write_changes(resident: Resident, changes: dict[str, tuple[str, str]], entry: Entry) -> None:
    rows = [
        ResidentChange(resident=resident, field=field, old=old, new=new, entry=entry)
        for field, (old, new) in changes.items()
        if old != new
    ]
    ResidentChange.objects.bulk_create(rows)
    new = dict(changes).get("guardian", ("", resident.guardian))[1]
    if new != resident.guardian:
        resident.guardian = new
        resident.save(update_fields=["guardian"])


def _words(membership: Membership) -> str:
    kind = membership.get_kind_display()
    return f"{membership.unit.name}（{kind}）" if kind else membership.unit.name


def _detail(membership: Membership) -> dict[str, str]:
    return {"name": membership.unit.name, "kind": membership.get_kind_display()}


def _tell(resident: Resident) -> None:
    """Figures of units follow their members."""
    for campaign in Campaign.objects.filter(is_active=True):
        facts_changed.send(Membership, campaign=campaign, places={resident.place_id}, since=None)


def _entry(by: User, label: str) -> Entry:
    return Entry.objects.create(at=timezone.now(), by=by, source=Source.CERTIFICATE, label=label[:200])
