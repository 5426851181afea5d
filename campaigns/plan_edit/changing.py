"""Proposing, rehearsing, applying and dropping a change of a plan (issue: the plan in the browser).

A proposal writes nothing but itself. Its rehearsal asks the floors above. Applying writes the rows, has
the standings follow, marks figures stale and leaves its trace: one transaction, at once where few
records are touched, else as a job that is safe to run twice.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from campaigns.closing import CampaignClosed, require_not_ended
from campaigns.models import Campaign, PlanChange
from campaigns.plan_check import PlanError
from campaigns.plan_edit.refused import ChangeRefused
from campaigns.plan_edit.rows import refuse_if_in_use, write_part
from campaigns.plan_parts import Values, differences, part_of, proposed
from campaigns.rehearsal import Asked, follow, rehearse, weight
from campaigns.signals import plan_changed
from registry import audit, jobs
from registry.clock import today
from registry.models import Job, User

State = PlanChange.State
REHEARSE_JOB, APPLY_JOB = "plan.rehearse", "plan.apply"
# Up to so many records a page waits for the answer; more are worked out by a worker.
AT_ONCE = 100_000
NOTHING_NEW = "没有改动任何内容。"
OVERTAKEN = "这一处别人已经改过，没有写入：按现在的内容重新改一次。"


@transaction.atomic
def propose(
    campaign: Campaign, *, part: str, key: str, new: Values | None, reason: str, by: User, is_new: bool = False
) -> PlanChange:
    """Keep a change of one part for its rehearsal; `new` None takes the part away.

    Raises ChangeRefused where the plan would not be valid, or nothing is new.
    """
    require_not_ended(campaign)
    before, _ = _proposed(campaign, part, key, new)
    known = part_of(before, part, key)
    if is_new and known is not None:
        raise ChangeRefused("已经有一个同样标识或名称的，换一个。", "key")
    if known is None and new is None:
        raise ChangeRefused("这一项已经不在方案里了，刷新页面看现在的内容。")
    if new is None:
        refuse_if_in_use(campaign, part, key)
    old, changed = differences(known, new)
    if not old and not changed:
        raise ChangeRefused(NOTHING_NEW)
    return PlanChange.objects.create(
        campaign=campaign, part=part, key=key, old=old, new=changed, reason=reason.strip()[:200], by=by
    )


def _proposed(campaign: Campaign, part: str, key: str, new: Values | None) -> Any:
    try:
        return proposed(campaign, part, key, new)
    except PlanError as error:
        raise ChangeRefused(str(error), error.field) from error


def asked_of(change: PlanChange, on: date) -> Asked:
    """Return the question that a change asks. Raises ChangeRefused where the plan has moved on meanwhile."""
    before, after = _proposed(change.campaign, change.part, change.key, change.new)
    now = part_of(before, change.part, change.key)
    if not _still(change.old, now):
        raise ChangeRefused(OVERTAKEN)
    return Asked(change.campaign, before, after, change.part, change.key, on)


def _still(old: Values | None, now: Values | None) -> bool:
    """Whether what the change was made from still stands."""
    if old is None or now is None:
        return old is None and now is None
    return all(now.get(name) == value for name, value in old.items())


def begin_rehearsal(change: PlanChange, *, by: User) -> None:
    """Work the effect out at once where few records are touched, else have a worker do it."""
    asked = asked_of(change, today())
    if weight(asked) <= AT_ONCE:
        keep_rehearsal(change, asked, _quietly)
        return
    with transaction.atomic():
        change.job = jobs.enqueue(REHEARSE_JOB, by=by, params={"change": change.pk})
        change.save(update_fields=["job"])


def keep_rehearsal(change: PlanChange, asked: Asked, progress: jobs.Progress) -> None:
    """Ask the floors and keep what they say; nothing else is written."""
    effect = rehearse(asked, progress)
    found = PlanChange.objects.filter(pk=change.pk, state=State.PROPOSED)
    found.update(effect=effect, rehearsed_at=timezone.now())
    change.effect = effect


def begin_applying(change: PlanChange, *, by: User, address: str = "") -> bool:
    """Apply a rehearsed change, at once or by a worker; return whether it is done by now.

    Raises ChangeRefused where it has been applied or dropped, or the plan has moved on.
    """
    small = weight(asked_of(change, today())) <= AT_ONCE
    with transaction.atomic():
        _free(change)
        taken = PlanChange.objects.filter(pk=change.pk, state=State.PROPOSED).update(
            state=State.APPLYING, applied_by=by
        )
        if not taken:
            raise ChangeRefused("这项改动已经办过，刷新页面看现在的状态。")
        if small:
            apply(change, _quietly, address=address)
        else:
            job = jobs.enqueue(APPLY_JOB, by=by, params={"change": change.pk})
            # A job keeps no address: who asked from where is told when it is asked.
            audit.record("plan.apply", by=by, subject=f"planchange {change.pk}", address=address)
            PlanChange.objects.filter(pk=change.pk).update(job=job)
    return small


def _free(change: PlanChange) -> None:
    """Propose a change anew whose worker gave up: nothing was written, and nobody works on it any more."""
    failed = PlanChange.objects.filter(pk=change.pk, state=State.APPLYING, job__state=Job.State.FAILED)
    failed.update(state=State.PROPOSED, applied_by=None)


@transaction.atomic
def apply(change: PlanChange, progress: jobs.Progress, *, address: str = "") -> bool:
    """Write a change that is being applied, and all that follows; False where that has been done before."""
    # Two changes of a campaign stand one after the other.
    campaign = Campaign.objects.select_for_update(of=("self",)).select_related("place").get(pk=change.campaign_id)
    change = PlanChange.objects.select_for_update(of=("self",)).select_related("applied_by").get(pk=change.pk)
    if change.state != State.APPLYING or change.applied_by is None:
        return False
    require_not_ended(campaign)
    change.campaign = campaign
    asked = asked_of(change, today())
    write_part(campaign, asked.after, change, by=change.applied_by)
    if not campaign.is_draft:
        follow(asked, progress)
    change.state, change.applied_at = State.APPLIED, timezone.now()
    change.save(update_fields=["state", "applied_at"])
    _record(change, address)
    plan_changed.send(sender=PlanChange, campaign=campaign)
    return True


def write_draft(
    campaign: Campaign, *, part: str, key: str, new: Values | None, by: User, is_new: bool = False, address: str = ""
) -> None:
    """Change a campaign that is still being set up: nobody is counted yet, so nothing is rehearsed or told why."""
    with transaction.atomic():
        made = propose(campaign, part=part, key=key, new=new, reason="筹备", by=by, is_new=is_new)
        PlanChange.objects.filter(pk=made.pk).update(state=State.APPLYING, applied_by=by)
        apply(made, _quietly, address=address)


def _record(change: PlanChange, address: str) -> None:
    old, new = change.old or {}, change.new or {}
    detail: dict[str, Any] = {name: [old.get(name), new.get(name)] for name in {**old, **new}}
    subject = f"campaign {change.campaign.key} {change.part} {change.key}"
    detail = {"原因": change.reason, **detail}
    audit.record("plan.change", by=change.applied_by, subject=subject[:200], detail=detail, address=address)


@transaction.atomic
def drop(change: PlanChange, *, by: User, address: str = "") -> None:
    """Give a proposal up; it stays on record as not made."""
    _free(change)
    moved = PlanChange.objects.filter(pk=change.pk, state=State.PROPOSED).update(state=State.DROPPED)
    if moved:
        audit.record("plan.drop", by=by, subject=f"planchange {change.pk}", address=address)


@jobs.handler(REHEARSE_JOB)
def _rehearse_job(job: Job, progress: jobs.Progress) -> dict[str, Any]:
    change = _change_of(job)
    if change is not None and change.state == State.PROPOSED:
        try:
            keep_rehearsal(change, asked_of(change, today()), progress)
        except ChangeRefused as refused:
            return {"refused": str(refused)}
    return {}


@jobs.handler(APPLY_JOB)
def _apply_job(job: Job, progress: jobs.Progress) -> dict[str, Any]:
    change = _change_of(job)
    if change is None:
        return {}
    try:
        apply(change, progress)
    except (ChangeRefused, CampaignClosed) as refused:
        PlanChange.objects.filter(pk=change.pk, state=State.APPLYING).update(state=State.PROPOSED, applied_by=None)
        return {"refused": getattr(refused, "sentence", str(refused))}
    return {}


def _change_of(job: Job) -> PlanChange | None:
    return PlanChange.objects.select_related("campaign__place").filter(pk=job.params["change"]).first()


def _quietly(done: int, total: int, step: str) -> None:
    """Progress of what a page waits for."""
