"""Ordering a file with people's data; `kinds.py` says how a kind of file joins in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from campaigns.models import Campaign
from registry import audit
from registry.clock import today
from registry.jobs import enqueue
from registry.models import Place, User
from reports.exports.access import still_answered_for
from reports.exports.kinds import words_of
from reports.models import Export, StandingRelease

KIND = "ledger_export"

PURPOSES = ("上报县疫情防控指挥部", "街道调度研判", "村（社区）核对名单", "卫生院核对接种记录", "单位清零核验")

# A file is kept so long after it was written, one with numbers in full not a day longer than it takes to use it.
KEPT, KEPT_IN_FULL = timedelta(days=30), timedelta(days=7)
# Who has not been answered by then asks again: what was asked may no longer be what is needed.
ASKED_FOR = timedelta(days=3)


@dataclass(frozen=True)
class Terms:
    """What for and to whom a list goes out; a standing release names the same purpose and recipient."""

    purpose: str
    recipient: str = ""
    # Said of this one file, in the asker's own words.
    note: str = ""
    is_full: bool = False

    @property
    def words(self) -> str:
        return f"{self.purpose}：{self.note}" if self.note else self.purpose


@transaction.atomic
def order(
    *,
    layout: str,
    campaign: Campaign,
    place: Place,
    params: dict[str, Any],
    terms: Terms,
    by: User,
    people: int | None = None,
    address: str = "",
) -> Export:
    """Register an export; masked or under a standing release a worker writes it, else it waits for a release.

    `params` hold keys and ISO dates; `people` is how many it is about, for who lets it go. With
    `terms.is_full` a recipient is required.
    """
    standing = standing_for(campaign, layout, place, terms, by) if terms.is_full else None
    export = Export.objects.create(
        # Until the row has its own key to be numbered by.
        number=f"new-{timezone.now().timestamp()}-{by.pk}",
        campaign=campaign,
        place=place,
        layout=layout,
        params=params,
        purpose=terms.words[:200],
        recipient=terms.recipient[:100],
        by=by,
        is_full=terms.is_full,
        people=people,
        **_release(terms, standing),
    )
    export.number = f"DC{timezone.localtime(export.at):%Y%m%d}-{export.pk:05d}"
    if export.release != Export.Release.ASKED:
        export.job = enqueue(KIND, by=by, params={"export": export.pk})
    export.save(update_fields=["number", "job"])
    waits = export.release == Export.Release.ASKED
    action = "export.ask" if waits else "ledger.export"
    audit.record(action, by=by, subject=f"export {export.pk}", detail=detail_of(export), address=address)
    return export


def _release(terms: Terms, standing: StandingRelease | None) -> dict[str, Any]:
    if not terms.is_full:
        return {}
    if standing is None:
        return {"release": Export.Release.ASKED}
    return {
        "release": Export.Release.RELEASED,
        "standing": standing,
        "decided_by": standing.given_by,
        "decided_at": timezone.now(),
    }


def standing_for(campaign: Campaign, layout: str, place: Place, terms: Terms, by: User) -> StandingRelease | None:
    """Return a standing release that lets this list go today; nobody uses one of one's own.

    It ends when the leader who gave it no longer leads the place: nobody else answers for it.
    """
    given = StandingRelease.objects.select_related("given_by", "place").filter(
        still_answered_for(), campaign=campaign, layout=layout, purpose=terms.purpose, recipient=terms.recipient,
        withdrawn_at__isnull=True,
    )  # fmt: skip
    day = today()
    holding = (one for one in given.exclude(given_by=by).order_by("pk") if one.holds_on(day))
    return next((one for one in holding if place.code.startswith(one.place.prefix)), None)


def detail_of(export: Export) -> dict[str, Any]:
    """Describe an export for the trail: what, what for, to whom; filters hold no personal data."""
    detail = {
        "编号": export.number,
        "台账": words_of(export.layout),
        "用途": export.purpose,
        "筛选": export.params,
    }
    if export.is_full:
        detail |= {"完整号码": "是", "接收": export.recipient, "人数": export.people}
    if export.standing_id:
        detail |= {"长期放行": export.standing_id}
    return detail
