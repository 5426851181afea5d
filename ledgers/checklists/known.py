"""What the registry knows of the people on a list, so that nobody is asked: one condition, for counts and words.

Everything is asked as of the list's own first day or later, so that a row once settled stays settled.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Case, CharField, Exists, F, FilteredRelation, OuterRef, Q, QuerySet, Value, When
from django.utils import timezone

from campaigns.models import Campaign
from ledgers.day import covers, of_ledger
from ledgers.models import ChecklistRow, Exemption, Statement
from registry.ages import born_by
from registry.clock import start_of
from registry.models import Resident, Status

# A reason noted so lately is not asked for again.
FRESH_DAYS = 14
# What the registry knows, in the order in which it speaks, in the words of the page.
WORDS = {
    "deceased": "已故",
    "moved_out": "已迁出",
    "outside": "非本辖区",
    "young": "未到应种年龄",
    "completed": "已完成接种",
    "excused": "暂缓中",
    "waiting": "间隔未到",
    "exempt": "禁忌缓种",
    "claimed": "禁忌缓种待审核",
    "stated": "自述已种，待凭证",
    "promised": "已约好日子",
    "said": "近期登记过未种原因",
}


def with_known(rows: QuerySet[ChecklistRow], campaign: Campaign, on: date) -> QuerySet[ChecklistRow]:
    """Annotate `known`, a key of WORDS, "" where the registry does not know; joins `standing`, `excuse`, `told`.

    A row without a resident has null in all that is joined, and so nothing is known of it.
    """
    return _with_known(rows, "resident__", campaign, on, F("checklist__asked_on"), F("checklist__fresh_from"))


def fresh_since(now: datetime, on: date) -> datetime:
    """Return since when a reason is fresh for a list that comes now; a business day in the past is looked back from."""
    return min(now, start_of(on + timedelta(days=1))) - timedelta(days=FRESH_DAYS)


def keys_known_of(people: Iterable[int], campaign: Campaign, on: date) -> set[int]:
    """Return those of these residents who are known on a list that comes today. One query."""
    fresh_from = fresh_since(timezone.now(), on)
    found = _with_known(Resident.objects.filter(pk__among=set(people)), "", campaign, on, on, fresh_from)
    return set(found.exclude(known="").values_list("pk", flat=True))


def _with_known(
    rows: QuerySet, to: str, campaign: Campaign, on: date, asked_on: date | F, fresh_from: datetime | F
) -> QuerySet:
    """Annotate `known` on rows about people; `to` leads from a row to its resident ("" on residents)."""
    rows = rows.annotate(
        standing=FilteredRelation(f"{to}standings", condition=covers(f"{to}standings", campaign, on)),
        excuse=FilteredRelation(f"{to}excuses", condition=covers(f"{to}excuses", campaign, on)),
        told=FilteredRelation(f"{to}reasons", condition=Q(**{f"{to}reasons__campaign": campaign})),
    )
    conditions = _of_person(to, campaign, on) | _of_campaign(asked_on, fresh_from)
    conditions |= _of_claims("resident_id" if to else "pk", campaign, fresh_from)
    whens = [When(conditions[name], then=Value(name)) for name in WORDS]
    return rows.annotate(known=Case(*whens, default=Value(""), output_field=CharField()))


def _of_person(to: str, campaign: Campaign, on: date) -> dict[str, Q]:
    # `status_on` is null for who is still here, which passes no comparison.
    def gone(status: str) -> Q:
        return Q(**{f"{to}status": status, f"{to}status_on__lte": on})

    return {
        "deceased": gone(Status.DECEASED),
        "moved_out": gone(Status.MOVED_OUT),
        "outside": Q(**{f"{to}status": Status.OUTSIDE}),
        "young": Q(**{f"{to}birth_on__gt": born_by(campaign.min_age, on)}),
    }


def _of_campaign(asked_on: date | F, fresh_from: datetime | F) -> dict[str, Q]:
    return {
        "completed": of_ledger("completed"),
        "excused": Q(standing__next_from__isnull=False, excuse__resident__isnull=False),
        # Who had to wait when the list came is nobody's backlog, also once the gap is over.
        "waiting": Q(standing__next_from__gt=asked_on),
        "exempt": Q(standing__resident__isnull=True, excuse__resident__isnull=False),
        "promised": Q(told__promised_on__gte=asked_on),
        "said": Q(told__entry__at__gte=fresh_from) & ~Q(told__code=""),
    }


def _of_claims(key: str, campaign: Campaign, fresh_from: Any) -> dict[str, Exists]:
    of_row = {"resident": OuterRef(key), "campaign": campaign}
    # Inside the subquery a column of the row outside is an outer reference.
    since = OuterRef(fresh_from.name) if isinstance(fresh_from, F) else fresh_from
    open_statements = Statement.objects.filter(**of_row, closed_entry__isnull=True, entry__at__gte=since)
    return {
        "claimed": Exists(Exemption.objects.filter(**of_row, state=Exemption.State.CLAIMED)),
        "stated": Exists(open_statements),
    }
