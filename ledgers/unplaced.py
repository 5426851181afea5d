"""People in 待归类: a village claims a person (认领), or says 不是我村的."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from campaigns.models import Campaign
from ledgers.models import NotOurs
from ledgers.signals import facts_changed
from registry import audit
from registry.models import Entry, Place, Resident, ResidentChange, Source, User


class AdoptionRefused(Exception):
    """Somebody else was faster, or the place is no village; the message is one Chinese sentence."""


@transaction.atomic
def adopt(resident: Resident, village: Place, *, by: User, address: str = "") -> Resident:
    """Place a person of 待归类 in a village or one of its groups. Raises AdoptionRefused."""
    resident = Resident.objects.select_for_update().get(pk=resident.pk)
    if resident.village_code:
        raise AdoptionRefused(f"{resident.name}已经由别的村（社区）认领，请刷新后再看。")
    if village.level < Place.Level.VILLAGE:
        raise AdoptionRefused("请选择具体的村（社区）。")
    old = resident.place_id
    entry = _entry(by, "认领")
    resident.place = village
    resident.save(update_fields=["place"])
    ResidentChange.objects.create(resident=resident, field="place_id", old=old, new=village.pk, entry=entry)
    for campaign in Campaign.objects.filter(is_active=True):
        facts_changed.send(Resident, campaign=campaign, places={old, village.pk}, since=None)
    audit.record(
        "unplaced.adopt", by=by, subject=f"resident {resident.pk}", detail={"place": village.pk}, address=address
    )
    return resident


@transaction.atomic
def not_ours(resident: Resident, village: Place, *, by: User, address: str = "") -> bool:
    """Note that a village says 不是我村的, so that it is not asked again; False when it had said so before."""
    _, created = NotOurs.objects.get_or_create(
        resident=resident, village=village, defaults={"by": by, "at": timezone.now()}
    )
    if created:
        audit.record(
            "unplaced.not_ours", by=by, subject=f"resident {resident.pk}", detail={"place": village.pk},
            address=address,
        )  # fmt: skip
    return created


def _entry(by: User, label: str) -> Entry:
    return Entry.objects.create(at=timezone.now(), by=by, source=Source.CERTIFICATE, label=label)
