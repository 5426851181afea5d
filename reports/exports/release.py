"""放行: a second person lets an export in full go, or sends it back; a leader lets a kind of it go for days."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from campaigns.models import Campaign
from registry import audit
from registry.clock import today
from registry.jobs import enqueue
from registry.models import Place, User
from reports.exports.kinds import words_of
from reports.exports.order import ASKED_FOR, KIND, Terms, detail_of
from reports.models import Export, StandingRelease

Release = Export.Release


class NotReleased(Exception):
    """Why it cannot be done, in one sentence that says what to do."""


@transaction.atomic
def release_export(export: Export, *, by: User, address: str = "") -> Export:
    """Let an export in full go and have a worker write it; never one's own (access.md)."""
    if export.by_id == by.pk:
        raise NotReleased("自己申请的导出要由另一个人放行，请领导或专班另一位同事来点。")
    if timezone.now() - export.at > ASKED_FOR:
        raise NotReleased(f"申请过了 {ASKED_FOR.days} 天没有放行，已经过期，请申请人重新申请。")
    _decide(export, Release.RELEASED, by=by)
    export.job = enqueue(KIND, by=export.by, params={"export": export.pk})
    export.save(update_fields=["job"])
    audit.record("export.release", by=by, subject=f"export {export.pk}", detail=detail_of(export), address=address)
    return export


@transaction.atomic
def decline_export(export: Export, *, reason: str, by: User, address: str = "") -> Export:
    """Send a request back with the reason, which the asker reads."""
    if export.by_id == by.pk:
        raise NotReleased("这是自己申请的导出，不需要了就在导出记录里撤回。")
    _decide(export, Release.DECLINED, by=by, note=reason[:200])
    detail = detail_of(export) | {"退回原因": export.decision_note}
    audit.record("export.decline", by=by, subject=f"export {export.pk}", detail=detail, address=address)
    return export


def _decide(export: Export, release: str, *, by: User, note: str = "") -> None:
    """Whoever is first decides: one conditional update."""
    values = {"release": release, "decided_by": by, "decided_at": timezone.now(), "decision_note": note}
    if not Export.objects.filter(pk=export.pk, release=Release.ASKED).update(**values):
        raise NotReleased("这份申请已经有人处理，看看最近处理的结果。")
    for name, value in values.items():
        setattr(export, name, value)


@transaction.atomic
def withdraw_export(export: Export, *, by: User, address: str = "") -> None:
    """Take one's own request back while nobody has answered it."""
    waiting = Export.objects.filter(pk=export.pk, by=by, release=Release.ASKED)
    if not waiting.update(release=Release.WITHDRAWN):
        raise NotReleased("这份申请已经有人处理，不能再撤回。")
    audit.record("export.withdraw", by=by, subject=f"export {export.pk}", detail=detail_of(export), address=address)


@dataclass(frozen=True)
class Standing:
    """What a standing release is about: one layout, inside one place, for so many days from today."""

    campaign: Campaign
    place: Place
    layout: str
    days: int


@transaction.atomic
def give_standing_release(what: Standing, *, terms: Terms, by: User, address: str = "") -> StandingRelease:
    """Let files of one layout go to one recipient for one purpose without being asked, at most 30 days (access.md)."""
    given = StandingRelease.objects.create(
        campaign=what.campaign,
        place=what.place,
        layout=what.layout,
        purpose=terms.purpose,
        recipient=terms.recipient,
        given_by=by,
        from_on=today(),
        days=what.days,
    )
    _trace("standing.give", given, by=by, address=address)
    return given


@transaction.atomic
def withdraw_standing_release(given: StandingRelease, *, by: User, address: str = "") -> None:
    """End a standing release at once; files that went out under it stay listed under it."""
    still = StandingRelease.objects.filter(pk=given.pk, withdrawn_at__isnull=True)
    if not still.update(withdrawn_by=by, withdrawn_at=timezone.now()):
        raise NotReleased("这条长期放行已经收回。")
    _trace("standing.withdraw", given, by=by, address=address)


def _trace(action: str, given: StandingRelease, *, by: User, address: str) -> None:
    detail = {
        "台账": words_of(given.layout),
        "用途": given.purpose,
        "接收": given.recipient,
        "范围": given.place.name,
        "截止日": given.until_on.isoformat(),
    }
    audit.record(action, by=by, subject=f"standing {given.pk}", detail=detail, address=address)
