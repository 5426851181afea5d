"""禁忌缓种 of one's own people: sent back, waiting, and deferrals that end within fourteen days."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from campaigns.models import Campaign
from ledgers.evidence.access import own_exemptions
from ledgers.models import Exemption, Standing
from ledgers.record import refusal_of
from registry.ages import age_on
from registry.models import Place, User

# A deferral is listed so long before its last day, so that nobody is surprised when it ends.
ENDING_DAYS = 14
TABS = {"returned": "已退回，要补材料", "waiting": "待审核", "ending": f"{ENDING_DAYS}天内到期"}
_SHOWN_WITH = ("resident__place", "institution", "entry__by", "entry__roster", "campaign")


@dataclass(frozen=True)
class Line:
    """An exemption as it stands in a list; `days_left` counts to the last day of a deferral, null without one."""

    claim: Exemption
    age: int
    where: str
    days_left: int | None

    @property
    def refusal(self) -> str | None:
        """What proof it still lacks, None where it can be decided: the one meaning of 待佐证 and 有佐证 (rules 3)."""
        return refusal_of(self.claim)

    @property
    def ends(self) -> str:
        return f"还有 {self.days_left} 天到期"


def tab_of(user: User, campaign: Campaign, tab: str, on: date) -> QuerySet[Exemption]:
    """Return a tab's exemptions of the account's own people, the most pressing first."""
    found = own_exemptions(user, on).filter(campaign=campaign)
    if tab == "ending":
        return _ending(found, campaign, on).order_by("end_on", "pk")
    state = Exemption.State.REJECTED if tab == "returned" else Exemption.State.CLAIMED
    return found.filter(state=state).order_by("entry__at", "pk")


def ending(user: User, campaign: Campaign, on: date) -> int:
    """Count the deferrals of the account's own people that end within fourteen days."""
    return tab_of(user, campaign, "ending", on).count()


def sent_back(user: User, campaign: Campaign, on: date) -> int:
    return tab_of(user, campaign, "returned", on).count()


def _ending(found: QuerySet[Exemption], campaign: Campaign, on: date) -> QuerySet[Exemption]:
    done = Standing.objects.filter(
        resident=OuterRef("resident"), campaign=campaign, until__isnull=True, completed_on__isnull=False
    )
    # `end_on` is null for a lasting contraindication, which never ends.
    soon = found.filter(state=Exemption.State.APPROVED, end_on__gte=on, end_on__lte=on + timedelta(days=ENDING_DAYS))
    return soon.exclude(Exists(done))


def with_evidence(claims: QuerySet[Exemption]) -> QuerySet[Exemption]:
    """Annotate `pieces`, how many pieces of evidence stand, and join what a list shows."""
    standing = Count("evidence", filter=Q(evidence__removed_entry__isnull=True))
    return claims.select_related(*_SHOWN_WITH).annotate(pieces=standing)


def lines_of(claims: Iterable[Exemption], on: date) -> list[Line]:
    """Put exemptions into words; one query for the villages, however many they are."""
    claims = list(claims)
    codes = {claim.resident.village_code for claim in claims}
    names = dict(Place.objects.filter(pk__in=codes).values_list("code", "name"))
    return [
        Line(claim, age_on(claim.resident.birth_on, on), where_of(claim, names), _left(claim, on)) for claim in claims
    ]


def where_of(claim: Exemption, names: dict[str, str]) -> str:
    """Name village and group; `names` holds the villages by code."""
    place = claim.resident.place
    group = place.name if place.level == Place.Level.GROUP else ""
    return f"{names.get(claim.resident.village_code, '待归类')} {group}".strip()


def _left(claim: Exemption, on: date) -> int | None:
    return (claim.end_on - on).days if claim.end_on else None
