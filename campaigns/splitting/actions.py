"""Locking a split: the version is kept, and a village's part becomes its task number (rules 5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from campaigns.closing import require_not_ended
from campaigns.models import Campaign, Target, TargetShare, TargetVersion
from campaigns.signals import plan_changed
from campaigns.splitting.rules import SplitRefused
from registry import audit
from registry.models import Department, Place, User

Kind = TargetVersion.Kind


@dataclass(frozen=True)
class Share:
    """A village's or department's part: what the rule gives, what it is to be, and why where it was adjusted."""

    of: Place | Department
    weight: int
    computed: int
    goal: int
    is_adjusted: bool = False
    reason: str = ""


@transaction.atomic
def lock_split(
    campaign: Campaign,
    shares: Sequence[Share],
    *,
    kind: str,
    basis: str,
    total: int,
    reason: str,
    on: date,
    by: User,
    address: str = "",
) -> TargetVersion:
    """Keep a split as the next version; of villages its parts are their task numbers from now on, and the
    total is the whole place's. Raises SplitRefused where it does not add up or a reason is wanting.
    """
    require_not_ended(campaign)
    if not reason.strip():
        raise SplitRefused("写明为什么这样分，例如上级文件名称。")
    if any(share.is_adjusted and not share.reason.strip() for share in shares):
        raise SplitRefused("调整过的每一行都要写原因。")
    if sum(share.goal for share in shares) != total:
        raise SplitRefused("各项加起来不等于任务总数，重新预览一遍。")
    # Locked, so that two versions at once get two numbers.
    Campaign.objects.select_for_update().get(pk=campaign.pk)
    before = TargetVersion.objects.filter(campaign=campaign, kind=kind).aggregate(last=Max("number"))["last"] or 0
    version = TargetVersion.objects.create(
        campaign=campaign, kind=kind, number=before + 1, basis=basis, total=total, reason=reason.strip(),
        locked_on=on, locked_at=timezone.now(), locked_by=by,
    )  # fmt: skip
    TargetShare.objects.bulk_create([_row(version, share) for share in shares])
    if kind == Kind.VILLAGES:
        _use(campaign, {share.of.pk: share.goal for share in shares} | {campaign.place_id: total})
        plan_changed.send(sender=TargetVersion, campaign=campaign)
    detail = {"版": version.number, "任务总数": total, "reason": version.reason}
    subject = f"targetversion {version.pk}"
    audit.record("target.lock", by=by, subject=subject, detail=detail, address=address)
    return version


def _row(version: TargetVersion, share: Share) -> TargetShare:
    whose = {"place": share.of} if isinstance(share.of, Place) else {"department": share.of}
    return TargetShare(
        version=version, weight=share.weight, computed=share.computed, goal=share.goal,
        is_adjusted=share.is_adjusted, reason=share.reason.strip(), **whose,
    )  # fmt: skip


def _use(campaign: Campaign, goals: dict[str, int]) -> None:
    """Make the parts the task numbers that rules 5 reads; census bases stay as they are."""
    rows = [Target(campaign=campaign, place_id=code, goal=goal) for code, goal in goals.items()]
    Target.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["campaign", "place"], update_fields=["goal"], batch_size=1000
    )


def changed_since(version: TargetVersion) -> dict[str, int | None]:
    """Return the villages whose task number was changed after this version was locked, with what it is now."""
    now = dict(Target.objects.filter(campaign=version.campaign_id).values_list("place_id", "goal"))
    shares = version.shares.filter(place__isnull=False).values_list("place_id", "goal")
    return {code: now.get(code) for code, goal in shares if now.get(code) != goal}
