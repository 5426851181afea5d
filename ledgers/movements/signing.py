"""日清: sign for a day's ledgers, and the moment a day is looked at with once it is signed for."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from campaigns.closing import require_open
from campaigns.models import Campaign
from ledgers.day import LEDGERS
from ledgers.models import DaySigned
from ledgers.movements.between import counts_at
from ledgers.movements.known import Point
from ledgers.summary import Table, by_village
from registry import audit
from registry.models import Place, User
from registry.versions import CutOffBusy, cut_off

POPULATIONS = ("all", "permanent")


class SigningRefused(Exception):
    """A day that cannot be signed for; the text is the sentence for the page."""


def sign_day(
    campaign: Campaign,
    on: date,
    *,
    village: Place | None = None,
    note: str = "",
    today: date,
    by: User,
    address: str = "",
) -> DaySigned:
    """Sign for the ledgers of `on` as they are known now: of a village, or (None) of the whole. Raises SigningRefused.

    A day is signed for again only with a note, as the next number; what was signed before stays.
    """
    require_open(campaign)
    if on > today:
        raise SigningRefused("这一天还没有到，到当天再签收。")
    try:
        # In a transaction of its own, so that nobody waits for the counting.
        moment = cut_off()
    except CutOffBusy as busy:
        raise SigningRefused(str(busy)) from busy
    counts = plain_counts(counts_at(campaign, on, moment, inside=village.prefix if village else ""))
    return _keep(campaign, village, on, moment, counts, note.strip(), by, address)


@transaction.atomic
def _keep(
    campaign: Campaign,
    village: Place | None,
    on: date,
    moment: Any,
    counts: dict[str, Any],
    note: str,
    by: User,
    address: str,
) -> DaySigned:
    # Two who sign at once follow each other: the second then needs its note.
    Campaign.objects.select_for_update(of=("self",)).get(pk=campaign.pk)
    last = _signed(campaign, [on]).filter(village=village).last()
    if last and not note:
        raise SigningRefused(f"这一天 {last.signed_by} 已经签收过；要更正，写明为什么再签收。")
    signed = DaySigned.objects.create(
        campaign=campaign,
        village=village,
        on=on,
        number=last.number + 1 if last else 1,
        cut_off_at=moment,
        signed_by=by,
        # Two clocks: the database gave the moment.
        signed_at=max(timezone.now(), moment),
        note=note[:200],
        counts=counts,
    )
    whose = {"村": village.name} if village else {}
    detail = {"截至": on.isoformat(), "次数": signed.number} | whose | ({"说明": note} if note else {})
    audit.record("day.sign", by=by, subject=f"campaign {campaign.pk}", detail=detail, address=address)
    return signed


def last_signed(campaign: Campaign, days: Iterable[date], village: str = "") -> dict[date, DaySigned]:
    """Return what was signed last for each of these days, in one query; days nobody signed for are missing.

    Of a village (its code) what itself has signed; where it has not, what was signed for the whole holds for it too.
    """
    rows = _signed(campaign, days).filter(Q(village__isnull=True) | Q(village=village or None))
    return {row.on: row for row in sorted(rows, key=lambda row: (row.village_id is not None, row.number))}


def villages_signed(campaign: Campaign, on: date) -> dict[str, DaySigned]:
    """Return what each village has signed last for a day, by its code; one query."""
    return {row.village_id: row for row in _signed(campaign, [on]).filter(village__isnull=False)}


def _signed(campaign: Campaign, days: Iterable[date]) -> QuerySet[DaySigned]:
    rows = DaySigned.objects.filter(campaign=campaign, on__in=list(days)).select_related("signed_by")
    return rows.order_by("on", "number")


def points_between(opening: date, closing: date, signed: dict[date, DaySigned]) -> tuple[Point, Point]:
    """Return both ends of a statement, each as it was signed for, else as the closing is known.

    A day and itself: as it was signed for, and as it is known now, which shows what has come since.
    """
    first, last = signed.get(opening), signed.get(closing)
    if opening == closing:
        return Point(opening, first.cut_off_at if first else None), Point(closing)
    end = last.cut_off_at if last else None
    return Point(opening, first.cut_off_at if first else end), Point(closing, end)


def plain_counts(table: Table) -> dict[str, Any]:
    """The four ledgers of both populations by village code, as they are kept."""
    return {
        code: {name: {ledger: getattr(getattr(row, name), ledger) for ledger in LEDGERS} for name in POPULATIONS}
        for code, row in sorted(by_village(table).items())
    }
